//! A command line as the command reads it, without a terminal.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{Error, Result};

use clap::Command;
use rackwright_catalog::Entry;
use rackwright_cli::{Person, chosen, command, input};
use rackwright_client::command::{Secrecy, flags};
use rackwright_client::line::at;
use serde_json::Value;

/// Nobody at a terminal, and what is piped in.
#[derive(Default)]
pub struct Pipe {
    pub lines: VecDeque<String>,
    pub rest: Option<String>,
}

impl Person for Pipe {
    fn can_answer(&self) -> bool {
        false
    }

    fn secret(&mut self, what: &str) -> Result<String> {
        self.lines.pop_front().ok_or_else(|| Error::other(format!("no line for {what}")))
    }

    fn answer(&mut self, _question: &str) -> Result<String> {
        Err(Error::other("nobody answers"))
    }

    fn rest(&mut self, _limit: u64) -> Result<String> {
        self.rest.take().ok_or_else(|| Error::other("nothing is piped in"))
    }
}

/// What the line asks for on standard input.
pub fn piped(entry: &Entry, input: &Value) -> Pipe {
    let mut pipe = Pipe::default();
    for flag in flags(entry) {
        match (flag.secrecy, at(input, &flag.path)) {
            (Secrecy::Secret, Some(Value::String(secret))) => pipe.lines.push_back(secret.clone()),
            (Secrecy::Partly, Some(value)) => pipe.rest = Some(value.to_string()),
            _ => {}
        }
    }
    pipe
}

thread_local! {
    /// The tree of commands, which takes long to build.
    static TREE: RefCell<Command> = RefCell::new(command());
}

/// What the command makes of a line.
pub fn parse(line: &str, pipe: &mut Pipe) -> (&'static Entry, Value) {
    let words = shlex::split(line).unwrap_or_else(|| panic!("not quoted well: {line}"));
    let matches = TREE.with_borrow_mut(|tree| tree.try_get_matches_from_mut(words));
    let matches = matches.unwrap_or_else(|error| panic!("{line}\n{error}"));
    let (entry, arguments) = chosen(&matches).expect("a verb was chosen");
    (entry, input(entry, arguments, pipe).unwrap_or_else(|error| panic!("{line}\n{error:?}")))
}
