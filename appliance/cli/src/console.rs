//! `private-server console` on a terminal: what is typed goes in, what is written comes out, until Ctrl-] or the end of the
//! shell inside.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::actions::private_server::{
    ConsoleOpened, ConsoleRead, OneConsole, PrivateServerConsole, PrivateServerConsoleClose,
    PrivateServerConsoleRead, PrivateServerConsoleReadInput, PrivateServerConsoleResize,
    PrivateServerConsoleResizeInput, PrivateServerConsoleType, PrivateServerConsoleTypeInput,
};
use rackwright_catalog::{Action, Entry, Fault, FaultCode};
use rackwright_client::Client;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::format::Format;
use crate::input::InputError;
use crate::screen::End;
use crate::show::one_line;

/// Ctrl-]: as with telnet(1), whoever types it leaves.
const LEAVE: u8 = 0x1d;
/// Bytes of one read from the terminal.
const TYPED: usize = 4_096;
/// Pieces of what was typed that wait to be sent.
const WAITING: usize = 64;

/// Whether the action opens a console that people are to sit at; programs type and read with actions of their own.
pub(crate) fn is_for_people(entry: &Entry, format: Format) -> bool {
    entry.spec.name == PrivateServerConsole::SPEC.name && format.is_for_people()
}

/// That somebody sits at a terminal, before anything is opened.
///
/// # Errors
/// What to do without one.
pub(crate) fn terminal() -> Result<(), InputError> {
    use std::io::IsTerminal;
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(InputError(
        "a console needs a terminal; run a command with: rackwright private-server exec NAME -- COMMAND, \
         or add --json to type and read with console-type and console-read"
            .to_owned(),
    ))
}

/// Open a console and stay in it.
///
/// # Errors
/// The fault of opening it, or one that ends it.
pub(crate) async fn run(client: &Client, mut input: Value) -> Result<(), End> {
    if let Some((rows, columns)) = size() {
        for (field, value) in [("rows", rows), ("columns", columns)] {
            if input[field].is_null() {
                input[field] = json!(value);
            }
        }
    }
    let opened = client.call_named(PrivateServerConsole::SPEC.name, input).await?;
    let opened: ConsoleOpened = serde_json::from_value(opened).map_err(unreadable)?;
    let terminal = Raw::enter().map_err(|error| terminal_fault(&error))?;
    eprint!("Ctrl-] leaves the console.\r\n");
    let left = tokio::select! {
        read = read(client, opened.console) => read.map(Some),
        typed = type_in(client, opened.console) => typed.map(|()| None),
        resized = follow_size(client, opened.console) => resized.map(|()| None),
    };
    drop(terminal);
    eprintln!();
    // It would end by itself in a minute.
    let closed = client.call::<PrivateServerConsoleClose>(OneConsole { console: opened.console }).await;
    match left {
        Ok(Some(ended)) => eprintln!("{}", one_line(&ended)),
        Ok(None) => eprintln!("{}", closed?.message),
        Err(fault) => return Err(fault),
    }
    Ok(())
}

/// Show what is written, until it ends; why it did.
async fn read(client: &Client, console: u64) -> Result<String, End> {
    let mut after = 0;
    loop {
        let input = PrivateServerConsoleReadInput { console, after, wait_s: None };
        let ConsoleRead { base64, next, ended } = client.call::<PrivateServerConsoleRead>(input).await?;
        let bytes = BASE64.decode(base64).map_err(unreadable)?;
        let mut output = std::io::stdout().lock();
        output.write_all(&bytes).and_then(|()| output.flush()).map_err(|_| End::Unread)?;
        after = next;
        if let Some(ended) = ended {
            return Ok(ended);
        }
    }
}

/// Send what is typed, until somebody leaves.
async fn type_in(client: &Client, console: u64) -> Result<(), End> {
    let mut typed = keyboard();
    let mut letters = Letters::default();
    while let Some(bytes) = typed.recv().await {
        let leaves = bytes.iter().position(|byte| *byte == LEAVE);
        let text = letters.take(&bytes[..leaves.unwrap_or(bytes.len())]);
        if !text.is_empty() {
            let input = PrivateServerConsoleTypeInput { console, text };
            client.call::<PrivateServerConsoleType>(input).await?;
        }
        if leaves.is_some() {
            break;
        }
    }
    Ok(())
}

/// Tell how large the terminal is, whenever that changes.
async fn follow_size(client: &Client, console: u64) -> Result<(), End> {
    let mut changes = signal(SignalKind::window_change()).map_err(|error| terminal_fault(&error))?;
    while changes.recv().await.is_some() {
        if let Some((rows, columns)) = size() {
            let input = PrivateServerConsoleResizeInput { console, rows, columns };
            client.call::<PrivateServerConsoleResize>(input).await?;
        }
    }
    Ok(())
}

/// Standard input, piece by piece; it ends with the process, because a read from a terminal cannot be taken back.
fn keyboard() -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel(WAITING);
    thread::spawn(move || {
        let mut bytes = [0; TYPED];
        while let Ok(length @ 1..) = std::io::stdin().lock().read(&mut bytes) {
            if send.blocking_send(bytes[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    receive
}

/// Makes text of bytes: a letter that is cut in two waits for its rest.
#[derive(Default)]
struct Letters {
    rest: Vec<u8>,
}

impl Letters {
    fn take(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            // The end of input was not met inside a letter.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Ok(_) | Err(_) => self.rest.len(),
        };
        let rest = self.rest.split_off(whole);
        String::from_utf8_lossy(&std::mem::replace(&mut self.rest, rest)).into_owned()
    }
}

/// The terminal hands every key on as it is, until this is dropped.
struct Raw {
    before: Termios,
}

impl Raw {
    fn enter() -> rustix::io::Result<Self> {
        let stdin = std::io::stdin();
        let before = tcgetattr(stdin.as_fd())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin.as_fd(), OptionalActions::Now, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // When it fails nothing can be done about it.
        let _ = tcsetattr(std::io::stdin().as_fd(), OptionalActions::Now, &self.before);
    }
}

/// Lines and columns of the terminal, as far as a console takes them.
fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(std::io::stdout().as_fd()).ok()?;
    let known = size.ws_row > 0 && size.ws_col > 0;
    known.then(|| (size.ws_row.clamp(2, 500), size.ws_col.clamp(10, 500)))
}

fn unreadable(error: impl std::fmt::Display) -> Fault {
    let advice = "Use the command of the Control Center's version.";
    Fault::new(FaultCode::Internal, "use a console", format!("the answer cannot be read: {error}"), advice)
}

fn terminal_fault(error: &dyn std::fmt::Display) -> Fault {
    let reason = format!("the terminal does not do as it is told: {error}");
    Fault::new(FaultCode::Unavailable, "use a console", reason, "Try it on another terminal.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_cut_in_two_waits_for_its_rest() {
        let mut letters = Letters::default();
        let text = "ä€𝄞x".as_bytes();
        let mut heard = String::new();
        for byte in text {
            heard.push_str(&letters.take(&[*byte]));
        }
        assert_eq!(heard, "ä€𝄞x");
        assert_eq!(letters.take(&[0xff, b'a']), "\u{fffd}a", "what is no letter does not stop the rest");
    }
}
