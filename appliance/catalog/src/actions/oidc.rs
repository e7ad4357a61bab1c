//! Signing in by a provider outside (OpenID Connect Core 1.0): the providers of an account, and the way through one of them.

use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session::SessionOpened;
use super::{Done, Page, action, sample_name};
use crate::fault::FieldProblem;
use crate::permission::Role;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OidcListInput {
    /// Whose; your own account's when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneOidc {
    #[schemars(extend("x-from" = "oidc.list"))]
    pub name: Name,
    /// Whose; your own account's when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
}

/// What a new person is called after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameClaim {
    /// The name that the provider knows the person by.
    #[default]
    PreferredUsername,
    /// The mail address, if the provider says that it was verified.
    Email,
}

impl NameClaim {
    pub const ALL: [Self; 2] = [Self::PreferredUsername, Self::Email];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PreferredUsername => "preferred-username",
            Self::Email => "email",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.word() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcSetInput {
    /// Names it in addresses and commands. A known name is changed.
    pub name: Name,
    /// Whose people sign in by it, with those of the accounts below; your own account when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// What stands on the button of the sign-in page.
    #[schemars(length(min = 1, max = 40))]
    pub title: String,
    /// The address of the provider, exactly as it calls itself, such as `https://login.example.com`. Links of people end when it changes.
    #[schemars(length(min = 8, max = 500), regex(pattern = "^https?://[!-~]+$"))]
    pub issuer: String,
    /// What the provider calls this Control Center.
    #[schemars(length(min = 1, max = 255), regex(pattern = "^[ -~]+$"))]
    pub client_id: String,
    /// What proves this Control Center to the provider; left out, it stays. A provider may do without.
    #[schemars(length(min = 1, max = 1_000), extend("x-secret" = true))]
    pub client_secret: Option<String>,
    /// What a new person is called after; the provider's user name when left out.
    pub claim: Option<NameClaim>,
    /// Everybody whom the provider signs in is let in, with this role: only for a provider of your own people. Left out, only those get in who are linked.
    pub role: Option<Role>,
    /// The account of the new people; the one of the provider's entry when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub people_account: Option<Name>,
}

impl OidcSetInput {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.people_account.is_some() && self.role.is_none() {
            problems.push(FieldProblem::new("role", "is missing: without a role nobody new is let in"));
        }
        problems
    }
}

/// A provider by which people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OidcView {
    pub name: Name,
    pub account: Name,
    pub title: String,
    pub issuer: String,
    pub client_id: String,
    /// Whether there is a client secret.
    pub secret: bool,
    pub claim: NameClaim,
    /// The role of new people; none when only those get in who are linked.
    pub role: Option<Role>,
    /// The account of new people.
    pub people_account: Option<Name>,
    /// How many people are linked.
    pub linked: u32,
    pub created_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcOfferedInput {
    /// The address of the panel that somebody visits, such as `https://panel.example.com:8443`.
    #[schemars(length(min = 9, max = 270), regex(pattern = "^https://[A-Za-z0-9.:\\[\\]-]+$"))]
    pub base: String,
}

/// A provider on the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OidcOffer {
    pub name: Name,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcBeginInput {
    /// One that is offered at this address.
    pub name: Name,
    /// The address of the panel to which the browser comes back, such as `https://panel.example.com:8443`.
    #[schemars(length(min = 9, max = 270), regex(pattern = "^https://[A-Za-z0-9.:\\[\\]-]+$"))]
    pub base: String,
}

/// The way to the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OidcBegun {
    /// Where the browser goes.
    pub url: String,
    /// The browser keeps it and shows it when it comes back; it is good for ten minutes.
    #[schemars(extend("x-secret" = true))]
    pub ticket: String,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcFinishInput {
    /// What the browser kept.
    #[schemars(length(min = 1, max = 3_500), extend("x-secret" = true))]
    pub ticket: String,
    /// What the provider gave back.
    #[schemars(length(min = 1, max = 200), extend("x-secret" = true))]
    pub state: String,
    /// The code of the provider.
    #[schemars(length(min = 1, max = 4_096), extend("x-secret" = true))]
    pub code: Option<String>,
    /// In whose name the provider answers, if it says so (RFC 9207).
    #[schemars(length(max = 500))]
    pub iss: Option<String>,
    /// The provider's word for why there is no code.
    #[schemars(length(max = 200))]
    pub error: Option<String>,
}

