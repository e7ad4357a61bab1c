//! People who sign in.

use rackwright_model::private_server::inside::LoginName;
use rackwright_model::{Millis, Name, NameSort, Order, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Page, action, sample_name};
use crate::permission::Role;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserListInput {
    /// Part of the name.
    #[schemars(length(max = 32))]
    pub search: Option<String>,
    /// Only people of this account, not of those below it.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// By what the list is put in order; by name when it is left out.
    pub sort: Option<NameSort>,
    /// Ascending when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreateInput {
    /// What is typed to sign in. Outside the provider's account it begins with the name of your account and a hyphen.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"))]
    pub user: String,
    pub role: Role,
    /// At least 10 characters.
    #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
    pub password: String,
    /// The account; your own when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// Where a link to set a new password is sent.
    #[schemars(length(min = 3, max = 254), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
    pub email: Option<String>,
    /// The one private server that somebody works on who has the role ps-administrator or ps-user.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Option<Name>,
    /// The user inside whose files somebody with the role ps-user works on.
    pub login: Option<LoginName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChangeInput {
    /// Who is changed.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"), extend("x-from" = "user.list"))]
    pub user: String,
    /// The new role; left out, it stays.
    pub role: Option<Role>,
    /// The new mail address; left out, it stays.
    #[schemars(length(min = 3, max = 254), regex(pattern = "^[^@\\s]+@[^@\\s]+$"))]
    pub email: Option<String>,
    /// Have no mail address any more.
    #[serde(default)]
    pub without_email: bool,
    /// The one private server that somebody works on who has the role ps-administrator or ps-user.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Option<Name>,
    /// The user inside whose files somebody with the role ps-user works on.
    pub login: Option<LoginName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRemoveInput {
    /// Who is removed.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"), extend("x-from" = "user.list"))]
    pub user: String,
    /// The name again: sessions and API tokens end with it.
    #[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,31}$"))]
    pub confirm: Option<String>,
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
#[serde(deny_unknown_fields)]
pub struct UserForgotInput {
    /// What is typed to sign in.
    #[schemars(length(min = 1, max = 32))]
    pub user: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserResetInput {
    /// What the link carries.
    #[schemars(length(min = 1, max = 128), extend("x-secret" = true))]
    pub key: String,
    /// The new password: at least 10 characters.
    #[schemars(length(min = 10, max = 256), extend("x-secret" = true))]
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserView {
    pub id: UserId,
    pub user: String,
    pub role: Role,
    pub account: Name,
    pub email: Option<String>,
    /// The one private server that the person works on; none for whoever sees all of the account.
    pub private_server: Option<Name>,
    /// The user inside.
    pub login: Option<LoginName>,
    pub created_at: Millis,
    pub signed_in_at: Option<Millis>,
}

fn sample_view() -> UserView {
    UserView {
        id: UserId(2),
        user: "robin".into(),
        role: Role::Engineer,
        account: sample_name("provider"),
        email: Some("robin@example.com".into()),
        private_server: None,
        login: None,
        created_at: Millis(1_764_000_000_000),
        signed_in_at: None,
    }
}

action! {
    UserList, "user.list", "List", "List the people who may sign in.", People, Read,
    UserListInput => Page<UserView>, columns ["user", "role", "account", "email", "created_at", "signed_in_at"];
    UserListInput { search: Some("rob".into()), ..UserListInput::default() };
    Page::whole(vec![sample_view()])
}

action! {
    UserCreate, "user.create", "Create", "Let somebody sign in.", People, Change,
    UserCreateInput => UserView, main "user";
    UserCreateInput {
        user: "robin".into(),
        role: Role::Engineer,
        password: "correct horse battery".into(),
        account: None,
        email: Some("robin@example.com".into()),
        private_server: None,
        login: None,
    };
    sample_view()
}

action! {
    UserChange, "user.change", "Change", "Give somebody another role or mail address.", People, Change,
    UserChangeInput => UserView, main "user", undo true;
    UserChangeInput {
        user: "robin".into(),
        role: Some(Role::Engineer),
        email: None,
        without_email: false,
        private_server: None,
        login: None,
    };
    sample_view()
}

action! {
    UserRemove, "user.remove", "Remove", "Remove somebody, with all sessions and API tokens.", People, Destroy,
    UserRemoveInput => Done, main "user";
    UserRemoveInput { user: "robin".into(), confirm: Some("robin".into()) };
    Done::new("robin is removed and can no longer sign in.")
}

action! {
    UserPasswd, "user.passwd", "Change password",
    "Set a password, your own or that of somebody you manage; all sessions of that person end.", SignedIn, Change,
    UserPasswdInput => Done, main "user";
    UserPasswdInput { user: Some("robin".into()), current: Some("correct horse battery".into()), password: "staple every battery".into() };
    Done::new("The password of robin is changed; all sessions of robin are ended.")
}

action! {
    UserForgot, "user.forgot", "Forgot password",
    "Send a link to set a new password to the mail address of whoever has this name.", Public, Change,
    UserForgotInput => Done, main "user";
    UserForgotInput { user: "robin".into() };
    Done::new("If somebody has this name and a mail address, a link to set a new password is on its way there. It works for 30 minutes.")
}

action! {
    UserReset, "user.reset", "Set new password",
    "Set a new password by the link that was mailed; all sessions of that person end.", Public, Change,
    UserResetInput => Done;
    UserResetInput { key: "rwl_3f…".into(), password: "staple every battery".into() };
    Done::new("The new password is set and all sessions are ended. Sign in with it.")
}
