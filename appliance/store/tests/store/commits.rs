//! Writes that share a commit: one failure does not undo the others, and a hundred cost one sync of the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use rackwright_store::{Connection, Store, StoreError};
use tokio::task::JoinHandle;

use crate::{Database, people, person};

pub(crate) type Answer = JoinHandle<Result<(), StoreError>>;

/// Holds the writer until [`Gate::open`], so that what is written meanwhile shares one commit.
pub(crate) struct Gate {
    open: mpsc::Sender<()>,
    held: Answer,
}

impl Gate {
    pub(crate) async fn close(store: &Store) -> Self {
        let (open, opened) = mpsc::channel();
        let (entered, inside) = tokio::sync::oneshot::channel();
        let store = store.clone();
        let held = tokio::spawn(async move {
            store
                .write(move |_| {
                    entered.send(()).expect("the test waits");
                    opened.recv().expect("the gate is opened");
                    Ok(())
                })
                .await
        });
        inside.await.expect("the writer is held");
        Self { open, held }
    }

    pub(crate) async fn open(self) -> Result<(), StoreError> {
        self.open.send(()).expect("the writer waits");
        self.held.await.expect("no panic")
    }
}

/// Begin all these writes while the gate is closed.
pub(crate) async fn queue<W>(store: &Store, writes: Vec<W>) -> Vec<Answer>
where
    W: FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
{
    let sent = Arc::new(AtomicUsize::new(0));
    let count = writes.len();
    let begin = |write: W| {
        let (store, sent) = (store.clone(), Arc::clone(&sent));
        tokio::spawn(async move {
            let answer = store.write(write);
            // The write is queued in the same poll as this, before anybody else runs.
            sent.fetch_add(1, Ordering::SeqCst);
            answer.await
        })
    };
    let answers = writes.into_iter().map(begin).collect();
    while sent.load(Ordering::SeqCst) < count {
        tokio::task::yield_now().await;
    }
    answers
}

#[tokio::test]
async fn a_failed_write_does_not_undo_its_neighbours() {
    let database = Database::new();
    let gate = Gate::close(&database.store).await;
    let writes = vec!["ann", "ann", "bob"];
    let insert = |name: &'static str| move |tx: &Connection| person(tx, name, "hash").map(drop);
    let answers = queue(&database.store, writes.into_iter().map(insert).collect()).await;
    gate.open().await.expect("holds");
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.expect("no panic"));
    }
    assert!(results[0].is_ok() && results[2].is_ok());
    match &results[1] {
        Err(StoreError::Taken { what }) => assert_eq!(what, "person.name"),
        other => panic!("{other:?}"),
    }
    let people = database.read(people).await;
    assert_eq!(people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["ann", "bob"]);
}

#[tokio::test]
async fn half_of_a_failed_write_is_undone() {
    let database = Database::new();
    let failed = database
        .store
        .write(|tx| -> Result<(), StoreError> {
            person(tx, "ann", "hash")?;
            Err(StoreError::Taken { what: "something else".into() })
        })
        .await;
    assert!(failed.is_err());
    assert!(database.read(people).await.is_empty());
}

#[tokio::test]
async fn waiting_writes_share_a_commit() {
    const WRITES: usize = 100;
    let database = Database::new();
    database.write(|tx| person(tx, "first", "hash")).await;
    let before = frames(&database);
    let gate = Gate::close(&database.store).await;
    let insert = |number| move |tx: &Connection| person(tx, &format!("n{number}"), "hash").map(drop);
    let answers = queue(&database.store, (0..WRITES).map(insert).collect()).await;
    gate.open().await.expect("holds");
    for answer in answers {
        answer.await.expect("no panic").expect("holds");
    }
    // Every commit appends at least one page to the log; a hundred commits would append a hundred and more.
    let appended = frames(&database) - before;
    assert!(appended < WRITES as i64 / 4, "{appended} pages for {WRITES} writes");
    assert_eq!(database.read(people).await.len(), WRITES + 1);
}

/// Pages in the write-ahead log.
fn frames(database: &Database) -> i64 {
    let connection =
        Connection::open(database.directory.path().join("rackwright.db")).expect("a second connection");
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).expect("a number of pages")
}
