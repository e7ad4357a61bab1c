//! Putting some files of a backup back into a private server that runs.
//!
//! Whoever is root inside may put links anywhere at any moment, so nothing of the server's writes there: the files are restored
//! beside it and handed to a tar that runs inside, which can reach nothing else. Links among the restored files are theirs too,
//! and none is followed.

use std::time::Duration;

use rackwright_privsrv::unpack::{Chosen, unpack};
use rackwright_privsrv::vault;
use rackwright_proto::vault::{Access, PATH, PATHS, VaultDone, VaultStep};

use super::backup::{FILES, open};
use super::restic::Restic;
use super::work::Work;
use crate::session::explain;

/// Of the tar inside.
const LIMIT: Duration = Duration::from_secs(3_600);

/// Restores these paths, each where it was, or all below `into`.
pub fn restore(
    work: &Work<'_>,
    access: &Access,
    backup: &str,
    paths: &[String],
    into: Option<&str>,
) -> Result<VaultDone, String> {
    check(paths, into)?;
    let places = work.hands.places();
    work.bounded()?;
    let open = open(work, access)?;
    let restic = Restic { open: &open, cancel: work.cancel };
    (work.busy)(VaultStep::Fetching, None);
    let beside = vault::room(places, work.number).map_err(|why| explain(&why))?;
    let within: Vec<String> =
        paths.iter().map(|path| format!("/{FILES}{}", path.trim_end_matches('/'))).collect();
    let put = || -> Result<VaultDone, String> {
        std::fs::create_dir(&beside).map_err(|why| format!("cannot make {}: {why}", beside.display()))?;
        restic.restore(backup, &within, &beside, false)?;
        let root = beside.join(FILES);
        let chosen = Chosen::of(&root, paths).map_err(|why| explain(&why))?;
        let counted = vault::count(&root).map_err(|why| explain(&why))?;
        (work.busy)(VaultStep::Placing, None);
        unpack(work.number, &chosen, into.unwrap_or("/"), LIMIT).map_err(|why| explain(&why))?;
        Ok(VaultDone { files: counted.files, bytes: counted.bytes, ..VaultDone::default() })
    };
    let done = put();
    vault::sweep(&beside).map_err(|why| explain(&why))?;
    done
}

/// The Control Center checked them; what goes into command lines is checked here too.
fn check(paths: &[String], into: Option<&str>) -> Result<(), String> {
    if paths.is_empty() || paths.len() > PATHS {
        return Err(format!("there must be between 1 and {PATHS} paths"));
    }
    let fits = |path: &str| {
        path.starts_with('/')
            && path.len() <= PATH
            && !path.chars().any(char::is_control)
            && !path.split('/').any(|part| matches!(part, "." | ".."))
    };
    match paths.iter().map(String::as_str).chain(into).find(|path| !fits(path)) {
        Some(path) => Err(format!("{path:?} is no path")),
        None => Ok(()),
    }
}
