//! The files that a private server begins with beside its template's: who may sign in, its name, its name servers. They are
//! written into a directory that nobody inside has touched yet, so no link there leads anywhere.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown, fchown};
use std::path::Path;

use rackwright_model::private_server::{USERS, Wanted};

/// The longest /etc/shadow that is taken from a template, in bytes.
const SHADOW: u64 = 1 << 20;

/// Writes them into `upper`, over `template`.
///
/// # Errors
/// The kernel's, with the file.
pub fn write(wanted: &Wanted, template: &Path, upper: &Path) -> io::Result<()> {
    let place = Place { root: wanted.number.root(), template, upper };
    let name = wanted.name.to_string();
    place.file("etc/hostname", &format!("{name}\n"), 0o644, 0)?;
    place.file("etc/hosts", &hosts(&name), 0o644, 0)?;
    place.file("etc/resolv.conf", &resolv_conf(&wanted.dns), 0o644, 0)?;
    if !wanted.access.ssh_keys.is_empty() {
        let keys: String = wanted.access.ssh_keys.iter().map(|key| format!("{}\n", key.trim_end())).collect();
        place.file("root/.ssh/authorized_keys", &keys, 0o600, 0)?;
    }
    if let Some(hash) = &wanted.access.password_hash {
        let (text, group) = place.shadow()?;
        place.file("etc/shadow", &with_root_hash(&text, hash), 0o640, group)?;
    }
    Ok(())
}

struct Place<'a> {
    /// Root inside, as the server counts.
    root: u32,
    template: &'a Path,
    upper: &'a Path,
}

impl Place<'_> {
    /// A new file; `group` is counted inside.
    fn file(&self, path: &str, text: &str, mode: u32, group: u32) -> io::Result<()> {
        let named = |why: io::Error| io::Error::new(why.kind(), format!("/{path}: {why}"));
        let (directory, _) = path.rsplit_once('/').unwrap_or_default();
        self.directory(directory).map_err(named)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode).custom_flags(libc::O_NOFOLLOW);
        let mut file = options.open(self.upper.join(path)).map_err(named)?;
        file.write_all(text.as_bytes()).map_err(named)?;
        fchown(&file, Some(self.root), Some(self.root + group)).map_err(named)
    }

    /// A directory with its parents: like the template's where that has one, closed to others where it has none. overlayfs
    /// shows the owner and the mode of the upper one.
    fn directory(&self, path: &str) -> io::Result<()> {
        let mut below = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            below.push_str(part);
            let to = self.upper.join(&below);
            let (mode, user, group) = match fs::symlink_metadata(self.template.join(&below)) {
                Ok(known) if known.is_dir() => (known.mode() & 0o7777, known.uid(), known.gid()),
                Ok(_) => return Err(io::Error::other(format!("/{below} is no directory in the template"))),
                Err(_) => (0o700, 0, 0),
            };
            match fs::DirBuilder::new().mode(mode).create(&to) {
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    made?;
                    let inside = |id: u32| self.root + id.min(USERS - 1);
                    chown(&to, Some(inside(user)), Some(inside(group)))?;
                    // The umask took bits away.
                    fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
                }
            }
            below.push('/');
        }
        Ok(())
    }

    /// The template's /etc/shadow and its group.
    fn shadow(&self) -> io::Result<(String, u32)> {
        let path = self.template.join("etc/shadow");
        let known = fs::symlink_metadata(&path)?;
        if !known.is_file() || known.len() > SHADOW {
            return Err(io::Error::other("/etc/shadow of the template is no short file"));
        }
        Ok((fs::read_to_string(&path)?, known.gid().min(USERS - 1)))
    }
}

/// hosts(5).
pub fn hosts(name: &str) -> String {
    format!("127.0.0.1 localhost\n127.0.1.1 {name}\n::1 localhost ip6-localhost ip6-loopback\n")
}

/// resolv.conf(5).
pub fn resolv_conf(servers: &[IpAddr]) -> String {
    servers.iter().fold(String::new(), |mut text, server| {
        // Writing to a String never fails.
        let _ = writeln!(text, "nameserver {server}");
        text
    })
}

/// shadow(5) with another password of root. A day of change long ago forces nobody to change it.
fn with_root_hash(shadow: &str, hash: &str) -> String {
    let mut text = format!("root:{hash}:19000:0:99999:7:::\n");
    for line in shadow.lines().filter(|line| !line.starts_with("root:")) {
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_gets_a_password_and_others_keep_theirs() {
        let text = with_root_hash("root:*:19000:0:99999:7:::\ndaemon:*:1::::::\nrooty:!:1::::::\n", "$y$abc");
        assert_eq!(text, "root:$y$abc:19000:0:99999:7:::\ndaemon:*:1::::::\nrooty:!:1::::::\n");
    }

    #[test]
    fn name_servers_stand_in_order() {
        let servers = ["10.0.0.1", "fd00::1"].map(|text| text.parse().expect("an address"));
        assert_eq!(resolv_conf(&servers), "nameserver 10.0.0.1\nnameserver fd00::1\n");
    }
}