/// What came of it: a session, or a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OidcFinished {
    /// None when somebody who is signed in made a link.
    pub opened: Option<SessionOpened>,
    pub user: String,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

fn sample_view() -> OidcView {
    OidcView {
        name: sample_name("corp"),
        account: sample_name("provider"),
        title: "Example Corp".into(),
        issuer: "https://login.example.com".into(),
        client_id: "rackwright".into(),
        secret: true,
        claim: NameClaim::PreferredUsername,
        role: Some(Role::Support),
        people_account: Some(sample_name("provider")),
        linked: 2,
        created_at: Millis(1_764_000_000_000),
    }
}

pub(super) fn sample_begun() -> OidcBegun {
    OidcBegun {
        url: "https://login.example.com/authorize?client_id=rackwright&state=5f3a".into(),
        ticket: "c2VhbGVk…".into(),
        message: "Go to Example Corp to sign in there.".into(),
    }
}

action! {
    OidcList, "oidc.list", "List", "List the providers outside by which people sign in.", People, Read,
    OidcListInput => Page<OidcView>, columns ["name", "account", "title", "issuer", "role", "linked", "created_at"];
    OidcListInput { account: None };
    Page::whole(vec![sample_view()])
}

action! {
    OidcShow, "oidc.show", "Show", "Show one provider by which people sign in.", People, Read,
    OneOidc => OidcView, main "name";
    OneOidc { name: sample_name("corp"), account: None };
    sample_view()
}

action! {
    OidcSet, "oidc.set", "Set sign-in provider",
    "Let people sign in by a provider outside (OpenID Connect). It counts as password and second factor both.", People, Change,
    OidcSetInput => OidcView, main "name", check OidcSetInput::problems;
    OidcSetInput {
        name: sample_name("corp"),
        account: None,
        title: "Example Corp".into(),
        issuer: "https://login.example.com".into(),
        client_id: "rackwright".into(),
        client_secret: Some("hush-hush-hush".into()),
        claim: None,
        role: Some(Role::AccountManager),
        people_account: None,
    };
    sample_view()
}

action! {
    OidcRemove, "oidc.remove", "Remove sign-in provider",
    "Remove a provider by which people sign in, with all links to it. Sessions that it opened go on.", People, Destroy,
    OneOidc => Done, main "name";
    OneOidc { name: sample_name("corp"), account: None };
    Done::new("Nobody signs in by corp any more.")
}

action! {
    OidcOffered, "oidc.offered", "Offered sign-in providers",
    "List the providers that the sign-in page at an address offers.", Public, Read,
    OidcOfferedInput => Page<OidcOffer>, columns ["name", "title"];
    OidcOfferedInput { base: "https://panel.example.com:8443".into() };
    Page::whole(vec![OidcOffer { name: sample_name("corp"), title: "Example Corp".into() }])
}

action! {
    /// It keeps nothing: all that is needed later stands in the sealed ticket.
    OidcBegin, "oidc.begin", "Begin sign-in by a provider", "Begin to sign in by a provider outside.", Public, Read,
    OidcBeginInput => OidcBegun, main "name";
    OidcBeginInput { name: sample_name("corp"), base: "https://panel.example.com:8443".into() };
    sample_begun()
}

action! {
    OidcFinish, "oidc.finish", "Finish sign-in by a provider",
    "Finish what was begun at a provider outside: signing in, or linking.", Public, Change,
    OidcFinishInput => OidcFinished;
    OidcFinishInput { ticket: "c2VhbGVk…".into(), state: "5f…".into(), code: Some("SplxlOBeZQQYbYS6WxSbIA".into()), iss: None, error: None };
    OidcFinished {
        opened: Some(SessionOpened {
            session: "rws_3f…".into(),
            expires_at: Millis(1_764_043_200_000),
            user: "robin".into(),
            role: Role::Support,
        }),
        user: "robin".into(),
        message: "Signed in as robin by Example Corp.".into(),
    }
}
