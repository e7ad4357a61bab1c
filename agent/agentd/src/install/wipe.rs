//! Making sure that what a failed install left behind is no system that could boot.

use std::fs::OpenOptions;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::site::{Partition, Site};

/// Zeros at the start of the disk and of each partition: partition table, boot code and superblocks lie there.
const HEAD: usize = 1 << 20;
/// Zeros at the end of the disk: the spare GPT.
const TAIL: u64 = 1 << 20;

/// Wipes the signatures of every partition and of the disk. Goes on after an error and gives the first one back: as much as
/// possible must go.
pub fn wipe(site: &Site<'_>) -> io::Result<()> {
    let parts = [Partition::BiosBoot, Partition::Esp, Partition::Root, Partition::Data]
        .map(|part| site.partition(part));
    let heads = parts.iter().map(|part| zero(part, false));
    let results: Vec<io::Result<()>> = heads.collect();
    let disk = zero(&site.disk(), true);
    results.into_iter().chain([disk]).collect()
}

/// A device that is not there needs no wiping.
fn zero(device: &Path, tail: bool) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(device) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(why),
    };
    let size = file.seek(SeekFrom::End(0))?;
    let zeros = vec![0; usize::try_from(size).unwrap_or(HEAD).min(HEAD)];
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&zeros)?;
    if tail {
        file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
        file.write_all(&zeros)?;
    }
    file.sync_all()
}
