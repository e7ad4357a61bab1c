//! `private-server exec`: the words after `--` are the command; what it writes is written, and its status is ours.

use std::io::{Error, Result};

use clap::{Arg, ArgMatches};
use rackwright_catalog::actions::private_server::{ExecResult, PrivateServerExec};
use rackwright_catalog::{Action, Entry};
use serde_json::Value;

use crate::format::Format;
use crate::person::{Person, Terminal};
use crate::screen::{End, write};

const WORDS: &str = "@words";

pub(crate) fn is_exec(entry: &Entry) -> bool {
    entry.spec.name == PrivateServerExec::SPEC.name
}

/// The words of a command.
pub(crate) fn argument() -> Arg {
    Arg::new(WORDS).value_name("COMMAND").num_args(1..).last(true).help(
        "The command, after --; everybody on this machine can see it meanwhile, so give one with secrets by \
         --command-file",
    )
}

/// Whoever is asked for the command: the words of the line, if there are any.
pub(crate) enum Asked {
    Line(String),
    Person(Terminal),
}

impl Asked {
    pub(crate) fn of(arguments: &ArgMatches) -> Self {
        let words = arguments.try_get_many::<String>(WORDS).ok().flatten();
        match words {
            Some(words) => Self::Line(words.cloned().collect::<Vec<_>>().join(" ")),
            None => Self::Person(Terminal),
        }
    }
}

impl Person for Asked {
    fn can_answer(&self) -> bool {
        match self {
            Self::Line(_) => true,
            Self::Person(person) => person.can_answer(),
        }
    }

    fn secret(&mut self, what: &str) -> Result<String> {
        match self {
            Self::Line(words) => Ok(words.clone()),
            Self::Person(person) => person.secret(what),
        }
    }

    fn answer(&mut self, question: &str) -> Result<String> {
        match self {
            Self::Line(_) => Err(Error::other("nobody is asked")),
            Self::Person(person) => person.answer(question),
        }
    }

    fn rest(&mut self, limit: u64) -> Result<String> {
        match self {
            Self::Line(_) => Terminal.rest(limit),
            Self::Person(person) => person.rest(limit),
        }
    }
}

/// Show what came of it; fails as the command failed.
pub(crate) fn show(output: &Value, format: Format) -> std::result::Result<(), End> {
    let Ok(result) = serde_json::from_value::<ExecResult>(output.clone()) else { return Err(End::Failed) };
    if format.is_for_people() {
        write(&result.output)?;
        if result.cut {
            eprintln!("It wrote more than is shown.");
        }
    } else {
        write(&format.data(&[], output))?;
    }
    match u8::try_from(result.status) {
        Ok(0) => Ok(()),
        status => Err(End::Status(status.unwrap_or(1))),
    }
}
