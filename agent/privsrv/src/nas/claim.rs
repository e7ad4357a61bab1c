//! The claim on a disk: a file beside it on the export that says which server may use it, and in which epoch. The Control
//! Center gives every server that may a greater epoch than the one before (a fencing token), so a server that was cut off
//! and comes back finds that it has lost the disk.

use std::time::Duration;

use rackwright_model::ServerId;
use rackwright_model::nas::NasDisk;
use rackwright_model::private_server::Number;
use serde::{Deserialize, Serialize};

use super::disk::directory;
use crate::keeper::Made;
use crate::tool::{self, ToolError};

/// Of reading and of writing, which are a few round trips.
const LIMIT: Duration = Duration::from_secs(8);
/// The longest claim that is read, in bytes.
const LONGEST: &str = "4096";
/// What a program says of a file that is not there.
const MISSING: &str = "No such file or directory";

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub epoch: u64,
    pub server: ServerId,
    /// Of what the disk was made; none before it is whole.
    pub made: Option<Made>,
}

/// What a claim means to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may use the disk.
    Own,
    /// It may take the disk: nobody has it, or somebody of an earlier epoch.
    Free,
    /// The disk is another's, of this epoch.
    Lost(u64),
}

/// The claim cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error("its disk belongs to another server since epoch {theirs}; this server has epoch {own}")]
    Lost { theirs: u64, own: u64 },
    #[error("the claim on its disk says what we do not understand: {0}")]
    Content(String),
    #[error("the claim on its disk cannot be read or written")]
    Tool(#[from] ToolError),
}

/// Decides; none: there is no claim.
#[must_use]
pub fn judge(claim: Option<&Claim>, own: &NasDisk) -> Verdict {
    match claim {
        Some(claim) if claim.epoch > own.epoch => Verdict::Lost(claim.epoch),
        Some(claim) if claim.epoch == own.epoch && claim.server == own.server => Verdict::Own,
        // The Control Center never gives an epoch twice.
        Some(claim) if claim.epoch == own.epoch => Verdict::Lost(claim.epoch),
        Some(_) | None => Verdict::Free,
    }
}

/// Reads a claim; what is not one is an error and never taken for free.
///
/// # Errors
/// [`ClaimError::Content`]
pub fn parse(text: &str) -> Result<Claim, ClaimError> {
    let claim: Claim = serde_json::from_str(text).map_err(|why| ClaimError::Content(why.to_string()))?;
    if claim.made.as_ref().is_some_and(|made| !crate::keeper::is_version(&made.template)) {
        return Err(ClaimError::Content("its template is no SHA-256".to_owned()));
    }
    Ok(claim)
}

/// The claim on a disk.
///
/// # Errors
/// [`ClaimError`]
pub fn read(disk: &NasDisk, number: Number) -> Result<Option<Claim>, ClaimError> {
    let path = directory(disk, number).join("claim").display().to_string();
    match tool::run("env", &["LC_ALL=C", "head", "-c", LONGEST, "--", &path], LIMIT) {
        Ok(text) => parse(&text).map(Some),
        Err(ToolError::Failed { said, .. }) if said.contains(MISSING) => Ok(None),
        Err(why) => Err(why.into()),
    }
}

/// That this server may use the disk: it takes it when it is free.
///
/// # Errors
/// [`ClaimError::Lost`] when it is another's.
pub fn take(disk: &NasDisk, number: Number) -> Result<Claim, ClaimError> {
    let known = read(disk, number)?;
    match judge(known.as_ref(), disk) {
        Verdict::Lost(theirs) => Err(ClaimError::Lost { theirs, own: disk.epoch }),
        Verdict::Own => known.ok_or_else(|| ClaimError::Content("nothing".to_owned())),
        Verdict::Free => {
            let made = known.and_then(|known| known.made);
            let claim = Claim { epoch: disk.epoch, server: disk.server, made };
            write(disk, number, &claim)?;
            // Whoever wrote last has it: two that wrote at once both see that one.
            let seen = read(disk, number)?;
            match judge(seen.as_ref(), disk) {
                Verdict::Own => Ok(claim),
                Verdict::Lost(theirs) => Err(ClaimError::Lost { theirs, own: disk.epoch }),
                Verdict::Free => Err(ClaimError::Content("not what was written".to_owned())),
            }
        }
    }
}

