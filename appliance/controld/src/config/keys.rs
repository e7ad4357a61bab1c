//! Every key there is, once: from this list come the check for unknown keys and the commented example file.

/// One key of the configuration file.
#[derive(Debug)]
pub struct Key {
    /// The table it stands in; empty for the top.
    pub table: &'static str,
    pub name: &'static str,
    /// The value that holds when the key is left out, in TOML; or none.
    pub default: Option<&'static str>,
    /// A value to show where there is no default.
    pub example: &'static str,
    /// For the operator: what it is for, and when to change it.
    pub doc: &'static str,
}

impl Key {
    /// `panel.listen`, `data_dir`.
    #[must_use]
    pub fn path(&self) -> String {
        path(self.table, self.name)
    }
}

pub(super) fn path(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

const fn key(table: &'static str, name: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { table, name, default: Some(default), example: default, doc }
}

const fn open(table: &'static str, name: &'static str, example: &'static str, doc: &'static str) -> Key {
    Key { table, name, default: None, example, doc }
}

/// Tables in the order of the example file, with what each is about.
pub const TABLES: &[(&str, &str)] = &[
    ("", ""),
    ("panel", "The panel and the API: HTTPS for people and programs."),
    (
        "netboot",
        "DHCP, TFTP and HTTP for machines that boot over the network. Served as soon as an interface is named.",
    ),
    (
        "agents",
        "The port to which servers connect: the provisioning environment, and the agents of installed servers.",
    ),
    ("backups", "The backups of private servers, and the port at which agents leave them."),
    ("images", "The operating system images."),
    ("mail", "The mail server. With it, people who forgot their password are sent a link to set a new one."),
    ("webhooks", "Where webhooks may be sent to. Without a word here: to public addresses alone."),
    ("log", "What is written to the journal."),
];

pub const KEYS: &[Key] = &[
    key(
        "",
        "data_dir",
        r#""/var/lib/rackwright""#,
        "Database, certificate authority, secrets and images. Back this folder up: the agents trust the authority in it.",
    ),
    key(
        "",
        "run_dir",
        r#""/run/rackwright""#,
        "The socket for the command `rackwright` on this machine, and the one-time password of the first start.",
    ),
    key(
        "",
        "boot_dir",
        r#""/var/lib/rackwright/environment""#,
        "The provisioning environments: a folder per kernel flavour. Without this key: `environment` below data_dir. Build one with: rackwright environment build generic",
    ),
    key(
        "",
        "boot_flavour",
        r#""generic""#,
        "The folder below boot_dir to boot from. `generic` has the drivers of real hardware, `cloud` only those of virtual machines.",
    ),
    key(
        "",
        "agent",
        r#""/usr/lib/rackwright/rackwright-agent""#,
        "The agent, a static program: the provisioning environment starts it, and installed servers keep it.",
    ),
    key(
        "",
        "ipxe_dir",
        r#""/usr/lib/ipxe""#,
        "The boot programs `undionly.kpxe` (BIOS) and `snponly.efi` (UEFI).",
    ),
    key("panel", "listen", r#"["0.0.0.0:8443"]"#, "Addresses and ports to listen on."),
    key(
        "panel",
        "names",
        "[]",
        "Names and addresses to put into the server's certificate, beside the host name, localhost and the addresses of this machine.",
    ),
    open(
        "panel",
        "url",
        r#""https://center.example.com:8443""#,
        "The address of the panel for links in mails. Needed with [mail]; never taken from what a browser says.",
    ),
    open(
        "netboot",
        "interface",
        r#""eth1""#,
        "The interface that faces the machines. DHCP is answered there and nowhere else, so take one without another DHCP server.",
    ),
    open("netboot", "address", r#""10.77.0.1""#, "The address of this machine on that interface."),
    open("netboot", "enabled", "true", "Set it to false to keep the interface configured but serve nothing."),
    key(
        "netboot",
        "http_port",
        "80",
        "TCP port for boot files and images. Some firmware fetches only from port 80.",
    ),
    key(
        "netboot",
        "kernel_args",
        r#""""#,
        "Extra words for the kernel of the provisioning environment, such as `console=ttyS0,115200` for machines with a serial console.",
    ),
    key("agents", "listen", r#""0.0.0.0:8444""#, "Address and port to listen on."),
    open(
        "agents",
        "address",
        r#""10.77.0.1:8444""#,
        "Where servers connect to: an IPv4 address, with a port when it is not that of `listen`. Without this key: the address of netboot.",
    ),
    open(
        "backups",
        "listen",
        r#""0.0.0.0:8445""#,
        "Address and port to listen on; servers connect to the address of `agents.address` at this port. Without this key: the address of `agents.listen` and the port after it.",
    ),
    key(
        "backups",
        "folder",
        r#""/var/lib/rackwright/backups""#,
        "Where backups lie: a disk of its own is best. Without this key: `backups` below data_dir.",
    ),
    key(
        "images",
        "import_dirs",
        r#"["/var/lib/rackwright/import"]"#,
        "Folders from which images are imported by path; local root may import from anywhere. Without this key: `import` below data_dir.",
    ),
    open(
        "images",
        "apt_sources",
        r#""/etc/rackwright/sources.list""#,
        "Package sources (sources.list) for image builds. Without this key: those of this machine.",
    ),
    open(
        "mail",
        "host",
        r#""smtp.example.com""#,
        "Name or address of the SMTP server. Without this key no mail is sent.",
    ),
    open("mail", "from", r#""Rackwright <rackwright@example.com>""#, "The address that mails come from."),
    open(
        "mail",
        "tls",
        r#""starttls""#,
        "`starttls` (without this key), `tls` from the first byte, or `none` for a server on this machine. The certificate is checked against those of this machine.",
    ),
    open("mail", "port", "587", "TCP port. Without this key: 587 for starttls, 465 for tls, 25 for none."),
    open("mail", "user", r#""rackwright""#, "The user at the server, if it wants one."),
    open(
        "mail",
        "password_file",
        r#""/etc/rackwright/mail-password""#,
        "File with the password of that user, readable by root alone.",
    ),
    key(
        "webhooks",
        "own_networks",
        "[]",
        "Blocks of addresses inside your house, such as 10.20.0.0/16, that webhooks of your own account may be sent to. Those of resellers and customers never are.",
    ),
    key(
        "log",
        "filter",
        r#""info""#,
        "Levels (error, warn, info, debug, trace), for all or by module, such as `info,rackwright_netboot=debug`.",
    ),
];

/// The example file: every key, commented out, with its default or an example.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration of rackwrightd, the Control Center. Every key may be left out.\n\
         # Check a changed file with: rackwrightd --check --config FILE\n",
    );
    for (table, about) in TABLES {
        if !table.is_empty() {
            text.push_str(&format!("\n# {about}\n[{table}]\n"));
        }
        for key in KEYS.iter().filter(|key| key.table == *table) {
            text.push('\n');
            for line in wrapped(key.doc) {
                text.push_str(&format!("# {line}\n"));
            }
            let note = if key.default.is_none() { "  # an example; there is no fixed default" } else { "" };
            text.push_str(&format!("#{} = {}{note}\n", key.name, key.example));
        }
    }
    text
}

/// Lines of at most 100 characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.len() + 1 + word.len() > 100 {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
