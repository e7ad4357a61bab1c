//! The address of a webhook, as far as it can be judged before its name is looked up.

use std::collections::BTreeSet;
use std::net::IpAddr;

use rackwright_catalog::{Fault, FieldProblem};

use crate::Refusal;
use crate::reach::Reach;

/// # Errors
/// The fault that says why nothing can be sent there.
pub(super) fn check(url: &str, reach: &Reach, attempted: &str) -> Result<(), Refusal> {
    match problem(url, reach) {
        None => Ok(()),
        Some(problem) => Err(Fault::invalid(attempted, vec![FieldProblem::new("receiver", problem)]).into()),
    }
}

fn problem(url: &str, reach: &Reach) -> Option<String> {
    let authority =
        url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("must not hold a user name or a password; the signature shows who sends".to_owned());
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or(port)),
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    if host.is_empty() {
        return Some("names no host".to_owned());
    }
    if !port.is_empty() && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Some(format!("has the port {port:?}, which is no number from 1 to 65535"));
    }
    let address: IpAddr = host.parse().ok()?;
    let why = reach.refusal(address, &BTreeSet::new())?;
    Some(format!(
        "{host} is {why}, and webhooks are sent to public addresses alone; the provider's own also to webhooks.own_networks of \
         the configuration"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_sent_to_are_refused_at_once() {
        let reach = Reach::default();
        for good in [
            "https://hooks.example.com",
            "https://hooks.example.com:8443/a?b=c",
            "http://93.184.215.14/x",
            "https://[2606:2800:220:1::1]:443/",
            "https://localhost/",
        ] {
            assert_eq!(problem(good, &reach), None, "{good}");
        }
        for (bad, word) in [
            ("https://kim:secret@hooks.example.com/", "user name"),
            ("https:///x", "no host"),
            ("https://hooks.example.com:99999/", "port"),
            ("https://hooks.example.com:0/", "port"),
            ("http://127.0.0.1:8080/", "loopback"),
            ("http://[::1]/", "loopback"),
            ("http://10.0.0.1/", "private"),
            ("http://169.254.169.254/latest", "link-local"),
        ] {
            let problem = problem(bad, &reach).unwrap_or_else(|| panic!("{bad} was taken"));
            assert!(problem.contains(word), "{bad}: {problem}");
        }
    }
}
