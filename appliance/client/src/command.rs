//! How the input of an action is written on a command line. The command line reads by these flags and
//! [`crate::line`] writes by them, so that a line shown by a panel is a line that works.

mod schema;

use rackwright_catalog::Entry;
use serde_json::Value;

/// One value of an input: a top-level field, or a field of a nested object.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Where the value stands in the input, such as `["bmc", "address"]`.
    pub path: Vec<String>,
    /// The flag without its hyphens, such as `bmc-address`.
    pub long: String,
    pub kind: Kind,
    /// Whether it may be given several times and makes an array.
    pub many: bool,
    /// Whether every input has it.
    pub required: bool,
    /// Whether it must be there when the object that holds it is.
    pub required_in_object: bool,
    pub secrecy: Secrecy,
    /// The action that lists possible values.
    pub from: Option<String>,
    /// What the schema says of it.
    pub help: Option<String>,
    /// What it is when left out.
    pub default: Option<Value>,
    /// Whether a value that equals the default may be left out. Not so inside an object that would then be absent.
    pub droppable: bool,
    /// The schema of the value.
    pub schema: Value,
}

/// What a value on the command line becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Text,
    /// A whole number within bounds, both included.
    Integer {
        min: i64,
        max: i64,
    },
    Number,
    Boolean,
    Choice(Vec<Choice>),
    /// Anything with inner structure, as JSON.
    Json,
}

/// One of a fixed set of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub word: String,
    pub help: Option<String>,
}

/// Whether a value may stand on a command line, where every user of the machine can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    Open,
    /// Never on the command line: from a file, standard input or a prompt.
    Secret,
    /// Holds secrets in some of its parts; with one of those it comes from a file or standard input.
    Partly,
}

impl Flag {
    /// The flag that names a file (or `-`) to read the value from, for values that hold secrets.
    #[must_use]
    pub fn file_long(&self) -> String {
        format!("{}-file", self.long)
    }

    /// The path as faults write it, such as `bmc.address`.
    #[must_use]
    pub fn field(&self) -> String {
        self.path.join(".")
    }

    /// Whether this is the field that a command takes without a flag.
    #[must_use]
    pub fn is_main(&self, entry: &Entry) -> bool {
        matches!(self.path.as_slice(), [only] if entry.spec.main == Some(only.as_str()))
    }
}

/// Every value of the action's input, in the order of the schema.
#[must_use]
pub fn flags(entry: &Entry) -> Vec<Flag> {
    schema::flags(&(entry.input_schema)())
}
