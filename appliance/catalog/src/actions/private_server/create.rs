//! Making a private server.

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::Name;
use rackwright_model::private_server::{Power, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nas::check_place;
use super::view::sample_size;
use super::{PrivateServerView, ShareInput, action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerCreateInput {
    /// Also its host name.
    pub name: Name,
    /// The server that it stands on; the one with the most room when it is left out.
    #[schemars(extend("x-from" = "private-server.room"))]
    pub server: Option<Name>,
    /// Whose it is; yours when it is left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// With which files it begins.
    #[schemars(extend("x-from" = "private-server.templates"))]
    pub template: Name,
    pub size: Size,
    /// A NAS for its disk; its server holds it when this is left out.
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Option<Name>,
    /// How soon it is started elsewhere when its server is dead, if its disk is on a NAS: 1 first, 9 last; 5 when it is left
    /// out.
    #[schemars(range(min = 1, max = 9))]
    pub priority: Option<u32>,
    /// Files of NAS that it reads, each with nas, its name, and at, the directory inside.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub shares: Vec<ShareInput>,
    /// A free one of its server's network when it is left out.
    pub address: Option<Ipv4Addr>,
    /// None when it is left out. Only those give one who look after the racks.
    pub address_v6: Option<Ipv6Addr>,
    /// Public keys that let root in, in OpenSSH form, one per entry.
    #[serde(default)]
    #[schemars(length(max = 16), inner(length(max = 8192)))]
    pub ssh_keys: Vec<String>,
    /// Root's password; without one only keys open the door.
    #[schemars(length(min = 12, max = 128), extend("x-secret" = true))]
    pub password: Option<String>,
    /// Whether it is started at once; it is when this is left out.
    pub power: Option<Power>,
}

action! {
    PrivateServerCreate, "private-server.create", "Create",
    "Make a private server: refused, with the sum, where its guarantees could not be kept.", Allot, Change,
    PrivateServerCreateInput => PrivateServerView, main "name", check check;
    PrivateServerCreateInput {
        name: sample_name("web1"),
        server: Some(sample_name("r1-u07")),
        account: Some(sample_name("acme")),
        template: sample_name("debian-12-private"),
        size: sample_size(),
        nas: None,
        priority: None,
        shares: Vec::new(),
        address: None,
        address_v6: None,
        ssh_keys: vec!["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHbmxfJVNmKk6w3Qv0O5tW5pHZ0Yv1tq3wCqvT3u5b1x ada@desk".into()],
        password: None,
        power: None,
    };
    PrivateServerView::sample()
}

fn check(input: &PrivateServerCreateInput) -> Vec<FieldProblem> {
    let mut problems = check_size(&input.size);
    if input.ssh_keys.is_empty() && input.password.is_none() {
        problems.push(FieldProblem::new("ssh_keys", "nobody could sign in: give a key or a password"));
    }
    for (at, key) in input.ssh_keys.iter().enumerate() {
        if !is_public_key(key) {
            problems.push(FieldProblem::new(
                format!("ssh_keys.{at}"),
                "is not a public key in OpenSSH form, such as \"ssh-ed25519 AAAA… name\"",
            ));
        }
    }
    if input.address_v6.is_some_and(|address| !is_global(address)) {
        problems.push(FieldProblem::new("address_v6", "is not an address that a private server can have"));
    }
    for (at, share) in input.shares.iter().enumerate() {
        problems.extend(check_place(&format!("shares.{at}.at"), &share.at));
        if let Some(other) = input.shares[..at].iter().find(|other| other.at.meets(&share.at)) {
            let problem = format!("would hide {}, or be hidden by it", other.at);
            problems.push(FieldProblem::new(format!("shares.{at}.at"), problem));
        }
    }
    problems
}

/// Rules between the fields of a size.
#[must_use]
pub fn check_size(size: &Size) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if size.ceiling_kbit.is_some_and(|ceiling| ceiling < size.bandwidth_kbit) {
        problems
            .push(FieldProblem::new("size.ceiling_kbit", "is less than the bandwidth that is guaranteed"));
    }
    problems
}

/// One line of type, base64 and an optional comment (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), without options.
fn is_public_key(key: &str) -> bool {
    let mut words = key.splitn(3, ' ');
    let known =
        |word: &str| word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
    let base64 = |word: &str| {
        word.len() >= 16 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    };
    !key.chars().any(char::is_control) && words.next().is_some_and(known) && words.next().is_some_and(base64)
}

/// Neither loopback, link-local, multicast nor unspecified (RFC 4291).
fn is_global(address: Ipv6Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unicast_link_local()
        || address.to_ipv4_mapped().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;

    #[test]
    fn names_everything_that_is_wrong() {
        let mut input = PrivateServerCreate::sample_input();
        assert_eq!(check(&input), []);
        input.size.ceiling_kbit = Some(1_000);
        input.ssh_keys =
            vec!["from=\"*\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5".into(), "ssh-rsa AAAA\nssh-rsa".into()];
        input.address_v6 = Some(Ipv6Addr::LOCALHOST);
        let fields: Vec<String> = check(&input).into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["size.ceiling_kbit", "ssh_keys.0", "ssh_keys.1", "address_v6"]);
        let share = |at: &str| ShareInput { nas: sample_name("tools"), at: at.parse().expect("a directory") };
        input.shares = vec![share("/srv/a"), share("/srv/b"), share("/srv/a/c")];
        assert!(check(&input).iter().any(|problem| problem.field == "shares.2.at"));
        input.ssh_keys.clear();
        assert!(check(&input).iter().any(|problem| problem.problem.contains("nobody could sign in")));
    }
}
