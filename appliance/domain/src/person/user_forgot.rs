//! A link by mail for whoever forgot the password.
//!
//! Attacker's input: names, any number of them. The answer, the work of a hash and of a seal, and the number of transactions, are the same whether or
//! not somebody has the name and a mail address, and a name gets only so many, from one address and from all together.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserForgot, UserForgotInput};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::{Scope, UserId};
use rackwright_store::Connection;
use rackwright_store::account::account_is_suspended;
use rackwright_store::letter::letter_insert;
use rackwright_store::person::person_named;
use rackwright_store::reset_link::reset_link_insert;

use super::password;
use crate::ports::Letter;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal, secret};

/// How long a link works: half an hour.
const LASTS_MS: i64 = 30 * 60_000;

impl Handle<UserForgot, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserForgotInput) -> Result<Done, Fault> {
        let attempted = "send a link for a new password";
        let base = self.site.panel_url.clone().ok_or_else(no_mail)?;
        let (address, at) = (caller.whence.address, self.now());
        let wait = |wait_s| too_many(attempted, wait_s);
        self.forgotten_by_address.admit("", address, at).map_err(wait)?;
        self.forgotten.admit(&input.user, address, at).map_err(wait)?;
        let key = secret::credential(&*self.ports.chance, "rwl");
        let hash = secret::fingerprint(&key);
        // What a wrong password costs as well, so that nobody fills the audit trail for nothing.
        password::agrees(None, String::new(), attempted).await?;
        let user = input.user.clone();
        let to = self.look(attempted, move |tx| address_of(tx, &user)).await?;
        // Sealed in either case, so that the work is the same; the letter itself is sent later, by the reconciler.
        let (person, to) = to.unzip();
        let until = at.plus(LASTS_MS);
        let sealed = self.sealed(&letter(self.letter_id(), to.unwrap_or_default(), &input.user, &base, &key));
        self.change(caller, attempted, move |tx| {
            if let Some(person) = person {
                reset_link_insert(tx, &hash, person, at, until)?;
                letter_insert(tx, &sealed, at, until)?;
            }
            Ok(())
        })
        .await?;
        Ok(Done::new(
            "If somebody has this name and a mail address, a link to set a new password is on its way there. It works \
             for 30 minutes.",
        ))
    }
}

/// Whom a link goes to; none when nobody has this name, or no mail address, or the account is suspended.
fn address_of(tx: &Connection, user: &str) -> Result<Option<(UserId, String)>, Refusal> {
    let Some(person) = person_named(tx, &Scope::everything(), user)? else { return Ok(None) };
    if account_is_suspended(tx, &person.account_path)? {
        return Ok(None);
    }
    Ok(person.email.map(|email| (person.id, email)))
}

fn letter(id: String, to: String, user: &str, base: &str, key: &str) -> Letter {
    Letter {
        id,
        to,
        subject: "Set a new password".to_owned(),
        text: format!(
            "Somebody, perhaps you, asked to set a new password for the user {user}.\n\n\
             This link does it, once, within 30 minutes:\n\n{base}/sign-in/reset?key={key}\n\n\
             If you did not ask for it, do nothing: the password stays as it is.\n"
        ),
    }
}

fn no_mail() -> Fault {
    conflict(
        "send a link for a new password",
        "this Control Center has no mail server",
        "Ask whoever manages you, or root on the Control Center: rackwright user passwd NAME",
    )
}

fn too_many(attempted: &str, wait_s: i64) -> Fault {
    let reason = "too many links were asked for with this name or from this address";
    Fault::new(FaultCode::TooMany, attempted, reason, format!("Try again in {wait_s} s."))
}
