//! Consoles of a session: a thread reads each, the session types. All end with the session.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rackwright_privsrv::console::{Console as Terminal, Keyboard};
use rackwright_proto::private::CHUNK;
use rackwright_proto::{Console, ConsoleOrder, ConsoleOutput, FromMachine};

use super::outbox::{Outbox, Sender};
use super::places::{Place, Places};
use crate::session::explain;

/// At one time, and of them in one private server.
static OPEN: Places = Places::new(16, 6, "consoles are open");

/// Those that are open.
#[derive(Default)]
pub struct Consoles(BTreeMap<u64, Open>);

struct Open {
    keyboard: Keyboard,
    /// Set from either side when it is over.
    over: Arc<AtomicBool>,
    _place: Place,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

fn ended(console: u64, why: impl Into<String>) -> ConsoleOutput {
    ConsoleOutput { console, bytes: Vec::new(), ended: Some(why.into()) }
}

impl Consoles {
    /// Carries out what is ordered.
    ///
    /// # Errors
    /// The last word of the console, when it is not there.
    pub fn obey(&mut self, order: Console, outbox: &Outbox) -> Result<(), ConsoleOutput> {
        let console = order.console;
        self.0.retain(|_, open| !open.over.load(Ordering::Acquire));
        match order.order {
            ConsoleOrder::Open { number, rows, columns } => {
                let place = OPEN.take(number).map_err(|why| ended(console, format!("{why}.")))?;
                let terminal = Terminal::open(number, rows, columns).map_err(|why| {
                    ended(console, format!("The console could not be opened: {}.", explain(&why)))
                })?;
                let (keyboard, over) = (terminal.keyboard(), Arc::new(AtomicBool::new(false)));
                let (flag, sender) = (Arc::clone(&over), outbox.sender());
                let work = move || {
                    read(console, terminal, &flag, &sender);
                    flag.store(true, Ordering::Release);
                };
                thread::Builder::new()
                    .name("console".to_owned())
                    .stack_size(256 * 1024)
                    .spawn(work)
                    .map_err(|why| ended(console, format!("The console could not be opened: {why}.")))?;
                self.0.insert(console, Open { keyboard, over, _place: place });
                Ok(())
            }
            // One that ended just now has said so.
            ConsoleOrder::Input { bytes } => {
                if let Some(open) = self.0.get(&console)
                    && let Err(why) = open.keyboard.type_in(&bytes)
                {
                    self.0.remove(&console);
                    return Err(ended(console, format!("The console was closed: {why}.")));
                }
                Ok(())
            }
            ConsoleOrder::Resize { rows, columns } => {
                if let Some(open) = self.0.get(&console)
                    && let Err(why) = open.keyboard.resize(rows, columns)
                {
                    eprintln!("the size of console {console} was not set: {why}");
                }
                Ok(())
            }
            ConsoleOrder::Close => {
                self.0.remove(&console);
                Ok(())
            }
        }
    }
}

/// Reads until the end of the terminal, of the console or of the session.
fn read(console: u64, mut terminal: Terminal, over: &AtomicBool, sender: &Sender) {
    let mut bytes = vec![0; CHUNK];
    let why = loop {
        if over.load(Ordering::Acquire) {
            break "The console was closed.".to_owned();
        }
        match terminal.read(&mut bytes) {
            Ok(Some(0)) => break "The shell ended.".to_owned(),
            Ok(Some(count)) => {
                let output = ConsoleOutput { console, bytes: bytes[..count].to_vec(), ended: None };
                if sender.send(FromMachine::Console(output)).is_err() {
                    return;
                }
            }
            Ok(None) => {}
            Err(why) => break format!("The terminal failed: {why}."),
        }
    };
    // What runs in it is hung up before that is said.
    drop(terminal);
    sender.send(FromMachine::Console(ended(console, why))).ok();
}
