//! `private-server console` and what is done with one. It is opened by one person in one session, and is nobody else's.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::private_server::{
    ConsoleOpened, ConsoleRead, OneConsole, PrivateServerConsole, PrivateServerConsoleClose,
    PrivateServerConsoleInput, PrivateServerConsoleRead, PrivateServerConsoleReadInput,
    PrivateServerConsoleResize, PrivateServerConsoleResizeInput, PrivateServerConsoleType,
    PrivateServerConsoleTypeInput,
};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::ServerId;
use rackwright_proto::private::CHUNK;
use rackwright_proto::{Console, ConsoleOrder, ToMachine};
use tokio::time::timeout;

use super::consoles::{Full, PER_SERVER, Piece};
use super::exec::unreachable;
use super::quota::{AT_ONCE, Quota};
use crate::refusal::conflict;
use crate::{Caller, Domain};

/// Lines and columns of a terminal that says nothing of its size.
const USUAL: (u16, u16) = (24, 80);
/// Seconds that a look waits for something to be written when nothing is said.
const WAIT_S: u32 = 20;

impl Handle<PrivateServerConsole, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerConsoleInput,
    ) -> Result<ConsoleOpened, Fault> {
        let name = input.private_server;
        let attempted = format!("open a console of {name}");
        let row = self.running_private_server(caller, &name, &attempted).await?;
        let server = row.wanted.server;
        let quota = Quota::of(&caller.actor, &row);
        let console =
            self.consoles.open(server, &caller.actor, quota.clone(), self.now()).map_err(|full| {
                let reason = match (full, quota) {
                    (Full::Quota, Quota::Account(_)) => {
                        format!("{AT_ONCE} consoles of account {} are open", row.account_name)
                    }
                    (Full::Quota, Quota::Person(_)) => format!("you have {AT_ONCE} consoles open"),
                    (Full::Server, Quota::Account(_) | Quota::Person(_)) => {
                        format!("{PER_SERVER} consoles are open on its server")
                    }
                };
                conflict(&attempted, reason, "Close one first.")
            })?;
        let order = ConsoleOrder::Open {
            number: row.wanted.number,
            rows: input.rows.unwrap_or(USUAL.0),
            columns: input.columns.unwrap_or(USUAL.1),
        };
        if !self.order_console(server, console, order) {
            self.consoles.close(console, &caller.actor);
            return Err(unreachable(&name, &attempted));
        }
        Ok(ConsoleOpened { console })
    }
}

impl Handle<PrivateServerConsoleType, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerConsoleTypeInput) -> Result<Done, Fault> {
        for bytes in input.text.as_bytes().chunks(CHUNK) {
            let order = ConsoleOrder::Input { bytes: bytes.to_vec() };
            self.order_own_console(caller, input.console, order, "type into a console")?;
        }
        Ok(Done::new("Typed."))
    }
}

impl Handle<PrivateServerConsoleResize, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerConsoleResizeInput) -> Result<Done, Fault> {
        let PrivateServerConsoleResizeInput { console, rows, columns } = input;
        self.order_own_console(caller, console, ConsoleOrder::Resize { rows, columns }, "resize a console")?;
        Ok(Done::new(format!("The console has {rows} lines of {columns} columns.")))
    }
}

impl Handle<PrivateServerConsoleClose, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneConsole { console }: OneConsole) -> Result<Done, Fault> {
        let server = self.consoles.close(console, &caller.actor);
        if let Some(server) = server.ok_or_else(|| none("close a console", console))? {
            self.order_console(server, console, ConsoleOrder::Close);
        }
        Ok(Done::new("The console is closed."))
    }
}

impl Handle<PrivateServerConsoleRead, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerConsoleReadInput,
    ) -> Result<ConsoleRead, Fault> {
        let PrivateServerConsoleReadInput { console, after, wait_s } = input;
        let look = || {
            let piece = self.consoles.read(console, &caller.actor, after, self.now());
            piece.ok_or_else(|| none("read from a console", console))
        };
        let mut piece = look()?;
        let wait = Duration::from_secs(u64::from(wait_s.unwrap_or(WAIT_S)));
        let waited = timeout(wait, async {
            while piece.bytes.is_empty() && piece.ended.is_none() && piece.news.changed().await.is_ok() {
                piece = look()?;
            }
            Ok(())
        });
        match waited.await {
            Ok(result) => result?,
            // Reading counts to its end.
            Err(_) => piece = look()?,
        }
        let Piece { bytes, next, ended, news: _ } = piece;
        Ok(ConsoleRead { base64: BASE64.encode(bytes), next, ended })
    }
}

impl Domain {
    fn order_own_console(
        &self,
        caller: &Caller,
        console: u64,
        order: ConsoleOrder,
        attempted: &str,
    ) -> Result<(), Fault> {
        let server = self.consoles.own(console, &caller.actor).ok_or_else(|| none(attempted, console))?;
        let ended = |why: String| {
            conflict(attempted, format!("it has ended: {}", why.trim_end_matches('.')), "Open another.")
        };
        if self.order_console(server.map_err(ended)?, console, order) {
            return Ok(());
        }
        let advice = "Try again; if it fails again, open another.";
        Err(Fault::new(FaultCode::Unavailable, attempted, "its server does not take it now", advice))
    }

    pub(crate) fn order_console(&self, server: ServerId, console: u64, order: ConsoleOrder) -> bool {
        self.ports.machines.send_to_agent(server, ToMachine::Console(Console { console, order }))
    }
}

/// The same for a console of somebody else.
fn none(attempted: &str, console: u64) -> Fault {
    Fault::new(
        FaultCode::NotFound,
        attempted,
        format!("you have no console {console} open"),
        "Open one with: rackwright private-server console NAME",
    )
}
