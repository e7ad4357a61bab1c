//! A mail that is sent while one waits, to see whether the mail server takes it.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::mail::{MailTest, MailTestInput};
use rackwright_catalog::{Fault, FaultCode, FieldProblem, Handle};
use rackwright_store::person::person_get;

use super::Trouble;
use crate::ports::Letter;
use crate::refusal::conflict;
use crate::{Caller, Domain};

/// What was attempted, in every fault.
const ATTEMPTED: &str = "send a test mail";

impl Handle<MailTest, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: MailTestInput) -> Result<Done, Fault> {
        let base = self.site.panel_url.as_deref().ok_or_else(no_server)?;
        let to = match input.to {
            Some(to) => to,
            None => self.own_address(caller).await?,
        };
        let letter = Letter {
            id: self.letter_id(),
            to: to.clone(),
            subject: "Test mail".to_owned(),
            text: format!(
                "This is a test of the mail server that the Control Center uses.\n\nThe panel is at {base}/\n"
            ),
        };
        let sent = self.ports.post.send(letter).await;
        let trouble = sent.as_ref().err().map(|error| Trouble { at: self.now(), cause: error.cause.clone() });
        self.note_mail(trouble, |_| Ok(())).await.map_err(|refusal| refusal.fault(ATTEMPTED))?;
        match sent {
            Ok(answer) => {
                Ok(Done::new(format!("The mail server took the mail to {to}. It answered: {answer}")))
            }
            Err(error) => {
                let advice =
                    "Check [mail] in the configuration, restart rackwrightd after a change, and try again.";
                Err(Fault::new(FaultCode::Unavailable, ATTEMPTED, error.cause, advice))
            }
        }
    }
}

impl Domain {
    async fn own_address(&self, caller: &Caller) -> Result<String, Fault> {
        let own = match caller.actor.id {
            Some(person) => self.look(ATTEMPTED, move |tx| Ok(person_get(tx, person)?)).await?,
            None => None,
        };
        own.and_then(|person| person.email).ok_or_else(|| {
            let problem = "is missing, and you have no mail address yourself: say where to send it";
            Fault::invalid(ATTEMPTED, vec![FieldProblem::new("to", problem)])
        })
    }
}

fn no_server() -> Fault {
    let advice = "Name one under [mail] in the configuration, and restart rackwrightd.";
    conflict(ATTEMPTED, "this Control Center has no mail server", advice)
}
