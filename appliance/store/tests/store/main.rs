//! The database as the rest of the product sees it, on real files.

mod commits;
mod full_disk;
mod roundtrips;
mod schema;

use rackwright_model::{Millis, Name};
use rackwright_store::{Connection, Store, StoreError};

/// Some moment.
const NOW: Millis = Millis(1_764_000_000_000);

/// A database of its own.
struct Database {
    store: Store,
    directory: tempfile::TempDir,
}

impl Database {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(&directory.path().join("rackwright.db")).expect("a database");
        Self { store, directory }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write(work).await.expect("the write holds")
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.read(work).await.expect("the read succeeds")
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a valid name")
}
