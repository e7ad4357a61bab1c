//! Who a person is to the providers outside.

use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::oidc::{OidcBegun, sample_begun};
use super::{Done, Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityListInput {
    /// Whose; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
}

/// A provider by which a person may sign in, and who the person is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityView {
    /// The provider's name here.
    pub name: Name,
    pub title: String,
    pub user: String,
    /// What the provider calls the person for ever; none while there is no link.
    pub subject: Option<String>,
    /// What the provider called the person when the link was made.
    pub known_as: Option<String>,
    pub linked_at: Option<Millis>,
    pub used_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityLinkInput {
    /// The provider.
    #[schemars(extend("x-from" = "identity.list"))]
    pub name: Name,
    /// The address of the panel to which the browser comes back, such as `https://panel.example.com:8443`.
    #[schemars(length(min = 9, max = 270), regex(pattern = "^https://[A-Za-z0-9.:\\[\\]-]+$"), extend("x-here" = true))]
    pub base: String,
    /// Your present password, or else a code.
    #[schemars(length(max = 256), extend("x-secret" = true))]
    pub current: Option<String>,
    /// A code of the app, or a recovery code.
    #[schemars(length(min = 6, max = 32), extend("x-secret" = true))]
    pub code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityBindInput {
    /// Somebody whom you manage.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"), extend("x-from" = "user.list"))]
    pub user: String,
    /// The provider.
    #[schemars(extend("x-from" = "identity.list"))]
    pub name: Name,
    /// What the provider calls the person for ever: the claim `sub`. Ask the provider for it.
    #[schemars(length(min = 1, max = 255), regex(pattern = "^[ -~]+$"))]
    pub subject: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityUnlinkInput {
    /// The provider.
    #[schemars(extend("x-from" = "identity.list"))]
    pub name: Name,
    /// Whose; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
}

fn sample_view() -> IdentityView {
    IdentityView {
        name: sample_name("corp"),
        title: "Example Corp".into(),
        user: "robin".into(),
        subject: Some("248289761001".into()),
        known_as: Some("robin@example.com".into()),
        linked_at: Some(Millis(1_764_000_000_000)),
        used_at: Some(Millis(1_764_000_060_000)),
    }
}

action! {
    IdentityList, "identity.list", "List", "List the providers by which you, or somebody you manage, may sign in, and what is linked.", SignedIn, Read,
    IdentityListInput => Page<IdentityView>, columns ["name", "title", "user", "known_as", "subject", "linked_at", "used_at"];
    IdentityListInput { user: None };
    Page::whole(vec![sample_view(), IdentityView {
        name: sample_name("partner"),
        title: "Partner".into(),
        subject: None,
        known_as: None,
        linked_at: None,
        used_at: None,
        ..sample_view()
    }])
}

action! {
    IdentityLink, "identity.link", "Link",
    "Link yourself to a provider outside, to sign in by it from then on. The browser goes there and comes back.", SignedIn, Change,
    IdentityLinkInput => OidcBegun, main "name";
    IdentityLinkInput {
        name: sample_name("corp"),
        base: "https://panel.example.com:8443".into(),
        current: Some("correct horse battery".into()),
        code: None,
    };
    sample_begun()
}

action! {
    IdentityBind, "identity.bind", "Link somebody",
    "Link somebody whom you manage to what a provider outside calls that person.", People, Change,
    IdentityBindInput => IdentityView, main "user";
    IdentityBindInput { user: "robin".into(), name: sample_name("corp"), subject: "248289761001".into() };
    sample_view()
}

action! {
    IdentityUnlink, "identity.unlink", "Unlink", "End the link of a person to a provider outside, your own or that of somebody you manage.", SignedIn, Destroy,
    IdentityUnlinkInput => Done, main "name";
    IdentityUnlinkInput { name: sample_name("corp"), user: None };
    Done::new("admin signs in by corp no more.")
}
