//! Where things are, for the domain.

use std::net::SocketAddrV4;

use rackwright_domain::Site;

use super::{StartError, names};
use crate::config::Config;
use crate::data::DataDir;

/// `agents` is where servers dial and `backups` where they leave backups, their ports known.
pub(super) fn site(
    config: &Config,
    data: &DataDir,
    agents: SocketAddrV4,
    backups: SocketAddrV4,
) -> Result<Site, StartError> {
    let http_base = match &config.netboot {
        Some(netboot) if netboot.http_port == 80 => format!("http://{}", netboot.address),
        Some(netboot) => format!("http://{}:{}", netboot.address, netboot.http_port),
        // Nobody serves images then, and nobody netboots who could want them.
        None => format!("http://{}", agents.ip()),
    };
    let read = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path).map_err(|source| StartError::File {
            what: "read the package sources",
            path: path.clone(),
            source,
        })
    };
    Ok(Site {
        images_dir: data.images(),
        work_dir: data.work(),
        import_dirs: config.import_dirs.clone(),
        boot_dir: config.boot_dir.clone(),
        netboot: config.netboot.is_some(),
        http_base,
        agent_endpoint: agents.to_string(),
        backup_endpoint: backups.to_string(),
        panel_names: names::of_the_panel(config),
        panel_url: config.mail.as_ref().map(|mail| mail.panel_url.clone()),
        boot_flavour: config.boot_flavour.clone(),
        webhook_networks: config.webhook_networks.clone(),
        apt_sources: config.apt_sources.as_ref().map(read).transpose()?,
    })
}
