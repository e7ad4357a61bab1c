//! Carrying out one step for one private server. Every step may be cut off at any point and is done again from its
//! beginning: what is noted as done before it is true before it, and what is noted after it is true after it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rackwright_model::nas::NasDisk;
use rackwright_model::private_server::{Phase, Seen, Template, Wanted};

use super::record::{Made, Record};
use super::{Shared, Templates, origin};
use crate::announce;
use crate::explain;
use crate::files;
use crate::firewall::Cable;
use crate::making;
use crate::nas::claim::{self, Claim};
use crate::nas::disk;
use crate::nas::mount::{self, Use};
use crate::places::Places;
use crate::project;
use crate::runtime::{self, Host, PrivateServer};
use crate::told;
use crate::trees;
use crate::vault;

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
            nas: wanted.nas.clone(),
            shares: wanted.shares.clone(),
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
        let base = self.base()?;
        let template = self.template(&base)?;
        self.tell(Phase::Making, None);
        self.shared.note(wanted.number, |done| done.made = None).map_err(said)?;
        if let Some(nas) = &wanted.nas {
            return self.make_on(nas, &template);
        }
        runtime::make(&self.host, &self.server()).map_err(said)?;
        let upper = self.host.places.upper(wanted.number);
        match origin::of(wanted) {
            Some(origin) => {
                vault::clone(self.host.places, origin, wanted).map_err(said)?;
                sync(&upper)?;
            }
            None => self.first_files(&template, &upper)?,
        }
        self.made(Made { edition: wanted.edition, template: base })
    }

    /// Takes the disk on the NAS as it is, when another server made it; else makes it.
    fn make_on(&self, nas: &NasDisk, template: &Path) -> Outcome {
        let wanted = self.wanted();
        let number = wanted.number;
        runtime::clear(&self.host, &self.server()).map_err(said)?;
        mount::ensure(&nas.export, Use::Disks).map_err(said)?;
        let claim = claim::take(nas, number).map_err(said)?;
        if let Some(made) = claim.made.clone().filter(|made| made.edition >= wanted.edition) {
            // Files above fit the template that they were made over.
            self.template(&made.template)?;
            return self.made(made);
        }
        claim::write(nas, number, &Claim { made: None, ..claim.clone() }).map_err(said)?;
        disk::make(nas, number, wanted.size.disk_mib).map_err(said)?;
        disk::attach(nas, number, wanted.size.disk_mib).map_err(said)?;
        self.first_files(template, &disk::upper(number))?;
        disk::detach(number).map_err(said)?;
        let made = Made { edition: wanted.edition, template: wanted.template.sha256.clone() };
        claim::write(nas, number, &Claim { made: Some(made.clone()), ..claim }).map_err(said)?;
        self.made(made)
    }

    fn first_files(&self, template: &Path, upper: &Path) -> Outcome {
        making::write(self.wanted(), template, upper)
            .map_err(|why| format!("cannot write its first files: {why}"))?;
        sync(upper)
    }

    fn made(&self, made: Made) -> Outcome {
        let wanted = self.wanted();
        let change = |done: &mut super::Done| {
            done.made = Some(made);
            done.name = wanted.name.to_string();
            done.dns.clone_from(&wanted.dns);
            done.addresses.clear();
            done.laid = None;
        };
        self.shared.note(wanted.number, change).map_err(said)
    }

    /// Fetches its template, for when it comes here.
    pub fn near(&self) -> Outcome {
        let wanted = self.wanted();
        self.template(&wanted.template.sha256)?;
        self.shared.note(wanted.number, |done| done.generation = wanted.generation).map_err(said)
    }

    /// The files of the wanted template, or of the version with this SHA-256 when they are here already.
    fn template(&self, version: &str) -> Result<PathBuf, String> {
        let template = self.host.places.template(version);
        if !template.is_dir() {
            if version != self.wanted().template.sha256 {
                return Err(format!(
                    "the version {version} of its template, over which its files were made, is not here"
                ));
            }
            self.fetch()?;
        }
        Ok(template)
    }

    /// The version of the template that its files begin over: a clone's that of the other's files.
    fn base(&self) -> Result<String, String> {
        let Some(origin) = origin::of(self.wanted()) else {
            return Ok(self.wanted().template.sha256.clone());
        };
        if self.record.done.origin_lost {
            return Err(format!(
                "the files of {} that it was to begin with were not here any more when it came; remove it and clone again, \
                 or rebuild it from its template",
                origin.tag()
            ));
        }
        let state = self.shared.lock();
        let record = state.records.get(&origin.into());
        let made = record.and_then(|record| record.done.made.as_ref());
        made.map(|made| made.template.clone())
            .ok_or_else(|| format!("the files of {} that it begins with are not here", origin.tag()))
    }

    fn fetch(&self) -> Outcome {
        self.tell(Phase::Fetching, Some(0));
        let wanted = &self.wanted().template;
        let mut arrived = |bytes: u64| {
            let permille = bytes.saturating_mul(1000) / wanted.bytes.max(1);
            self.tell(Phase::Fetching, Some(u32::try_from(permille.min(1000)).unwrap_or(1000)));
        };
        fetch(self.host.places, self.templates, wanted, &mut arrived)
    }

    pub fn start(&self) -> Outcome {
        let wanted = self.wanted();
        self.tell(Phase::Starting, None);
        let server = self.server();
        self.template(&server.template)?;
        self.expect_addresses()?;
        runtime::start(&self.host, &server).map_err(said)?;
        let cable = self.cable();
        self.announce(&cable);
        self.name();
        // A disk that takes more than it is to have stays as large as it was, and what is wanted is still to be done.
        let fits = wanted.nas.is_some()
            || files::fits(self.host.places, wanted.number, &wanted.size).map_err(said)?;
        let change = |done: &mut super::Done| {
            done.addresses = cable.addresses();
            done.laid = Some(cable);
            done.boots = wanted.boots;
            if fits {
                done.generation = wanted.generation;
            }
        };
        self.shared.note(wanted.number, change).map_err(said)
    }

    /// It is being shut down.
    pub fn stopping(&self) {
        self.tell(Phase::Stopping, None);
    }

    /// Takes away everything of it but its files; what still runs in it ends.
    pub fn stop(&self) -> Outcome {
        runtime::clear(&self.host, &self.server()).map_err(said)?;
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
            let lies =
                self.record.done.laid.as_ref().is_some_and(|laid| (laid.v4, laid.v6) == (new.v4, new.v6));
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
        self.tell(Phase::Removing, None);
        runtime::remove(&self.host, &self.server()).map_err(said)?;
        self.forget()
    }

    /// Takes it away, and leaves its disk on the NAS as it is.
    pub fn leave(&self) -> Outcome {
        self.tell(Phase::Removing, None);
        runtime::clear(&self.host, &self.server()).map_err(said)?;
        self.forget()
    }

    fn forget(&self) -> Outcome {
        let Wanted { number, generation, .. } = *self.wanted();
        self.shared.records.forget(number).map_err(said)?;
        let mut state = self.shared.lock();
        state.records.remove(&number.into());
        state.disks.remove(&number.into());
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
        if files.is_empty() {
            return;
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

    /// Tells the neighbours of the server where the address is now. Else they find it when they ask again.
    fn announce(&self, cable: &Cable) {
        if let Err(why) = announce::announce(self.host.link.card, &cable.addresses()) {
            eprintln!("{}: nobody was told where its address is now: {why}", cable.number.tag());
        }
    }
}

/// One at a time changes what templates there are: two would unpack into one another's directory, and one that is being removed
/// is still there until its end.
pub(super) static TEMPLATES: Mutex<()> = Mutex::new(());

/// Unpacks a template beside its place, and moves it there when it is whole and on the disk.
///
/// # Errors
/// A sentence.
pub fn fetch(
    places: &Places,
    templates: &dyn Templates,
    template: &Template,
    arrived: &mut dyn FnMut(u64),
) -> Outcome {
    let _turn = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    if places.template(&template.sha256).is_dir() {
        return Ok(());
    }
    let fresh = places.template(&format!(".{}", template.sha256));
    let named = |why: std::io::Error| format!("cannot make {}: {why}", fresh.display());
    discard(&fresh)?;
    fs::create_dir_all(&fresh).map_err(named)?;
    if let Err(why) = templates.fetch(template, &fresh, arrived) {
        discard(&fresh)?;
        return Err(format!("the template {} could not be fetched: {why}", template.name));
    }
    project::guard(&fresh).map_err(named)?;
    sync(&fresh)?;
    fs::rename(&fresh, places.template(&template.sha256)).map_err(named)
}

/// Removes a directory, if it is there.
pub fn discard(path: &Path) -> Outcome {
    trees::remove(path).map_err(said)
}

/// Writes everything of the file system of `path` to the disk.
fn sync(path: &Path) -> Outcome {
    let written = fs::File::open(path).and_then(|file| Ok(nix::unistd::syncfs(&file)?));
    written.map_err(|why| format!("cannot write {} to the disk: {why}", path.display()))
}
