//! Where things lie on a server.

use std::path::{Path, PathBuf};

use rackwright_model::private_server::Number;

/// The file system with project quotas, and what lies on it.
#[derive(Debug, Clone)]
pub struct Places {
    /// Mounted with `prjquota`.
    pub data: PathBuf,
    /// Emptied by a restart of the server: mounts and bundles.
    pub run: PathBuf,
}

impl Places {
    /// The template's files.
    #[must_use]
    pub fn template(&self, name: &str) -> PathBuf {
        self.data.join("templates").join(name)
    }

    /// What a private server wrote over its template, and what overlayfs needs beside it: of one project.
    #[must_use]
    pub fn own(&self, number: Number) -> PathBuf {
        self.data.join("private").join(number.tag())
    }

    #[must_use]
    pub fn upper(&self, number: Number) -> PathBuf {
        self.own(number).join("upper")
    }

    #[must_use]
    pub fn work(&self, number: Number) -> PathBuf {
        self.own(number).join("work")
    }

    /// Snapshots, beside its own files and of another project.
    #[must_use]
    pub fn snapshots(&self, number: Number) -> PathBuf {
        self.data.join("snapshots").join(number.tag())
    }

    #[must_use]
    pub fn snapshot(&self, number: Number, snapshot: u64) -> PathBuf {
        self.snapshots(number).join(snapshot.to_string())
    }

    /// Where its files are shown to programs of the server. Not in the bundle, which is removed with all that is in it.
    #[must_use]
    pub fn views(&self, number: Number) -> PathBuf {
        self.run.join("views").join(number.tag())
    }

    /// The bundle, with the mounts beside it.
    #[must_use]
    pub fn bundle(&self, number: Number) -> PathBuf {
        self.run.join(number.tag())
    }

    /// Nothing is ever in it.
    #[must_use]
    pub fn empty(&self, number: Number) -> PathBuf {
        self.bundle(number).join("empty")
    }

    /// What crun is told of a private server.
    #[must_use]
    pub fn config(&self, number: Number) -> PathBuf {
        self.bundle(number).join("config.json")
    }

    /// What crun says when it makes one.
    #[must_use]
    pub fn log(&self, number: Number) -> PathBuf {
        self.bundle(number).join("crun.log")
    }

    /// The template with the owners of the private server.
    #[must_use]
    pub fn base(&self, number: Number) -> PathBuf {
        self.bundle(number).join("base")
    }

    /// The root file system of the private server.
    #[must_use]
    pub fn root(&self, number: Number) -> PathBuf {
        self.bundle(number).join("root")
    }

    /// Where its network namespace is held.
    #[must_use]
    pub fn network(&self, number: Number) -> PathBuf {
        self.bundle(number).join("network")
    }

    /// Where its user namespace is held.
    #[must_use]
    pub fn users(&self, number: Number) -> PathBuf {
        self.bundle(number).join("users")
    }

    /// The name of a path for a command line.
    ///
    /// # Errors
    /// When it is no text.
    pub fn text(path: &Path) -> std::io::Result<&str> {
        path.to_str().ok_or_else(|| std::io::Error::other(format!("{} is no text", path.display())))
    }
}
