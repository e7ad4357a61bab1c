//! Somebody whom a provider vouches for and nobody here knows. Never linked to a user of the same name or mail address:
//! whoever can choose those at the provider would choose another's.

use rackwright_catalog::actions::oidc::NameClaim;
use rackwright_catalog::{Fault, FaultCode};
use rackwright_model::{AccountId, Millis, Scope};
use rackwright_store::Connection;
use rackwright_store::account::{account_get, account_is_suspended};
use rackwright_store::identity::{IdentityRow, identity_insert};
use rackwright_store::oidc::OidcRow;
use rackwright_store::person::{Person, PersonDraft, person_get, person_insert, person_named};

use super::verify::Vouched;
use crate::Refusal;
use crate::account::naming;
use crate::caller::Actor;
use crate::person::password::NOBODYS;
use crate::person::proof::suspended_fault;
use crate::refusal::conflict;

/// Characters of a name.
const LONGEST: usize = 32;

/// A person to let in.
pub(super) struct Newcomer {
    name: String,
    role: String,
    account: AccountId,
}

/// Nobody new is let in.
pub(super) fn closed(row: &OidcRow, attempted: &str) -> Fault {
    let title = &row.draft.title;
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        format!("{title} knows you, but nobody here is linked to what it calls you"),
        format!(
            "Sign in with name and password and link yourself to {title} under Linked sign-ins, or ask whoever manages you to \
             do it."
        ),
    )
}

impl Newcomer {
    /// # Errors
    /// [`FaultCode::NotSignedIn`] when the provider may let nobody in, or does not say what the person is called.
    pub(super) fn of(row: &OidcRow, vouched: &Vouched, attempted: &str) -> Result<Self, Fault> {
        let Some((role, account)) = row.draft.people.clone() else { return Err(closed(row, attempted)) };
        let claim = super::claim(row).map_err(|error| Refusal::from(error).fault(attempted))?;
        let called = match claim {
            NameClaim::PreferredUsername => vouched.username.as_deref(),
            NameClaim::Email => vouched.email.as_deref(),
        };
        let name = called.and_then(name_of).ok_or_else(|| {
            let what = match claim {
                NameClaim::PreferredUsername => "a user name (preferred_username)",
                NameClaim::Email => "a verified mail address (email, email_verified)",
            };
            let reason =
                format!("{} did not tell {what} from which a name here could be made", row.draft.title);
            let advice =
                "Whoever manages the provider can let it tell that; or be made a user here and linked.";
            Fault::new(FaultCode::NotSignedIn, attempted, reason, advice)
        })?;
        Ok(Self { name, role, account })
    }

    /// Let the person in and link it.
    pub(super) fn enter(
        self,
        tx: &Connection,
        row: &OidcRow,
        vouched: &Vouched,
        at: Millis,
        attempted: &str,
    ) -> Result<Person, Refusal> {
        let Some(account) = account_get(tx, self.account)? else { return Err(closed(row, attempted).into()) };
        if account_is_suspended(tx, &account.path)? {
            return Err(suspended_fault(attempted).into());
        }
        if crate::person::role_of_word(&self.role)?.row().tier != account.tier {
            return Err(closed(row, attempted).into());
        }
        let prefix = format!("{}-", account.name);
        let name = if account.id == AccountId::PROVIDER || self.name.starts_with(&prefix) {
            self.name
        } else {
            format!("{prefix}{}", self.name)
        };
        let barred = |reason: String| {
            let advice = format!(
                "If that is you, sign in with name and password and link yourself to {} under Linked sign-ins.",
                row.draft.title
            );
            Refusal::from(conflict(attempted, reason, advice))
        };
        if name.len() > LONGEST {
            return Err(barred(format!("the name {name} is longer than {LONGEST} characters")));
        }
        if person_named(tx, &Scope::everything(), &name)?.is_some() {
            return Err(barred(format!("there is a user {name} already, and it is not linked to you")));
        }
        naming::person(tx, &Actor::system(), &account.path, &name, attempted)?;
        let draft = PersonDraft {
            name,
            role: self.role,
            account: account.id,
            email: vouched.email.clone(),
            password_hash: NOBODYS.to_owned(),
        };
        let id = person_insert(tx, &draft, at)?;
        let identity = IdentityRow {
            provider: row.id,
            subject: vouched.subject.clone(),
            person: id,
            known_as: vouched.known_as(),
            created_at: at,
            used_at: None,
        };
        identity_insert(tx, &identity)?;
        person_get(tx, id)?.ok_or_else(|| closed(row, attempted).into())
    }
}

/// A name as users have them: small letters, digits, dots, underscores and hyphens, a letter first.
fn name_of(called: &str) -> Option<String> {
    let fits = |letter: char| match letter {
        'a'..='z' | '0'..='9' | '.' | '_' | '-' => letter,
        _ => '-',
    };
    let name: String = called.trim().to_lowercase().chars().map(fits).collect();
    let name = name.trim_start_matches(|letter: char| !letter.is_ascii_lowercase()).trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn names_are_made_of_what_providers_call_people() {
        assert_eq!(name_of("Robin.Smith").as_deref(), Some("robin.smith"));
        assert_eq!(name_of(" robin@example.com ").as_deref(), Some("robin-example.com"));
        assert_eq!(name_of("Zoë O'Hara").as_deref(), Some("zo--o-hara"));
        assert_eq!(name_of("007bond").as_deref(), Some("bond"));
        assert_eq!(name_of("…"), None);
    }
}
