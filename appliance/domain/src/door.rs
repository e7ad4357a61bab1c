//! The one way in: authenticate, authorise, validate, carry out, audit.

use rackwright_catalog::action::UNDO;
use rackwright_catalog::{Effect, Fault, FaultCode, IdempotencyKey, Permission, dispatch, entry, schema};
use serde_json::{Value, json};

use crate::caller::{Actor, Caller, Credential, Whence};
use crate::failures::Heard;
use crate::once::Once;
use crate::ports::Later;
use crate::{Domain, publish};

impl Domain {
    /// Carry out an action for whoever the credential proves.
    ///
    /// # Errors
    /// The fault of any step. A failed attempt to change something is audited as well.
    pub async fn call(
        &self,
        credential: &Credential,
        whence: impl Into<Whence>,
        action: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        self.call_with_key(credential, whence, action, input, None).await
    }

    /// The same. A change with a key is carried out once, see [`crate::once`]; what is open to everybody or only looks
    /// takes no heed of the key.
    ///
    /// # Errors
    /// As [`Domain::call`]; and [`FaultCode::Conflict`] when the key was used for another call.
    pub async fn call_with_key(
        &self,
        credential: &Credential,
        whence: impl Into<Whence>,
        action: &str,
        input: Value,
        key: Option<&IdempotencyKey>,
    ) -> Result<Value, Fault> {
        let whence = whence.into();
        let attempted = rackwright_catalog::validate::attempt(action);
        let Some(entry) = entry(action) else {
            // Validation words the refusal of unknown names.
            return dispatch(self, &self.nobody(whence, action), action, input).await;
        };
        let actor = match entry.spec.permission {
            // The way in stays open to whoever comes with an expired credential.
            Permission::Public => Actor::nobody(),
            _ => self.authenticate(credential, &attempted).await?,
        };
        let redacted = match entry.spec.effect {
            // Looking leaves no audit row.
            Effect::Read => String::new(),
            Effect::Change | Effect::Destroy => {
                bounded(schema::redact(&(entry.input_schema)(), &input).to_string())
            }
        };
        let caller = Caller::new(actor, whence, action, redacted);
        let key = key.filter(|_| entry.spec.effect != Effect::Read && caller.actor.by != "nobody");
        let began = self.now();
        let result = match (authorise(&caller.actor, entry.spec.permission, &attempted), key) {
            (Ok(()), None) => self.carry_out(&caller, action, input).await,
            (Ok(()), Some(key)) => {
                let Once { answer, replayed } = self.once(&caller, action, input, key).await;
                if replayed {
                    return answer;
                }
                answer
            }
            (Err(fault), _) => Err(fault),
        };
        let looked = entry.spec.effect == Effect::Read && entry.spec.permission != Permission::Public;
        let result = match result {
            // Whoever waited for news may have lost the right to them meanwhile.
            Ok(answer) if looked && self.now().since(began) >= WAITED_MS => {
                let actor = self.authenticate(credential, &attempted).await?;
                authorise(&actor, entry.spec.permission, &attempted).map(|()| answer)
            }
            other => other,
        };
        let unheard =
            result.as_ref().is_err_and(|fault| is_unheard(fault, &caller.actor, entry.spec.permission));
        if entry.spec.effect != Effect::Read && !caller.is_audited() && !unheard {
            self.audit(&caller, result.as_ref().err()).await;
        }
        result
    }

    /// A row for an attempt that failed, or that changed nothing in the database.
    async fn audit(&self, caller: &Caller, failure: Option<&Fault>) {
        let mut result =
            failure.map_or_else(|| "done".to_owned(), |fault| format!("{:?}: {}", fault.code, fault.reason));
        // Of nobody, only wrong passwords come here: each costs the work of a hash.
        if failure.is_some() && caller.actor.by != "nobody" {
            match self.failures.hear(&caller.actor.name, self.now()) {
                Heard::Yes => {}
                Heard::Last => result.push_str(" (what fails next within ten minutes is not on record)"),
                Heard::No => {
                    tracing::warn!(
                        action.result = result,
                        "a failed attempt is not on record: there were too many"
                    );
                    return;
                }
            }
        }
        let draft = caller.draft(&bounded(result.clone()));
        let at = self.now();
        if let Err(error) = self.write(move |tx| publish::record(tx, at, &draft, Vec::new())).await {
            tracing::error!(action.result = result, "the audit row could not be written: {error}");
        }
    }

    /// Carry out an action for a caller who may. When it can be taken back, the output says by which audit row.
    pub(crate) fn carry_out<'a>(
        &'a self,
        caller: &'a Caller,
        action: &'a str,
        input: Value,
    ) -> Later<'a, Result<Value, Fault>> {
        Box::pin(async move {
            let mut output = dispatch(self, caller, action, input).await?;
            if entry(action).is_some_and(|entry| entry.spec.undo) {
                output[UNDO] = json!(caller.undo());
            }
            Ok(output)
        })
    }

    fn nobody(&self, whence: Whence, action: &str) -> Caller {
        Caller::new(Actor::nobody(), whence, action, String::new())
    }
}

/// Attempts of strangers that leave no audit row, because rows are kept for ever and a stranger could fill the disk.
/// Wrong passwords do leave one: each costs the stranger the work of a hash.
fn is_unheard(fault: &Fault, actor: &Actor, needed: Permission) -> bool {
    let untried = matches!(fault.code, FaultCode::InvalidInput | FaultCode::Conflict);
    let stranger = actor.by == "nobody" && (needed != Permission::Public || untried);
    stranger || fault.code == FaultCode::TooMany
}

/// After so long, a look asks again who the caller is.
const WAITED_MS: i64 = 1_000;

/// Bytes of an input or a result that an audit row keeps.
const AUDITED: usize = 4_096;

pub(crate) fn bounded(mut text: String) -> String {
    if text.len() > AUDITED {
        text.truncate(text.floor_char_boundary(AUDITED));
        text.push('…');
    }
    text
}

/// That the actor may do what needs this permission.
pub(crate) fn authorise(actor: &Actor, needed: Permission, attempted: &str) -> Result<(), Fault> {
    if needed == Permission::Public {
        return Ok(());
    }
    if actor.by == "nobody" {
        return Err(Fault::new(
            FaultCode::NotSignedIn,
            attempted,
            "nobody is signed in",
            "Sign in, or call with an API token.",
        ));
    }
    if actor.may(needed) {
        return Ok(());
    }
    let (reason, advice) = if actor.role.grants(needed) {
        (
            format!("this API token is not meant for it: it lacks the permission {}", needed.word()),
            "Call with a session, or make a token that has the permission.",
        )
    } else {
        (
            format!("the role {} does not allow it", actor.role.word()),
            "Ask an owner or manager of your account to do it, or to change your role.",
        )
    };
    Err(Fault::new(FaultCode::Forbidden, attempted, reason, advice))
}
