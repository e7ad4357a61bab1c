//! Image files: checking one, and deleting those that no record names any more.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rackwright_images::Manifest;
use rackwright_model::{Name, Scope};
use rackwright_store::Connection;
use rackwright_store::image::{image_list, image_named};
use rackwright_store::install::install_active;
use rackwright_store::private_server::private_server_templates;

use super::start;
use crate::refusal::chain;
use crate::{Domain, Refusal};

/// What every file of the repository is called after its SHA-256.
const ENDING: &str = ".tar.zst";

/// Why the file of the image with this hash is not as it must be; none when it is.
pub(crate) async fn problem(directory: &Path, sha256: &str) -> Option<String> {
    let (directory, sha256) = (directory.to_owned(), sha256.to_owned());
    let check =
        move || rackwright_images::repository::verify(&directory, &sha256).err().map(|error| chain(&error));
    tokio::task::spawn_blocking(check)
        .await
        .unwrap_or_else(|error| Some(format!("the check broke off: {error}")))
}

impl Domain {
    /// The record of this image is gone: its manifest goes too, and its file unless another image shares it.
    pub(crate) async fn release_image(&self, name: &Name) {
        let (directory, name) = (self.site.images_dir.clone(), name.clone());
        let released = self.store.write(move |tx| {
            if image_named(tx, &name)?.is_none() && start::job_making(tx, &name)?.is_none() {
                delete(&directory.join(format!("{name}.json")));
            }
            sweep(tx, &directory)
        });
        if let Err(error) = released.await {
            tracing::warn!("the files of an image could not be removed: {}", chain(&error));
        }
    }

    /// Delete image files that neither a record nor a manifest names. Does nothing while one of them may still be needed; whoever ends that
    /// need sweeps again.
    pub(crate) async fn sweep_images(&self) {
        let directory = self.site.images_dir.clone();
        // In a write, so that no image is put on record between the look and the deletion. It changes nothing in the
        // database and so says nothing about the room on its disk.
        let swept = self.store.write(move |tx| sweep(tx, &directory)).await;
        if let Err(error) = swept {
            tracing::warn!("image files that are no longer needed could not be swept: {}", chain(&error));
        }
    }
}

fn sweep(tx: &Connection, directory: &Path) -> Result<(), Refusal> {
    let images = image_list(tx)?;
    let making = start::image_jobs(tx)?.next().is_some();
    // Such an install may still read the file of the image as it was.
    let replaced_meanwhile = install_active(tx)?.iter().any(|install| {
        images.iter().any(|image| image.name == install.image && image.added_at >= install.started_at)
    });
    if making || replaced_meanwhile {
        return Ok(());
    }
    let mut needed: HashSet<String> = images.into_iter().map(|image| image.sha256).collect();
    // Their servers may have to fetch the version again that they began with.
    needed.extend(private_server_templates(tx, &Scope::everything())?.into_iter().map(|(sha256, _)| sha256));
    if let Err(error) = delete_others(directory, needed) {
        tracing::warn!(images.directory = %directory.display(), "the images' directory could not be read: {error}");
    }
    Ok(())
}

/// Only files that are called as the repository calls them are touched. What a manifest names was put there on purpose.
fn delete_others(directory: &Path, mut needed: HashSet<String>) -> std::io::Result<()> {
    let paths = std::fs::read_dir(directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<PathBuf>>>()?;
    needed.extend(paths.iter().filter_map(|path| named_by_manifest(path)));
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(sha256) = name.and_then(|name| name.strip_suffix(ENDING)) else { continue };
        let ours = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if ours && !needed.contains(sha256) {
            delete(&path);
        }
    }
    Ok(())
}

/// The hash of the file that a manifest is about.
fn named_by_manifest(path: &Path) -> Option<String> {
    let manifest = path.extension().is_some_and(|ending| ending == "json");
    let text = manifest.then(|| std::fs::read(path).ok())??;
    serde_json::from_slice::<Manifest>(&text).ok().map(|manifest| manifest.sha256)
}

fn delete(path: &Path) {
    match std::fs::remove_file(path) {
        Ok(()) => {
            tracing::info!(file.path = %path.display(), "a file of an image that is no more was deleted")
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            tracing::warn!(file.path = %path.display(), "a file of an image that is no more could not be deleted: {error}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_image_files_without_a_record_go() {
        let directory = tempfile::tempdir().expect("a directory");
        let [kept, gone, listed] = ["a", "b", "c"].map(|letter| letter.repeat(64));
        let file = |name: &str| directory.path().join(name);
        let files = [&kept, &gone, &listed].map(|sha256| format!("{sha256}.tar.zst"));
        let names: Vec<String> =
            files.into_iter().chain(["notes.tar.zst".to_owned(), gone.clone()]).collect();
        for name in &names {
            std::fs::write(file(name), "x").expect("a file");
        }
        let manifest = serde_json::json!({
            "name": "a", "os": "", "version": "", "arch": "amd64", "format": "tar-zst", "sha256": listed, "bytes": 1,
            "unpacked_bytes": 1, "built_at": 1, "firmware": [],
        });
        std::fs::write(file("a.json"), manifest.to_string()).expect("a manifest");
        std::fs::write(file("torn.json"), "{").expect("no manifest");
        delete_others(directory.path(), HashSet::from([kept])).expect("deletes");
        let left: Vec<bool> = names.iter().map(|name| file(name).exists()).collect();
        assert_eq!(left, [true, false, true, true, true]);
        assert!(file("a.json").exists() && file("torn.json").exists());
    }
}
