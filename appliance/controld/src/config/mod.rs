//! The configuration file. [`Config::read`] turns the file into checked values without touching anything else, and
//! names every wrong key at once.

mod keys;
mod mail;
mod problem;
mod wire;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};

use rackwright_model::Block;
use toml::de::DeTable;
use tracing_subscriber::EnvFilter;

pub use keys::{KEYS, Key, TABLES, reference};
pub use mail::{Mail, MailTls};
pub use problem::{ConfigError, Problem, Problems};
use wire::File;

/// What `rackwrightd` was told to do. Folders are not known to exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub data_dir: PathBuf,
    pub run_dir: PathBuf,
    pub boot_dir: PathBuf,
    pub boot_flavour: String,
    /// The agent's program, which machines get in a RAM disk of its own.
    pub agent: PathBuf,
    pub ipxe_dir: PathBuf,
    pub panel: Panel,
    /// None: machines that netboot are not served.
    pub netboot: Option<Netboot>,
    pub agents: Agents,
    pub backups: Backups,
    /// Folders from which people may import images.
    pub import_dirs: Vec<PathBuf>,
    /// File with package sources for image builds.
    pub apt_sources: Option<PathBuf>,
    /// None: nobody is sent mail.
    pub mail: Option<Mail>,
    /// Addresses that are not public, and that webhooks of the provider's own account may be sent to.
    pub webhook_networks: Vec<Block>,
    /// A filter in the language of `tracing_subscriber::EnvFilter`.
    pub log_filter: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    pub listen: Vec<SocketAddr>,
    /// More host names or addresses for the certificate.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Netboot {
    pub interface: String,
    pub address: Ipv4Addr,
    pub http_port: u16,
    pub kernel_args: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agents {
    pub listen: SocketAddr,
    /// Where servers dial.
    pub address: SocketAddrV4,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// Agents dial the address that they know, at this port.
    pub listen: SocketAddr,
    pub folder: PathBuf,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be read or any of its keys is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        Self::read(path, &text)
    }

    /// Checks the text of a file; `path` only names it in messages.
    ///
    /// # Errors
    /// [`ConfigError`] when the text is not TOML or any of its keys is wrong.
    pub fn read(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let parsed = DeTable::parse(text)
            .map_err(|error| ConfigError::Toml { path: path.to_owned(), problem: error.to_string() })?;
        let file = File::new(text, parsed.get_ref());
        let netboot = netboot(&file);
        let agents = agents(&file, netboot.as_ref());
        let data_dir = folder(&file, "data_dir", "/var/lib/rackwright");
        let config = Self {
            run_dir: folder(&file, "run_dir", "/run/rackwright"),
            boot_flavour: flavour(&file),
            agent: folder(&file, "agent", "/usr/lib/rackwright/rackwright-agent"),
            ipxe_dir: folder(&file, "ipxe_dir", "/usr/lib/ipxe"),
            boot_dir: absolute(&file, "", "boot_dir").unwrap_or_else(|| data_dir.join("environment")),
            import_dirs: import_dirs(&file, &data_dir),
            backups: backups(&file, agents.listen, &data_dir),
            data_dir,
            panel: panel(&file),
            netboot,
            agents,
            apt_sources: absolute(&file, "images", "apt_sources"),
            mail: mail::mail(&file),
            webhook_networks: file
                .list("webhooks", "own_networks", "a block of addresses, such as 10.20.0.0/16")
                .map_or_else(Vec::new, |found| found.value),
            log_filter: log_filter(&file),
        };
        let problems = file.problems();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(Problems { path: path.to_owned(), problems }.into())
        }
    }
}

fn folder(file: &File<'_>, name: &str, default: &str) -> PathBuf {
    absolute(file, "", name).unwrap_or_else(|| default.into())
}

fn absolute(file: &File<'_>, table: &str, name: &str) -> Option<PathBuf> {
    let found = file.text(table, name)?;
    if found.value.starts_with('/') {
        return Some(PathBuf::from(found.value));
    }
    found.wrong(format!("{:?} is not a path from the root; begin it with /", found.value));
    None
}

fn import_dirs(file: &File<'_>, data_dir: &Path) -> Vec<PathBuf> {
    const FOLDER: &str = "a path from the root";
    let Some(found) = file.list::<String>("images", "import_dirs", FOLDER) else {
        return vec![data_dir.join("import")];
    };
    for folder in found.value.iter().filter(|folder| !folder.starts_with('/')) {
        found.wrong(format!("{folder:?} is not {FOLDER}; begin it with /"));
    }
    found.value.iter().map(PathBuf::from).collect()
}

fn flavour(file: &File<'_>) -> String {
    let plain = |text: &str| {
        let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+~-".contains(&b));
        !text.is_empty() && letters && !text.starts_with('.')
    };
    match file.text("", "boot_flavour") {
        Some(found) if plain(&found.value) => found.value,
        Some(found) => {
            found.wrong(format!("{:?} is not the name of a folder below boot_dir", found.value));
            String::new()
        }
        None => "generic".to_owned(),
    }
}

