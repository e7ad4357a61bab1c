//! Taking in an image from a file on the Control Center. Attacker's input: every byte of the file; the repository bounds
//! and checks it.

use std::fs::{File, read_link};
use std::io::{Error, Result};
use std::os::fd::AsRawFd;
use std::path::Path;

use rackwright_catalog::actions::image::ImageImportInput;
use rackwright_images::Watch;
use rackwright_images::repository::{Bounds, Repository};

use super::{Made, Outcome, sentence};
use crate::Site;

pub(super) fn make(site: &Site, input: &str, watch: Watch<'_>) -> Outcome {
    let input: ImageImportInput = super::order(input)?;
    let unreadable = |error| format!("{} cannot be read: {error}.", input.path);
    let file = open(Path::new(&input.path)).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let repository = Repository::open(&site.images_dir).map_err(|error| sentence(&error))?;
    let imported =
        repository.import(&input.name, file, length, input.sha256.as_deref(), Bounds::default(), watch);
    imported.map(|manifest| Made::Image(Box::new(manifest))).map_err(|error| sentence(&error))
}

/// The file at a path without links. The folder may be another's: a link that took the place of the file since the import
/// was ordered is not followed.
fn open(path: &Path) -> Result<File> {
    let file = File::open(path)?;
    let opened = read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    if opened != path {
        return Err(Error::other("another file took its place since the import was ordered"));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_the_place_of_the_file_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().canonicalize().expect("a path");
        let (file, link) = (folder.join("file"), folder.join("link"));
        std::fs::write(&file, "x").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        std::os::unix::fs::symlink(&folder, folder.join("up")).expect("a link");
        open(&file).expect("the file itself");
        for other in [link, folder.join("up/file"), folder.join("gone")] {
            open(&other).expect_err(&format!("{}", other.display()));
        }
    }
}
