//! A whole rack: made, owned, and gone without a trace when its owner goes.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::address;
use super::machine::{Machine, Place};
use super::namespace::Namespace;
use super::network;
use super::spec::MachineSpec;
use super::wreck::{self, Traces};

/// How long a fresh BMC may take to answer.
const BMC_LIMIT: Duration = Duration::from_secs(20);

/// A rack with its machines, all off at first. Dropping it removes everything it made.
#[derive(Debug)]
pub struct Rack {
    id: String,
    traces: Traces,
    machines: Vec<Machine>,
    _owner: File,
}

impl Rack {
    /// Clears away dead racks, then builds a new one.
    ///
    /// # Errors
    /// Not root, a Debian package is missing, a machine's description is wrong, or a BMC does not answer.
    pub fn create(specs: &[MachineSpec]) -> Result<Self> {
        let count =
            u8::try_from(specs.len()).ok().filter(|count| usize::from(*count) <= address::MAX_MACHINES);
        let Some(count) = count else {
            bail!("a rack holds at most {} machines, not {}", address::MAX_MACHINES, specs.len());
        };
        let mut rack = Self::claim()?;
        rack.traces.namespace.create()?;
        network::wire(&rack.traces.namespace, count)?;
        for (index, spec) in (0u8..).zip(specs) {
            if rack.machine(&spec.name).is_ok() {
                bail!("two machines are named {}: names must differ within a rack", spec.name);
            }
            let place = Place {
                namespace: &rack.traces.namespace,
                run_dir: rack.traces.run_dir.join("machines").join(&spec.name),
                store_dir: rack.traces.store_dir.join("disks"),
                index,
                rack_id: &rack.id,
                bmc_password: random_hex::<8>()?,
            };
            let machine = Machine::build(spec, place).with_context(|| format!("building {}", spec.name))?;
            rack.machines.push(machine);
        }
        for machine in &rack.machines {
            machine.ipmi().wait_for_bmc(BMC_LIMIT).with_context(|| machine.complaints())?;
        }
        Ok(rack)
    }

    /// Takes a free id and its directories, under the lock that keeps sweepers away.
    fn claim() -> Result<Self> {
        let _all = wreck::lock_all_racks()?;
        wreck::sweep_locked()?;
        let id = random_hex::<3>()?;
        let traces = Traces::of(&id);
        for dir in
            [traces.run_dir.join("machines"), traces.store_dir.join("disks"), traces.store_dir.join("data")]
        {
            std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        }
        let owner = wreck::own(&traces)?;
        Ok(Self { id, traces, machines: Vec::new(), _owner: owner })
    }

    /// Six hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// For sockets, configuration and logs; on the same file system as `/run`.
    pub fn run_dir(&self) -> &Path {
        &self.traces.run_dir
    }

    /// An empty directory on disk, for the Control Center's data.
    pub fn data_dir(&self) -> std::path::PathBuf {
        self.traces.store_dir.join("data")
    }

    pub fn namespace(&self) -> &Namespace {
        &self.traces.namespace
    }

    /// A command that will run inside the rack's network.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.traces.namespace.command(program)
    }

    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// # Errors
    /// No machine has this name.
    pub fn machine(&self, name: &str) -> Result<&Machine> {
        self.machines
            .iter()
            .find(|machine| machine.name() == name)
            .with_context(|| format!("this rack has no machine {name:?}"))
    }
}

impl Drop for Rack {
    fn drop(&mut self) {
        // BMCs first, or they would report their machines' end.
        self.machines.clear();
        // A sweeper must not find the owner's lock removed and the rest still there.
        let erased = wreck::lock_all_racks().and_then(|_all| self.traces.erase());
        if let Err(error) = erased {
            eprintln!("rack {} was not removed completely, the next run will try again: {error:#}", self.id);
        }
    }
}

/// This many random bytes in hexadecimal.
fn random_hex<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0u8; BYTES];
    let mut source = File::open("/dev/urandom").context("opening /dev/urandom")?;
    source.read_exact(&mut bytes).context("reading /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
