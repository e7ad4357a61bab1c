//! A database that cannot grow: writes are refused by name, nothing half-written stays, reading goes on.

use rackwright_store::audit::{AuditDraft, audit_insert};
use rackwright_store::setting::{setting_get, setting_put};
use rackwright_store::{Connection, StoreError};

use crate::commits::{Gate, queue};
use crate::{Database, NOW, people, person};

/// Far more than the pages that are left.
const HUGE: usize = 1 << 20;

impl Database {
    /// Allow no more pages than there are, plus `spare`.
    async fn leave_pages(&self, spare: i64) {
        self.write(move |tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {}", pages + spare), [], |_| Ok(()))?;
            Ok(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_full_disk_is_called_by_its_name_and_reading_goes_on() {
    let database = Database::new();
    database.write(|tx| setting_put(tx, "kept", &"as it was")).await;
    database.leave_pages(0).await;
    let refused = database.store.write(|tx| setting_put(tx, "kept", &"x".repeat(HUGE))).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    let kept = database.read(|tx| setting_get::<String>(tx, "kept")).await;
    assert_eq!(kept.as_deref(), Some("as it was"));
}

#[tokio::test]
async fn room_again_is_enough() {
    let database = Database::new();
    database.leave_pages(0).await;
    let refused = database.store.write(|tx| setting_put(tx, "big", &"x".repeat(HUGE))).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    database.leave_pages(10_000).await;
    database.write(|tx| setting_put(tx, "big", &"x".repeat(HUGE))).await;
}

/// SQLite undoes one statement or gives up the whole transaction when there is no room, as the statement goes: whoever
/// shared it must hear of it.
#[tokio::test]
async fn every_answer_is_true_when_the_disk_fills_up_in_a_shared_commit() {
    for huge in [huge_person as fn(&Connection) -> Result<(), StoreError>, huge_audit_row] {
        let database = Database::new();
        database.leave_pages(4).await;
        let gate = Gate::close(&database.store).await;
        let insert = |number: usize| {
            move |tx: &Connection| {
                person(tx, &format!("n{number}"), "hash")?;
                if number == 3 { huge(tx) } else { Ok(()) }
            }
        };
        let answers = queue(&database.store, (0..8).map(insert).collect()).await;
        gate.open().await.map_or_else(only_full, |()| ());
        let mut told = Vec::new();
        for (number, answer) in answers.into_iter().enumerate() {
            match answer.await.expect("no panic") {
                Ok(()) => told.push(format!("n{number}")),
                Err(other) => only_full(other),
            }
        }
        let held: Vec<String> = database.read(people).await.into_iter().map(|person| person.name).collect();
        assert_eq!(told, held);
        assert!(!held.contains(&"n3".to_owned()), "{held:?}");
        assert!(held.contains(&"n7".to_owned()), "writes after the lost commit go on: {held:?}");
    }
}

fn huge_person(tx: &Connection) -> Result<(), StoreError> {
    person(tx, "huge", &"x".repeat(HUGE)).map(drop)
}

fn huge_audit_row(tx: &Connection) -> Result<(), StoreError> {
    let text = String::new;
    let draft = AuditDraft {
        actor: text(),
        account: rackwright_model::AccountId::PROVIDER,
        behind: None,
        origin: text(),
        action: text(),
        input: "x".repeat(HUGE),
        result: text(),
    };
    audit_insert(tx, NOW, &draft).map(drop)
}

fn only_full(error: StoreError) {
    assert!(matches!(error, StoreError::Full), "{error:?}");
}
