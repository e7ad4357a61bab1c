//! What work on the files of a private server could not remove when it was done: it takes of its disk.

use std::fs;
use std::io;
use std::path::PathBuf;

use rackwright_model::private_server::Number;

use super::{VaultError, at};
use crate::places::Places;

/// What work leaves beside the files when it is cut off.
pub(super) const LEFT: [&str; 2] = ["fresh", "filling"];
/// What is on its way out, and no work touches any more.
pub(super) const FADING: &str = "fading";

/// Gives what is left over a name under which it can be removed while new work begins; none when nothing is left over.
/// Nobody works on the files at this moment.
///
/// # Errors
/// [`VaultError::At`]
pub fn set_aside(places: &Places, number: Number) -> Result<Option<PathBuf>, VaultError> {
    let own = places.own(number);
    let fading = own.join(FADING);
    if fading.symlink_metadata().is_ok() {
        return Ok(Some(fading));
    }
    for name in LEFT {
        match fs::rename(own.join(name), &fading) {
            Ok(()) => return Ok(Some(fading)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(at("naming", &fading)(why)),
        }
    }
    Ok(None)
}
