//! Signing in and out, and what is signed in.

use rackwright_model::{Millis, Name, Tier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::brand::BrandFace;
use super::{Done, Nothing, Page, action, sample_name};
use crate::permission::{Permission, Role};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionOpenInput {
    #[schemars(length(min = 1, max = 32))]
    pub user: String,
    #[schemars(length(min = 1, max = 256), extend("x-secret" = true))]
    pub password: String,
    /// A code of the authenticator app, or a recovery code, of whoever has a second factor.
    #[schemars(length(min = 6, max = 32), extend("x-secret" = true))]
    pub code: Option<String>,
    /// The answer of a passkey to `session.second-begin`, in place of the code.
    pub passkey: Option<PasskeyAnswer>,
}

/// What a browser got from a passkey: fields of `AuthenticatorAssertionResponse` (W3C Web Authentication, level 3), in
/// base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// The id of the credential.
    #[schemars(length(min = 1, max = 1_366))]
    pub credential: String,
    /// `clientDataJSON`.
    #[schemars(length(min = 1, max = 4_096))]
    pub client_data: String,
    /// `authenticatorData`.
    #[schemars(length(min = 1, max = 4_096))]
    pub authenticator_data: String,
    #[schemars(length(min = 1, max = 2_048), extend("x-secret" = true))]
    pub signature: String,
    /// `userHandle`; needed to sign in with the passkey alone.
    #[schemars(length(max = 128))]
    pub handle: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionPasskeyBeginInput {
    /// The address at which the panel is open, such as https://center.example.com:8443.
    #[schemars(length(min = 1, max = 300))]
    pub origin: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionSecondBeginInput {
    #[schemars(length(min = 1, max = 32))]
    pub user: String,
    #[schemars(length(min = 1, max = 256), extend("x-secret" = true))]
    pub password: String,
    /// The address at which the panel is open, such as https://center.example.com:8443.
    #[schemars(length(min = 1, max = 300))]
    pub origin: String,
}

/// What a browser asks a passkey: fields of `PublicKeyCredentialRequestOptions` (W3C Web Authentication, level 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyAsked {
    /// Random bytes, in base64url; to be answered once, within five minutes.
    pub challenge: String,
    /// The host name that the passkey must be for.
    pub rp_id: String,
    /// Credentials that may answer, in base64url; any, when there is none.
    pub allow: Vec<String>,
    /// Whether the authenticator must check who uses it (PIN, finger or face).
    pub verified: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionOpened {
    /// The credential of the session; for the cookie, or as a bearer token.
    #[schemars(extend("x-secret" = true))]
    pub session: String,
    pub expires_at: Millis,
    pub user: String,
    pub role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionView {
    pub user: String,
    pub role: Role,
    /// `session`, `token` or `local`.
    pub by: String,
    pub account: Name,
    pub tier: Tier,
    /// What may be done, beside what everybody may.
    pub permissions: Vec<Permission>,
    /// Who really acts, when somebody entered this person's panel.
    pub entered_by: Option<String>,
    /// How the panel looks to this person.
    pub brand: BrandFace,
}

/// A session that acts as somebody else from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionMoved {
    /// The credential of the session from now on; the one before is no longer good, so that what was open for one person is
    /// not sent as another.
    #[schemars(extend("x-secret" = true))]
    pub session: String,
    pub expires_at: Millis,
    #[serde(flatten)]
    pub view: SessionView,
}

impl SessionView {
    /// Whether whoever is signed in may do what needs this permission.
    #[must_use]
    pub fn may(&self, needed: Permission) -> bool {
        matches!(needed, Permission::Public | Permission::SignedIn) || self.permissions.contains(&needed)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionListInput {
    /// Whose sessions; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRevokeInput {
    /// The id that the list shows.
    #[schemars(length(min = 1, max = 32), extend("x-from" = "session.list"))]
    pub id: String,
    /// Whose session; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionEnterInput {
    /// A person of an account below yours.
    #[schemars(length(min = 1, max = 32), extend("x-from" = "user.list"))]
    pub user: String,
}

/// One place where somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionRow {
    pub id: String,
    pub user: String,
    /// The one that asks.
    pub current: bool,
    /// `panel`, `api` or `cli`.
    pub by: String,
    /// Where the sign-in came from.
    pub address: Option<String>,
    /// Whose panel it is in.
    pub acting_as: Option<String>,
    pub created_at: Millis,
    pub seen_at: Option<Millis>,
    pub expires_at: Millis,
}

fn sample_row() -> SessionRow {
    SessionRow {
        id: "k3v7q2m9".into(),
        user: "admin".into(),
        current: true,
        by: "panel".into(),
        address: Some("192.0.2.7".into()),
        acting_as: None,
        created_at: Millis(1_764_000_000_000),
        seen_at: Some(Millis(1_764_000_060_000)),
        expires_at: Millis(1_764_043_200_000),
    }
}

fn sample_view() -> SessionView {
    SessionView {
        user: "admin".into(),
        role: Role::Owner,
        by: "session".into(),
        account: sample_name("provider"),
        tier: Tier::Provider,
        permissions: Permission::GRANTED.to_vec(),
        entered_by: None,
        brand: BrandFace::default(),
    }
}

fn sample_moved(view: SessionView) -> SessionMoved {
    SessionMoved { session: "rws_9c…".into(), expires_at: Millis(1_764_043_200_000), view }
}

action! {
    SessionOpen, "session.open", "Sign in", "Sign in with name and password, and a code or a passkey if there is a second factor.", Public, Change,
    SessionOpenInput => SessionOpened, main "user";
    SessionOpenInput { user: "admin".into(), password: "correct horse battery".into(), code: None, passkey: None };
    SessionOpened { session: "rws_3f…".into(), expires_at: Millis(1_764_043_200_000), user: "admin".into(), role: Role::Owner }
}

action! {
    SessionPasskeyBegin, "session.passkey-begin", "Ask for a passkey", "Get what a browser needs to ask for a passkey that signs in alone.", Public, Read,
    SessionPasskeyBeginInput => PasskeyAsked, main "origin";
    SessionPasskeyBeginInput { origin: "https://center.example.com:8443".into() };
    PasskeyAsked { challenge: "q3Zb1x…".into(), rp_id: "center.example.com".into(), allow: vec![], verified: true }
}

action! {
    SessionOpenPasskey, "session.open-passkey", "Sign in with a passkey", "Sign in with a passkey alone.", Public, Change,
    PasskeyAnswer => SessionOpened;
    PasskeyAnswer {
        credential: "AbC_1-…".into(),
        client_data: "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0".into(),
        authenticator_data: "SZYN5YgOjGh0NBcPZHZgW4".into(),
        signature: "MEUCIQ…".into(),
        handle: Some("9cV2mA…".into()),
    };
    SessionOpened { session: "rws_3f…".into(), expires_at: Millis(1_764_043_200_000), user: "admin".into(), role: Role::Owner }
}

action! {
    SessionSecondBegin, "session.second-begin", "Ask for a passkey beside the password",
    "Get what a browser needs to ask for one of the passkeys of whoever has this name and password.", Public, Change,
    SessionSecondBeginInput => PasskeyAsked, main "user";
    SessionSecondBeginInput {
        user: "admin".into(),
        password: "correct horse battery".into(),
        origin: "https://center.example.com:8443".into(),
    };
    PasskeyAsked {
        challenge: "q3Zb1x…".into(),
        rp_id: "center.example.com".into(),
        allow: vec!["AbC_1-…".into()],
        verified: false,
    }
}

action! {
    SessionClose, "session.close", "Sign out", "End this session.", SignedIn, Change,
    Nothing => Done;
    Nothing {};
    Done::new("Signed out.")
}

action! {
    SessionShow, "session.show", "Who am I", "Show who is signed in, how, and what that person may do.", SignedIn, Read,
    Nothing => SessionView;
    Nothing {};
    sample_view()
}

action! {
    SessionList, "session.list", "List", "List where you, or somebody you manage, are signed in.", SignedIn, Read,
    SessionListInput => Page<SessionRow>, columns ["id", "user", "current", "by", "address", "acting_as", "created_at", "seen_at", "expires_at"];
    SessionListInput { user: None };
    Page::whole(vec![sample_row()])
}

action! {
    SessionRevoke, "session.revoke", "Revoke", "End one session of yours, or of somebody you manage, at once.", SignedIn, Destroy,
    SessionRevokeInput => Done, main "id";
    SessionRevokeInput { id: "k3v7q2m9".into(), user: None };
    Done::new("Session k3v7q2m9 is ended.")
}

action! {
    SessionEnter, "session.enter", "Sign in as",
    "Enter the panel of somebody in an account below yours; everything done there is on record with both names.", Enter, Change,
    SessionEnterInput => SessionMoved, main "user";
    SessionEnterInput { user: "acme-kim".into() };
    sample_moved(SessionView {
        user: "acme-kim".into(),
        role: Role::Reseller,
        account: sample_name("acme"),
        tier: Tier::Reseller,
        permissions: Role::Reseller.row().permissions.to_vec(),
        entered_by: Some("admin".into()),
        ..sample_view()
    })
}

action! {
    SessionLeave, "session.leave", "Return", "Leave the panel that you entered and be yourself again.", SignedIn, Change,
    Nothing => SessionMoved;
    Nothing {};
    sample_moved(sample_view())
}
