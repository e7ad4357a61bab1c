//! The database as the rest of the product sees it, on real files.

mod commits;
mod full_disk;
mod nas;
mod pages;
mod private_servers;
mod roundtrips;
mod schema;
mod vaults;

use rackwright_model::{AccountId, Millis, Name, NameSort, Order, Scope, UserId};
use rackwright_store::page::Ask;
use rackwright_store::person::{Person, PersonDraft, person_insert, person_page};
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

/// Let somebody in who is an owner.
fn person(tx: &Connection, name: &str, password_hash: &str) -> Result<UserId, StoreError> {
    let draft = PersonDraft {
        name: name.to_owned(),
        role: "owner".to_owned(),
        account: AccountId::PROVIDER,
        email: None,
        password_hash: password_hash.to_owned(),
    };
    person_insert(tx, &draft, NOW)
}

/// Everybody there is.
fn people(tx: &Connection) -> Result<Vec<Person>, StoreError> {
    Ok(person_page(
        tx,
        &Scope::everything(),
        None,
        None,
        NameSort::Name,
        &Ask::first(Order::Ascending, 10_000),
    )?
    .rows)
}
