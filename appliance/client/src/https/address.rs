//! The URL of a Control Center.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// Host and port behind an `https://` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

/// The text is not the URL of a Control Center.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the address of a Control Center: {why}; write it as https://HOST:8443")]
pub struct BadAddress {
    text: String,
    why: &'static str,
}

impl Address {
    /// A name or an IP address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// For the `Host` header: `10.77.0.1:8443`, `[fd00::1]:8443`.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = |why| BadAddress { text: text.chars().take(200).collect(), why };
        let uri: Uri = text.trim().parse().map_err(|_| bad("it is not a URL"))?;
        if uri.scheme_str() != Some("https") {
            return Err(bad("it does not start with https://"));
        }
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("it must not hold a user name"));
        }
        if !uri.path().trim_matches('/').is_empty() || uri.query().is_some() {
            return Err(bad("it has a path"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(bad("it names no host"));
        }
        let named = authority.as_str().len() > authority.host().len();
        let port = match authority.port_u16() {
            Some(0) => return Err(bad("0 is not a port")),
            Some(port) => port,
            None if named => return Err(bad("its port is not a number up to 65535")),
            None => 443,
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_names_and_both_families() {
        for (text, shown) in [
            ("https://center.example.net", "https://center.example.net:443"),
            ("https://10.77.0.1:8443/", "https://10.77.0.1:8443"),
            ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
        ] {
            assert_eq!(text.parse::<Address>().expect(text).to_string(), shown);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("10.77.0.1:8443", "does not start with https"),
            ("http://10.77.0.1:8443", "does not start with https"),
            ("https://admin@host", "user name"),
            ("https://host/panel", "has a path"),
            ("https://host:99999", "port"),
            ("https://host:0", "port"),
            ("", "not a URL"),
        ] {
            let error = text.parse::<Address>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}", rest in "[\\[\\]a-z0-9.:@/?]{0,30}") {
            let _ = text.parse::<Address>();
            if let Ok(address) = format!("https://{rest}").parse::<Address>() {
                prop_assert!(!address.host().is_empty() && address.port() != 0);
            }
        }
    }
}
