//! Files inside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Millis;

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    File,
    Folder,
    Link,
    /// A pipe, a socket or a device.
    Special,
}

/// What is known of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileEntry {
    pub name: String,
    /// Whether the name holds what cannot be shown: it can only be worked on in the console.
    pub odd: bool,
    pub kind: FileKind,
    pub bytes: u64,
    /// Permission bits in octal, such as `0644`.
    pub mode: String,
    /// Numbers inside, and their names where they have some.
    pub uid: u32,
    pub gid: u32,
    pub owner: Option<String>,
    pub group: Option<String>,
    pub modified_at: Millis,
    /// Where a link leads.
    pub target: Option<String>,
    /// Another one when the content is another.
    pub version: String,
}

/// A folder that was changed with everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub entry: FileEntry,
    /// Files and folders, this one among them.
    pub count: u64,
}

/// Entries of a folder by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilePage {
    pub items: Vec<FileEntry>,
    /// Pass it as `after` for those that follow.
    pub next: Option<String>,
    /// Whether the folder holds more than is listed at all.
    pub cut: bool,
}

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilePiece {
    /// In base64.
    pub base64: String,
    /// Of the whole file.
    pub bytes: u64,
    pub version: String,
}
