//! The forms in which results are written: a table or text for people; JSON, YAML and CSV for programs.

use clap::ArgMatches;
use rackwright_catalog::Entry;
use serde_json::Value;

use crate::show::{self, csv, yaml};
use crate::tree::{JSON, OUTPUT};

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
    Yaml,
    Csv,
}

impl Format {
    pub const WORDS: [&str; 4] = ["table", "json", "yaml", "csv"];

    /// The form that the flags ask for.
    pub fn of(matches: &ArgMatches) -> Self {
        if matches.get_flag(JSON) {
            return Self::Json;
        }
        match matches.get_one::<String>(OUTPUT).map(String::as_str) {
            Some("json") => Self::Json,
            Some("yaml") => Self::Yaml,
            Some("csv") => Self::Csv,
            _ => Self::Table,
        }
    }

    /// Whether it is written for people.
    pub fn is_for_people(self) -> bool {
        self == Self::Table
    }

    /// The output of an action, and a remark that is not part of it.
    pub fn output(self, entry: &Entry, output: &Value) -> (String, Option<String>) {
        match self {
            Self::Table => show::output(entry, output),
            Self::Json | Self::Yaml | Self::Csv => (self.data(entry.spec.columns, output), None),
        }
    }

    /// A list with these columns, or anything else without. A table is made by whoever knows more of it.
    pub fn data(self, columns: &[&str], output: &Value) -> String {
        match self {
            Self::Json => show::json(output),
            Self::Yaml => yaml(output),
            Self::Csv => csv(columns, output),
            Self::Table => match output.get("items").and_then(Value::as_array) {
                Some(items) if !columns.is_empty() => show::table(columns, items),
                _ => show::detail(output),
            },
        }
    }

    /// One of several results that follow each other, such as events; `first` is the first of them.
    pub fn one_of_many(self, columns: &[&str], item: &Value, first: bool) -> String {
        match self {
            Self::Yaml => format!("---\n{}", yaml(item)),
            Self::Csv => {
                let head = if first { show::csv_head(columns) } else { String::new() };
                head + &show::csv_row(columns, item)
            }
            Self::Json | Self::Table => self.data(&[], item),
        }
    }
}
