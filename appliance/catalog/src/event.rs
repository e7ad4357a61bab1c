//! What webhooks are told of: every action that changes something, by its wire name, and what machines do by themselves.

use crate::action::Effect;
use crate::registry::ENTRIES;

/// Something that happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// `noun.what-happened`, never the name of an action.
    pub name: &'static str,
    /// One sentence on when it happens.
    pub summary: &'static str,
}

const fn occurrence(name: &'static str, summary: &'static str) -> Occurrence {
    Occurrence { name, summary }
}

/// A machine that nobody announced netbooted.
pub const SERVER_DISCOVERED: Occurrence =
    occurrence("server.discovered", "A machine that nobody announced netbooted.");
/// A server was installed, and its agent is live.
pub const SERVER_INSTALLED: Occurrence =
    occurrence("server.installed", "A server was installed, and its agent is live.");
/// An install ended without a live agent.
pub const SERVER_NOT_INSTALLED: Occurrence =
    occurrence("server.not-installed", "An install failed or was cancelled; the reason says why.");
/// Neither the agent nor the address of a server answers any more.
pub const SERVER_UNREACHABLE: Occurrence =
    occurrence("server.unreachable", "Neither the agent nor the address of a server answers any more.");
/// A server that was unreachable answers again.
pub const SERVER_ONLINE: Occurrence =
    occurrence("server.online", "A server that was unreachable answers again.");
/// A server that does not answer is known to be off, and its private servers on a NAS start elsewhere.
pub const SERVER_FENCED: Occurrence = occurrence(
    "server.fenced",
    "A server that does not answer is known to be off, and its private servers on a NAS start elsewhere.",
);
/// A server does not answer, and it is not known to be off: its private servers on a NAS wait for a person.
pub const SERVER_NOT_FENCED: Occurrence = occurrence(
    "server.not-fenced",
    "A server does not answer, and it is not known to be off: its private servers on a NAS wait for a person.",
);
/// So many servers fell silent at once that none is powered off by itself.
pub const FAILOVER_HELD: Occurrence = occurrence(
    "failover.held",
    "So many servers with private servers on a NAS fell silent at once that none is powered off by itself.",
);
/// What was wanted of a private server could not be done, or it ended by itself.
pub const PRIVATE_SERVER_FAILED: Occurrence = occurrence(
    "private-server.failed",
    "What was wanted of a private server could not be done, or it ended by itself; the reason says why. It is tried again.",
);
/// A private server runs that did not run before.
pub const PRIVATE_SERVER_RUNNING: Occurrence = occurrence(
    "private-server.running",
    "A private server runs, after it was made, was started, failed or stood still; not after a move.",
);
/// The NAS of a private server does not answer.
pub const PRIVATE_SERVER_FROZEN: Occurrence = occurrence(
    "private-server.frozen",
    "A private server stands still until its NAS answers; nothing of it is lost.",
);
/// The server of a private server does not answer any more.
pub const PRIVATE_SERVER_UNREACHABLE: Occurrence = occurrence(
    "private-server.unreachable",
    "The server of a private server does not answer any more; whether it still runs is not known.",
);
/// The server of a private server answers again.
pub const PRIVATE_SERVER_REACHABLE: Occurrence = occurrence(
    "private-server.reachable",
    "The server of a private server answers again; what did not run on meanwhile is started.",
);
/// A private server belongs to another server now.
pub const PRIVATE_SERVER_MOVED: Occurrence = occurrence(
    "private-server.moved",
    "A private server was moved to another server; a reason says what is not well there yet.",
);
/// A move ended, and the private server stays where it was.
pub const PRIVATE_SERVER_NOT_MOVED: Occurrence = occurrence(
    "private-server.not-moved",
    "A move of a private server failed or was cancelled: it stays where it was.",
);
/// A private server is started on another server, because its own is dead.
pub const PRIVATE_SERVER_STARTED_ELSEWHERE: Occurrence = occurrence(
    "private-server.started-elsewhere",
    "The server of a private server with its disk on a NAS is dead, and another one starts it.",
);
/// A job that makes an image or a provisioning environment ended.
pub const JOB_ENDED: Occurrence =
    occurrence("job.ended", "A job that makes an image or a provisioning environment ended.");

/// Everything that happens by itself.
pub const OCCURRENCES: &[Occurrence] = &[
    SERVER_DISCOVERED,
    SERVER_INSTALLED,
    SERVER_NOT_INSTALLED,
    SERVER_UNREACHABLE,
    SERVER_ONLINE,
    SERVER_FENCED,
    SERVER_NOT_FENCED,
    FAILOVER_HELD,
    PRIVATE_SERVER_FAILED,
    PRIVATE_SERVER_RUNNING,
    PRIVATE_SERVER_FROZEN,
    PRIVATE_SERVER_UNREACHABLE,
    PRIVATE_SERVER_REACHABLE,
    PRIVATE_SERVER_MOVED,
    PRIVATE_SERVER_NOT_MOVED,
    PRIVATE_SERVER_STARTED_ELSEWHERE,
    JOB_ENDED,
];

/// The names of all events.
pub fn names() -> impl Iterator<Item = &'static str> {
    let actions =
        ENTRIES.iter().filter(|entry| entry.spec.effect != Effect::Read).map(|entry| entry.spec.name);
    actions.chain(OCCURRENCES.iter().map(|occurrence| occurrence.name))
}

/// Whether a pattern takes an event: its name, all of a noun (`server.*`), or everything (`*`).
#[must_use]
pub fn takes(pattern: &str, event: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(noun) => noun.ends_with('.') && event.starts_with(noun),
        None => pattern == event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_a_name_a_noun_or_everything() {
        for (pattern, event, taken) in [
            ("*", "server.rename", true),
            ("server.*", "server.rename", true),
            ("server.rename", "server.rename", true),
            ("server.*", "servers.rename", false),
            ("ser*", "server.rename", false),
            ("server.rename", "server.renamed", false),
        ] {
            assert_eq!(takes(pattern, event), taken, "{pattern} {event}");
        }
    }

    #[test]
    fn what_happens_by_itself_is_called_like_no_action() {
        let mut all: Vec<&str> = names().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(OCCURRENCES.iter().all(|occurrence| crate::entry(occurrence.name).is_none()));
    }
}
