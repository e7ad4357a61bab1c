//! Roles and what they allow.

use rackwright_model::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Nothing, Page, action};
use crate::permission::{Permission, Role};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleView {
    pub role: Role,
    /// The tier of the accounts whose people may have it.
    pub tier: Tier,
    /// Whom it is for.
    pub summary: String,
    /// Beside being signed in.
    pub permissions: Vec<Permission>,
}

action! {
    RoleList, "role.list", "List", "List the roles and what each allows.", SignedIn, Read,
    Nothing => Page<RoleView>, columns ["role", "tier", "permissions", "summary"];
    Nothing {};
    Page::whole(vec![RoleView {
        role: Role::Billing,
        tier: Tier::Provider,
        summary: "Keeps the accounts of resellers and customers.".into(),
        permissions: vec![Permission::Look, Permission::ViewAccounts, Permission::Accounts],
    }])
}
