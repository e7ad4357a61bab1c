//! The names in our own certificate, and keeping it fresh.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rackwright_domain::refusal::chain;

use crate::authority::{Authority, Names, ServerCertificate};
use crate::config::Config;

/// How often addresses and expiry are looked at. A network that comes up late gets its certificate within this time.
const LOOK: Duration = Duration::from_secs(60);

/// Every name under which this daemon may be reached now.
pub(super) fn current(config: &Config) -> Names {
    let mut names = Names::of_this_machine();
    names.add(config.panel.names.iter().cloned());
    let configured = config
        .panel
        .listen
        .iter()
        .map(|listen| listen.ip())
        .chain([config.agents.listen.ip(), IpAddr::V4(*config.agents.address.ip())]);
    let netboot = config.netboot.iter().map(|netboot| IpAddr::V4(netboot.address));
    names.addresses.extend(configured.chain(netboot).filter(|address| !address.is_unspecified()));
    names
}

/// The host names under which people open the panel: those of the certificate, and that in the address for mails.
pub(super) fn of_the_panel(config: &Config) -> Vec<String> {
    let url = config.mail.as_ref().and_then(|mail| mail.panel_url.strip_prefix("https://"));
    let host = url.map(|authority| authority.split(':').next().unwrap_or(authority).to_owned());
    let names = current(config).hosts.into_iter().chain(host);
    names.map(|name| name.to_ascii_lowercase()).collect()
}

/// Renews the certificate when it is due, for ever.
pub(super) async fn keep_fresh(
    config: Config,
    authority: Arc<Authority>,
    certificate: Arc<ServerCertificate>,
) {
    loop {
        tokio::time::sleep(LOOK).await;
        match certificate.renew(&authority, &current(&config)) {
            Ok(true) => tracing::info!("The certificate of the panel and the agent port was renewed."),
            Ok(false) => {}
            Err(error) => tracing::error!(
                "The certificate of the panel and the agent port was not renewed: {}.",
                chain(&error)
            ),
        }
    }
}
