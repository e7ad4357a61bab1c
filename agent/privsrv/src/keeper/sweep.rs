//! Taking away what carries our names and belongs to no private server that is kept: what a crash left. Only names of our
//! making are looked at; files of private servers are never among it, because nobody ordered their removal.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use rackwright_model::private_server::Number;
use serde::{Deserialize, Serialize};

use crate::cable;
use crate::places::Places;
use crate::runtime::{self, Host};
use crate::scope;
use crate::shaping::Link;
use crate::tool;
use crate::vault;

use super::carry::{TEMPLATES, discard};
use super::record::{Record, is_version};

const LIMIT: Duration = Duration::from_secs(20);

/// Where something was found that no record claims.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stray {
    pub number: Number,
    /// What it is.
    pub what: String,
}

/// Everything of private servers that no record of `claimed` is for.
#[must_use]
pub fn strays(places: &Places, link: Option<Link<'_>>, claimed: &BTreeSet<u32>) -> Vec<Stray> {
    let mut found = BTreeSet::new();
    let mut note = |what: &str, names: Vec<String>| {
        for number in names.iter().filter_map(|name| number(name)) {
            if !claimed.contains(&number.into()) {
                found.insert(Stray { number, what: what.to_owned() });
            }
        }
    };
    note("container", directory(Path::new(runtime::KEPT)));
    note("mounts", mounted(&fs::read_to_string("/proc/self/mounts").unwrap_or_default(), &places.run));
    let units = directory(Path::new(scope::UNITS));
    note("unit", units.iter().filter_map(|name| scope::tag(name)).map(str::to_owned).collect());
    note("bundle", directory(&places.run));
    note("files", directory(&places.data.join("private")));
    // Its device and its packet filter end with its network namespace.
    for device in link.iter().flat_map(|link| [link.card, link.inward]) {
        let said = tool::run("tc", &["class", "show", "dev", device], LIMIT).unwrap_or_default();
        note("bandwidth", classes(&said));
    }
    if let Some(link) = link {
        let said =
            tool::run("tc", &["filter", "show", "dev", link.card, "ingress"], LIMIT).unwrap_or_default();
        note("address", questions(&said));
    }
    found.into_iter().collect()
}

/// Takes away what crashes left of what is not kept, but never files. What stays of one does not keep the others from
/// standing.
pub fn sweep(host: &Host<'_>, claimed: &BTreeSet<u32>) {
    let strays = strays(host.places, Some(host.link), claimed);
    let numbers: BTreeSet<u32> =
        strays.iter().filter(|stray| stray.what != "files").map(|stray| stray.number.into()).collect();
    for number in numbers.into_iter().filter_map(|number| Number::try_from(number).ok()) {
        eprintln!("{}: taking away what is left of it, because it is not kept here", number.tag());
        let addresses = cable::proxies(number, &host.link);
        if let Err(why) = runtime::clear_number(host, number, &addresses) {
            eprintln!("{}: {}", number.tag(), crate::explain(&why));
        }
    }
}

/// Numbers of which there is a record, whether it can be read or not.
#[must_use]
pub fn claimed(records: &Path) -> BTreeSet<u32> {
    let names = directory(records);
    names.iter().filter_map(|name| number(name.strip_suffix(".json")?)).map(u32::from).collect()
}

/// Removes versions of templates that no private server stands on or waits for, and halves of fetched ones.
///
/// # Errors
/// A sentence on the first that stays.
pub fn templates<'a>(places: &Places, kept: impl Iterator<Item = &'a Record>) -> Result<(), String> {
    let needed: BTreeSet<&str> = kept
        .flat_map(|record| {
            let made = record.done.made.as_ref().map(|made| made.template.as_str());
            made.into_iter().chain([record.wanted.template.sha256.as_str()])
        })
        .collect();
    // Whoever fetches one may take long, and nobody waits for tidiness.
    let Ok(_turn) = TEMPLATES.try_lock() else { return Ok(()) };
    let names = directory(&places.data.join("templates"));
    let below = vault::templates(places);
    let is_needed = |name: &str| needed.contains(name) || below.iter().any(|needed| needed == name);
    let unneeded = names.iter().filter(|name| !is_needed(name.as_str()));
    unneeded
        .filter(|name| is_version(name.trim_start_matches('.')))
        .try_for_each(|name| discard(&places.template(name)))
}

/// Names in a directory; none when there is no such directory.
fn directory(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// The number of a private server of whose name this is, as [`Number::tag`] writes it.
fn number(name: &str) -> Option<Number> {
    let number = Number::try_from(name.strip_prefix("ps")?.parse::<u32>().ok()?).ok()?;
    (number.tag() == name).then_some(number)
}

/// Bundles below `run` in which something is mounted (proc(5), /proc/self/mounts).
fn mounted(mounts: &str, run: &Path) -> Vec<String> {
    let places = mounts.lines().filter_map(|line| line.split(' ').nth(1)).map(Path::new);
    let names = places.filter_map(|place| place.strip_prefix(run).ok()?.iter().next()?.to_str());
    names.map(str::to_owned).collect()
}

/// Tags of the classes of private servers: "class hfsc 1:2a parent …" is that of ps42.
fn classes(said: &str) -> Vec<String> {
    let minors = said.lines().filter_map(|line| line.strip_prefix("class hfsc 1:")?.split(' ').next());
    // Those of the link and of the server itself are no private server's.
    tags(minors)
}

/// Tags of private servers about whose address questions are taken off the card, by the handles of the filters.
fn questions(said: &str) -> Vec<String> {
    let filters = said.lines().filter(|line| line.starts_with("filter protocol arp "));
    let handles = filters.filter_map(|line| line.split_once(" handle 0x")?.1.split(' ').next());
    tags(handles)
}

/// Tags of the private servers with these hexadecimal numbers.
fn tags<'a>(numbers: impl Iterator<Item = &'a str>) -> Vec<String> {
    let numbers = numbers.filter_map(|number| u32::from_str_radix(number, 16).ok());
    numbers.filter_map(|number| Some(Number::try_from(number).ok()?.tag())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_our_making_count() {
        let numbers: Vec<u32> =
            ["ps1", "ps01", "ps0", "ps", "psx", "ps-1", "ps+1", "ps65519", "eth0", "ps42"]
                .iter()
                .filter_map(|name| number(name))
                .map(u32::from)
                .collect();
        assert_eq!(numbers, [1, 42]);
    }

    #[test]
    fn classes_and_mounts_name_their_private_servers() {
        let said = "class hfsc 1: root \nclass hfsc 1:fffe parent 1: ls m1 0bit\nclass hfsc 1:ffff parent 1:fffe ls m1 0bit\nclass hfsc 1:2a parent 1:fffe leaf 8001: ls m1 0bit\nclass fq_codel 8001:3\n";
        assert_eq!(classes(said), ["ps42"]);
        let said = "filter protocol arp pref 1 flower chain 0 \nfilter protocol arp pref 1 flower chain 0 handle 0x2a \n  eth_type arp\n  arp_tip 10.0.0.42\nfilter protocol all pref 2 matchall chain 0 handle 0x1\n";
        assert_eq!(questions(said), ["ps42"]);
        let mounts = "overlay /run/rackwright-private/ps7/root overlay rw 0 0\n/dev/vdb /srv xfs rw 0 0\n";
        assert_eq!(mounted(mounts, Path::new("/run/rackwright-private")), ["ps7"]);
    }
}
