//! Commands inside private servers: a thread for each, a few at once, and fewer of one.

use std::thread;
use std::time::Duration;

use rackwright_privsrv::exec::{self, Said};
use rackwright_proto::private::OUTPUT;
use rackwright_proto::{Exec, ExecDone, FromMachine};

use super::outbox::Sender;
use super::places::Places;

/// The Control Center orders four at one time for whoever has a private server; the provider's people come beside them.
static RUNNING: Places = Places::new(16, 6, "commands run");
/// The longest that a command may take, in seconds.
const LONGEST_S: u32 = 3600;

/// Begins it.
///
/// # Errors
/// The answer, when it cannot begin.
pub fn run(order: Exec, sender: Sender) -> Result<(), ExecDone> {
    let command = order.command;
    let refused =
        |why: String| ExecDone { command, status: None, output: String::new(), cut: false, error: Some(why) };
    let place = RUNNING.take(order.number).map_err(refused)?;
    let work = move || {
        let done = carry_out(&order);
        drop(place);
        // Nobody asks any more when the session is over.
        sender.send(FromMachine::ExecDone(done)).ok();
    };
    let begun = thread::Builder::new().name("exec".to_owned()).stack_size(256 * 1024).spawn(work);
    begun.map(drop).map_err(|why| refused(format!("the command could not be begun: {why}")))
}

fn carry_out(order: &Exec) -> ExecDone {
    let limit = Duration::from_secs(u64::from(order.limit_s.clamp(1, LONGEST_S)));
    let mut said = Said::default();
    let ended = exec::run(order.number, &order.argv, limit, OUTPUT, &mut said);
    let (status, error) = match ended {
        Ok(status) => (Some(status), None),
        Err(why) => (None, Some(crate::session::explain(&why))),
    };
    let (output, more) = text(&said.bytes);
    let cut = said.cut || more;
    ExecDone { command: order.command, status, output, cut, error }
}

/// Bytes as text, at most [`OUTPUT`] of it, and whether there was more. Control characters but ends of lines and tabs are
/// replaced: each would take six bytes of a frame.
fn text(bytes: &[u8]) -> (String, bool) {
    let plain = |c: char| {
        if c.is_control() && !matches!(c, '\n' | '\r' | '\t') { char::REPLACEMENT_CHARACTER } else { c }
    };
    let mut text: String = String::from_utf8_lossy(bytes).chars().map(plain).collect();
    // Replaced ones take more room.
    let more = text.len() > OUTPUT;
    text.truncate(text.floor_char_boundary(OUTPUT));
    (text, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rackwright_proto::frame;

    #[test]
    fn the_worst_output_fits_into_a_frame() {
        for byte in [0, b'"', b'\n', 0x1b, 0xff] {
            let (output, _) = text(&vec![byte; OUTPUT]);
            let done = ExecDone { command: 1, status: Some(0), output, cut: true, error: None };
            assert!(frame::encode(&FromMachine::ExecDone(done)).is_ok(), "{byte}");
        }
        assert_eq!(text(b"a\tb\n\x1b[0m"), ("a\tb\n\u{fffd}[0m".to_owned(), false));
    }
}
