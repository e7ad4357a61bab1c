//! Private servers in a session: what the Control Center says of them goes to the keeper, what is seen goes back.

mod commands;
mod consoles;
mod inside;
mod outbox;
mod places;
mod templates;
mod transfers;
mod vaults;

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;

use rackwright_model::private_server::{Phase, Seen, Wanted};
use rackwright_privsrv::bell::Bell;
use rackwright_privsrv::keeper::{self, Keeper, Report, Site};
use rackwright_proto::private::A_FRAME;
use rackwright_proto::{Console, Exec, FromMachine, Inside, Transfer, Vault};

use super::identity::Identity;
use crate::session::{Link, LinkError};
use consoles::Consoles;
use outbox::Outbox;
use templates::OverHttp;
use transfers::Transfers;
use vaults::Vaults;

/// What outlives a session.
pub struct Private {
    bell: Bell,
    /// Without one: why. The server can be reached all the same.
    keeper: Result<Keeper, String>,
    /// Commands and consoles of this session; they end with it.
    outbox: Outbox,
    consoles: Consoles,
    /// Files on their way to and from other servers, also between sessions.
    transfers: Transfers,
    /// Snapshots and backups, also between sessions.
    vaults: Vaults,
    /// The batch of usage that is on its way.
    sent: Option<u64>,
}

impl Private {
    /// Carries on what is kept on this server.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub fn open(site: Site) -> std::io::Result<Self> {
        let bell = Bell::new()?;
        let transfers = Transfers::new(site.places.clone(), bell.clone());
        let keeper = Keeper::open(site, Arc::new(OverHttp), bell.clone()).map_err(|why| {
            let why =
                format!("What is kept of private servers cannot be read: {}", crate::session::explain(&why));
            eprintln!("{why}");
            why
        });
        let outbox = Outbox::new(bell.clone());
        let vaults = Vaults::new(keeper.as_ref().ok().map(Keeper::hands), bell.clone());
        Ok(Self { bell, keeper, outbox, consoles: Consoles::default(), transfers, vaults, sent: None })
    }

    /// Readable when there is something to [`Self::tell`].
    #[must_use]
    pub fn wake(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Tells everything, at the beginning of a session.
    pub fn greet(&mut self, link: &mut Link) -> Result<(), LinkError> {
        let Ok(keeper) = &self.keeper else { return Ok(()) };
        link.send(&FromMachine::Room(keeper.room()))?;
        let all = keeper.all();
        send(link, &all)?;
        self.send_usage(link)
    }

    /// Everything that began in a session ends with it.
    pub fn leave(&mut self) {
        self.consoles = Consoles::default();
        self.outbox = Outbox::new(self.bell.clone());
        self.sent = None;
    }

    /// These samples are in the books: the next ones follow.
    pub fn usage_taken(&mut self, link: &mut Link, batch: u64) -> Result<(), LinkError> {
        let Ok(keeper) = &self.keeper else { return Ok(()) };
        if let Err(why) = keeper.forget_usage(batch) {
            // They are sent again in the next session.
            eprintln!("{why}");
            return Ok(());
        }
        self.sent = None;
        self.send_usage(link)
    }

    /// One batch at a time is on its way.
    fn send_usage(&mut self, link: &mut Link) -> Result<(), LinkError> {
        let Ok(keeper) = &self.keeper else { return Ok(()) };
        if self.sent.is_some() {
            return Ok(());
        }
        let Some(batch) = keeper.usage() else { return Ok(()) };
        self.sent = Some(batch.batch);
        link.send(&FromMachine::Usage(batch))
    }

    /// Tells what is new.
    pub fn tell(&mut self, link: &mut Link) -> Result<(), LinkError> {
        self.bell.silence();
        if let Ok(keeper) = &mut self.keeper {
            send(link, &keeper.news())?;
            if keeper.has_new_usage() {
                self.send_usage(link)?;
            }
        }
        for news in self.transfers.news() {
            link.send(&FromMachine::Transfer(news))?;
        }
        for news in self.vaults.news() {
            link.send(&FromMachine::Vault(news))?;
        }
        self.outbox.deliver(|message| link.send(&message))
    }

    /// Runs a command inside; its end is told later.
    pub fn run(&mut self, link: &mut Link, exec: Exec) -> Result<(), LinkError> {
        match commands::run(exec, self.outbox.sender()) {
            Ok(()) => Ok(()),
            Err(refused) => link.send(&FromMachine::ExecDone(refused)),
        }
    }

    /// Works inside; what came of it is told later.
    pub fn work_inside(&mut self, link: &mut Link, order: Inside) -> Result<(), LinkError> {
        match inside::run(order, self.outbox.sender()) {
            Ok(()) => Ok(()),
            Err(refused) => link.send(&FromMachine::Inside(*refused)),
        }
    }

    /// Opens a console, types into it, resizes or closes it.
    pub fn console(&mut self, link: &mut Link, console: Console) -> Result<(), LinkError> {
        match self.consoles.obey(console, &self.outbox) {
            Ok(()) => Ok(()),
            Err(ended) => link.send(&FromMachine::Console(ended)),
        }
    }

    /// Takes an order on files that go to, or come from, another server; what comes of it is told later.
    pub fn transfer(&mut self, link: &Link, order: Transfer) {
        // Where the Control Center finds this server, the other finds it too.
        match link.local_address() {
            Ok(address) => self.transfers.take(order, address.ip()),
            Err(why) => eprintln!("an order on a transfer was not taken: {}", crate::session::explain(&why)),
        }
    }

    /// Takes an order on snapshots or backups; what comes of it is told later.
    pub fn vault(&self, order: Vault) {
        self.vaults.take(order);
    }

    /// Takes what is wanted.
    pub fn take(&mut self, link: &mut Link, wanted: Vec<Wanted>) -> Result<(), LinkError> {
        let known: Vec<_> = wanted.iter().map(|wanted| (wanted.number, wanted.generation)).collect();
        let taken = match &mut self.keeper {
            Ok(keeper) => {
                keeper.take(wanted).map_err(|why| format!("Private servers cannot be kept here: {why}"))
            }
            Err(why) => Err(why.clone()),
        };
        let Err(why) = taken else { return Ok(()) };
        let failed = |(number, generation)| {
            let reason = Some(why.clone());
            Seen { number, generation, phase: Phase::Failed, reason, progress: None }
        };
        send(link, &known.into_iter().map(failed).collect::<Vec<_>>())
    }
}

/// What is kept on this server, for a person at it.
///
/// # Errors
/// A sentence.
pub fn report() -> Result<Report, String> {
    let identity =
        Identity::load(Path::new("/etc/rackwright")).map_err(|why| crate::session::explain(&why))?;
    keeper::report(&Site::of_server(identity.center))
}

fn send(link: &mut Link, seen: &[Seen]) -> Result<(), LinkError> {
    seen.chunks(A_FRAME).try_for_each(|part| link.send(&FromMachine::PrivateServers { seen: part.to_vec() }))
}
