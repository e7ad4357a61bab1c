//! Tables and fact lists from the output of an action.

use rackwright_catalog::Entry;
use rackwright_model::Millis;
use rackwright_model::private_server::inside::severity_word;
use serde::Serialize;
use serde_json::Value;

use crate::messages::{of_catalogue, tell};
use crate::shell::Button;
use crate::{humane, qr, words};

/// What stands in a place of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// `none`, `text`, `code`, `time`, `state`, `progress`, `list`, `yes`, `no`, `bad`, `secret`, `qr` or `block`.
    pub kind: &'static str,
    pub text: String,
    /// What the text is short for.
    pub title: String,
    /// For `time`: the form for machines.
    pub machine: String,
    /// Where the text leads.
    pub href: String,
    /// For `progress`: per mille.
    pub permille: u32,
    pub items: Vec<String>,
    /// For `qr`: the side of the picture, and the path that draws it.
    pub side: u32,
    pub path: String,
}

/// Rows of cells, with what to say when there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Says what the table holds, for a screen reader.
    pub caption: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// What can be done with each row; empty when nothing can.
    pub buttons: Vec<Vec<Button>>,
    pub empty: Empty,
    /// Address of the next page.
    pub next: String,
}

/// What an empty list says, and what to do next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Empty {
    pub icon: &'static str,
    pub title: String,
    pub advice: String,
    /// What to do next, ready to be done.
    pub buttons: Vec<Button>,
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    pub label: String,
    pub cell: Cell,
}

impl Table {
    /// The `items` of an output, in the columns of the action. `page_of` gives the page of an item; it hangs on the
    /// first column.
    #[must_use]
    pub fn of(
        entry: &Entry,
        output: &Value,
        now: Millis,
        page_of: impl Fn(&Value) -> Option<String>,
    ) -> Self {
        let rows = output
            .get("items")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|item| {
                let mut row: Vec<Cell> =
                    entry.spec.columns.iter().map(|column| cell(column, &item[*column], now)).collect();
                if entry.spec.noun() == "private-server" {
                    row.iter_mut().for_each(private);
                }
                if let (Some(first), Some(page)) = (row.first_mut(), page_of(item)) {
                    first.href = page;
                }
                row
            })
            .collect();
        Self {
            caption: of_catalogue(entry.spec.summary).into_owned(),
            columns: entry.spec.columns.iter().map(|column| words::label(column)).collect(),
            rows,
            buttons: Vec::new(),
            empty: Empty { icon: "info-circle", title: tell("nothing-to-show"), ..Empty::default() },
            next: String::new(),
        }
    }

    /// The same with buttons at the end of each row.
    #[must_use]
    pub fn with_buttons(mut self, output: &Value, buttons_of: impl Fn(&Value) -> Vec<Button>) -> Self {
        self.buttons =
            output.get("items").and_then(Value::as_array).into_iter().flatten().map(buttons_of).collect();
        self
    }

    #[must_use]
    pub fn or_say(mut self, empty: Empty) -> Self {
        self.empty = empty;
        self
    }
}

/// A state of a private server has a mark before it.
fn private(cell: &mut Cell) {
    if cell.kind == "state" {
        cell.text.insert_str(0, "private-");
    }
}

/// The fields of an output object as named values; what its schema marks as secret is shown in a box of its own.
#[must_use]
pub fn facts(schema: &Value, output: &Value, now: Millis) -> Vec<Fact> {
    let is = |name: &str, mark: &str| schema["properties"][name][mark].as_bool() == Some(true);
    output
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| Fact {
            label: words::label(name),
            cell: if is(name, "x-secret") {
                secret_cell(value, is(name, "x-qr"))
            } else {
                cell(name, value, now)
            },
        })
        .collect()
}

