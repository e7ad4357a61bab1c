//! The package sources of the new system: those of the profile, and whether those of the image stay (sources.list(5)).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rackwright_model::profile::PackageSource;

use crate::install::fault::Fault;
use crate::install::site::Site;

const LIST: &str = "etc/apt/sources.list";
const PARTS: &str = "etc/apt/sources.list.d";
/// Files of this ending are passed over by apt without a word (apt.conf(5), Dir::Ignore-Files-Silently).
const OFF: &str = "disabled";

/// Writes them.
pub fn write(site: &Site<'_>) -> Result<(), Fault> {
    let profile = &site.order.profile;
    if profile.without_image_sources {
        switch_off(site).map_err(Fault::file(Path::new(PARTS)))?;
    }
    for (number, source) in (1..).zip(&profile.package_sources) {
        let keyring = format!("etc/apt/keyrings/rackwright-{number}.asc");
        if let Some(key) = &source.key {
            site.write(&keyring, format!("{}\n", key.trim()), 0o644)?;
        }
        site.write(&format!("{PARTS}/rackwright-{number}.sources"), paragraph(source, &keyring), 0o644)?;
    }
    Ok(())
}

fn switch_off(site: &Site<'_>) -> io::Result<()> {
    let parts = match fs::read_dir(site.path(PARTS)) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?,
        Err(why) if why.kind() == ErrorKind::NotFound => Vec::new(),
        Err(why) => return Err(why),
    };
    let read_by_apt =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "list" || ending == "sources");
    for path in parts.into_iter().filter(read_by_apt).chain([site.path(LIST)]) {
        let mut off = path.clone().into_os_string();
        off.push(".");
        off.push(OFF);
        match fs::rename(&path, off) {
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(why),
            _ => {}
        }
    }
    Ok(())
}

/// In deb822 form.
fn paragraph(source: &PackageSource, keyring: &str) -> String {
    let mut text = format!("Types: deb\nURIs: {}\nSuites: {}\n", source.uri, source.suite);
    if !source.components.is_empty() {
        text += &format!("Components: {}\n", source.components.join(" "));
    }
    if source.key.is_some() {
        text += &format!("Signed-By: /{keyring}\n");
    }
    if source.unsigned {
        text += "Trusted: yes\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> PackageSource {
        PackageSource {
            uri: "http://10.77.0.1/debian".into(),
            suite: "bookworm".into(),
            components: vec!["main".into(), "contrib".into()],
            key: Some("-----BEGIN".into()),
            unsigned: false,
        }
    }

    #[test]
    fn a_signed_archive_names_its_key() {
        assert_eq!(
            paragraph(&source(), "etc/apt/keyrings/rackwright-1.asc"),
            "Types: deb\nURIs: http://10.77.0.1/debian\nSuites: bookworm\nComponents: main contrib\n\
             Signed-By: /etc/apt/keyrings/rackwright-1.asc\n"
        );
    }

    #[test]
    fn a_flat_archive_that_nobody_signed_says_so() {
        let flat = PackageSource {
            suite: "./".into(),
            components: Vec::new(),
            key: None,
            unsigned: true,
            ..source()
        };
        assert_eq!(
            paragraph(&flat, "unused"),
            "Types: deb\nURIs: http://10.77.0.1/debian\nSuites: ./\nTrusted: yes\n"
        );
    }
}
