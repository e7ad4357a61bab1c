//! The first person of a new Control Center.

use rackwright_catalog::Role;
use rackwright_model::{AccountId, Millis};
use rackwright_store::Connection;
use rackwright_store::audit::{AuditDraft, audit_insert};
use rackwright_store::person::{PersonDraft, person_any, person_insert};

use crate::caller::Origin;
use crate::person::password;
use crate::{Domain, Refusal};

/// Who signs in first.
const FIRST: &str = "admin";

impl Domain {
    /// Creates the person `admin` with a random password when nobody can sign in yet. Returns that password: it is
    /// nowhere else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_admin(&self) -> Result<Option<String>, Refusal> {
        if self.read(|tx| Ok(person_any(tx)?)).await? {
            return Ok(None);
        }
        let password = password::random(&*self.ports.chance);
        let hash = password::hash(&*self.ports.chance, password.clone(), "create the first user").await?;
        let at = self.now();
        let created = self.write(move |tx| insert_first(tx, hash, at)).await?;
        Ok(created.then_some(password))
    }
}

/// Whether the person was created: two daemons may have found an empty table.
fn insert_first(tx: &Connection, password_hash: String, at: Millis) -> Result<bool, Refusal> {
    if person_any(tx)? {
        return Ok(false);
    }
    let role = Role::Owner.word();
    let first = PersonDraft {
        name: FIRST.to_owned(),
        role: role.to_owned(),
        account: AccountId::PROVIDER,
        email: None,
        password_hash,
    };
    person_insert(tx, &first, at)?;
    let draft = AuditDraft {
        actor: "system".to_owned(),
        account: AccountId::PROVIDER,
        behind: None,
        origin: Origin::System.word().to_owned(),
        action: "user.create".to_owned(),
        input: serde_json::json!({"user": FIRST, "role": role}).to_string(),
        result: "done".to_owned(),
    };
    audit_insert(tx, at, &draft)?;
    Ok(true)
}
