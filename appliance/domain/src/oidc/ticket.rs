//! What a browser keeps between the way out and the way back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rackwright_catalog::{Fault, FieldProblem};
use rackwright_model::{Millis, UserId};
use serde::{Deserialize, Serialize};

use crate::Domain;

/// How long somebody may take at the provider.
pub(super) const LASTS_MS: i64 = 10 * 60_000;
/// States that are remembered. Each has cost whoever spent it a way out and back.
const MOST: usize = 50_000;
const PURPOSE: &str = "oidc ticket";

/// Everything that the way back needs. Sealed, it is the ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub provider: i64,
    pub issuer: String,
    /// What the provider repeats, so that the answer is one to this question.
    pub state: String,
    /// Stands in the ID token, so that the token was made for this sign-in.
    pub nonce: String,
    /// What the code is exchanged with (RFC 7636).
    pub verifier: String,
    /// Where the browser comes back to.
    pub redirect: String,
    pub until: Millis,
    /// Who links, if it is not for signing in.
    pub link: Option<Link>,
}

/// Somebody who is signed in and makes a link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Link {
    pub person: UserId,
    /// The SHA-256 of the session, which must still last then; none for a token.
    pub session: Option<String>,
}

impl Domain {
    pub(super) fn seal_ticket(&self, ticket: &Ticket) -> String {
        let text = serde_json::to_string(ticket).unwrap_or_default();
        self.secrets.seal(&*self.ports.chance, PURPOSE, &text)
    }

    /// The ticket of this browser, spent with this: it opens the way back once.
    ///
    /// # Errors
    /// The field that is wrong: `ticket` or `state`.
    pub(super) fn spend_ticket(&self, sealed: &str, state: &str, attempted: &str) -> Result<Ticket, Fault> {
        let bad = |field: &str, problem: &str| Err(invalid(attempted, field, problem));
        let clear = self.secrets.open(PURPOSE, sealed).ok();
        let Some(ticket) = clear.and_then(|text| serde_json::from_str::<Ticket>(&text).ok()) else {
            return bad("ticket", "this sign-in was begun in another browser");
        };
        let now = self.now();
        if ticket.until.0 <= now.0 {
            return bad("ticket", "this sign-in is more than ten minutes old");
        }
        if ticket.state != state {
            return bad(
                "state",
                "this answer belongs to another sign-in than the one that this browser began last",
            );
        }
        if !self.outside.spent.take(&ticket.state, ticket.until, now) {
            return bad("ticket", "this sign-in was used already");
        }
        Ok(ticket)
    }
}

pub(super) fn invalid(attempted: &str, field: &str, problem: &str) -> Fault {
    Fault {
        reason: problem.to_owned(),
        advice: "Begin again on the sign-in page, and stay in this browser.".to_owned(),
        ..Fault::invalid(attempted, vec![FieldProblem::new(field, problem)])
    }
}

/// States that were used, until their tickets are too old anyway.
#[derive(Default)]
pub(super) struct Spent(Mutex<HashMap<String, Millis>>);

impl Spent {
    /// Whether the state was not used before. It is now.
    fn take(&self, state: &str, until: Millis, now: Millis) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= MOST {
            spent.retain(|_, until| until.0 > now.0);
        }
        if spent.len() >= MOST {
            let oldest = spent.iter().min_by_key(|(_, until)| until.0).map(|(state, _)| state.clone());
            oldest.and_then(|state| spent.remove(&state));
        }
        spent.insert(state.to_owned(), until).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_taken_once_and_the_memory_is_bounded() {
        let spent = Spent::default();
        let now = Millis(1_764_000_000_000);
        assert!(spent.take("a", now.plus(LASTS_MS), now));
        assert!(!spent.take("a", now.plus(LASTS_MS), now));
        for at in 0..MOST + 10 {
            let at = i64::try_from(at).expect("small");
            assert!(spent.take(&format!("s{at}"), now.plus(LASTS_MS + at), now));
        }
        assert!(spent.0.lock().expect("whole").len() <= MOST);
    }
}
