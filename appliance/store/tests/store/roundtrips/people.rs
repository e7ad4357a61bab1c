//! People, sessions, tokens, the audit trail and settings.

use rackwright_model::UserId;
use rackwright_store::audit::{AuditDraft, audit_insert, audit_page};
use rackwright_store::person::*;
use rackwright_store::session::*;
use rackwright_store::setting::{setting_get, setting_put};
use rackwright_store::token::*;
use rackwright_store::{Connection, StoreError};

use crate::{Database, NOW, name};

fn ann(tx: &Connection) -> Result<UserId, StoreError> {
    person_insert(tx, "ann", "engineer", "hash", NOW)
}

#[tokio::test]
async fn people() {
    let person = Database::new()
        .write(|tx| {
            let id = ann(tx)?;
            person_set_password(tx, id, "other")?;
            person_signed_in(tx, id, NOW.plus(5))?;
            assert!(matches!(ann(tx), Err(StoreError::Taken { .. })));
            assert_eq!(person_named(tx, "ann")?, person_get(tx, id)?);
            assert_eq!(person_named(tx, "bob")?, None);
            person_get(tx, id)
        })
        .await
        .expect("is there");
    let Person { name, role, password_hash, created_at, signed_in_at, .. } = person;
    assert_eq!((name.as_str(), role.as_str(), password_hash.as_str()), ("ann", "engineer", "other"));
    assert_eq!((created_at, signed_in_at), (NOW, Some(NOW.plus(5))));
}

#[tokio::test]
async fn sessions_last_until_they_expire_or_are_ended() {
    Database::new()
        .write(|tx| {
            let id = ann(tx)?;
            session_insert(tx, "one", id, NOW, NOW.plus(10))?;
            session_insert(tx, "two", id, NOW, NOW.plus(20))?;
            assert_eq!(session_person(tx, "one", NOW.plus(9))?, Some(id));
            assert_eq!(session_person(tx, "one", NOW.plus(10))?, None);
            session_delete(tx, "one")?;
            assert_eq!(session_person(tx, "one", NOW)?, None);
            assert_eq!(session_person(tx, "two", NOW)?, Some(id));
            session_insert(tx, "three", id, NOW.plus(20), NOW.plus(30))?;
            assert_eq!(
                session_person(tx, "two", NOW)?,
                None,
                "an expired session is swept by the next sign-in"
            );
            session_delete_person(tx, id)?;
            assert_eq!(session_person(tx, "three", NOW)?, None);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn tokens() {
    Database::new()
        .write(|tx| {
            let person = ann(tx)?;
            let token = TokenRow {
                name: name("ci"),
                person,
                created_at: NOW,
                expires_at: NOW.plus(10),
                used_at: None,
            };
            token_insert(tx, "hash", &token)?;
            assert!(matches!(token_insert(tx, "hash2", &token), Err(StoreError::Taken { .. })));
            assert_eq!(token_live(tx, "hash", NOW.plus(9))?, Some(token.clone()));
            assert_eq!(token_live(tx, "hash", NOW.plus(10))?, None);
            assert_eq!(token_live(tx, "other", NOW)?, None);
            token_used(tx, "hash", NOW.plus(3))?;
            assert_eq!(token_list(tx, person)?, [TokenRow { used_at: Some(NOW.plus(3)), ..token }]);
            assert!(!token_delete(tx, UserId(99), &name("ci"))?, "another's token");
            assert!(token_delete(tx, person, &name("ci"))?);
            assert!(token_list(tx, person)?.is_empty());
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn audit_rows_come_newest_first_and_filtered() {
    let draft = |actor: &str, action: &str| AuditDraft {
        actor: actor.into(),
        origin: "cli".into(),
        action: action.into(),
        input: "{}".into(),
        result: "done".into(),
    };
    let drafts = [draft("ann", "a.b"), draft("bob", "a.b"), draft("ann", "c.d")];
    let expected = drafts.clone();
    Database::new()
        .write(move |tx| {
            for draft in &drafts {
                audit_insert(tx, NOW, draft)?;
            }
            let all = audit_page(tx, None, None, None, 10)?;
            let mut newest_first = expected.to_vec();
            newest_first.reverse();
            assert_eq!(all.iter().map(|row| row.draft.clone()).collect::<Vec<_>>(), newest_first);
            assert!(all.iter().all(|row| row.at == NOW));
            assert_eq!(audit_page(tx, Some("a.b"), Some("ann"), None, 10)?.len(), 1);
            assert_eq!(audit_page(tx, None, None, Some(all[0].id), 1)?, [all[1].clone()]);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn settings() {
    Database::new()
        .write(|tx| {
            assert_eq!(setting_get::<Vec<u8>>(tx, "k")?, None);
            setting_put(tx, "k", &[1, 2])?;
            setting_put(tx, "k", &[3])?;
            assert_eq!(setting_get::<Vec<u8>>(tx, "k")?, Some(vec![3]));
            assert!(matches!(setting_get::<String>(tx, "k"), Err(StoreError::Unreadable { .. })));
            Ok(())
        })
        .await;
}
