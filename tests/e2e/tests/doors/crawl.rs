//! Every page that links lead to.

use std::collections::{BTreeSet, VecDeque};

use crate::center::Front;
use crate::html::links;

/// The panel has no more pages than this, seen once each.
const MOST: usize = 600;

/// The pages that are reached from these, each with its text; `wanted` says which links are followed.
pub async fn pages(
    front: &Front,
    session: &str,
    from: &[&str],
    wanted: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut waiting: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let mut known = BTreeSet::new();
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop_front() {
        let page = front.open(session, &path, false).await;
        assert!(matches!(page.status, 200 | 303), "{path}: {} {}", page.status, page.text);
        for link in links(&page.text) {
            let (link, _) = link.split_once('#').unwrap_or((&link, ""));
            // What is shown in another order or another range is the same page.
            let place = link.split('?').next().unwrap_or_default();
            if !link.starts_with("/assets/") && wanted(link) && known.insert(place.to_owned()) {
                waiting.push_back(link.to_owned());
            }
        }
        pages.push((path, page.text));
        assert!(pages.len() < MOST, "the panel has no end: {known:?}");
    }
    pages
}
