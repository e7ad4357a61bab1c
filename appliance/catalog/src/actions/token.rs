//! Tokens for programs that call the API.

use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, Page, action, sample_name};
use crate::permission::Permission;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCreateInput {
    /// What it is for.
    pub name: Name,
    /// Whose permissions it has: another's only when you manage people; your own when left out.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"), extend("x-from" = "user.list"))]
    pub user: Option<String>,
    /// Days until it expires; 90 when left out.
    #[schemars(range(min = 1, max = 3650))]
    pub days: Option<u32>,
    /// All that it may do, of what its user may; everything the user may when left out. Words as in `role list`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 11))]
    pub permissions: Option<Vec<Permission>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenCreated {
    pub name: Name,
    /// Shown this once.
    #[schemars(extend("x-secret" = true))]
    pub token: String,
    pub expires_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRevokeInput {
    #[schemars(extend("x-from" = "token.list"))]
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenView {
    pub name: Name,
    pub user: String,
    /// All that it may do; none leaves it everything that the user may.
    pub permissions: Option<Vec<Permission>>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub used_at: Option<Millis>,
}

action! {
    TokenList, "token.list", "List", "List your API tokens.", SignedIn, Read,
    Nothing => Page<TokenView>, columns ["name", "user", "permissions", "created_at", "expires_at", "used_at"];
    Nothing {};
    Page::whole(vec![TokenView {
        name: sample_name("ci"),
        user: "admin".into(),
        permissions: Some(vec![Permission::Look]),
        created_at: Millis(1_764_000_000_000),
        expires_at: Millis(1_771_776_000_000),
        used_at: None,
    }])
}

action! {
    TokenCreate, "token.create", "Create", "Make an API token with the permissions of a user; it is shown once.",
    SignedIn, Change,
    TokenCreateInput => TokenCreated, main "name";
    TokenCreateInput { name: sample_name("ci"), user: None, days: Some(90), permissions: Some(vec![Permission::Look]) };
    TokenCreated { name: sample_name("ci"), token: "rwt_9c…".into(), expires_at: Millis(1_771_776_000_000) }
}

action! {
    TokenRevoke, "token.revoke", "Revoke", "End an API token of yours at once.", SignedIn, Destroy,
    TokenRevokeInput => Done, main "name";
    TokenRevokeInput { name: sample_name("ci") };
    Done::new("Token ci is revoked.")
}
