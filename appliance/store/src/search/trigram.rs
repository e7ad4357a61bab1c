//! Rows by any part of their words, from an index of all runs of three characters.
//!
//! The one place with SQL that PostgreSQL does not share: no SQL that both have finds the middle of a word without
//! reading every row. SQLite keeps the words in FTS5 tables (`tokenize = 'trigram'`) by triggers of `006_search.sql`;
//! PostgreSQL has `CREATE INDEX … USING gin (… gin_trgm_ops)` for `LIKE`, and needs neither.

use crate::page::Conditions;

/// Characters that the index needs to know a word.
const SHORTEST: usize = 3;

/// Whether the index can find a text.
pub(crate) fn finds(text: &str) -> bool {
    text.chars().count() >= SHORTEST
}

/// `FROM` for the rows of `table` whose words contain `text`; its condition goes to `conditions`.
pub(super) fn from(table: &str, text: &str, conditions: &mut Conditions) -> String {
    let phrase = conditions.bind(phrase(text));
    conditions.and(format!("{table}_text MATCH {phrase}"));
    format!("{table}_text JOIN {table} ON {table}.id = {table}_text.rowid")
}

/// `SELECT` for the ids of the rows of `table` whose words contain `text`; its value goes to `conditions`.
pub(crate) fn ids(table: &str, text: &str, conditions: &mut Conditions) -> String {
    let phrase = conditions.bind(phrase(text));
    format!("SELECT rowid FROM {table}_text WHERE {table}_text MATCH {phrase}")
}

/// In quotes: nothing in it is an operator of the index.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The order in which the index gives rows for nothing, newest first.
pub(super) fn newest_first(table: &str) -> String {
    format!("{table}_text.rowid DESC")
}
