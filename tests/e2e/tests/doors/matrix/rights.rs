//! What the permission table means for a call.

use rackwright_catalog::Role;

use crate::support::table::TABLE;

/// Who does it for others.
const MANAGERS: &[Role] = &[Role::Owner, Role::Reseller, Role::AccountManager];

/// What everybody does for oneself, and only whoever manages people for somebody else.
pub const FOR_OTHERS: &[&str] = &[
    "session.list",
    "session.revoke",
    "user.passwd",
    "factor.list",
    "factor.remove",
    "identity.list",
    "identity.unlink",
    "token.create",
];

/// Refused on what belongs to the own account, however much the role may below it.
pub const ONLY_BELOW: &[&str] = &["session.enter"];

/// Whether the table grants the action to the role.
pub fn grants(action: &str, role: Role) -> bool {
    let row = TABLE.iter().find(|(name, _)| *name == action);
    row.unwrap_or_else(|| panic!("{action} has no row in TABLE")).1.contains(&role)
}

/// Whether the table grants the action to the role when it names somebody else.
pub fn grants_for_others(action: &str, role: Role) -> bool {
    grants(action, role) && (!FOR_OTHERS.contains(&action) || MANAGERS.contains(&role))
}
