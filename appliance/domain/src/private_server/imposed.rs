//! What those who provide a private server impose on whoever has it: suspension, quarantine. The account that imposed it lifts it,
//! and those above it.

use rackwright_store::Connection;
use rackwright_store::account::account_get;

use crate::Refusal;
use crate::caller::Actor;

/// The way from the root of accounts to the one of whoever imposes something.
pub(super) fn imposer(tx: &Connection, actor: &Actor) -> Result<Option<String>, Refusal> {
    Ok(account_get(tx, actor.account)?.map(|account| account.path))
}

/// Whether what `before` imposed is imposed anew by `now`, who is above: then only that lifts it.
pub(super) fn takes_over(now: Option<&str>, before: Option<&str>) -> bool {
    let Some(now) = now else { return false };
    before.is_none_or(|before| before != now && before.starts_with(now))
}

/// Whether who lifts it is as high as who imposed it.
pub(super) fn may_lift(actor: &Actor, by: Option<&str>) -> bool {
    by.is_none_or(|by| actor.scope.covers(by))
}
