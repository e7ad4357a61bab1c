//! What is to be done inside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileName, InsidePath, JournalPlace, LoginName, UnitName, UploadKey};

/// What becomes of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    Start,
    Stop,
    Restart,
    /// Have it started when the private server starts.
    Enable,
    Disable,
}

impl Deed {
    pub const ALL: [Self; 5] = [Self::Start, Self::Stop, Self::Restart, Self::Enable, Self::Disable];

    /// The word of systemctl(1), and of the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Enable => "enable",
            Self::Disable => "disable",
        }
    }
}

/// What a finished upload may take the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Nothing may stand there.
    Nothing,
    Anything,
    /// A file of this version.
    Version(String),
}

/// One piece of work. Paths are those that the person sees: for a login they begin at its home.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    List {
        path: InsidePath,
        after: Option<String>,
    },
    Facts {
        path: InsidePath,
    },
    Read {
        path: InsidePath,
        offset: u64,
        length: u32,
    },
    /// Adds to what is uploaded of a file; it lies beside its place until it is finished.
    Write {
        path: InsidePath,
        upload: UploadKey,
        offset: u64,
        base64: String,
    },
    Finish {
        path: InsidePath,
        upload: UploadKey,
        bytes: u64,
        over: Over,
    },
    Abandon {
        path: InsidePath,
        upload: UploadKey,
    },
    MakeFolder {
        path: InsidePath,
    },
    Rename {
        path: InsidePath,
        to: InsidePath,
    },
    Remove {
        path: InsidePath,
    },
    Permit {
        path: InsidePath,
        mode: u32,
        /// With everything in it.
        #[serde(default)]
        all: bool,
    },
    Give {
        path: InsidePath,
        owner: LoginName,
        group: LoginName,
        /// With everything in it.
        #[serde(default)]
        all: bool,
    },
    /// Into a gzip-compressed tar.
    Pack {
        folder: InsidePath,
        names: Vec<FileName>,
        to: InsidePath,
        key: UploadKey,
    },
    /// Into a folder that is not there yet.
    Unpack {
        archive: InsidePath,
        to: InsidePath,
        key: UploadKey,
    },
    Services,
    Do {
        service: UnitName,
        deed: Deed,
    },
    Processes,
    End {
        process: u32,
        force: bool,
    },
    Logins,
    AddLogin {
        login: LoginName,
        groups: Vec<LoginName>,
        password: Option<String>,
    },
    RemoveLogin {
        login: LoginName,
        files: bool,
    },
    SetPassword {
        login: LoginName,
        password: String,
    },
    SetGroups {
        login: LoginName,
        groups: Vec<LoginName>,
    },
    Keys {
        login: LoginName,
    },
    SetKeys {
        login: LoginName,
        keys: Vec<String>,
    },
    /// The newest lines, of the last `since_s` seconds; or the oldest of those that follow a place.
    Journal {
        service: Option<UnitName>,
        since_s: Option<u32>,
        lines: u32,
        after: Option<JournalPlace>,
    },
    Network,
    Time,
    SetZone {
        zone: String,
    },
}

impl Work {
    /// Its name, without what it works on.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::List { .. } => "list",
            Self::Facts { .. } => "facts",
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Finish { .. } => "finish",
            Self::Abandon { .. } => "abandon",
            Self::MakeFolder { .. } => "make_folder",
            Self::Rename { .. } => "rename",
            Self::Remove { .. } => "remove",
            Self::Permit { .. } => "permit",
            Self::Give { .. } => "give",
            Self::Pack { .. } => "pack",
            Self::Unpack { .. } => "unpack",
            Self::Services => "services",
            Self::Do { .. } => "do",
            Self::Processes => "processes",
            Self::End { .. } => "end",
            Self::Logins => "logins",
            Self::AddLogin { .. } => "add_login",
            Self::RemoveLogin { .. } => "remove_login",
            Self::SetPassword { .. } => "set_password",
            Self::SetGroups { .. } => "set_groups",
            Self::Keys { .. } => "keys",
            Self::SetKeys { .. } => "set_keys",
            Self::Journal { .. } => "journal",
            Self::Network => "network",
            Self::Time => "time",
            Self::SetZone { .. } => "set_zone",
        }
    }

    /// The longest that it may take, in seconds.
    #[must_use]
    pub fn limit_s(&self) -> u32 {
        match self {
            Self::Pack { .. } | Self::Unpack { .. } => 140,
            Self::Remove { .. }
            | Self::Permit { all: true, .. }
            | Self::Give { all: true, .. }
            | Self::RemoveLogin { .. }
            | Self::Do { .. } => 60,
            _ => 20,
        }
    }
}

/// Its content may be a secret.
impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({})", self.word())
    }
}
