//! Reads typed values out of a parsed file and notes everything that does not fit.

use std::cell::RefCell;
use std::fmt::Display;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{KEYS, TABLES, path};
use super::problem::Problem;

/// A parsed file. Problems gather in it.
pub(super) struct File<'a> {
    text: &'a str,
    top: &'a DeTable<'a>,
    problems: RefCell<Vec<Problem>>,
}

/// A value that a key has in the file.
pub(super) struct Found<'a, T> {
    pub value: T,
    file: &'a File<'a>,
    key: String,
    at: usize,
}

impl<T> Found<'_, T> {
    /// Notes that the value cannot be used.
    pub fn wrong(&self, problem: impl Into<String>) {
        self.file.note(Some(self.at), &self.key, problem);
    }
}

impl<'a> File<'a> {
    pub fn new(text: &'a str, top: &'a DeTable<'a>) -> Self {
        let file = Self { text, top, problems: RefCell::default() };
        file.refuse_unknown();
        file
    }

    /// All problems, in the order of the file; those without a line come last.
    pub fn problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        problems
    }

    /// Notes that a key which is not there is needed.
    pub fn missing(&self, key: &str, problem: impl Into<String>) {
        self.note(None, key, problem);
    }

    fn note(&self, at: Option<usize>, key: &str, problem: impl Into<String>) {
        let line = at.map(|at| self.text[..at].matches('\n').count() + 1);
        self.problems.borrow_mut().push(Problem { line, key: key.to_owned(), problem: problem.into() });
    }

    fn refuse_unknown(&self) {
        for (name, value) in self.top.iter() {
            let known =
                TABLES.iter().any(|(table, _)| *table == name.get_ref().as_ref() && !table.is_empty());
            match value.get_ref() {
                DeValue::Table(table) if known => {
                    for (key, _) in table.iter() {
                        self.refuse_unknown_key(name.get_ref(), key);
                    }
                }
                _ if known => self.note(
                    Some(value.span().start),
                    name.get_ref(),
                    format!("this is a table; write its keys below a line [{}]", name.get_ref()),
                ),
                DeValue::Table(_) => self.note(
                    Some(name.span().start),
                    name.get_ref(),
                    format!(
                        "there is no such table{}",
                        meant(name.get_ref(), TABLES.iter().map(|(table, _)| (*table).to_owned()))
                    ),
                ),
                _ => self.refuse_unknown_key("", name),
            }
        }
    }

    fn refuse_unknown_key(&self, table: &str, name: &Spanned<std::borrow::Cow<'_, str>>) {
        if KEYS.iter().any(|key| key.table == table && key.name == name.get_ref().as_ref()) {
            return;
        }
        // A known name in the wrong table is the likeliest mistake, then a misspelt one.
        let elsewhere = KEYS.iter().find(|key| key.name == name.get_ref().as_ref());
        let hint = match elsewhere {
            Some(key) => format!("; did you mean {}?", key.path()),
            None => meant(
                name.get_ref(),
                KEYS.iter().filter(|key| key.table == table).map(|key| key.name.to_owned()),
            ),
        };
        self.note(
            Some(name.span().start),
            &path(table, name.get_ref()),
            format!("there is no such key{hint}"),
        );
    }

    fn value(&'a self, table: &str, name: &str) -> Option<Found<'a, &'a DeValue<'a>>> {
        let values = if table.is_empty() {
            self.top
        } else {
            match self.top.get(table)?.get_ref() {
                DeValue::Table(values) => values,
                _ => return None,
            }
        };
        let value = values.get(name)?;
        Some(Found { value: value.get_ref(), file: self, key: path(table, name), at: value.span().start })
    }

    /// The text of a key.
    pub fn text(&'a self, table: &str, name: &str) -> Option<Found<'a, String>> {
        let found = self.value(table, name)?;
        match found.value {
            DeValue::String(text) => Some(found.with(text.to_string())),
            _ => found.expected("a text in quotes"),
        }
    }

    /// A text that means a `T`.
    pub fn parsed<T: FromStr>(&'a self, table: &str, name: &str, what: &str) -> Option<Found<'a, T>> {
        let text = self.text(table, name)?;
        match text.value.parse() {
            Ok(value) => Some(text.with(value)),
            Err(_) => {
                text.wrong(format!("{:?} is not {what}", text.value));
                None
            }
        }
    }

    /// A list of texts that mean `T`s each.
    pub fn list<T: FromStr>(&'a self, table: &str, name: &str, what: &str) -> Option<Found<'a, Vec<T>>> {
        let found = self.value(table, name)?;
        let DeValue::Array(array) = found.value else {
            return found.expected(&format!("a list; each item is {what}"));
        };
        let mut values = Vec::new();
        for item in array.iter() {
            let parsed = match item.get_ref() {
                DeValue::String(text) => text.parse().map_err(|_| format!("{text:?} is not {what}")),
                other => Err(format!("{} is not {what}", kind(other))),
            };
            match parsed {
                Ok(value) => values.push(value),
                Err(problem) => self.note(Some(item.span().start), &found.key, problem),
            }
        }
        Some(found.with(values))
    }

    /// True or false.
    pub fn flag(&'a self, table: &str, name: &str) -> Option<bool> {
        let found = self.value(table, name)?;
        match found.value {
            DeValue::Boolean(value) => Some(*value),
            _ => found.expected("true or false").map(|found: Found<'_, bool>| found.value),
        }
    }

    /// A number between `least` and `most`.
    pub fn number<T>(&'a self, table: &str, name: &str, least: T, most: T) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + Display,
    {
        let found = self.value(table, name)?;
        let range = format!("a whole number from {least} to {most}");
        let DeValue::Integer(integer) = found.value else {
            return found.expected(&range).map(|found: Found<'_, T>| found.value);
        };
        let value = i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(|value| T::try_from(value).ok());
        match value {
            Some(value) if value >= least && value <= most => Some(value),
            _ => {
                found.wrong(format!("{integer} is not {range}"));
                None
            }
        }
    }
}

impl<'a, T> Found<'a, T> {
    fn with<U>(self, value: U) -> Found<'a, U> {
        Found { value, file: self.file, key: self.key, at: self.at }
    }
}

impl<'a> Found<'a, &DeValue<'_>> {
    fn expected<U>(self, what: &str) -> Option<Found<'a, U>> {
        self.wrong(format!("{} stands here; it must be {what}", kind(self.value)));
        None
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `; did you mean X?` when a known name is near enough.
fn meant(name: &str, known: impl Iterator<Item = String>) -> String {
    let near = |known: &String| strsim::damerau_levenshtein(name, known);
    match known.filter(|known| !known.is_empty()).min_by_key(near) {
        Some(best) if near(&best) <= 1 + name.len() / 4 => format!("; did you mean {best}?"),
        _ => String::new(),
    }
}
