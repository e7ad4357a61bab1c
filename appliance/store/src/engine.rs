//! One writer thread, readers beside it. Writes that are waiting share one commit, so that a hundred leases cost one
//! sync of the disk.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use crate::error::StoreError;
use crate::schema;

/// At most this many writes share a commit.
const BATCH: usize = 256;

/// Memory of each connection for pages of the file; SQLite takes a negative number for KiB.
const CACHE_KIB: i64 = -16_384;
/// Statements that each connection keeps prepared; there are about this many.
const STATEMENTS: usize = 256;

/// Views of the database that are read at the same time.
const READERS: usize = 8;

/// What a write does once it is known whether the commit held.
type Finish = Box<dyn FnOnce(Option<StoreError>) + Send>;
/// Takes the open transaction, or why there is none.
type Write = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Written + Send>;

/// A write that was carried out but is not committed yet.
struct Written {
    /// Why its own work failed, in words.
    failure: Option<String>,
    finish: Finish,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writes: mpsc::Sender<Write>,
    readers: Arc<Readers>,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// One turn for each connection that is kept: more would be opened and closed again, which costs more than to wait.
    turns: Arc<Semaphore>,
}

impl Store {
    /// Open the database, creating it or bringing it to this version.
    ///
    /// # Errors
    /// When the file cannot be opened, or was written by a newer version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = connect(path)?;
        let shown = || path.display().to_string();
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(|source| StoreError::Open { path: shown(), source })?;
        schema::migrations()
            .to_latest(&mut connection)
            .map_err(|source| StoreError::Migrate { path: shown(), source })?;
        let (writes, queue) = mpsc::channel();
        thread::Builder::new().name("store".into()).spawn(move || write_all(&connection, &queue)).map_err(
            |error| StoreError::Open {
                path: shown(),
                source: rusqlite::Error::ToSqlConversionFailure(error.into()),
            },
        )?;
        let readers = Readers {
            path: path.to_owned(),
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(READERS)),
        };
        Ok(Self { writes, readers: Arc::new(readers) })
    }

    /// Run `work` in a write transaction. It is durable when this returns `Ok`; on `Err` nothing was changed.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`] of the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Display + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let write: Write = Box::new(move |begun| {
            let result = begun.map_err(E::from).and_then(|connection| in_savepoint(connection, work));
            let failure = result.as_ref().err().map(E::to_string);
            let finish: Finish = Box::new(move |failure| {
                let result = match failure {
                    Some(failure) => result.and(Err(E::from(failure))),
                    None => result,
                };
                // The caller may have gone away; the write stands all the same.
                drop(answer.send(result));
            });
            Written { failure, finish }
        });
        self.writes.send(write).map_err(|_| E::from(StoreError::Closed))?;
        answered.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Run `work` on a consistent view of the last commit.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`] of opening the view.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let turn = Arc::clone(&readers.turns).acquire_owned().await;
        let turn = turn.map_err(|_| E::from(StoreError::Closed))?;
        let task = tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            let result = snapshot(&connection, work);
            readers.give_back(connection);
            // Not before: the work goes on when the caller has gone away.
            drop(turn);
            result
        });
        task.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }
}

impl Readers {
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).pop();
        idle.map_or_else(|| connect(&self.path), Ok)
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(connection);
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", CACHE_KIB)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(connection)
    };
    open().map_err(|source| StoreError::Open { path: path.display().to_string(), source })
}

fn snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("BEGIN").map_err(StoreError::from)?;
    let result = work(connection);
    connection.execute_batch("ROLLBACK").map_err(StoreError::from)?;
    result
}

/// The writer thread: take what waits, commit it together, then answer.
fn write_all(connection: &Connection, queue: &mpsc::Receiver<Write>) {
    while let Ok(first) = queue.recv() {
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            (first(Err(StoreError::from(error))).finish)(None);
            continue;
        }
        let (finishes, lost) = write_batch(connection, queue, first);
        let failure = lost.or_else(|| {
            let committed = connection.execute_batch("COMMIT");
            committed.err().map(|error| StoreError::from(error).to_string())
        });
        if !connection.is_autocommit() {
            // A failed commit leaves its transaction open.
            drop(connection.execute_batch("ROLLBACK"));
        }
        for finish in finishes {
            finish(failure.as_deref().map(commit_failure));
        }
    }
}

/// Carry out writes of one transaction. Also why the transaction is lost, if it is: SQLite gives up a whole transaction
/// when the disk is full or fails, and then nothing more may be written as if it were still open.
fn write_batch(
    connection: &Connection,
    queue: &mpsc::Receiver<Write>,
    first: Write,
) -> (Vec<Finish>, Option<String>) {
    let mut finishes = Vec::new();
    let mut next = Some(first);
    while let Some(write) = next {
        let Written { failure, finish } = write(Ok(connection));
        finishes.push(finish);
        if connection.is_autocommit() {
            return (finishes, Some(failure.unwrap_or_else(|| "the transaction was given up".to_owned())));
        }
        next = if finishes.len() < BATCH { queue.try_recv().ok() } else { None };
    }
    (finishes, None)
}

/// One failed commit answers many writes, and errors cannot be cloned.
fn commit_failure(text: &str) -> StoreError {
    if text == StoreError::Full.to_string() {
        return StoreError::Full;
    }
    StoreError::Sqlite {
        what: "the commit".into(),
        source: rusqlite::Error::ToSqlConversionFailure(text.to_owned().into()),
    }
}

/// Run one write so that its failure does not undo its neighbours in the same commit.
fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("SAVEPOINT one").map_err(StoreError::from)?;
    // A panic in one write is that write's failure, not the end of the writer.
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    if connection.is_autocommit() {
        // The savepoint went with the whole transaction.
        return result;
    }
    let end = if result.is_ok() { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
    connection.execute_batch(end).map_err(StoreError::from)?;
    result
}
