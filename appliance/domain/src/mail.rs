//! Mail: what waits for the mail server, whether the server takes it, and what the operator is told when it does not.

mod test;

use rackwright_model::Millis;
use rackwright_store::setting::{setting_get, setting_put};
use rackwright_store::{Connection, StoreError};
use serde::{Deserialize, Serialize};

use crate::ports::Letter;
use crate::{Domain, Refusal, secret};

/// What letters are sealed for.
pub(crate) const PURPOSE: &str = "letter";
/// The setting with the last failure; empty once a letter was taken.
const TROUBLE: &str = "mail.trouble";

/// The last letter that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub at: Millis,
    /// What the mail server or the way to it said.
    pub cause: String,
}

impl Domain {
    /// The letter as the database keeps it. Sealed before the transaction begins, whether or not it is kept, so that the
    /// work is the same.
    pub(crate) fn sealed(&self, letter: &Letter) -> String {
        let text = serde_json::to_string(letter).expect("texts become JSON");
        self.secrets.seal(&*self.ports.chance, PURPOSE, &text)
    }

    /// An id for a letter.
    pub(crate) fn letter_id(&self) -> String {
        format!("{}.{}", self.now().0, secret::short_id(&*self.ports.chance))
    }

    /// Write down how the mail server fares, together with what `also` changes; people are told when it is news.
    pub(crate) async fn note_mail(
        &self,
        trouble: Option<Trouble>,
        also: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), Refusal> {
        let sentence = match &trouble {
            Some(trouble) => format!("Mail cannot be sent: {}.", trouble.cause),
            None => "The mail server takes mail again.".to_owned(),
        };
        let news = self
            .write(move |tx| {
                also(tx)?;
                let known = mail_trouble(tx)?;
                let news = known.as_ref().map(|known| &known.cause) != trouble.as_ref().map(|now| &now.cause);
                if news {
                    setting_put(tx, TROUBLE, &trouble)?;
                }
                Ok(news)
            })
            .await?;
        if news {
            self.events.system(self.now(), &sentence);
        }
        Ok(())
    }
}

/// Why the last letter could not be sent; none when it was.
pub(crate) fn mail_trouble(tx: &Connection) -> Result<Option<Trouble>, Refusal> {
    Ok(setting_get::<Option<Trouble>>(tx, TROUBLE)?.flatten())
}
