//! People of the provider.

use rackwright_model::{Millis, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, Page, action};
use crate::permission::Role;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreateInput {
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"))]
    pub user: String,
    pub role: Role,
    /// At least 10 characters.
    #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPasswdInput {
    /// Whose password; your own when left out.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"), extend("x-from" = "user.list"))]
    pub user: Option<String>,
    /// Your present password; not asked of local root.
    #[schemars(length(max = 256), extend("x-secret" = true))]
    pub current: Option<String>,
    /// The new password: at least 10 characters.
    #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserView {
    pub id: UserId,
    pub user: String,
    pub role: Role,
    pub created_at: Millis,
    pub signed_in_at: Option<Millis>,
}

fn sample_view() -> UserView {
    UserView {
        id: UserId(2),
        user: "robin".into(),
        role: Role::Engineer,
        created_at: Millis(1_764_000_000_000),
        signed_in_at: None,
    }
}

action! {
    UserList, "user.list", "List", "List the people who may sign in.", Administer, Read,
    Nothing => Page<UserView>, columns ["user", "role", "created_at", "signed_in_at"];
    Nothing {};
    Page::whole(vec![sample_view()])
}

action! {
    UserCreate, "user.create", "Create", "Let somebody sign in.", Administer, Change,
    UserCreateInput => UserView, main "user";
    UserCreateInput { user: "robin".into(), role: Role::Engineer, password: "correct horse battery".into() };
    sample_view()
}

action! {
    UserPasswd, "user.passwd", "Change password",
    "Set a password, your own or (as owner) another's; all sessions of that person end.", SignedIn, Change,
    UserPasswdInput => Done, main "user";
    UserPasswdInput { user: Some("robin".into()), current: Some("correct horse battery".into()), password: "staple every battery".into() };
    Done::new("The password of robin is changed; all sessions of robin are ended.")
}
