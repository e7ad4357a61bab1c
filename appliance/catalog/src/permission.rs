//! Who may do what: a role is a set of permissions, an action needs one of them. Beside that, the object must belong to the
//! actor's account or to one below it.

use rackwright_model::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares the permissions: each with its wire word and the sentence that is its documentation, in schemas too.
macro_rules! permissions {
    ($($name:ident $word:literal $summary:literal),+ $(,)?) => {
        /// What an action needs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Permission {
            $(#[doc = $summary] $name),+
        }

        impl Permission {
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// One sentence on what it allows.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary),+ }
            }
        }
    };
}

permissions! {
    Public "public" "Nothing: the way in.",
    SignedIn "signed-in" "Being signed in.",
    Look "look" "Look at servers and jobs.",
    Operate "operate" "Work on servers that are in service: power, reboot, cancelling jobs.",
    Provision "provision" "Take servers into service and out of it: add, accept, install, rename, retire.",
    Allot "allot" "Make private servers, resize, suspend and remove them.",
    SeePrivate "see-private" "Look at private servers and at what they use.",
    Files "files" "Work on files inside private servers; whoever has a login there, on those of its home.",
    Inside "inside" "Work inside private servers: power, console, commands, services, users, processes, logs.",
    Inspect "inspect" "Look at what the Control Center serves: networks, images, profiles, discovery.",
    Configure "configure" "Change what the Control Center serves.",
    ViewAccounts "view-accounts" "Look at accounts.",
    Accounts "accounts" "Make accounts, suspend them, remove them, and give servers to them.",
    People "people" "Let people in, change them, remove them; tokens and sessions of others.",
    Audit "audit" "Read the audit trail.",
    Webhooks "webhooks" "Have other programs told what the audit trail tells.",
    Enter "enter" "Enter the panels of people in accounts below.",
}

impl Permission {
    /// All but the two that every role has.
    pub const GRANTED: [Self; 15] = [
        Self::Look,
        Self::Operate,
        Self::Provision,
        Self::Allot,
        Self::SeePrivate,
        Self::Files,
        Self::Inside,
        Self::Inspect,
        Self::Configure,
        Self::ViewAccounts,
        Self::Accounts,
        Self::People,
        Self::Audit,
        Self::Webhooks,
        Self::Enter,
    ];

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::GRANTED.into_iter().find(|permission| permission.word() == word)
    }
}

/// What a person is to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Owner,
    Engineer,
    Support,
    Billing,
    Reseller,
    AccountManager,
    PsAdministrator,
    PsUser,
    SiteAdministrator,
    SiteUser,
}

/// A role as data.
#[derive(Debug, Clone, Copy)]
pub struct RoleRow {
    pub role: Role,
    pub word: &'static str,
    /// The tier of the accounts whose people may have it.
    pub tier: Tier,
    /// One sentence on whom it is for.
    pub summary: &'static str,
    /// Beside being signed in.
    pub permissions: &'static [Permission],
}

const fn role(
    role: Role,
    word: &'static str,
    tier: Tier,
    summary: &'static str,
    permissions: &'static [Permission],
) -> RoleRow {
    RoleRow { role, word, tier, summary, permissions }
}

use Permission as P;

/// Every role: the one table of who may do what.
pub const ROLES: &[RoleRow] = &[
    role(
        Role::Owner,
        "owner",
        Tier::Provider,
        "Owns the Control Center: may do everything.",
        &Permission::GRANTED,
    ),
    role(
        Role::Engineer,
        "engineer",
        Tier::Provider,
        "Runs the racks: servers, networks, images and profiles.",
        &[
            P::Look,
            P::Operate,
            P::Provision,
            P::Allot,
            P::SeePrivate,
            P::Files,
            P::Inside,
            P::Inspect,
            P::Configure,
            P::ViewAccounts,
        ],
    ),
    role(
        Role::Support,
        "support",
        Tier::Provider,
        "Helps people: looks at everything, enters the panels of customers, changes nothing of the provider's.",
        &[P::Look, P::SeePrivate, P::Inspect, P::ViewAccounts, P::Enter],
    ),
    role(
        Role::Billing,
        "billing",
        Tier::Provider,
        "Keeps the accounts of resellers and customers.",
        &[P::Look, P::SeePrivate, P::ViewAccounts, P::Accounts],
    ),
    role(
        Role::Reseller,
        "reseller",
        Tier::Reseller,
        "Runs a reseller's business: its servers, its customers and their people.",
        &[
            P::Look,
            P::Operate,
            P::Allot,
            P::SeePrivate,
            P::Files,
            P::Inside,
            P::ViewAccounts,
            P::Accounts,
            P::People,
            P::Audit,
            P::Webhooks,
            P::Enter,
        ],
    ),
    role(
        Role::AccountManager,
        "account-manager",
        Tier::Customer,
        "Manages what a customer has, and the customer's people.",
        &[
            P::Look,
            P::Operate,
            P::SeePrivate,
            P::Files,
            P::Inside,
            P::ViewAccounts,
            P::People,
            P::Audit,
            P::Webhooks,
        ],
    ),
    role(
        Role::PsAdministrator,
        "ps-administrator",
        Tier::Customer,
        "Administers one private server: its power, files, services, users and logs.",
        &[P::SeePrivate, P::Files, P::Inside],
    ),
    role(
        Role::PsUser,
        "ps-user",
        Tier::Customer,
        "Has a login on one private server, and works on the files of its home there.",
        &[P::SeePrivate, P::Files],
    ),
    role(Role::SiteAdministrator, "site-administrator", Tier::Customer, "Administers a site.", &[]),
    role(Role::SiteUser, "site-user", Tier::Customer, "Has a mailbox and a home directory on a site.", &[]),
];

impl Role {
    pub const ALL: [Self; 10] = [
        Self::Owner,
        Self::Engineer,
        Self::Support,
        Self::Billing,
        Self::Reseller,
        Self::AccountManager,
        Self::PsAdministrator,
        Self::PsUser,
        Self::SiteAdministrator,
        Self::SiteUser,
    ];

    /// The row of the table.
    #[must_use]
    pub fn row(self) -> &'static RoleRow {
        &ROLES[self as usize]
    }

    /// Whether the role grants the permission.
    #[must_use]
    pub fn grants(self, permission: Permission) -> bool {
        matches!(permission, P::Public | P::SignedIn) || self.row().permissions.contains(&permission)
    }

    /// Whether it is a role in one private server, and in nothing else of the account.
    #[must_use]
    pub fn is_of_one_private_server(self) -> bool {
        matches!(self, Self::PsAdministrator | Self::PsUser)
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().word
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_roles_and_says_their_wire_words() {
        for role in Role::ALL {
            assert_eq!(role.row().role, role);
            assert_eq!(serde_json::to_value(role).expect("a word"), role.word());
        }
        for permission in Permission::GRANTED {
            assert_eq!(serde_json::to_value(permission).expect("a word"), permission.word());
            assert_eq!(Permission::from_word(permission.word()), Some(permission));
        }
    }

    #[test]
    fn below_the_provider_nobody_sees_or_changes_what_all_share() {
        for role in Role::ALL.into_iter().filter(|role| role.row().tier != Tier::Provider) {
            for permission in [P::Provision, P::Inspect, P::Configure] {
                assert!(!role.grants(permission), "{} {}", role.word(), permission.word());
            }
        }
    }
}
