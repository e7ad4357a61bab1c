//! The migrations add up to the checked-in schema, which is what a reader looks at.

use std::path::Path;

use rackwright_store::{Connection, Store, StoreError};

use crate::Database;

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql");

#[tokio::test]
async fn migrations_add_up_to_the_checked_in_schema() {
    let sum = Database::new().read(dump).await;
    if std::env::var_os("RACKWRIGHT_BLESS").is_some() {
        std::fs::write(CHECKED_IN, &sum).expect("schema.sql can be written");
    }
    let checked_in = std::fs::read_to_string(CHECKED_IN).expect("schema.sql is there");
    assert!(
        sum == checked_in,
        "the migrations and appliance/store/schema.sql differ; look at the change, then write it with RACKWRIGHT_BLESS=1.\n{sum}"
    );
}

#[tokio::test]
async fn a_database_is_opened_again_with_what_it_held() {
    let database = Database::new();
    database.write(|tx| rackwright_store::setting::setting_put(tx, "kept", &7)).await;
    let path = database.directory.path().join("rackwright.db");
    let again = Store::open(&path).expect("opens again");
    let kept = again.read(|tx| rackwright_store::setting::setting_get::<i64>(tx, "kept")).await;
    assert_eq!(kept.expect("reads"), Some(7));
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("rackwright.db");
    drop(Store::open(&path).expect("a database"));
    let connection = Connection::open(&path).expect("a second connection");
    connection.pragma_update(None, "user_version", 9_999).expect("a version");
    drop(connection);
    assert!(matches!(Store::open(&path), Err(StoreError::Migrate { .. })));
    assert!(matches!(Store::open(Path::new("/nowhere/at/all.db")), Err(StoreError::Open { .. })));
}

/// Every table and index, in the order of creation.
fn dump(tx: &Connection) -> Result<String, StoreError> {
    let mut statement = tx.prepare(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows.join(";\n\n") + ";\n")
}