/// Writes it durably: the old one or the new one is there, never half of one.
///
/// # Errors
/// [`ClaimError::Tool`]
pub fn write(disk: &NasDisk, number: Number, claim: &Claim) -> Result<(), ClaimError> {
    const SCRIPT: &str = "umask 077; mkdir -p -- \"$1\" && cat > \"$1/claim.new\" && sync -- \"$1/claim.new\" && \
                          mv -f -- \"$1/claim.new\" \"$1/claim\" && sync -- \"$1\"";
    let text = serde_json::to_string(claim).map_err(|why| ClaimError::Content(why.to_string()))?;
    let directory = directory(disk, number).display().to_string();
    tool::feed("sh", &["-c", SCRIPT, "claim", &directory], &text, LIMIT)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rackwright_model::NasId;
    use rackwright_model::nas::{Export, NfsVersion};

    use super::*;

    fn disk(epoch: u64, server: i64) -> NasDisk {
        let export = Export {
            nas: NasId(1),
            address: [10, 0, 0, 1].into(),
            path: "/srv".parse().expect("a path"),
            version: NfsVersion::V42,
        };
        NasDisk { export, directory: "rw-1".into(), epoch, server: ServerId(server) }
    }

    fn claim(epoch: u64, server: i64) -> Claim {
        let made = Some(Made { edition: 0, template: "ab".repeat(32) });
        Claim { epoch, server: ServerId(server), made }
    }

    #[test]
    fn only_a_greater_epoch_takes_a_disk() {
        for (known, own, verdict) in [
            (None, disk(1, 7), Verdict::Free),
            (Some(claim(1, 7)), disk(1, 7), Verdict::Own),
            (Some(claim(1, 7)), disk(2, 8), Verdict::Free),
            (Some(claim(1, 7)), disk(2, 7), Verdict::Free),
            (Some(claim(2, 8)), disk(1, 7), Verdict::Lost(2)),
            (Some(claim(2, 8)), disk(2, 7), Verdict::Lost(2)),
        ] {
            assert_eq!(judge(known.as_ref(), &own), verdict, "{known:?}");
        }
    }

    proptest! {
        /// Of any two servers with epochs of their own, at most one may use what the other has claimed.
        #[test]
        fn never_both(one in 0_u64..5, other in 0_u64..5, claimed in 0_u64..5) {
            prop_assume!(one != other);
            let claim = claim(claimed, 1);
            let may = |epoch| judge(Some(&claim), &disk(epoch, i64::try_from(epoch).expect("small"))) == Verdict::Own;
            prop_assert!(!(may(one) && may(other)));
            // Once the later one has claimed it, the earlier one has lost it.
            let (early, late) = (one.min(other), one.max(other));
            let later = Claim { epoch: late, ..claim };
            prop_assert_eq!(judge(Some(&later), &disk(early, 1)), Verdict::Lost(late));
        }

        #[test]
        fn damaged_claims_are_errors_and_never_a_panic(at in 0_usize..200, byte: u8, cut in 0_usize..200) {
            let mut text = serde_json::to_vec(&claim(3, 4)).expect("text");
            prop_assert_eq!(parse(&String::from_utf8_lossy(&text)).expect("whole"), claim(3, 4));
            let last = text.len() - 1;
            prop_assert!(parse(&String::from_utf8_lossy(&text[..cut.min(last)])).is_err());
            text[at.min(last)] = byte;
            drop(parse(&String::from_utf8_lossy(&text)));
        }
    }
}
