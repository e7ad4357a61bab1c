//! Numbers for the daemon: what was served, and what was dropped and why.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Running totals since start. Written by the servers, read at any time.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[$doc])* pub(crate) $name: AtomicU64,)+
        }

        /// The totals at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        pub struct Snapshot {
            $($(#[$doc])* pub $name: u64,)+
        }

        impl Counters {
            /// The totals now. Each is exact; they are not taken at the very same instant.
            #[must_use]
            pub fn snapshot(&self) -> Snapshot {
                Snapshot { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

counters! {
    /// Datagrams that arrived on the DHCP ports.
    dhcp_received,
    /// Dropped: not a DHCP message that a client or relay could have sent.
    dhcp_malformed,
    /// Dropped: more messages in work at once than are taken.
    dhcp_overload,
    dhcp_offers,
    dhcp_acks,
    dhcp_naks,
    dhcp_releases,
    dhcp_declines,
    /// Unanswered because the plan said so.
    dhcp_silent_plan,
    /// Unanswered because the plan did not answer in time.
    dhcp_silent_late,
    /// Unanswered because there is no boot program for the firmware's architecture.
    dhcp_silent_arch,
    /// Unanswered because the client took another server's offer.
    dhcp_silent_other_server,
    /// Unanswered because the message makes no sense in any state of a client.
    dhcp_silent_senseless,
    /// Replies that the kernel did not take.
    dhcp_send_errors,
    /// Machines in iPXE that were told that there is no IPv6 router.
    router_answers,
    /// Dropped: not a TFTP read request.
    tftp_malformed,
    tftp_transfers,
    tftp_bytes,
    /// Requests that only wanted to know the size (the client ended them with an error packet at once). No failure.
    tftp_probes,
    /// Refused: no such file, a write, a mode other than octet.
    tftp_refused,
    /// Refused: too many transfers at once, of one client or of all.
    tftp_overload,
    /// The client ended a transfer with an error.
    tftp_aborted,
    /// The client stopped answering.
    tftp_timeouts,
    /// Packets sent again because no answer came.
    tftp_resent,
    /// The file or socket failed on our side.
    tftp_errors,
    http_requests,
    http_bytes,
    /// Answered with a status of 400 or above.
    http_refused,
    /// Closed at once: too many connections, of one client or of all.
    http_overload,
    /// Closed because of a malformed request, a stalled or a broken connection.
    http_broken,
}

/// One more.
pub(crate) fn count(counter: &AtomicU64) {
    add(counter, 1);
}

pub(crate) fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}
