//! The lifecycle of a physical server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServerState {
    /// Known (it netbooted, or an operator added it), not yet cleared for an install.
    Discovered,
    /// Added by an operator or accepted, with its inventory on record: it can be installed.
    Ready,
    /// An install is under way.
    Installing,
    /// Installed, and its agent or its address answers.
    Online,
    /// Installed, and neither its agent nor its address answers.
    Unreachable,
    /// The last install failed; the reason stands beside it.
    Failed,
    /// Running the provisioning environment for repair.
    Rescuing,
    /// Its disks are being erased.
    Wiping,
    /// Out of service; its addresses and certificate are withdrawn.
    Retired,
}

/// What can happen to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerEvent {
    /// An inventory arrived from a machine that an operator vouched for.
    Accept,
    /// An install was ordered.
    Install,
    /// The installed agent reported.
    InstallDone,
    /// The install ended without a live agent, or was cancelled.
    InstallFailed,
    /// The install ended before the disk of an installed system was touched.
    InstallWithdrawn,
    /// The install was cancelled before the disk of a blank machine was touched.
    InstallUndone,
    /// Agent and ping are both silent.
    Silent,
    /// Agent or ping answered again.
    Heard,
    /// An operator takes it out of service.
    Retire,
    /// A retired machine was added again or netbooted again.
    Return,
}

/// The event makes no sense in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a server that is {} cannot {}", state.word(), event.verb())]
pub struct Refused {
    pub state: ServerState,
    pub event: ServerEvent,
}

impl ServerState {
    /// Every state, in the order in which a screen lists them.
    pub const ALL: [Self; 9] = [
        Self::Discovered,
        Self::Ready,
        Self::Installing,
        Self::Online,
        Self::Unreachable,
        Self::Failed,
        Self::Rescuing,
        Self::Wiping,
        Self::Retired,
    ];

    /// The state after `event`.
    ///
    /// # Errors
    /// [`Refused`] names the state and the event that do not fit.
    pub fn apply(self, event: ServerEvent) -> Result<Self, Refused> {
        use ServerEvent as E;
        use ServerState as S;
        match (self, event) {
            (S::Discovered | S::Ready, E::Accept) => Ok(S::Ready),
            (S::Discovered | S::Ready | S::Online | S::Unreachable | S::Failed, E::Install) => {
                Ok(S::Installing)
            }
            (S::Installing, E::InstallDone) => Ok(S::Online),
            (S::Installing, E::InstallFailed) => Ok(S::Failed),
            (S::Installing, E::InstallWithdrawn) => Ok(S::Unreachable),
            (S::Installing, E::InstallUndone) => Ok(S::Ready),
            (S::Online, E::Silent) => Ok(S::Unreachable),
            (S::Unreachable, E::Heard) => Ok(S::Online),
            (S::Discovered | S::Ready | S::Online | S::Unreachable | S::Failed, E::Retire) => Ok(S::Retired),
            (S::Retired, E::Return) => Ok(S::Discovered),
            (state, event) => Err(Refused { state, event }),
        }
    }

    /// Whether an install now would destroy an installed system, so that the wipe must be confirmed.
    #[must_use]
    pub fn holds_a_system(self) -> bool {
        matches!(self, Self::Online | Self::Unreachable)
    }

    /// The state as it is written on the wire and on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Ready => "ready",
            Self::Installing => "installing",
            Self::Online => "online",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::Rescuing => "rescuing",
            Self::Wiping => "wiping",
            Self::Retired => "retired",
        }
    }

    /// The state that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl ServerEvent {
    /// The event as a verb, to follow "cannot".
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Accept => "be accepted",
            Self::Install => "be installed",
            Self::InstallDone => "finish an install",
            Self::InstallFailed => "fail an install",
            Self::InstallWithdrawn | Self::InstallUndone => "have an install withdrawn",
            Self::Silent => "fall silent",
            Self::Heard => "be heard again",
            Self::Retire => "be retired",
            Self::Return => "return to service",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_come_back() {
        for state in ServerState::ALL {
            assert_eq!(ServerState::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn a_refusal_names_state_and_event() {
        let refused = ServerState::Retired.apply(ServerEvent::Install).expect_err("retired");
        assert_eq!(refused.to_string(), "a server that is retired cannot be installed");
    }

    #[test]
    fn an_install_never_starts_twice() {
        assert!(ServerState::Installing.apply(ServerEvent::Install).is_err());
    }

    #[test]
    fn a_server_falls_silent_and_comes_back() {
        let gone = ServerState::Online.apply(ServerEvent::Silent).expect("online can fall silent");
        assert_eq!(gone.apply(ServerEvent::Heard), Ok(ServerState::Online));
    }
}
