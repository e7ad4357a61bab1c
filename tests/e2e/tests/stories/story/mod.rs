//! The verbs that stories are told with. Each fails with a sentence; then everything known of the rack is printed.

mod act;
pub mod archive;
mod foreign;
mod identity;
mod nfs;
mod report;
mod ssh;
mod stranger;
mod wait;

use rackwright_rack::hardware::{Firmware, Hardware, Machine, MachineSpec};
use rackwright_rack::live::LiveRack;
use rackwright_rack::prepare::{IMAGE, Prepared, prepare};
use rackwright_rack::progress::step;
use rackwright_rack::setup::Programs;

pub use act::{Act, Refused};
pub use archive::Archive;
pub use foreign::ForeignDhcp;
pub use identity::{CLIENT_SECRET, IdentityProvider};
pub use nfs::{ADDRESS as NAS_ADDRESS, NfsServer, names as names_in};
pub use ssh::SshKey;
pub use stranger::Stranger;
pub use wait::{INSTALL_LIMIT, wait_until};

/// A rack with a Control Center that knows the image, for one story.
pub struct Story {
    pub live: LiveRack,
    pub prepared: Prepared,
    pub act: Act,
}

pub fn bios(name: &str) -> MachineSpec {
    MachineSpec::new(name, Firmware::Bios)
}

pub fn uefi(name: &str) -> MachineSpec {
    MachineSpec::new(name, Firmware::Uefi)
}

/// The programs that `cargo rack test` built.
pub fn programs() -> Programs {
    Programs::built().unwrap_or_else(|error| panic!("{error:#}"))
}

/// The image and the provisioning environment for this hardware, built at most once for all stories.
pub fn prepared(programs: &Programs, hardware: Hardware) -> Prepared {
    step("Image and provisioning environment", |step| prepare(programs, hardware, step))
        .unwrap_or_else(|error| panic!("{error:#}"))
}

impl Story {
    /// A rack of these machines, all off and announced; the profile has these flags of `rackwright profile create`.
    pub fn begin(specs: &[MachineSpec], profile: &[&str]) -> Self {
        Self::begin_on(Hardware::Virtio, specs, profile)
    }

    /// [`Story::begin`] with a Control Center that is set up for this hardware.
    pub fn begin_on(hardware: Hardware, specs: &[MachineSpec], profile: &[&str]) -> Self {
        let story = Self::unannounced_on(hardware, specs, profile);
        for spec in specs {
            let announced = story.live.announce(story.machine(&spec.name));
            announced.unwrap_or_else(|error| panic!("{error:#}"));
        }
        story
    }

    /// [`Story::begin`] with machines that the Control Center has never heard of.
    pub fn begin_unannounced(specs: &[MachineSpec], profile: &[&str]) -> Self {
        Self::unannounced_on(Hardware::Virtio, specs, profile)
    }

    fn unannounced_on(hardware: Hardware, specs: &[MachineSpec], profile: &[&str]) -> Self {
        let programs = programs();
        let prepared = prepared(&programs, hardware);
        let live = LiveRack::start(specs, &programs, &prepared).unwrap_or_else(|error| panic!("{error:#}"));
        let act = Act::new(&programs, live.rackwright().socket());
        let story = Self { live, prepared, act };
        let offered =
            step("Image and profile", |step| story.live.offer_image(&story.prepared, profile, step));
        offered.unwrap_or_else(|error| panic!("{error:#}"));
        story
    }

    pub fn machine(&self, name: &str) -> &Machine {
        self.live.rack.machine(name).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// From now on every machine that netboots is installed.
    pub fn install_on_discovery(&self) {
        self.act.done(&["discovery", "set", "auto-install", "--profile", IMAGE]);
    }

    pub fn power(&self, name: &str, order: &str) {
        self.act.done(&["server", "power", name, "--order", order]);
    }

    /// Everything the Control Center wrote into its log.
    pub fn log(&self) -> String {
        self.live.center.log_tail(usize::MAX)
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", report::of(&self.live));
        }
    }
}
