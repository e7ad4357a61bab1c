//! What can go wrong with the database.

/// A failed read or write. The transaction it happened in changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data disk is full")]
    Full,
    #[error("{what} exists already")]
    Taken { what: String },
    #[error("the database failed in {what}")]
    Sqlite {
        what: String,
        #[source]
        source: rusqlite::Error,
    },
    #[error("the database holds a value of {what} that this version cannot read: {value}")]
    Unreadable { what: &'static str, value: String },
    #[error("the database at {path} could not be opened")]
    Open {
        path: String,
        #[source]
        source: rusqlite::Error,
    },
    #[error("the database at {path} could not be brought to this version")]
    Migrate {
        path: String,
        #[source]
        source: rusqlite_migration::Error,
    },
    #[error("the change broke off; this is a bug")]
    Panicked,
    #[error("the database is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        use rusqlite::ffi::{self, ErrorCode};
        // A full disk shows as FULL, or as an I/O error while the index of the log grows.
        if source.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ConstraintViolation) => Self::Taken { what: violated(&source) },
            _ => Self::Sqlite { what: "a statement".into(), source },
        }
    }
}

/// `table.column` of a violated uniqueness rule, from SQLite's message.
fn violated(error: &rusqlite::Error) -> String {
    let text = error.to_string();
    text.rsplit_once("failed: ").map_or(text.clone(), |(_, what)| what.to_owned())
}
