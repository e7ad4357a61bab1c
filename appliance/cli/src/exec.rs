//! `private-server exec`: the words after `--` are the command; what it writes is written, and its status is ours.

use std::io::{Error, Result};

use clap::{Arg, ArgMatches};
use rackwright_catalog::actions::private_server::{ExecResult, PrivateServerExec};
use rackwright_catalog::{Action, Entry};
use serde_json::Value;

use crate::format::Format;
use crate::input::InputError;
use crate::person::{Person, Terminal};
use crate::screen::{End, write};

const WORDS: &str = "@words";

pub(crate) fn is_exec(entry: &Entry) -> bool {
    entry.spec.name == PrivateServerExec::SPEC.name
}

/// The words of a command.
pub(crate) fn argument() -> Arg {
    Arg::new(WORDS).value_name("COMMAND").num_args(1..).last(true).help(
        "The command, after --: one word is a line for its shell, several are a program and its arguments, \
         as they stand. It has no standard input: what is piped to this is not given to it. Everybody on this \
         machine can see the words meanwhile, so give a command with secrets by --command-file",
    )
}

/// Whoever is asked for the command: the words of the line, if there are any.
pub(crate) enum Asked {
    Line(String),
    Person(Terminal),
}

impl Asked {
    /// # Errors
    /// [`InputError`] for words that no shell can be given.
    pub(crate) fn of(arguments: &ArgMatches) -> std::result::Result<Self, InputError> {
        let words = arguments.try_get_many::<String>(WORDS).ok().flatten();
        match words {
            Some(words) => line(&words.map(String::as_str).collect::<Vec<_>>()).map(Self::Line),
            None => Ok(Self::Person(Terminal)),
        }
    }
}

/// One word is a line for the shell already; several are quoted for it, so that each arrives as it was typed.
fn line(words: &[&str]) -> std::result::Result<String, InputError> {
    if let [line] = words {
        return Ok((*line).to_owned());
    }
    shlex::try_join(words.iter().copied()).map_err(|_| {
        InputError("a word of the command holds a NUL, which no shell can be given; leave it out".to_owned())
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_arrive_as_they_were_typed() {
        let spoken =
            [&["sh", "-c", "exit 7"][..], &["echo", "", "a b", "it's", "$HOME", "*"], &["ls", "/root"]];
        for words in spoken {
            let line = line(words).expect("no NUL");
            assert_eq!(shlex::split(&line).expect("quoted well"), words, "{line}");
        }
        assert_eq!(line(&["cd /srv && ls | wc -l"]), Ok("cd /srv && ls | wc -l".to_owned()));
    }

    #[test]
    fn a_nul_is_told() {
        let error = line(&["echo", "a\0b"]).expect_err("no shell takes it");
        assert!(error.0.contains("holds a NUL"), "{error:?}");
    }
}
