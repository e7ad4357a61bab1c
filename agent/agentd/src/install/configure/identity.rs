//! Who and where the new system is: host name, hosts, machine-id, time zone, locale.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::install::fault::Fault;
use crate::install::site::Site;

/// Writes all of it.
pub fn write(site: &Site<'_>) -> Result<(), Fault> {
    let name = &site.order.host_name;
    site.write("etc/hostname", format!("{name}\n"), 0o644)?;
    site.write("etc/hosts", hosts(name, site.order.profile.domain.as_deref()), 0o644)?;
    // 128 random bits (machine-id(5)), so that no two servers from one image share them.
    site.write("etc/machine-id", format!("{}\n", site.volumes.machine_id), 0o444)?;
    timezone(site)?;
    if !site.path("etc/default/locale").exists() && !site.path("etc/locale.conf").exists() {
        site.write("etc/default/locale", "LANG=C.UTF-8\n", 0o644)?;
    }
    Ok(())
}

fn hosts(name: &str, domain: Option<&str>) -> String {
    let own = domain.map_or_else(|| name.to_owned(), |domain| format!("{name}.{domain} {name}"));
    format!(
        "127.0.0.1 localhost\n127.0.1.1 {own}\n\n::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
    )
}

fn timezone(site: &Site<'_>) -> Result<(), Fault> {
    let zone = &site.order.profile.timezone;
    let file = format!("/usr/share/zoneinfo/{zone}");
    if zone.split('/').any(|part| matches!(part, "" | "." | ".."))
        || !site.path(file.trim_start_matches('/')).exists()
    {
        return Err(Fault::new(
            format!("the image does not know the time zone {zone:?}"),
            "Write a zone of the tz database, such as Europe/Berlin, in the profile; or use an image with the package tzdata.",
        ));
    }
    site.write("etc/timezone", format!("{zone}\n"), 0o644)?;
    let path = "etc/localtime";
    site.write(path, "", 0o644)?;
    let link = site.path(path);
    std::fs::remove_file(&link).and_then(|()| symlink(&file, &link)).map_err(Fault::file(Path::new(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_knows_itself_with_and_without_a_domain() {
        assert!(hosts("r1-u07", None).contains("127.0.1.1 r1-u07\n"));
        assert!(hosts("r1-u07", Some("example.net")).contains("127.0.1.1 r1-u07.example.net r1-u07\n"));
    }
}
