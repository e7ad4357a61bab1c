//! Who acts, made from a person, from local root, from nobody and from the Control Center itself.

use rackwright_catalog::{Permission, Role};
use rackwright_model::{AccountId, Name, Scope, Tier};
use rackwright_store::StoreError;
use rackwright_store::person::Person;

use crate::caller::Actor;

impl Actor {
    /// Whoever holds no credential.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            id: None,
            name: "nobody".to_owned(),
            role: Role::SiteUser,
            account: AccountId::PROVIDER,
            account_name: provider(),
            tier: Tier::Provider,
            scope: Scope::nothing(),
            login: None,
            limits: None,
            token_until: None,
            behind: None,
            by: "nobody",
            session_hash: None,
        }
    }

    /// A policy of the Control Center itself.
    #[must_use]
    pub fn system() -> Self {
        Self { name: "system".to_owned(), by: "system", ..Self::owner() }
    }

    /// Root on the Control Center.
    #[must_use]
    pub fn local_root() -> Self {
        Self { name: "root".to_owned(), by: "local", ..Self::owner() }
    }

    fn owner() -> Self {
        Self { role: Role::Owner, scope: Scope::everything(), ..Self::nobody() }
    }

    /// Somebody on record.
    ///
    /// # Errors
    /// When the stored role is no word of this version.
    pub(crate) fn person(person: &Person, by: &'static str) -> Result<Self, StoreError> {
        let role = crate::person::role(person)?;
        let path = person.account_path.clone();
        let scope = if role.is_of_one_private_server() {
            Scope::one_private_server(path, person.private_server)
        } else {
            Scope::tree(path)
        };
        Ok(Self {
            id: Some(person.id),
            name: person.name.clone(),
            role,
            account: person.account,
            account_name: person.account_name.clone(),
            tier: role.row().tier,
            scope,
            login: person.login.clone(),
            by,
            ..Self::nobody()
        })
    }

    /// What may be done, beside what everybody may who is signed in.
    #[must_use]
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::GRANTED.into_iter().filter(|permission| self.may(*permission)).collect()
    }
}

/// Panics never: the literal is a name.
fn provider() -> Name {
    "provider".parse().expect("a valid name")
}
