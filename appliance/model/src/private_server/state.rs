//! The states of a private server. What is stored is what is wanted and what was last seen; the state that a person is
//! shown follows from both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What its owner wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Power {
    On,
    Off,
}

/// What a server last saw of a private server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Its template is being fetched.
    Fetching,
    /// Its files are being made.
    Making,
    Starting,
    Running,
    /// It stands still until its NAS answers; nothing of it is lost.
    Frozen,
    Stopping,
    Stopped,
    Removing,
    /// Nothing of it is left.
    Gone,
    /// It could not be done; the reason stands beside it. It is tried again.
    Failed,
}

/// What a person is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PrivateServerState {
    /// Its server has not made it yet.
    Creating,
    Starting,
    Running,
    /// It runs, and its server has not carried out yet what was changed.
    Changing,
    /// It stands still until its NAS answers; nothing of it is lost.
    Frozen,
    Stopping,
    Stopped,
    /// It does not run, and its owner cannot start it.
    Suspended,
    /// It stands still on its way to another server.
    Moving,
    /// It is being taken away.
    Removing,
    /// What was wanted could not be done; it is tried again.
    Failed,
    /// Its server does not answer; private servers go on running meanwhile.
    Unreachable,
}

/// From what a state follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub power: Power,
    pub suspended: bool,
    pub removing: bool,
    /// It stands still on its way to another server.
    pub moving: bool,
    /// None: its server said nothing of it yet.
    pub phase: Option<Phase>,
    /// Whether the phase is that of what is wanted now.
    pub current: bool,
    /// Whether the agent of its server is connected.
    pub reachable: bool,
}

impl Power {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::On, Self::Off].into_iter().find(|power| power.word() == word)
    }
}

impl Phase {
    pub const ALL: [Self; 10] = [
        Self::Fetching,
        Self::Making,
        Self::Starting,
        Self::Running,
        Self::Frozen,
        Self::Stopping,
        Self::Stopped,
        Self::Removing,
        Self::Gone,
        Self::Failed,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Making => "making",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Frozen => "frozen",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Removing => "removing",
            Self::Gone => "gone",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

impl PrivateServerState {
    /// Every state, in the order in which a screen lists them.
    pub const ALL: [Self; 12] = [
        Self::Creating,
        Self::Starting,
        Self::Running,
        Self::Changing,
        Self::Frozen,
        Self::Stopping,
        Self::Stopped,
        Self::Suspended,
        Self::Moving,
        Self::Removing,
        Self::Failed,
        Self::Unreachable,
    ];

    /// The state that a person is shown.
    #[must_use]
    pub fn of(standing: &Standing) -> Self {
        let Standing { power, suspended, removing, moving, phase, current, reachable } = *standing;
        if removing {
            return Self::Removing;
        }
        if moving {
            return Self::Moving;
        }
        if !reachable {
            return Self::Unreachable;
        }
        if phase == Some(Phase::Failed) && current {
            return Self::Failed;
        }
        if phase == Some(Phase::Frozen) {
            return Self::Frozen;
        }
        let on = power == Power::On && !suspended;
        match (on, phase) {
            (true, Some(Phase::Running)) if current => Self::Running,
            (true, Some(Phase::Running)) => Self::Changing,
            (true, None | Some(Phase::Fetching | Phase::Making | Phase::Gone)) => Self::Creating,
            (true, Some(_)) => Self::Starting,
            (false, Some(Phase::Running | Phase::Stopping | Phase::Starting)) => Self::Stopping,
            (false, None | Some(Phase::Fetching | Phase::Making)) if !suspended => Self::Creating,
            (false, _) if suspended => Self::Suspended,
            (false, _) => Self::Stopped,
        }
    }

    /// Whether it is as its owner and the provider want it.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::Running | Self::Stopped | Self::Suspended)
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Changing => "changing",
            Self::Frozen => "frozen",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Suspended => "suspended",
            Self::Moving => "moving",
            Self::Removing => "removing",
            Self::Failed => "failed",
            Self::Unreachable => "unreachable",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PrivateServerState as S;

    const RUNS: Standing = Standing {
        power: Power::On,
        suspended: false,
        removing: false,
        moving: false,
        phase: Some(Phase::Running),
        current: true,
        reachable: true,
    };

    #[test]
    fn a_state_follows_from_what_is_wanted_and_what_was_seen() {
        let cases = [
            (RUNS, S::Running),
            (Standing { current: false, ..RUNS }, S::Changing),
            (Standing { phase: None, ..RUNS }, S::Creating),
            (Standing { phase: Some(Phase::Stopped), ..RUNS }, S::Starting),
            (Standing { power: Power::Off, ..RUNS }, S::Stopping),
            (Standing { power: Power::Off, phase: Some(Phase::Stopped), ..RUNS }, S::Stopped),
            (Standing { suspended: true, ..RUNS }, S::Stopping),
            (Standing { suspended: true, phase: Some(Phase::Stopped), ..RUNS }, S::Suspended),
            (Standing { suspended: true, phase: None, ..RUNS }, S::Suspended),
            (Standing { power: Power::Off, phase: None, ..RUNS }, S::Creating),
            (Standing { removing: true, reachable: false, ..RUNS }, S::Removing),
            (Standing { moving: true, phase: Some(Phase::Stopped), ..RUNS }, S::Moving),
            (Standing { reachable: false, ..RUNS }, S::Unreachable),
            (Standing { phase: Some(Phase::Frozen), ..RUNS }, S::Frozen),
            (Standing { phase: Some(Phase::Frozen), power: Power::Off, current: false, ..RUNS }, S::Frozen),
            (Standing { phase: Some(Phase::Failed), ..RUNS }, S::Failed),
            (Standing { phase: Some(Phase::Failed), current: false, ..RUNS }, S::Starting),
        ];
        for (standing, state) in cases {
            assert_eq!(S::of(&standing), state, "{standing:?}");
        }
    }

    #[test]
    fn words_come_back() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from_word(phase.word()), Some(phase));
        }
        for state in S::ALL {
            assert_eq!(S::from_word(state.word()), Some(state));
        }
        for power in [Power::On, Power::Off] {
            assert_eq!(Power::from_word(power.word()), Some(power));
        }
    }
}
