//! Signing in and out.

use rackwright_model::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, action};
use crate::permission::Role;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionOpenInput {
    #[schemars(length(min = 1, max = 32))]
    pub user: String,
    #[schemars(length(min = 1, max = 256), extend("x-secret" = true))]
    pub password: String,
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
}

action! {
    SessionOpen, "session.open", "Sign in", "Sign in with name and password.", Public, Change,
    SessionOpenInput => SessionOpened, main "user";
    SessionOpenInput { user: "admin".into(), password: "correct horse battery".into() };
    SessionOpened { session: "rws_3f…".into(), expires_at: Millis(1_764_043_200_000), user: "admin".into(), role: Role::Owner }
}

action! {
    SessionClose, "session.close", "Sign out", "End this session.", SignedIn, Change,
    Nothing => Done;
    Nothing {};
    Done::new("Signed out.")
}

action! {
    SessionShow, "session.show", "Who am I", "Show who is signed in, and how.", SignedIn, Read,
    Nothing => SessionView;
    Nothing {};
    SessionView { user: "admin".into(), role: Role::Owner, by: "session".into() }
}