const ADDRESS_AND_PORT: &str = "an address and a port, such as 0.0.0.0:8443";

fn panel(file: &File<'_>) -> Panel {
    let listen = match file.list::<SocketAddr>("panel", "listen", ADDRESS_AND_PORT) {
        Some(found) => {
            if found.value.is_empty() {
                found.wrong(format!("the list names nothing to listen on; give {ADDRESS_AND_PORT}"));
            }
            found.value
        }
        None => vec![SocketAddr::from(([0, 0, 0, 0], 8443))],
    };
    let names =
        file.list::<String>("panel", "names", "a host name or an address").map_or_else(Vec::new, |found| {
            for name in found.value.iter().filter(|name| !is_host(name)) {
                found.wrong(format!("{name:?} is neither a host name nor an address"));
            }
            found.value
        });
    Panel { listen, names }
}

/// An IP address, or a host name of letters, digits, hyphens and dots (RFC 1123 section 2.1).
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
}

fn netboot(file: &File<'_>) -> Option<Netboot> {
    let interface = file.text("netboot", "interface");
    let address = file.parsed::<Ipv4Addr>("netboot", "address", "an IPv4 address, such as 10.77.0.1");
    let http_port = file.number("netboot", "http_port", 1, u16::MAX).unwrap_or(80);
    let kernel_args = kernel_args(file);
    if let Some(found) = &interface
        && (found.value.is_empty() || found.value.len() > 15 || found.value.contains(['/', ' ']))
    {
        found
            .wrong(format!("{:?} is not the name of an interface; `ip link` shows their names", found.value));
    }
    if let Some(found) = &address
        && (found.value.is_unspecified() || found.value.is_broadcast() || found.value.is_multicast())
    {
        found.wrong(format!("{} is not the address of a machine", found.value));
    }
    let asked = file.flag("netboot", "enabled");
    if !asked.unwrap_or(interface.is_some() || address.is_some()) {
        return None;
    }
    if interface.is_none() {
        file.missing(
            "netboot.interface",
            "it is missing; name the interface that faces the machines, or set netboot.enabled = false",
        );
    }
    if address.is_none() {
        file.missing(
            "netboot.address",
            "it is missing; give the address of this machine on that interface, such as 10.77.0.1",
        );
    }
    Some(Netboot { interface: interface?.value, address: address?.value, http_port, kernel_args })
}

fn kernel_args(file: &File<'_>) -> String {
    let Some(found) = file.text("netboot", "kernel_args") else { return String::new() };
    // The boot script could not carry these.
    let taken = |c: char| !(c == ' ' || c.is_ascii_graphic()) || "$|&#\"'\\".contains(c);
    if found.value.contains(taken) || found.value.len() > 1_000 {
        found
            .wrong("kernel words are at most 1000 plain characters, without $ | & # \" ' \\ and line breaks");
    }
    found.value
}

fn agents(file: &File<'_>, netboot: Option<&Netboot>) -> Agents {
    let listen = file
        .parsed::<SocketAddr>("agents", "listen", "an address and a port, such as 0.0.0.0:8444")
        .map_or(SocketAddr::from(([0, 0, 0, 0], 8444)), |found| found.value);
    let default = match (netboot, listen.ip()) {
        (Some(netboot), _) => netboot.address,
        (None, IpAddr::V4(ip)) if !ip.is_unspecified() => ip,
        (None, _) => Ipv4Addr::LOCALHOST,
    };
    let address = match file.text("agents", "address") {
        None => SocketAddrV4::new(default, listen.port()),
        Some(found) => {
            let bare = found.value.parse().map(|ip| SocketAddrV4::new(ip, listen.port()));
            bare.or_else(|_| found.value.parse()).unwrap_or_else(|_| {
                found.wrong(format!(
                    "{:?} is not an IPv4 address, with or without a port, such as 10.77.0.1:8444",
                    found.value
                ));
                SocketAddrV4::new(default, listen.port())
            })
        }
    };
    Agents { listen, address }
}

fn backups(file: &File<'_>, agents: SocketAddr, data_dir: &Path) -> Backups {
    let listen =
        file.parsed::<SocketAddr>("backups", "listen", "an address and a port, such as 0.0.0.0:8445");
    // A port that the kernel chooses stays that.
    let next = if agents.port() == 0 { 0 } else { agents.port().checked_add(1).unwrap_or(8445) };
    Backups {
        listen: listen.map_or(SocketAddr::new(agents.ip(), next), |found| found.value),
        folder: absolute(file, "backups", "folder").unwrap_or_else(|| data_dir.join("backups")),
    }
}

fn log_filter(file: &File<'_>) -> String {
    let Some(found) = file.text("log", "filter") else { return "info".to_owned() };
    if let Err(error) = EnvFilter::try_new(&found.value) {
        found.wrong(format!("{:?} is not a log filter ({error}); write a level such as info", found.value));
    }
    found.value
}
