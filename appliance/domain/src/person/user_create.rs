//! Letting somebody sign in.

use rackwright_catalog::actions::user::{UserCreate, UserCreateInput, UserView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Scope;
use rackwright_store::person::{PersonDraft, person_insert, person_named, person_set_inside};

use super::{inside, password};
use crate::account::{self, naming};
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<UserCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserCreateInput) -> Result<UserView, Fault> {
        let attempted = format!("create user {}", input.user);
        super::not_as_guest(&caller.actor, &attempted)?;
        let password_hash = password::hash(&*self.ports.chance, input.password, &attempted).await?;
        let (actor, at, phrase) = (caller.actor.clone(), self.now(), attempted.clone());
        let (user, role, email) = (input.user, input.role, input.email);
        let (private_server, login) = (input.private_server, input.login);
        self.change(caller, &attempted, move |tx| {
            let account = account::chosen(tx, &actor, input.account.as_ref(), &phrase)?;
            // What is named is looked for before the role is judged: what one may not see is missing whatever the role.
            let chosen = (private_server.as_ref(), login.as_ref());
            let inside = inside::checked(tx, &actor, role, account.id, chosen, &phrase)?;
            super::may_give(&actor, role, account.tier, &phrase)?;
            naming::person(tx, &actor, &account.path, &user, &phrase)?;
            if person_named(tx, &Scope::everything(), &user)?.is_some() {
                let reason = format!("there is a user {user} already");
                let advice = "Choose another name, or set the password of that user.";
                return Err(conflict(phrase, reason, advice).into());
            }
            let draft = PersonDraft {
                name: user.clone(),
                role: role.word().to_owned(),
                account: account.id,
                email: email.clone(),
                password_hash,
            };
            let id = person_insert(tx, &draft, at)?;
            person_set_inside(tx, id, inside, login.as_ref())?;
            let account = account.name;
            Ok(UserView {
                id,
                user,
                role,
                account,
                email,
                private_server,
                login,
                created_at: at,
                signed_in_at: None,
            })
        })
        .await
    }
}
