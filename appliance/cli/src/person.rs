//! Whoever runs the command, at a terminal or not.

use std::io::{BufRead, Error, ErrorKind, IsTerminal, Read, Result, Write};

/// Where secrets, confirmations and piped input come from.
pub trait Person {
    /// Whether somebody sits at a terminal.
    fn can_answer(&self) -> bool;

    /// A secret: typed without an echo, or the next line of standard input.
    ///
    /// # Errors
    /// When there is no further line or it cannot be read.
    fn secret(&mut self, what: &str) -> Result<String>;

    /// An answer typed to a question.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn answer(&mut self, question: &str) -> Result<String>;

    /// Standard input to its end.
    ///
    /// # Errors
    /// When it cannot be read or is larger than `limit` bytes.
    fn rest(&mut self, limit: u64) -> Result<String>;
}

/// The person at this process's standard input and standard error.
#[derive(Debug, Default)]
pub struct Terminal;

/// Bytes of a line.
const LINE: u64 = 64 << 10;

impl Person for Terminal {
    fn can_answer(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    fn secret(&mut self, what: &str) -> Result<String> {
        if self.can_answer() {
            // The prompt goes to the terminal itself, so that standard output stays clean.
            return rpassword::prompt_password(format!("{what}: "));
        }
        line()
    }

    fn answer(&mut self, question: &str) -> Result<String> {
        eprint!("{question}");
        std::io::stderr().flush()?;
        line()
    }

    fn rest(&mut self, limit: u64) -> Result<String> {
        let mut text = String::new();
        if std::io::stdin().lock().take(limit + 1).read_to_string(&mut text)? as u64 > limit {
            return Err(Error::other(format!("it is larger than {limit} bytes")));
        }
        Ok(text)
    }
}

fn line() -> Result<String> {
    let mut line = String::new();
    if std::io::stdin().lock().take(LINE).read_line(&mut line)? == 0 {
        return Err(Error::new(ErrorKind::UnexpectedEof, "standard input has no further line"));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
