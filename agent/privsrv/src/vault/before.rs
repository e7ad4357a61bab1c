//! The files that a restore takes the place of: they become a snapshot, which stays only where that was done.

use rackwright_model::private_server::Number;

use super::copy::Copied;
use super::swap::is_in_place;
use super::{VaultError, discard, make};
use crate::places::Places;

/// Keeps the files of one that stands still as this snapshot. A task that is begun again after a crash keeps them anew, because
/// they may have been written since; not when its own are in place already.
///
/// # Errors
/// [`VaultError`]; there is no such snapshot then.
pub fn keep(
    places: &Places,
    number: Number,
    task: u64,
    snapshot: u64,
    template: &str,
) -> Result<Copied, VaultError> {
    if !is_in_place(places, number, task) {
        discard(places, number, snapshot)?;
    }
    make(places, number, snapshot, template)
}

/// Removes the snapshot again when the task has put nothing in place: the files are where they were.
///
/// # Errors
/// [`VaultError`]
pub fn forgo(places: &Places, number: Number, task: u64, snapshot: u64) -> Result<(), VaultError> {
    if is_in_place(places, number, task) { Ok(()) } else { discard(places, number, snapshot) }
}
