//! People: signing in, their passwords, tokens and sessions.

pub(crate) mod attempts;
pub(crate) mod password;
pub(crate) mod proof;

mod factor_list;
mod factor_passkey_begin;
mod factor_passkey_confirm;
mod factor_recovery_renew;
mod factor_remove;
mod factor_totp_begin;
mod factor_totp_confirm;
mod fresh;
mod identity_bind;
mod identity_link;
mod identity_list;
mod identity_unlink;
mod inside;
mod passkey;
mod second;
mod session_close;
mod session_enter;
mod session_leave;
mod session_list;
mod session_open;
mod session_open_passkey;
mod session_passkey_begin;
mod session_revoke;
mod session_second_begin;
mod session_show;
mod token_create;
mod token_list;
mod token_revoke;
mod user_change;
mod user_create;
mod user_forgot;
mod user_list;
mod user_passwd;
mod user_remove;
mod user_reset;

use rackwright_catalog::actions::user::UserView;
use rackwright_catalog::{Fault, FaultCode, FieldProblem, Permission, Role};
use rackwright_model::{Millis, Tier, UserId};
use rackwright_store::person::{Person, person_count, person_named};
use rackwright_store::session::session_move;
use rackwright_store::token::TokenRow;
use rackwright_store::{Connection, StoreError};

use crate::caller::Actor;
use crate::refusal::{conflict, not_found};
use crate::{Refusal, secret};

/// The role that a stored word stands for.
pub(crate) fn role(person: &Person) -> Result<Role, StoreError> {
    role_of_word(&person.role)
}

pub(crate) fn role_of_word(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).ok_or_else(|| StoreError::Unreadable { what: "role", value: word.to_owned() })
}

fn view(person: Person) -> Result<UserView, StoreError> {
    Ok(UserView {
        id: person.id,
        role: role(&person)?,
        user: person.name,
        account: person.account_name,
        email: person.email,
        private_server: person.private_server_name,
        login: person.login,
        created_at: person.created_at,
        signed_in_at: person.signed_in_at,
    })
}

/// The person behind the actor; local root is nobody's account.
fn account(actor: &Actor, attempted: &str, what: &str) -> Result<UserId, Fault> {
    actor.id.ok_or_else(|| {
        conflict(
            attempted,
            format!("local root is no user and has no {what}"),
            "Name a user with --user NAME; or call as a user, with --token-file FILE.",
        )
    })
}

/// Somebody whom the actor manages: in an account of its scope, and with a role that it may give.
fn managed(tx: &Connection, actor: &Actor, name: &str, attempted: &str) -> Result<Person, Refusal> {
    if !actor.may(Permission::People) {
        let reason = format!("the role {} does not allow it for somebody else", actor.role.word());
        let advice = "Leave the user out to do it for yourself.";
        return Err(Fault::new(FaultCode::Forbidden, attempted, reason, advice).into());
    }
    let person = person_named(tx, &actor.scope, name)?.ok_or_else(|| not_found(attempted, "user", &name))?;
    if !actor.may_give(role(&person)?) {
        let reason = format!("{name} has a role that may do more than yours");
        let advice = "Ask somebody with that role.";
        return Err(Fault::new(FaultCode::Forbidden, attempted, reason, advice).into());
    }
    Ok(person)
}

/// Whether the name is somebody else's: local root is nobody.
fn is_other(actor: &Actor, name: &str) -> bool {
    name != actor.name || actor.id.is_none()
}

/// The person that is named, or oneself.
fn chosen(
    tx: &Connection,
    actor: &Actor,
    name: Option<&str>,
    attempted: &str,
    what: &str,
) -> Result<UserId, Refusal> {
    match name {
        Some(name) if is_other(actor, name) => Ok(managed(tx, actor, name, attempted)?.id),
        _ => Ok(account(actor, attempted, what)?),
    }
}

/// Whether the actor may give this role to somebody of an account of this tier.
pub(crate) fn may_give(actor: &Actor, role: Role, tier: Tier, attempted: &str) -> Result<(), Refusal> {
    let row = role.row();
    let problem = if row.tier != tier {
        format!(
            "{} is a role in the account of a {}, and this one is a {}",
            row.word,
            row.tier.word(),
            tier.word()
        )
    } else if !actor.may_give(role) {
        format!("{} may do more than your own role", row.word)
    } else {
        return Ok(());
    };
    Err(Fault::invalid(attempted, vec![FieldProblem::new("role", problem)]).into())
}

/// That an owner stays when this person is one no more.
fn an_owner_stays(tx: &Connection, person: &Person, attempted: &str) -> Result<(), Refusal> {
    if role(person)? == Role::Owner && person_count(tx, person.account, &person.role)? < 2 {
        let advice = "Make somebody else an owner first.";
        return Err(conflict(attempted, "nobody else is an owner", advice).into());
    }
    Ok(())
}

/// What a token is limited to, in words of this version.
pub(crate) fn limits(token: &TokenRow) -> Option<Vec<Permission>> {
    let words = token.permissions.as_ref()?;
    Some(words.iter().filter_map(|word| Permission::from_word(word)).collect())
}

/// A token that was limited to something else ends no other credentials of its user.
fn not_limited(actor: &Actor, attempted: &str) -> Result<(), Fault> {
    if actor.limits.as_ref().is_none_or(|limits| limits.contains(&Permission::People)) {
        return Ok(());
    }
    Err(Fault::new(
        FaultCode::Forbidden,
        attempted,
        format!("this API token is not meant for it: it lacks the permission {}", Permission::People.word()),
        "Call with a session, or with a token that is not limited.",
    ))
}

/// What proves identity is not changed by a guest in somebody's panel.
pub(crate) fn not_as_guest(actor: &Actor, attempted: &str) -> Result<(), Fault> {
    let Some(behind) = &actor.behind else { return Ok(()) };
    Err(Fault::new(
        FaultCode::Forbidden,
        attempted,
        format!(
            "{behind} has entered the panel of {}, and a guest makes and ends no credentials",
            actor.name
        ),
        "Return to your own panel first: rackwright session leave",
    ))
}

/// The session with this hash acts as somebody from now on, or as itself, and under another credential: what was open for
/// one person must not be sent as another. When it expires.
fn moving(
    tx: &Connection,
    hash: &str,
    session: &str,
    acts_as: Option<UserId>,
    attempted: &str,
) -> Result<Millis, Refusal> {
    let moved = session_move(tx, hash, &secret::fingerprint(session), acts_as)?;
    moved.ok_or_else(|| conflict(attempted, "the session has ended", "Sign in again.").into())
}
