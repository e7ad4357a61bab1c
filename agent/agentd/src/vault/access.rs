//! What restic needs to reach the backups of one private server, in files that only root reads.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use rackwright_proto::vault::Access;

/// The name by which the door knows every agent.
const USER: &str = "agent";

/// A directory with the files; it goes when this is dropped.
pub struct Open {
    directory: PathBuf,
}

impl Open {
    /// Writes them into `directory`, which lies in memory.
    ///
    /// # Errors
    /// A sentence; the address is none, or the kernel's.
    pub fn new(directory: PathBuf, access: &Access) -> Result<Self, String> {
        let place = access.url.strip_prefix("https://").filter(|place| !place.contains('@'));
        let place = place.ok_or("the address of the backups is none")?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain(&access.password) || !plain(&access.key) {
            return Err("what opens the backups is no password".to_owned());
        }
        let failed = |why: io::Error| format!("cannot write to {}: {why}", directory.display());
        // What a crash left there.
        match fs::remove_dir_all(&directory) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(failed(why)),
            _ => {}
        }
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(failed)?;
        let open = Self { directory: directory.clone() };
        let address = format!("rest:https://{USER}:{}@{place}", access.password);
        for (name, text) in
            [("repository", &address), ("key", &access.key), ("authority.pem", &access.authority_pem)]
        {
            let mut options = fs::OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(directory.join(name))
                .map_err(failed)?;
            file.write_all(text.as_bytes()).map_err(failed)?;
        }
        Ok(open)
    }

    /// The arguments that name them.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let file = |name: &str| self.directory.join(name).display().to_string();
        [("--repository-file", "repository"), ("--password-file", "key"), ("--cacert", "authority.pem")]
            .into_iter()
            .flat_map(|(flag, name)| [flag.to_owned(), file(name)])
            .collect()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Err(why) = fs::remove_dir_all(&self.directory) {
            eprintln!("{} stays: {why}", self.directory.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stand_in_files_of_root_alone_and_go_with_them() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("temporary directory");
        let access = Access {
            url: "https://10.0.0.1:8445/ab/".into(),
            password: "pass1".into(),
            key: "key1".into(),
            authority_pem: "pem".into(),
        };
        let place = dir.path().join("task");
        let open = Open::new(place.clone(), &access).expect("written");
        let said = open.arguments().join(" ");
        assert!(!said.contains("pass1") && !said.contains("key1"), "{said}");
        let text = fs::read_to_string(place.join("repository")).expect("there");
        assert_eq!(text, "rest:https://agent:pass1@10.0.0.1:8445/ab/");
        assert_eq!(fs::metadata(place.join("key")).expect("there").permissions().mode() & 0o777, 0o600);
        drop(open);
        assert!(!place.exists());
        for url in ["http://10.0.0.1/", "https://x@10.0.0.1/", ""] {
            assert!(
                Open::new(place.clone(), &Access { url: url.into(), ..access.clone() }).is_err(),
                "{url}"
            );
        }
    }
}
