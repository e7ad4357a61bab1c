//! Numbers of the agent port.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Running totals since start.
        #[derive(Debug, Default)]
        pub struct AgentCounters {
            $($(#[$doc])* pub(super) $name: AtomicU64,)+
        }

        /// The totals at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        pub struct AgentSnapshot {
            $($(#[$doc])* pub $name: u64,)+
        }

        impl AgentCounters {
            /// The totals now.
            #[must_use]
            pub fn snapshot(&self) -> AgentSnapshot {
                AgentSnapshot { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

counters! {
    agents_connections,
    /// Closed at once: too many connections, in all or of one address.
    agents_overload,
    /// No TLS came about: not TLS, no certificate of ours, or too slow.
    agents_handshake_failed,
    /// Sessions that came to an understanding.
    agents_sessions,
    agents_frames,
    /// Dropped: bytes that are no message, or one that does not belong into this session.
    agents_malformed,
    /// Dropped: a peer that said nothing, or did not finish what it said.
    agents_silent,
    /// Dropped: a peer that did not read what was sent to it.
    agents_stalled,
    /// Sessions refused with a sentence.
    agents_refused,
    /// Sessions that a newer one of the same machine replaced.
    agents_replaced,
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
