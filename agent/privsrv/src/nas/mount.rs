//! Mounting exports.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rackwright_model::NasId;
use rackwright_model::nas::Export;

use super::place;
use crate::tool::{self, ToolError};

/// Of a mount: the NFS server is asked once.
const LIMIT: Duration = Duration::from_secs(20);

/// What an export is used for on this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Disks,
    Files,
}

/// It is not mounted.
#[derive(Debug, thiserror::Error)]
pub enum MountError {
    #[error("cannot mount the NFS export {path} of {address}")]
    Mount { address: String, path: String, source: ToolError },
    #[error("cannot make {path}")]
    Place { path: String, source: std::io::Error },
    #[error("another export is still mounted at {0}, and something uses it")]
    Another(String),
}

/// Options of a mount (nfs(5)). Programs of the server have no business in what private servers write: nothing is run from
/// there, and nothing there is a device.
///
/// Disks are mounted `hard`: a write waits until the NAS answers, and no error tells the file system in the disk that it is
/// broken. What waits can be killed. Names are looked up at the server each time: a claim is seen as soon as it is there.
///
/// Shared files are mounted `soft`: three tries of 5, 10 and 15 seconds, then a program inside is told of an error instead of
/// waiting for ever. As they are only read, nothing is lost by that.
#[must_use]
pub fn options(export: &Export, used: Use) -> String {
    let (address, version) = (export.address, export.version.word());
    let common = format!("vers={version},proto=tcp,sec=sys,addr={address},nosuid,nodev");
    match used {
        Use::Disks => {
            format!("{common},rw,noexec,noatime,hard,timeo=50,retrans=2,lookupcache=none,actimeo=1")
        }
        Use::Files => format!("{common},ro,soft,timeo=50,retrans=2"),
    }
}

/// Mounts an export at its place, if it is not.
///
/// # Errors
/// [`MountError`]
pub fn ensure(export: &Export, used: Use) -> Result<(), MountError> {
    let place = place(export.nas);
    let (source, text) = (source(export), place.display().to_string());
    match mounted_at(&mounts(), &text).as_deref() {
        Some(known) if known == source => return Ok(()),
        // It has another address now, which it is only given while nobody uses it.
        Some(_) => release(export.nas).map_err(|_| MountError::Another(text.clone()))?,
        None => {}
    }
    fs::create_dir_all(&place).map_err(|source| MountError::Place { path: text.clone(), source })?;
    // The kernel speaks NFS 4 alone: no program of NFS needs to be there, nor a service that others can reach.
    let args = ["-i", "-t", "nfs4", "-o", &options(export, used), &source, &text];
    match tool::run("mount", &args, LIMIT) {
        Ok(_) => Ok(()),
        // Another thread was faster.
        Err(_) if mounted_at(&mounts(), &text).is_some_and(|known| known == source) => Ok(()),
        Err(why) => Err(MountError::Mount {
            address: export.address.to_string(),
            path: export.path.to_string(),
            source: why,
        }),
    }
}

/// Unmounts an export.
///
/// # Errors
/// When something uses it, or the NAS does not answer.
pub fn release(nas: NasId) -> Result<(), ToolError> {
    let place = place(nas).display().to_string();
    if mounted_at(&mounts(), &place).is_none() {
        return Ok(());
    }
    tool::run("umount", &["-i", &place], LIMIT).map(drop)
}

/// Whether an export is mounted.
#[must_use]
pub fn is_mounted(nas: NasId) -> bool {
    mounted_at(&mounts(), &place(nas).display().to_string()).is_some()
}

/// The exports that are mounted.
#[must_use]
pub fn mounted() -> Vec<NasId> {
    let text = mounts();
    let places = text.lines().filter_map(|line| line.split(' ').nth(1));
    let names = places.filter_map(|place| Path::new(place).strip_prefix(super::RUN).ok()?.to_str());
    names.filter_map(|name| name.strip_prefix("nas")?.parse().ok().map(NasId)).collect()
}

pub(super) fn mounts() -> String {
    fs::read_to_string("/proc/self/mounts").unwrap_or_default()
}

/// What is mounted at a place (proc(5), /proc/self/mounts): the last, which lies on the others.
pub(super) fn mounted_at(mounts: &str, place: &str) -> Option<String> {
    let mut lines = mounts.lines().rev().map(|line| line.split(' '));
    lines.find_map(|mut words| {
        let source = words.next()?;
        (words.next()? == place).then(|| source.to_owned())
    })
}

/// As mount(8) names an export.
fn source(export: &Export) -> String {
    format!("{}:{}", export.address, export.path)
}

#[cfg(test)]
mod tests {
    use rackwright_model::nas::NfsVersion;

    use super::*;

    #[test]
    fn a_mount_is_found_by_its_place() {
        let mounts = "10.0.0.1:/old /run/rackwright-nas/nas3 nfs4 rw 0 0\n10.0.0.1:/srv /run/rackwright-nas/nas3 nfs4 rw 0 0\n/dev/loop0 /run/rackwright-nas/disk-ps7 ext4 rw 0 0\n";
        assert_eq!(mounted_at(mounts, "/run/rackwright-nas/nas3").as_deref(), Some("10.0.0.1:/srv"));
        assert_eq!(mounted_at(mounts, "/run/rackwright-nas/disk-ps7").as_deref(), Some("/dev/loop0"));
        assert_eq!(mounted_at(mounts, "/run/rackwright-nas/nas"), None);
    }

    #[test]
    fn disks_wait_and_files_do_not() {
        let export = Export {
            nas: NasId(3),
            address: [10, 0, 0, 1].into(),
            path: "/srv".parse().expect("a path"),
            version: NfsVersion::V42,
        };
        let has = |used, option: &str| options(&export, used).split(',').any(|one| one == option);
        for option in ["rw", "hard", "nosuid", "nodev", "noexec", "vers=4.2"] {
            assert!(has(Use::Disks, option), "{option}");
        }
        for option in ["ro", "soft", "nosuid", "nodev"] {
            assert!(has(Use::Files, option), "{option}");
        }
    }
}
