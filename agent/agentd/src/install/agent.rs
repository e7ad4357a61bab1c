//! Putting the agent into the new system: this very program, its unit and the token for its first boot.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use rackwright_proto::order::SEED_PATH;

use super::fault::Fault;
use super::site::Site;

const PROGRAM: &str = "usr/local/sbin/rackwright-agent";
const UNIT: &str = "etc/systemd/system/rackwright-agent.service";
const WANTED: &str = "etc/systemd/system/multi-user.target.wants/rackwright-agent.service";

/// Installs and enables it.
pub fn install(site: &Site<'_>) -> Result<(), Fault> {
    copy_program(site).map_err(Fault::file(Path::new(PROGRAM)))?;
    site.write(UNIT, include_str!("rackwright-agent.service"), 0o644)?;
    enable(site).map_err(Fault::file(Path::new(WANTED)))?;
    let seed = serde_json::to_vec(&site.order.agent).map_err(|why| {
        Fault::new(format!("the enrolment cannot be written: {why}"), "Order the install again.")
    })?;
    let seed_path = SEED_PATH.trim_start_matches('/');
    site.write(seed_path, seed, 0o600)?;
    let directory = site.path(seed_path);
    let directory = directory.parent().unwrap_or(Path::new("/"));
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).map_err(Fault::file(directory))
}

fn copy_program(site: &Site<'_>) -> io::Result<()> {
    let path = site.path(PROGRAM);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    let mut from = File::open(&site.places.program)?;
    let mut to = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(&path)?;
    io::copy(&mut from, &mut to)?;
    to.set_permissions(fs::Permissions::from_mode(0o755))
}

fn enable(site: &Site<'_>) -> io::Result<()> {
    let link = site.path(WANTED);
    fs::create_dir_all(link.parent().unwrap_or(Path::new("/")))?;
    match symlink(format!("/{UNIT}"), &link) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