/// A value to copy; a list of them line by line. With `as_picture` a telephone can read it from the screen.
fn secret_cell(value: &Value, as_picture: bool) -> Cell {
    let items: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
    let whole = if items.is_empty() { text(value) } else { items.join("\n") };
    let (side, path) =
        Some(&whole).filter(|_| as_picture).and_then(|text| qr::path(text)).unwrap_or_default();
    Cell { kind: if side > 0 { "qr" } else { "secret" }, text: whole, items, side, path, ..Cell::default() }
}

/// One value, shown by what its name says it is.
#[must_use]
pub fn cell(name: &str, value: &Value, now: Millis) -> Cell {
    let of = |kind: &'static str, text: String| Cell { kind, text, ..Cell::default() };
    match value {
        Value::Null => of("none", "–".into()),
        Value::Bool(true) => of("yes", tell("yes")),
        Value::Bool(false) => of("no", tell("no")),
        Value::Number(number) => number_cell(name, number, now),
        Value::String(text) => text_cell(name, text),
        Value::Array(items) if items.is_empty() => of("none", "–".into()),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            Cell { items: items.iter().map(text).collect(), ..of("list", String::new()) }
        }
        Value::Object(fields) if fields.values().all(|field| !field.is_object() && !field.is_array()) => {
            Cell {
                items: fields.iter().map(|(key, value)| format!("{key}={}", text(value))).collect(),
                ..of("list", String::new())
            }
        }
        Value::Array(_) | Value::Object(_) => {
            of("block", serde_json::to_string_pretty(value).unwrap_or_default())
        }
    }
}

fn number_cell(name: &str, number: &serde_json::Number, now: Millis) -> Cell {
    let plain = Cell { kind: "text", text: number.to_string(), ..Cell::default() };
    match (name, number.as_i64(), number.as_u64()) {
        (name, Some(ms), _) if name == "at" || name == "now" || name == "until" || name.ends_with("_at") => {
            time(Millis(ms), now)
        }
        ("progress_permille" | "progress", _, Some(permille)) => {
            let permille = u32::try_from(permille.min(1_000)).unwrap_or(1_000);
            Cell { kind: "progress", text: format!("{} %", permille / 10), permille, ..Cell::default() }
        }
        ("severity", _, Some(severity)) => match severity_word(severity) {
            Some(word) => Cell { text: word.to_owned(), title: plain.text.clone(), ..plain },
            None => plain,
        },
        (name, Some(permille), _) if name.ends_with("_permille") => {
            Cell { text: format!("{}.{} %", permille / 10, (permille % 10).abs()), ..plain }
        }
        (name, _, Some(bytes)) if name.ends_with("_bytes_per_s") => {
            Cell { text: format!("{}/s", humane::bytes(bytes)), ..plain }
        }
        (name, _, Some(bytes)) if name == "bytes" || name.ends_with("_bytes") => {
            Cell { text: humane::bytes(bytes), title: format!("{bytes} bytes"), ..plain }
        }
        _ => plain,
    }
}

fn text_cell(name: &str, text: &str) -> Cell {
    let of = |kind: &'static str, text: String| Cell { kind, text, ..Cell::default() };
    match name {
        _ if text.is_empty() => of("none", "–".into()),
        "state" | "phase" | "undo" => of("state", text.to_owned()),
        "sha256" => Cell {
            title: text.to_owned(),
            ..of("code", format!("{}…", text.chars().take(12).collect::<String>()))
        },
        "purpose" => of("text", tell(&format!("purpose-{text}"))),
        "reason" | "broken" | "storage_problem" => of("bad", text.to_owned()),
        "cidr" | "address" | "pool_first" | "pool_last" | "router" | "mac" | "action" | "event" => {
            of("code", text.to_owned())
        }
        _ => of("text", text.to_owned()),
    }
}

/// A time with its relative text.
#[must_use]
pub fn time(at: Millis, now: Millis) -> Cell {
    Cell {
        kind: "time",
        text: humane::relative(at, now),
        title: humane::instant(at),
        machine: humane::machine(at),
        ..Cell::default()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
