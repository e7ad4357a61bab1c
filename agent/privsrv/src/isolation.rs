//! The page that says what root inside may, and why: made of the tables that are in force, and of what stands beside the filter on
//! calls that are refused with some arguments only.

use std::fmt::Write as _;

use crate::capabilities::{DROPPED, KEPT};
use crate::keeper::host;
use crate::seccomp;

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/isolation.md");

fn page() -> String {
    let mut page = String::from(
        "# What root inside a private server may, and why\n\n\
         Capabilities count inside its own user namespace only. System calls and settings of sockets are refused with EPERM, families of \
         sockets with EAFNOSUPPORT. What is set on the server keeps one private server from taking what all share.\n\n\
         | What | Decision | Why |\n|---|---|---|\n",
    );
    let mut row = |what: &str, decision: &str, why: &str| {
        // Writing to a String never fails.
        let _ = writeln!(page, "| {what} | {decision} | {why} |");
    };
    KEPT.iter().for_each(|(name, why)| row(&format!("`{name}`"), "kept", why));
    DROPPED.iter().for_each(|(name, why)| row(&format!("`{name}`"), "dropped", why));
    seccomp::REFUSED.iter().for_each(|(name, why)| row(&format!("`{name}(2)`"), "refused", why));
    seccomp::PARTLY.iter().for_each(|(what, why)| row(what, "refused", why));
    for (_, _, text) in seccomp::SETTINGS {
        let (what, why) = text.split_once(": ").expect("a name and a reason");
        row(&format!("`setsockopt(2)`: {what}"), "refused", why);
    }
    for (name, value, why) in host::SETTINGS {
        row(&format!("`/proc/sys/{name}`"), &format!("`{value}` on the server"), why);
    }
    page
}

#[test]
fn the_page_says_what_is_in_force() {
    let page = page();
    if std::env::var_os("RACKWRIGHT_BLESS").is_some() {
        std::fs::write(CHECKED_IN, &page).expect("isolation.md can be written");
    }
    let known = std::fs::read_to_string(CHECKED_IN).expect("isolation.md is there");
    assert!(
        page == known,
        "agent/privsrv/isolation.md is not what is in force; look at the change, then write it with RACKWRIGHT_BLESS=1.\n{page}"
    );
}
