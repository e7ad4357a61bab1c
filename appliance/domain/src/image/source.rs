//! Which file an import may read. Attacker's input: the path, with whatever links and `..` are on its way.

use std::path::{Path, PathBuf};

use rackwright_catalog::FieldProblem;

/// The file at `path`, every link on the way followed; beneath one of `allowed` when there are such.
///
/// # Errors
/// A problem of the field `path`. Outside of `allowed` it says nothing about what is there.
pub(super) fn resolve(path: &str, allowed: Option<&[PathBuf]>) -> Result<String, FieldProblem> {
    let file = std::fs::canonicalize(path).ok().filter(|file| file.is_file());
    let file = file.filter(|file| allowed.is_none_or(|allowed| beneath(file, allowed)));
    file.and_then(|file| file.into_os_string().into_string().ok())
        .ok_or_else(|| FieldProblem::new("path", absent(path, allowed)))
}

fn beneath(file: &Path, allowed: &[PathBuf]) -> bool {
    allowed.iter().any(|folder| std::fs::canonicalize(folder).is_ok_and(|folder| file.starts_with(folder)))
}

fn absent(path: &str, allowed: Option<&[PathBuf]>) -> String {
    match allowed {
        None => format!("there is no file {path} on the Control Center"),
        Some([]) => {
            "images are imported only by root on the Control Center: images.import_dirs is empty".to_owned()
        }
        Some(allowed) => {
            let folders: Vec<String> = allowed.iter().map(|folder| folder.display().to_string()).collect();
            format!(
                "there is no file {path} beneath {}, from where images may be imported",
                folders.join(" or ")
            )
        }
    }
}
