//! The move of a private server from one server to another. At every moment exactly one of the two may run it: the one that
//! its record names.

use super::Phase;

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveStage {
    /// The target makes its files ready and opens a port.
    Preparing,
    /// The files are sent while it runs.
    Copying,
    /// It is being stopped.
    Stopping,
    /// What has changed meanwhile is sent.
    Finishing,
    /// It belongs to the target now, and starts there if it was on.
    Arriving,
    Done,
    /// It stays where it was.
    Aborted,
}

/// What can happen to a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveEvent {
    /// The target is ready; whether the private server runs.
    Ready { runs: bool },
    /// The target has its template, and its disk is on a NAS.
    Near,
    /// It has stopped at the source, which uses its disk on the NAS no more.
    Freed,
    /// A pass was sent; it took so long, and it was the so-many-th.
    Passed { pass: u32, ms: u64 },
    /// It has stopped at the source.
    Stopped,
    /// The target says this of it.
    Seen(Phase),
    /// It failed, or somebody cancelled it.
    Abort,
}

/// The event makes no sense at this stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a move that is {} is not ended by {event:?}", stage.word())]
pub struct Misplaced {
    pub stage: MoveStage,
    pub event: MoveEvent,
}

/// A pass that took less is followed by the stop.
const SHORT_MS: u64 = 3_000;
/// After so many passes it is stopped anyway: it changes its files as fast as they are sent.
const PASSES: u32 = 5;

impl MoveStage {
    pub const ALL: [Self; 7] = [
        Self::Preparing,
        Self::Copying,
        Self::Stopping,
        Self::Finishing,
        Self::Arriving,
        Self::Done,
        Self::Aborted,
    ];

    /// The stage after `event`.
    ///
    /// # Errors
    /// [`Misplaced`] names the stage and the event that do not fit.
    pub fn apply(self, event: MoveEvent) -> Result<Self, Misplaced> {
        use MoveEvent as E;
        match (self, event) {
            (Self::Preparing, E::Ready { runs: true }) => Ok(Self::Copying),
            // Its disk is on a NAS: there is nothing to copy.
            (Self::Preparing, E::Near) => Ok(Self::Stopping),
            (Self::Stopping, E::Freed) => Ok(Self::Arriving),
            (Self::Preparing, E::Ready { runs: false }) | (Self::Stopping, E::Stopped) => Ok(Self::Finishing),
            (Self::Copying, E::Passed { pass, ms }) if ms < SHORT_MS || pass >= PASSES => Ok(Self::Stopping),
            (Self::Copying, E::Passed { .. }) => Ok(Self::Copying),
            (Self::Finishing, E::Passed { .. }) => Ok(Self::Arriving),
            (Self::Arriving, E::Seen(Phase::Running | Phase::Stopped)) => Ok(Self::Done),
            // From here on its files at the target are the newer ones.
            (Self::Preparing | Self::Copying | Self::Stopping | Self::Finishing, E::Abort) => {
                Ok(Self::Aborted)
            }
            (stage, event) => Err(Misplaced { stage, event }),
        }
    }

    /// Whether the source must not run it.
    #[must_use]
    pub fn holds_the_source(self) -> bool {
        matches!(self, Self::Stopping | Self::Finishing)
    }

    /// Whether it runs neither here nor there.
    #[must_use]
    pub fn stands_still(self) -> bool {
        self.holds_the_source() || self == Self::Arriving
    }

    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Aborted)
    }

    /// For the job: what happens.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Preparing => "Making room at the target",
            Self::Copying => "Copying while it runs",
            Self::Stopping => "Stopping it",
            Self::Finishing => "Copying what has changed",
            Self::Arriving => "Starting it at the target",
            Self::Done => "Moved",
            Self::Aborted => "It stays where it was",
        }
    }

    /// How long a stage may take, in seconds.
    #[must_use]
    pub fn limit_s(self) -> i64 {
        match self {
            // Template and files of any size.
            Self::Preparing | Self::Finishing => 3_600,
            Self::Copying => 12 * 3_600,
            Self::Stopping => 180,
            Self::Arriving => 600,
            Self::Done | Self::Aborted => i64::MAX / 1_000,
        }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Copying => "copying",
            Self::Stopping => "stopping",
            Self::Finishing => "finishing",
            Self::Arriving => "arriving",
            Self::Done => "done",
            Self::Aborted => "aborted",
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
    use MoveEvent as E;
    use MoveStage as S;

    #[test]
    fn a_running_one_is_copied_until_a_pass_is_short() {
        let mut stage = S::Preparing;
        let events = [
            E::Ready { runs: true },
            E::Passed { pass: 1, ms: 60_000 },
            E::Passed { pass: 2, ms: 2_999 },
            E::Stopped,
            E::Passed { pass: 3, ms: 900 },
            E::Seen(Phase::Running),
        ];
        let mut passed = Vec::new();
        for event in events {
            stage = stage.apply(event).expect("in order");
            passed.push(stage);
        }
        assert_eq!(passed, [S::Copying, S::Copying, S::Stopping, S::Finishing, S::Arriving, S::Done]);
        assert_eq!(S::Copying.apply(E::Passed { pass: 5, ms: 60_000 }), Ok(S::Stopping), "not for ever");
    }

    #[test]
    fn one_that_is_off_is_copied_once() {
        assert_eq!(S::Preparing.apply(E::Ready { runs: false }), Ok(S::Finishing));
    }

    #[test]
    fn once_it_belongs_to_the_target_there_is_no_way_back() {
        for stage in S::ALL {
            let ends = stage.apply(E::Abort);
            match stage {
                S::Arriving | S::Done | S::Aborted => assert!(ends.is_err(), "{}", stage.word()),
                S::Preparing | S::Copying | S::Stopping | S::Finishing => assert_eq!(ends, Ok(S::Aborted)),
            }
        }
        let why = S::Arriving.apply(E::Abort).expect_err("no way back").to_string();
        assert!(why.contains("arriving"), "{why}");
    }
}
