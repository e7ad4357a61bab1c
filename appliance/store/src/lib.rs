//! The Control Center's memory: SQLite in WAL mode with one writer. The only crate that knows SQL.
//!
//! Functions are called `noun_verb` and take a connection inside a transaction; [`Store`] runs them. The SQL stays in
//! the subset that PostgreSQL shares.

pub mod account;
pub mod audit;
pub mod boot_record;
pub mod brand;
pub mod certificate;
pub mod delivery;
pub mod engine;
pub mod error;
pub mod factor;
pub mod failover;
pub mod identity;
pub mod image;
pub mod install;
pub mod job;
pub mod kept_answer;
pub mod lease;
pub mod letter;
pub mod nas;
pub mod network;
pub mod oidc;
pub mod page;
pub mod passkey;
pub mod person;
pub mod private_server;
pub mod profile;
pub mod rack;
pub mod reset_link;
mod row;
pub mod sample;
pub mod schema;
pub mod search;
pub mod server;
pub mod session;
pub mod setting;
pub mod token;
pub mod undo;
pub mod vault;
pub mod webhook;

pub use engine::Store;
pub use error::StoreError;
pub use rusqlite::Connection;
