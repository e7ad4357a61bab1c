//! Files and folders.

use rackwright_model::Millis;
use rackwright_model::private_server::inside::{
    FileEntry, FileKind, FileName, FilePage, InsidePath, LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, inside, sample_name, text};
use crate::actions::Done;

inside! {
    PrivateServerFileListInput {
        /// The folder; the top when it is left out.
        pub path: Option<InsidePath>,
        /// The `next` of the page before.
        #[schemars(length(max = 255))]
        pub after: Option<String>,
    }
}

inside! {
    /// Names one file or folder. Whoever has a login there begins at its home.
    OneFile {
        pub path: InsidePath,
    }
}

inside! {
    PrivateServerFileRenameInput {
        pub path: InsidePath,
        /// The new place; nothing may stand there.
        pub to: InsidePath,
    }
}

inside! {
    PrivateServerFileRemoveInput {
        #[schemars(extend("x-confirmed" = true))]
        pub path: InsidePath,
        /// Repeat its name, without the folder, to confirm that it is destroyed with all that it holds.
        #[schemars(length(max = 255))]
        pub confirm: Option<String>,
    }
}

inside! {
    PrivateServerFilePermitInput {
        pub path: InsidePath,
        /// In octal, such as 644 for a file that only its owner may write, and 755 for such a folder.
        #[schemars(regex(pattern = "^[0-7]{3,4}$"))]
        pub mode: String,
        /// Everything in it as well, but not what links lead to; a folder gets x wherever it gets r, so that 640 makes it 750.
        #[serde(default)]
        pub recursive: bool,
    }
}

inside! {
    PrivateServerFileGiveInput {
        pub path: InsidePath,
        /// A user inside.
        pub owner: LoginName,
        /// A group inside.
        pub group: LoginName,
        /// Everything in it as well, but not what links lead to.
        #[serde(default)]
        pub recursive: bool,
    }
}

inside! {
    PrivateServerFilePackInput {
        /// The folder that the files are in.
        pub folder: InsidePath,
        /// Files and folders in it.
        #[schemars(length(min = 1, max = 100))]
        pub names: Vec<FileName>,
        /// The archive to make; nothing may stand there.
        pub to: InsidePath,
    }
}

inside! {
    PrivateServerFileUnpackInput {
        /// A tar, or a compressed one.
        pub path: InsidePath,
        /// The folder to make for what is in it; nothing may stand there.
        pub to: InsidePath,
    }
}

/// What became of a file, or of a folder with everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilesChanged {
    #[serde(flatten)]
    pub file: FileEntry,
    /// How many files and folders were changed, this one among them.
    pub changed: u64,
    /// The same in a sentence.
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

pub(super) fn sample() -> FileEntry {
    FileEntry {
        name: "index.html".into(),
        odd: false,
        kind: FileKind::File,
        bytes: 612,
        mode: "0644".into(),
        uid: 1000,
        gid: 1000,
        owner: Some("bob".into()),
        group: Some("bob".into()),
        modified_at: Millis(1_764_000_000_000),
        target: None,
        version: "3f2-264-69249e80.0".into(),
    }
}

fn path() -> InsidePath {
    text("/srv/www/index.html")
}

action! {
    PrivateServerFileList, "private-server.file-list", "Files", "List what a folder inside a private server holds.",
    Files, Read,
    PrivateServerFileListInput => FilePage, main "private_server",
    columns ["name", "kind", "bytes", "mode", "owner", "group", "modified_at"];
    PrivateServerFileListInput { private_server: sample_name("web1"), path: Some(text("/srv/www")), after: None };
    FilePage { items: vec![sample()], next: None, cut: false }
}

action! {
    PrivateServerFileShow, "private-server.file-show", "Properties", "Show what is known of a file or folder inside a private server.",
    Files, Read,
    OneFile => FileEntry, main "private_server";
    OneFile { private_server: sample_name("web1"), path: path() };
    sample()
}

action! {
    PrivateServerFileFolder, "private-server.file-folder", "New folder", "Make a folder inside a private server.",
    Files, Change,
    OneFile => FileEntry, main "private_server";
    OneFile { private_server: sample_name("web1"), path: text("/srv/www/images") };
    FileEntry { name: "images".into(), kind: FileKind::Folder, mode: "0755".into(), ..sample() }
}

action! {
    PrivateServerFileRename, "private-server.file-rename", "Move", "Give a file or folder inside a private server another name or place.",
    Files, Change,
    PrivateServerFileRenameInput => FileEntry, main "private_server";
    PrivateServerFileRenameInput { private_server: sample_name("web1"), path: path(), to: text("/srv/www/old.html") };
    FileEntry { name: "old.html".into(), ..sample() }
}

action! {
    PrivateServerFileRemove, "private-server.file-remove", "Delete",
    "Destroy a file inside a private server, or a folder with all that it holds.", Files, Destroy,
    PrivateServerFileRemoveInput => Done, main "private_server";
    PrivateServerFileRemoveInput { private_server: sample_name("web1"), path: path(), confirm: Some("index.html".into()) };
    Done::new("/srv/www/index.html is deleted.")
}

action! {
    PrivateServerFilePermit, "private-server.file-permit", "Permissions",
    "Set who may read, write and run a file or folder inside a private server.", Files, Change,
    PrivateServerFilePermitInput => FilesChanged, main "private_server";
    PrivateServerFilePermitInput { private_server: sample_name("web1"), path: path(), mode: "640".into(), recursive: false };
    FilesChanged {
        file: FileEntry { mode: "0640".into(), ..sample() },
        changed: 1,
        message: "/srv/www/index.html is changed.".into(),
    }
}

action! {
    PrivateServerFileGive, "private-server.file-give", "Owner", "Give a file or folder inside a private server to a user and a group.",
    Inside, Change,
    PrivateServerFileGiveInput => FilesChanged, main "private_server";
    PrivateServerFileGiveInput {
        private_server: sample_name("web1"), path: text("/srv/www"), owner: text("bob"), group: text("bob"), recursive: true,
    };
    FilesChanged {
        file: FileEntry { name: "www".into(), kind: FileKind::Folder, mode: "0755".into(), ..sample() },
        changed: 13,
        message: "13 files and folders are changed, /srv/www among them.".into(),
    }
}

action! {
    PrivateServerFilePack, "private-server.file-pack", "Pack", "Pack files of a folder inside a private server into a tar.gz.",
    Files, Change,
    PrivateServerFilePackInput => FileEntry, main "private_server";
    PrivateServerFilePackInput {
        private_server: sample_name("web1"), folder: text("/srv/www"), names: vec![text("index.html")], to: text("/srv/www.tar.gz"),
    };
    FileEntry { name: "www.tar.gz".into(), ..sample() }
}

action! {
    PrivateServerFileUnpack, "private-server.file-unpack", "Unpack", "Unpack a tar inside a private server into a new folder.",
    Files, Change,
    PrivateServerFileUnpackInput => FileEntry, main "private_server";
    PrivateServerFileUnpackInput { private_server: sample_name("web1"), path: text("/srv/www.tar.gz"), to: text("/srv/www2") };
    FileEntry { name: "www2".into(), kind: FileKind::Folder, mode: "0755".into(), ..sample() }
}
