//! Letters that wait: each is given to the mail server until that takes it, refuses it for good, or it would come too late.
//! A letter that was taken just before the process ended is sent again under the same id, which mail servers fold.

use std::sync::Arc;
use std::time::Duration;

use rackwright_store::letter::{LetterRow, letter_delete, letter_due, letter_postpone};
use tokio::time::timeout;

use crate::mail::{PURPOSE, Trouble};
use crate::ports::{Letter, PostError};
use crate::refusal::chain;
use crate::{Domain, Refusal};

/// How often letters are looked for when nobody says that there is one.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// The first pause after the mail server did not take a letter; each later one is twice as long.
const FIRST_PAUSE_MS: i64 = 5_000;
/// The longest pause.
const LONGEST_PAUSE_MS: i64 = 300_000;

pub(super) async fn run(domain: Arc<Domain>) {
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        match domain.next_letter().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!("letters that wait could not be sent: {}", chain(&error)),
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

impl Domain {
    /// Whether there was a letter that was due.
    async fn next_letter(&self) -> Result<bool, Refusal> {
        let now = self.now();
        let Some(row) = self.read(move |tx| Ok(letter_due(tx, now)?)).await? else { return Ok(false) };
        let id = row.id;
        if row.expires_at.0 <= now.0 {
            tracing::error!(letter.id = id, "a letter is given up: the mail server did not take it in time");
            self.write(move |tx| Ok(letter_delete(tx, id)?)).await?;
            return Ok(true);
        }
        let sent = match self.opened_letter(&row) {
            Ok(letter) => self.ports.post.send(letter).await,
            Err(cause) => Err(PostError { cause, for_good: true }),
        };
        let Err(error) = sent else {
            self.note_mail(None, move |tx| letter_delete(tx, id)).await?;
            return Ok(true);
        };
        let PostError { cause, for_good } = error;
        tracing::error!(letter.id = id, letter.tries = row.tries + 1, "a letter could not be sent: {cause}");
        let due = self.now().plus(pause_ms(row.tries));
        self.note_mail(Some(Trouble { at: now, cause }), move |tx| {
            if for_good { letter_delete(tx, id) } else { letter_postpone(tx, id, due) }
        })
        .await?;
        Ok(true)
    }

    fn opened_letter(&self, row: &LetterRow) -> Result<Letter, String> {
        let text = self.secrets.open(PURPOSE, &row.sealed).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}

fn pause_ms(tries: u32) -> i64 {
    (FIRST_PAUSE_MS << tries.min(16)).min(LONGEST_PAUSE_MS)
}
