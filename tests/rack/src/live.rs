//! A rack at work: blank machines, and a Control Center that knows them and will install them.

use std::io::Read;

use anyhow::{Context, Result};

use crate::center::{ControlCenter, Place, Rackwright};
use crate::hardware::{Machine, MachineSpec, PanelProxy, Rack, address};
use crate::prepare::{BUILD_LIMIT, IMAGE, Prepared, Template, follow_job};
use crate::progress::Step;
use crate::setup::Programs;

/// A rack, its Control Center, and the way to its panel. Everything ends with this value, in this order.
#[derive(Debug)]
pub struct LiveRack {
    pub center: ControlCenter,
    pub proxy: PanelProxy,
    pub rack: Rack,
}

/// What [`crate::hardware::KERNEL_WORDS`] is to the provisioning environment, to an installed system.
const SAME_ADDRESSES: &str = "echo kernel.randomize_va_space=0 > /etc/sysctl.d/50-virtual-rack.conf";

/// What beyond the defaults an install profile has, as flags of `rackwright profile create`.
pub type ProfileFlags<'a> = &'a [&'a str];

impl LiveRack {
    /// Builds the rack and starts a Control Center in it that serves the rack's network. All machines are off.
    ///
    /// # Errors
    /// As [`Rack::create`] and [`ControlCenter::start`].
    pub fn start(specs: &[MachineSpec], programs: &Programs, prepared: &Prepared) -> Result<Self> {
        let rack = Rack::create(specs)?;
        let place = Place::in_rack(&rack, prepared.hardware);
        copy_dir(&prepared.boot, &place.boot_dir())?;
        let center = ControlCenter::start(place, programs)?;
        let proxy = PanelProxy::open(rack.namespace(), address::PANEL_PORT)?;
        let live = Self { center, proxy, rack };
        live.serve_network()?;
        Ok(live)
    }

    /// The command line that reaches the Control Center.
    pub fn rackwright(&self) -> &Rackwright {
        self.center.rackwright()
    }

    fn serve_network(&self) -> Result<()> {
        let (first, last) = address::POOL;
        let (first, last, center) = (first.to_string(), last.to_string(), address::CENTER.to_string());
        let words = ["network", "set", "rack", "--cidr", address::SUBNET, "--pool-first", &first];
        let more = ["--pool-last", &last, "--router", &center];
        self.rackwright().act(&[&words[..], &more[..]].concat()).map(drop)
    }

    /// Puts the prepared image into the repository and makes the profile that installs it.
    ///
    /// # Errors
    /// An action is refused or the import fails.
    pub fn offer_image(&self, prepared: &Prepared, profile: ProfileFlags<'_>, step: &mut Step) -> Result<()> {
        let path = prepared.image.to_str().context("the cache's path is not UTF-8")?;
        let words = ["image", "import", IMAGE, "--path", path, "--sha256", &prepared.sha256];
        let job = self.rackwright().act(&words)?;
        follow_job(self.rackwright(), &job, BUILD_LIMIT, step)?;
        let words = ["profile", "create", IMAGE, "--image", IMAGE, "--post-install", SAME_ADDRESSES];
        self.rackwright().act(&[&words[..], profile].concat()).map(drop)
    }

    /// Puts a template into the repository, for private servers to begin with.
    ///
    /// # Errors
    /// The import fails.
    pub fn offer_template(&self, template: &Template, step: &mut Step) -> Result<()> {
        let path = template.image.to_str().context("the cache's path is not UTF-8")?;
        let words = ["image", "import", &template.name, "--path", path, "--sha256", &template.sha256];
        let job = self.rackwright().act(&words)?;
        follow_job(self.rackwright(), &job, BUILD_LIMIT, step)
    }

    /// Makes the Control Center install every machine that netboots.
    ///
    /// # Errors
    /// The action is refused.
    pub fn install_on_discovery(&self) -> Result<()> {
        self.rackwright().act(&["discovery", "set", "auto-install", "--profile", IMAGE]).map(drop)
    }

    /// Announces a machine with its BMC.
    ///
    /// # Errors
    /// The action is refused.
    pub fn announce(&self, machine: &Machine) -> Result<()> {
        let bmc = machine.bmc();
        let address = bmc.address.to_string();
        let words = ["server", "add", machine.name(), "--macs", machine.mac()];
        let more = ["--bmc-address", &address, "--bmc-user", &bmc.user, "--bmc-password-file", "-"];
        self.rackwright().act_with_secret(&[&words[..], &more[..]].concat(), &bmc.password).map(drop)
    }

    /// Orders the Control Center to switch a machine on, over IPMI.
    ///
    /// # Errors
    /// The action is refused or the BMC does not obey.
    pub fn power_on(&self, machine: &Machine) -> Result<()> {
        self.rackwright().act(&["server", "power", machine.name(), "--order", "on"]).map(drop)
    }

    /// Gives the panel's first user, `admin`, a fresh password and returns it.
    ///
    /// # Errors
    /// The action is refused.
    pub fn admin_password(&self) -> Result<String> {
        let password = random_password()?;
        let people = self.rackwright().act(&["user", "list"])?;
        let known =
            people["items"].as_array().is_some_and(|all| all.iter().any(|one| one["user"] == "admin"));
        let words: &[&str] = if known {
            &["user", "passwd", "admin", "--password-file", "-"]
        } else {
            &["user", "create", "admin", "--role", "owner", "--password-file", "-"]
        };
        self.rackwright().act_with_secret(words, &password)?;
        Ok(password)
    }
}

/// 16 letters and digits that are not mistaken for each other, 5 bits each.
pub fn random_password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let mut bytes = [0u8; 16];
    let mut source = std::fs::File::open("/dev/urandom").context("opening /dev/urandom")?;
    source.read_exact(&mut bytes).context("reading /dev/urandom")?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Copies a tree of plain files, so that one rack's changes never reach another's.
fn copy_dir(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("listing {}", from.display()))? {
        let entry = entry.with_context(|| format!("listing {}", from.display()))?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_dir(&path, &copy)?;
        } else {
            std::fs::copy(&path, copy).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}
