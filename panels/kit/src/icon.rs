//! The icon that stands beside a word. Colour follows from the tone, and is never the only sign.

/// How a state is to be felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Busy,
    Bad,
    Warn,
    Calm,
}

impl Tone {
    /// The class that colours it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "tone-good",
            Self::Busy => "tone-busy",
            Self::Bad => "tone-bad",
            Self::Warn => "tone-warn",
            Self::Calm => "tone-calm",
        }
    }
}

/// Icon and tone of a state of a server, a job, an install, a webhook or an event on its way to one. States of private
/// servers have a mark before them: a job that is running goes on, a private server that is running is as it should be.
#[must_use]
pub fn of_state(word: &str) -> (&'static str, Tone) {
    match word {
        "discovered" => ("radar-2", Tone::Warn),
        "ready" => ("circle-check", Tone::Calm),
        "installing" => ("download", Tone::Busy),
        "online" | "private-running" => ("activity-heartbeat", Tone::Good),
        "unreachable" | "private-unreachable" => ("plug-connected-x", Tone::Bad),
        "failed" | "private-failed" => ("alert-triangle", Tone::Bad),
        "rescuing" => ("lifebuoy", Tone::Busy),
        "wiping" => ("eraser", Tone::Busy),
        "retired" => ("archive", Tone::Calm),
        "running" => ("loader-2", Tone::Busy),
        "succeeded" | "successful" | "done" => ("circle-check", Tone::Good),
        "active" | "delivered" => ("circle-check", Tone::Good),
        "paused" => ("player-pause", Tone::Bad),
        "waiting" => ("clock", Tone::Busy),
        "given-up" => ("alert-triangle", Tone::Bad),
        "possible" | "undone" => ("arrow-back-up", Tone::Calm),
        "cancelled" => ("ban", Tone::Calm),
        "incomplete" => ("clock", Tone::Busy),
        "private-creating" => ("tools", Tone::Busy),
        "private-starting" => ("player-play", Tone::Busy),
        "private-changing" => ("adjustments", Tone::Busy),
        "private-stopping" => ("player-pause", Tone::Busy),
        "private-stopped" => ("power", Tone::Calm),
        "private-moving" => ("arrows-exchange", Tone::Calm),
        "private-frozen" => ("snowflake", Tone::Bad),
        "fencing" => ("power", Tone::Bad),
        "restarting" => ("rotate-clockwise", Tone::Busy),
        "private-suspended" => ("lock", Tone::Warn),
        "private-removing" => ("trash", Tone::Busy),
        _ => ("info-circle", Tone::Calm),
    }
}
