//! People, sessions, tokens, the audit trail and settings.

use rackwright_model::Order;
use rackwright_model::{AccountId, Scope, UserId};
use rackwright_store::audit::{AuditChoice, AuditDraft, audit_insert, audit_page};
use rackwright_store::page::{Ask, Cursor, Key};
use rackwright_store::person::*;
use rackwright_store::session::*;
use rackwright_store::setting::{setting_get, setting_put};
use rackwright_store::token::*;
use rackwright_store::{Connection, StoreError};

use crate::{Database, NOW, name};

fn ann(tx: &Connection) -> Result<UserId, StoreError> {
    crate::person(tx, "ann", "hash")
}

fn all() -> Scope {
    Scope::everything()
}

#[tokio::test]
async fn people() {
    let person = Database::new()
        .write(|tx| {
            let id = ann(tx)?;
            person_set_password(tx, id, "other")?;
            person_signed_in(tx, id, NOW.plus(5))?;
            assert!(matches!(ann(tx), Err(StoreError::Taken { .. })));
            assert_eq!(person_named(tx, &all(), "ann")?, person_get(tx, id)?);
            assert_eq!(person_named(tx, &all(), "bob")?, None);
            person_get(tx, id)
        })
        .await
        .expect("is there");
    let Person { name, role, password_hash, created_at, signed_in_at, .. } = person;
    assert_eq!((name.as_str(), role.as_str(), password_hash.as_str()), ("ann", "owner", "other"));
    assert_eq!((created_at, signed_in_at), (NOW, Some(NOW.plus(5))));
}

fn session(hash: &str, person: UserId, from: i64, until: i64) -> SessionRow {
    SessionRow {
        hash: hash.into(),
        id: format!("id-{hash}"),
        person,
        origin: "panel".into(),
        address: Some("192.0.2.7".into()),
        acting_as: None,
        created_at: NOW.plus(from),
        expires_at: NOW.plus(until),
        seen_at: Some(NOW.plus(from)),
    }
}

#[tokio::test]
async fn sessions_last_until_they_expire_or_are_ended() {
    Database::new()
        .write(|tx| {
            let id = ann(tx)?;
            session_insert(tx, &session("one", id, 0, 10))?;
            session_insert(tx, &session("two", id, 0, 20))?;
            assert_eq!(session_live(tx, "one", NOW.plus(9))?, Some(session("one", id, 0, 10)));
            assert_eq!(session_live(tx, "one", NOW.plus(10))?, None);
            assert!(!session_delete_one(tx, UserId(99), "id-one")?, "another's session");
            assert!(session_delete_one(tx, id, "id-one")?);
            assert_eq!(session_live(tx, "one", NOW)?, None);
            session_insert(tx, &session("three", id, 20, 30))?;
            let swept = "an expired session is swept by the next sign-in";
            assert_eq!(session_live(tx, "two", NOW)?, None, "{swept}");
            session_seen(tx, "three", NOW.plus(25))?;
            let listed = session_list(tx, id, NOW.plus(25))?;
            assert_eq!(listed.iter().map(|row| row.seen_at).collect::<Vec<_>>(), [Some(NOW.plus(25))]);
            session_delete_person(tx, id)?;
            assert_eq!(session_live(tx, "three", NOW)?, None);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_session_in_somebodys_panel_ends_with_that_person() {
    Database::new()
        .write(|tx| {
            let (guest, host) = (ann(tx)?, crate::person(tx, "bob", "hash")?);
            session_insert(tx, &session("one", guest, 0, 10))?;
            assert_eq!(session_move(tx, "one", "two", Some(host))?, Some(NOW.plus(10)));
            assert_eq!(session_live(tx, "two", NOW)?.and_then(|row| row.acting_as), Some(host));
            assert_eq!(session_live(tx, "one", NOW)?, None);
            assert_eq!(session_move(tx, "one", "three", None)?, None);
            session_move(tx, "two", "three", None)?;
            assert_eq!(session_live(tx, "three", NOW)?.and_then(|row| row.acting_as), None);
            session_move(tx, "three", "four", Some(host))?;
            person_delete(tx, host)?;
            assert_eq!(session_live(tx, "four", NOW)?, None);
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
                permissions: Some(vec!["look".into(), "operate".into()]),
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
        account: AccountId::PROVIDER,
        behind: Some("root".into()),
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
            let choice = AuditChoice { action: Some("a.b".into()), actor: Some("ann".into()) };
            let ask = |before: Option<i64>, rows| Ask {
                order: Order::Descending,
                after: before.map(|id| Cursor { key: Key::Number(id), id }),
                rows,
            };
            let rows = audit_page(tx, &all(), &AuditChoice::default(), &ask(None, 10))?.rows;
            let mut newest_first = expected.to_vec();
            newest_first.reverse();
            assert_eq!(rows.iter().map(|row| row.draft.clone()).collect::<Vec<_>>(), newest_first);
            assert!(rows.iter().all(|row| row.at == NOW));
            assert_eq!(audit_page(tx, &all(), &choice, &ask(None, 10))?.rows.len(), 1);
            assert_eq!(
                audit_page(tx, &all(), &AuditChoice::default(), &ask(Some(rows[0].id), 1))?.rows,
                [rows[1].clone()]
            );
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
