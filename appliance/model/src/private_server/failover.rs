//! Failover: private servers whose disks are on a NAS go on elsewhere when their server is dead. Only when it is known to be
//! dead: a server that is merely cut off still writes to those disks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far the failover of a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailoverStage {
    /// It is being powered off. Nothing is started elsewhere before its BMC, or a person, says that it is off.
    Fencing,
    /// It is off; its private servers are started elsewhere, as far as there is room.
    Restarting,
    /// There is nothing left to do.
    Over,
}

/// What can happen to a failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailoverEvent {
    /// The BMC says that it is off, or a person says that it is dead.
    Fenced,
    /// Its agent is connected: what still belongs to it runs there.
    CameBack,
    /// No private server with a disk on a NAS belongs to it any more.
    Emptied,
    /// So many do not answer that they are hardly all dead.
    Held,
}

/// The event makes no sense at this stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a failover that is {} is not moved by {event:?}", stage.word())]
pub struct OutOfPlace {
    pub stage: FailoverStage,
    pub event: FailoverEvent,
}

impl FailoverStage {
    pub const ALL: [Self; 3] = [Self::Fencing, Self::Restarting, Self::Over];

    /// The stage after `event`.
    ///
    /// # Errors
    /// [`OutOfPlace`] names the stage and the event that do not fit.
    pub fn apply(self, event: FailoverEvent) -> Result<Self, OutOfPlace> {
        use FailoverEvent as E;
        match (self, event) {
            (Self::Fencing, E::Fenced) => Ok(Self::Restarting),
            (Self::Fencing, E::Held) | (Self::Fencing | Self::Restarting, E::CameBack | E::Emptied) => {
                Ok(Self::Over)
            }
            (stage, event) => Err(OutOfPlace { stage, event }),
        }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fencing => "fencing",
            Self::Restarting => "restarting",
            Self::Over => "over",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_restarted_before_it_is_fenced() {
        use FailoverEvent::{CameBack, Emptied, Fenced, Held};
        use FailoverStage::{Fencing, Over, Restarting};
        for (stage, event, next) in [
            (Fencing, Fenced, Some(Restarting)),
            (Fencing, CameBack, Some(Over)),
            (Fencing, Emptied, Some(Over)),
            (Fencing, Held, Some(Over)),
            (Restarting, Held, None),
            (Over, Held, None),
            (Restarting, Fenced, None),
            (Restarting, CameBack, Some(Over)),
            (Restarting, Emptied, Some(Over)),
            (Over, Fenced, None),
            (Over, CameBack, None),
            (Over, Emptied, None),
        ] {
            assert_eq!(stage.apply(event).ok(), next, "{stage:?} {event:?}");
        }
    }

    #[test]
    fn words_come_back() {
        for stage in FailoverStage::ALL {
            assert_eq!(FailoverStage::from_word(stage.word()), Some(stage));
        }
    }
}
