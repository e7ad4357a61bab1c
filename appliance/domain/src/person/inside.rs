//! The one private server of somebody who has a role there, and the user inside.

use rackwright_catalog::{Fault, FieldProblem, Role};
use rackwright_model::private_server::inside::LoginName;
use rackwright_model::{AccountId, Name, PrivateServerId};
use rackwright_store::Connection;

use crate::Refusal;
use crate::caller::Actor;
use crate::private_server::named;

/// What a role in one private server needs to say, and no other may.
pub(super) fn checked(
    tx: &Connection,
    actor: &Actor,
    role: Role,
    account: AccountId,
    (name, login): (Option<&Name>, Option<&LoginName>),
    attempted: &str,
) -> Result<Option<PrivateServerId>, Refusal> {
    let row = name.map(|name| named(tx, &actor.scope, name, attempted)).transpose()?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem: &str| problems.push(FieldProblem::new(field, problem));
    if role.is_of_one_private_server() && name.is_none() {
        wrong("private_server", "is missing: the role is one in a private server");
    }
    if !role.is_of_one_private_server() && name.is_some() {
        wrong("private_server", "goes only with the roles ps-administrator and ps-user");
    }
    match (role, login) {
        (Role::PsUser, None) => wrong("login", "is missing: the role is that of a user inside"),
        (Role::PsUser, Some(login)) if login.as_str() == "root" => {
            wrong("login", "is root; that is what the role ps-administrator is for");
        }
        (Role::PsUser, Some(_)) | (_, None) => {}
        (_, Some(_)) => wrong("login", "goes only with the role ps-user"),
    }
    if !problems.is_empty() {
        return Err(Fault::invalid(attempted, problems).into());
    }
    let Some(row) = row else { return Ok(None) };
    if row.wanted.account != account {
        let problem =
            format!("belongs to the account {}; the person must too: give that account", row.account_name);
        let problem = FieldProblem::new("private_server", problem);
        return Err(Fault::invalid(attempted, vec![problem]).into());
    }
    Ok(Some(row.id))
}
