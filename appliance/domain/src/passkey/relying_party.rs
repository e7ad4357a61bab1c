//! The relying party that an address of the panel stands for: its host name, if the Control Center knows that as its own or
//! as that of a brand.

use std::net::Ipv4Addr;

use rackwright_catalog::{Fault, FieldProblem};
use rackwright_store::Connection;
use rackwright_store::brand::brand_account;

use crate::{Domain, Refusal};

/// The host name of `https://NAME[:PORT]`, or of `http://localhost[:PORT]`, which browsers trust as much. None for what has
/// no passkeys: addresses of numbers, other schemes, anything with a path.
fn host_of(origin: &str) -> Option<&str> {
    let (authority, local) = match origin.strip_prefix("https://") {
        Some(authority) => (authority, false),
        None => (origin.strip_prefix("http://")?, true),
    };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let letters =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"-.".contains(&letter);
    let fits = (1..=253).contains(&host.len())
        && host.bytes().all(letters)
        && host.parse::<Ipv4Addr>().is_err()
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
        && (!local || host == "localhost");
    fits.then_some(host)
}

impl Domain {
    /// The id of the relying party (section 5.1.2) for a panel that is open at `origin`.
    ///
    /// # Errors
    /// One that names the field `origin`.
    pub(crate) async fn relying_party(&self, origin: &str, attempted: &str) -> Result<String, Fault> {
        let unfit = |problem: &str| Fault::invalid(attempted, vec![FieldProblem::new("origin", problem)]);
        let host = host_of(origin).ok_or_else(|| {
            unfit("must be https:// and a host name, such as https://center.example.com:8443: passkeys belong to names, not to addresses of numbers")
        })?;
        if self.site.panel_names.iter().any(|name| name == host) {
            return Ok(host.to_owned());
        }
        let wanted = host.to_owned();
        let branded = self.look(attempted, move |tx| is_branded(tx, &wanted)).await?;
        branded.then(|| host.to_owned()).ok_or_else(|| {
            unfit("is no name of this panel; an operator adds it to panel.names in the configuration, or as the host of a brand")
        })
    }
}

fn is_branded(tx: &Connection, host: &str) -> Result<bool, Refusal> {
    Ok(brand_account(tx, host)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn only_names_over_tls_have_passkeys() {
        assert_eq!(host_of("https://center.example.com:8443"), Some("center.example.com"));
        assert_eq!(host_of("https://center.example.com"), Some("center.example.com"));
        assert_eq!(host_of("http://localhost:8443"), Some("localhost"));
        for origin in [
            "http://center.example.com",
            "https://192.0.2.7:8443",
            "https://[2001:db8::7]",
            "https://Center.example.com",
            "https://center.example.com/",
            "https://center.example.com:port",
            "https://a@center.example.com",
            "https://",
            "null",
            "",
        ] {
            assert_eq!(host_of(origin), None, "{origin}");
        }
    }
}
