//! What became of the last action: kept over one redirect, then shown in the status bar.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use rackwright_model::JobId;
use serde::{Deserialize, Serialize};

use crate::session;

const COOKIE_NAME: &str = "__Host-rackwright-status";
/// A status that nobody came to read is forgotten.
const SECONDS: i64 = 60;
/// A cookie holds 4 kB; a sentence that is longer is cut.
const MOST_CHARS: usize = 700;

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Successful,
    Failed,
    /// It goes on as a job.
    Incomplete,
}

/// The status bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub ending: Ending,
    /// What is true now, in a sentence.
    pub message: String,
    /// What to do, when something is to be done.
    #[serde(default)]
    pub advice: String,
    #[serde(default)]
    pub job: Option<JobId>,
    /// The command that does the same.
    #[serde(default)]
    pub line: String,
    /// How it is taken back, when it can be.
    #[serde(default)]
    pub undo: Option<Undo>,
}

/// A button that takes the action back at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// "Undo", or "Redo" when the action itself took something back.
    pub label: String,
    /// The audit row to take back.
    pub row: i64,
    /// The command that does the same.
    pub line: String,
}

impl Status {
    /// The cookie that carries it to the next page.
    #[must_use]
    pub fn keep(&self) -> (HeaderName, HeaderValue) {
        let cut = |text: &str| text.chars().take(MOST_CHARS).collect::<String>();
        let small = Self {
            message: cut(&self.message),
            advice: cut(&self.advice),
            line: cut(&self.line),
            ..self.clone()
        };
        session::set_cookie(COOKIE_NAME, &serde_json::to_string(&small).unwrap_or_default(), SECONDS)
    }

    /// The status that the page before left, if any.
    #[must_use]
    pub fn left_in(headers: &HeaderMap) -> Option<Self> {
        serde_json::from_str(&session::cookie(headers, COOKIE_NAME)?).ok()
    }

    /// The header that forgets it.
    #[must_use]
    pub fn forget() -> (HeaderName, HeaderValue) {
        session::set_cookie(COOKIE_NAME, "", 0)
    }
}
