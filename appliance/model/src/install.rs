//! The phases of one install. Only the reconciler moves them; every phase has a time limit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far an install has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstallPhase {
    /// The image's hash is checked against the repository, and the profile against the inventory.
    Checking,
    /// The BMC is told to boot from the network.
    Booting,
    /// Waiting for the provisioning environment to report.
    Awaiting,
    /// The order was handed to the machine, which is writing its disk.
    Writing,
    /// The disk is complete and network boot is disarmed; the machine restarts.
    Restarting,
    /// The agent is live.
    Done,
    /// It ended without a live agent; the reason stands beside it.
    Failed,
    /// An operator stopped it.
    Cancelled,
}

/// What moves an install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstallEvent {
    Checked,
    Powered,
    /// The order was given, once.
    Ordered,
    /// The machine reported that its disk is complete.
    Written,
    AgentLive,
    Fail,
    Cancel,
}

/// The event makes no sense in this phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an install in phase {phase:?} cannot take the event {event:?}")]
pub struct Refused {
    pub phase: InstallPhase,
    pub event: InstallEvent,
}

impl InstallPhase {
    pub const ALL: [Self; 8] = [
        Self::Checking,
        Self::Booting,
        Self::Awaiting,
        Self::Writing,
        Self::Restarting,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The phase after `event`.
    ///
    /// # Errors
    /// [`Refused`] names the phase and the event that do not fit.
    pub fn apply(self, event: InstallEvent) -> Result<Self, Refused> {
        use InstallEvent as E;
        use InstallPhase as P;
        match (self, event) {
            (P::Checking, E::Checked) => Ok(P::Booting),
            (P::Booting, E::Powered) => Ok(P::Awaiting),
            (P::Booting | P::Awaiting, E::Ordered) => Ok(P::Writing),
            (P::Writing, E::Written) => Ok(P::Restarting),
            (P::Restarting, E::AgentLive) => Ok(P::Done),
            (phase, E::Fail) if !phase.ended() => Ok(P::Failed),
            (phase, E::Cancel) if !phase.ended() => Ok(P::Cancelled),
            (phase, event) => Err(Refused { phase, event }),
        }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Whether the machine's disk may already differ from what it was.
    #[must_use]
    pub fn touched_the_disk(self) -> bool {
        matches!(self, Self::Writing | Self::Restarting | Self::Done)
    }

    /// Seconds this phase may last before the install fails and says so.
    #[must_use]
    pub fn limit_s(self) -> i64 {
        match self {
            Self::Checking => 300,
            Self::Booting => 180,
            Self::Awaiting => 600,
            Self::Writing => 3_600,
            Self::Restarting => 900,
            Self::Done | Self::Failed | Self::Cancelled => i64::MAX,
        }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Booting => "booting",
            Self::Awaiting => "awaiting",
            Self::Writing => "writing",
            Self::Restarting => "restarting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_given_once() {
        assert_eq!(InstallPhase::Awaiting.apply(InstallEvent::Ordered), Ok(InstallPhase::Writing));
        for phase in
            [InstallPhase::Writing, InstallPhase::Restarting, InstallPhase::Done, InstallPhase::Failed]
        {
            assert!(phase.apply(InstallEvent::Ordered).is_err(), "{phase:?}");
        }
    }

    #[test]
    fn an_ended_install_stays_ended() {
        for phase in InstallPhase::ALL.into_iter().filter(|phase| phase.ended()) {
            for event in
                [InstallEvent::Fail, InstallEvent::Cancel, InstallEvent::Written, InstallEvent::AgentLive]
            {
                assert!(phase.apply(event).is_err(), "{phase:?} {event:?}");
            }
        }
    }
}
