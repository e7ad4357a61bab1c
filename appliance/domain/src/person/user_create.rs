//! Letting somebody sign in.

use rackwright_catalog::actions::user::{UserCreate, UserCreateInput, UserView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::{person_insert, person_named};

use super::password;
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<UserCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserCreateInput) -> Result<UserView, Fault> {
        let attempted = format!("create user {}", input.user);
        let hash = password::hash(&*self.ports.chance, input.password, &attempted).await?;
        let (user, role, at, phrase) = (input.user.clone(), input.role, self.now(), attempted.clone());
        let id = self
            .change(caller, &attempted, move |tx| {
                if person_named(tx, &user)?.is_some() {
                    let reason = format!("there is a user {user} already");
                    return Err(conflict(
                        phrase,
                        reason,
                        "Choose another name, or set the password of that user.",
                    )
                    .into());
                }
                Ok(person_insert(tx, &user, role.word(), &hash, at)?)
            })
            .await?;
        Ok(UserView { id, user: input.user, role: input.role, created_at: at, signed_in_at: None })
    }
}
