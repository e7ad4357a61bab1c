//! How long work tells how far it has come, and learns that it shall stop.

/// One report of long work.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done, such as `packages` or `compress`; stays the same over many reports.
    pub step: &'static str,
    /// The same in a sentence for a person.
    pub sentence: String,
    /// How much of the whole is done, 0 to 1; never goes back within one piece of work.
    pub fraction: f64,
}

/// The work was told to stop, and has put away what it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped because it was cancelled")]
pub struct Cancelled;

/// The two ends of a piece of long work that its caller holds.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    report: &'a dyn Fn(Progress),
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Watch<'a> {
    /// `report` is called at most a few times a second; `stop` is asked several times a second. Both are called on the
    /// thread that called the work.
    #[must_use]
    pub fn new(report: &'a dyn Fn(Progress), stop: &'a dyn Fn() -> bool) -> Self {
        Self { report, stop }
    }

    /// Nobody listens and nobody stops it.
    #[must_use]
    pub fn nobody() -> Watch<'static> {
        Watch { report: &|_| (), stop: &|| false }
    }

    pub(crate) fn say(&self, step: &'static str, sentence: impl Into<String>, fraction: f64) {
        (self.report)(Progress { step, sentence: sentence.into(), fraction: fraction.clamp(0.0, 1.0) });
    }

    pub(crate) fn stopped(&self) -> bool {
        (self.stop)()
    }

    pub(crate) fn go_on(&self) -> Result<(), Cancelled> {
        if self.stopped() { Err(Cancelled) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}
