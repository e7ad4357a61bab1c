//! Carrying out one step for one private server. Every step may be cut off at any point and is done again from its
//! beginning: what is noted as done before it is true before it, and what is noted after it is true after it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rackwright_model::private_server::{Phase, Seen, Wanted};

use super::record::{Made, Record};
use super::{Shared, Templates, told};
use crate::explain;
use crate::firewall::Cable;
use crate::making;
use crate::runtime::{self, Host, PrivateServer};
use crate::tool;

/// Why a step was not done: a sentence.
pub type Outcome = Result<(), String>;

/// What a step needs.
pub struct Carry<'a> {
    pub shared: &'a Shared,
    pub templates: &'a dyn Templates,
    pub host: Host<'a>,
    pub record: &'a Record,
}

fn said<E: std::error::Error>(why: E) -> String {
    explain(&why)
}

impl Carry<'_> {
    fn wanted(&self) -> &Wanted {
        &self.record.wanted
    }

    fn cable(&self) -> Cable {
        let Wanted { number, v4, v6, mac, quarantine, ref operator, .. } = *self.wanted();
        Cable { number, v4, v6, mac, quarantine: quarantine.then(|| operator.clone()) }
    }

    fn server(&self) -> PrivateServer {
        let wanted = self.wanted();
        let made = self.record.done.made.as_ref();
        PrivateServer {
            cable: self.cable(),
            former: self.record.done.addresses.clone(),
            host_name: wanted.name.to_string(),
            template: made.map_or_else(|| wanted.template.sha256.clone(), |made| made.template.clone()),
            size: wanted.size.clone(),
        }
    }

    fn tell(&self, phase: Phase, progress: Option<u32>) {
        let Wanted { number, generation, .. } = *self.wanted();
        let seen = Seen { number, generation, phase, reason: None, progress };
        self.shared.tell(&mut self.shared.lock(), seen);
    }

    /// Makes the files. They count once they are whole.
    pub fn make(&self) -> Outcome {
        let wanted = self.wanted();
        let template = self.host.places.template(&wanted.template.sha256);
        if !template.is_dir() {
            self.fetch(&template)?;
        }
        self.tell(Phase::Making, None);
        self.shared.note(wanted.number, |done| done.made = None).map_err(said)?;
        runtime::make(&self.host, &self.server()).map_err(said)?;
        let upper = self.host.places.upper(wanted.number);
        making::write(wanted, &template, &upper)
            .map_err(|why| format!("cannot write its first files: {why}"))?;
        sync(&upper)?;
        let made = Made { edition: wanted.edition, template: wanted.template.sha256.clone() };
        let change = |done: &mut super::Done| {
            done.made = Some(made);
            done.name = wanted.name.to_string();
            done.dns.clone_from(&wanted.dns);
            done.addresses.clear();
            done.laid = None;
        };
        self.shared.note(wanted.number, change).map_err(said)
    }

    /// Unpacks beside its place, and moves it there when it is whole and on the disk.
    fn fetch(&self, template: &Path) -> Outcome {
        self.tell(Phase::Fetching, Some(0));
        let wanted = &self.wanted().template;
        let fresh = self.host.places.template(&format!(".{}", wanted.sha256));
        let named = |why: std::io::Error| format!("cannot make {}: {why}", fresh.display());
        discard(&fresh)?;
        fs::create_dir_all(&fresh).map_err(named)?;
        let mut arrived = |bytes: u64| {
            let permille = bytes.saturating_mul(1000) / wanted.bytes.max(1);
            self.tell(Phase::Fetching, Some(u32::try_from(permille.min(1000)).unwrap_or(1000)));
        };
        let fetched = self.templates.fetch(wanted, &fresh, &mut arrived);
        if let Err(why) = fetched {
            discard(&fresh)?;
            return Err(format!("the template {} could not be fetched: {why}", wanted.name));
        }
        sync(&fresh)?;
        fs::rename(&fresh, template).map_err(named)
    }

    pub fn start(&self) -> Outcome {
        let wanted = self.wanted();
        self.tell(Phase::Starting, None);
        self.expect_addresses()?;
        runtime::start(&self.host, &self.server()).map_err(said)?;
        let cable = self.cable();
        self.announce(&cable);
        self.name();
        let change = |done: &mut super::Done| {
            done.addresses = cable.addresses();
            done.laid = Some(cable);
            done.boots = wanted.boots;
            done.generation = wanted.generation;
        };
        self.shared.note(wanted.number, change).map_err(said)
    }

    pub fn stop(&self) -> Outcome {
        self.tell(Phase::Stopping, None);
        runtime::stop(&self.host, &self.server()).map_err(said)?;
        let change = |done: &mut super::Done| {
            done.addresses.clear();
            done.laid = None;
        };
        self.shared.note(self.wanted().number, change).map_err(said)
    }

    /// Changes what can be changed where it stands, running or not.
    pub fn adapt(&self, runs: bool) -> Outcome {
        let wanted = self.wanted();
        let mut cable = None;
        if runs {
            let new = self.cable();
            let lies = self
                .record
                .done
                .laid
                .as_ref()
                .is_some_and(|laid| (laid.v4, laid.v6, laid.mac) == (new.v4, new.v6, new.mac));
            if !lies {
                self.expect_addresses()?;
                runtime::lay_anew(&self.host, &self.server()).map_err(said)?;
                self.announce(&new);
            }
            cable = Some(new);
        }
        runtime::resize(&self.host, &self.server()).map_err(said)?;
        if runs {
            self.name();
        }
        let change = |done: &mut super::Done| {
            done.generation = wanted.generation;
            if let Some(cable) = cable {
                done.addresses = cable.addresses();
                done.laid = Some(cable);
            }
        };
        self.shared.note(wanted.number, change).map_err(said)
    }

    /// Takes it away, with its files, and forgets it.
    pub fn remove(&self) -> Outcome {
        let Wanted { number, generation, .. } = *self.wanted();
        self.tell(Phase::Removing, None);
        runtime::remove(&self.host, &self.server()).map_err(said)?;
        self.shared.records.forget(number).map_err(said)?;
        let mut state = self.shared.lock();
        state.records.remove(&number.into());
        let gone = Seen { number, generation, phase: Phase::Gone, reason: None, progress: None };
        self.shared.tell(&mut state, gone);
        Ok(())
    }

    /// Notes the addresses before the card answers for them, and that no cable is sure to lie.
    fn expect_addresses(&self) -> Outcome {
        let new = self.cable().addresses();
        let change = |done: &mut super::Done| {
            done.laid = None;
            for address in new {
                if !done.addresses.contains(&address) {
                    done.addresses.push(address);
                }
            }
        };
        self.shared.note(self.wanted().number, change).map_err(said)
    }

    /// Its name and its name servers, when they are others than it was made with. When that fails it keeps what it has: its
    /// root may have put a link there on purpose.
    fn name(&self) {
        let (wanted, done) = (self.wanted(), &self.record.done);
        let name = wanted.name.to_string();
        let root = self.host.places.root(wanted.number);
        let mut files = Vec::new();
        if done.name != name {
            files.push(("hostname", format!("{name}\n")));
        }
        if done.dns != wanted.dns {
            files.push(("resolv.conf", making::resolv_conf(&wanted.dns)));
        }
        for (file, text) in files {
            if let Err(why) = told::replace(&root, file, &text, wanted.number.root()) {
                eprintln!("{}: /etc/{file} stays as it is: {why}", wanted.number.tag());
            }
        }
        let change = |done: &mut super::Done| {
            done.name = name;
            done.dns.clone_from(&wanted.dns);
        };
        if let Err(why) = self.shared.note(wanted.number, change) {
            eprintln!("{}: {}", wanted.number.tag(), said(why));
        }
    }

    /// Tells the neighbours of the server where the address is now. Without the program they find it when they ask again.
    fn announce(&self, cable: &Cable) {
        if let Some(address) = cable.v4.map(|address| address.to_string()) {
            let args = ["-c", "2", "-w", "3", "-U", "-I", self.host.link.card, "-s", &address, &address];
            drop(tool::run("arping", &args, Duration::from_secs(5)));
        }
    }
}

/// Removes a directory, if it is there.
pub fn discard(path: &Path) -> Outcome {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {why}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes everything of the file system of `path` to the disk.
fn sync(path: &Path) -> Outcome {
    let written = fs::File::open(path).and_then(|file| Ok(nix::unistd::syncfs(&file)?));
    written.map_err(|why| format!("cannot write {} to the disk: {why}", path.display()))
}
