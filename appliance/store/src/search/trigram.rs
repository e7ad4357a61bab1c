//! Rows by any part of their words, from an index of all runs of three characters.
//!
//! The one place with SQL that PostgreSQL does not share: no SQL that both have finds the middle of a word without
//! reading every row. SQLite keeps the words in FTS5 tables (`tokenize = 'trigram'`) by triggers of `006_search.sql`;
//! PostgreSQL has `CREATE INDEX … USING gin (… gin_trgm_ops)` for `LIKE`, and needs neither.

use crate::page::Conditions;

/// Characters that the index needs to know a word.
const SHORTEST: usize = 3;

/// Whether the index can find a text.
pub(super) fn finds(text: &str) -> bool {
    text.chars().count() >= SHORTEST
}

/// `FROM` for the rows of `table` whose words contain `text`; its condition goes to `conditions`.
pub(super) fn from(table: &str, text: &str, conditions: &mut Conditions) -> String {
    // A phrase in quotes: nothing in it is an operator of the index.
    let phrase = conditions.bind(format!("\"{}\"", text.replace('"', "\"\"")));
    conditions.and(format!("{table}_text MATCH {phrase}"));
    format!("{table}_text JOIN {table} ON {table}.id = {table}_text.rowid")
}

/// The order in which the index gives rows for nothing, newest first.
pub(super) fn newest_first(table: &str) -> String {
    format!("{table}_text.rowid DESC")
}
