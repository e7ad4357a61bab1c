//! The content of files: read in pieces; written in pieces beside its place, which it takes when it is whole.

use rackwright_model::private_server::inside::{FileEntry, FilePiece, InsidePath, UploadKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::files::sample;
use super::{action, inside, sample_name, text};
use crate::actions::Done;
use crate::fault::FieldProblem;

inside! {
    PrivateServerFileReadInput {
        pub path: InsidePath,
        /// The first byte.
        #[serde(default)]
        #[schemars(range(max = 9_007_199_254_740_991i64))]
        pub offset: u64,
        /// The most bytes of one answer; 524,288 when it is left out.
        #[schemars(range(min = 1, max = 524_288))]
        pub length: Option<u32>,
    }
}

inside! {
    PrivateServerFileWriteInput {
        pub path: InsidePath,
        /// The same for all pieces of one upload: 16 hexadecimal digits at random.
        pub upload: UploadKey,
        /// How many bytes came before.
        #[schemars(range(max = 9_007_199_254_740_991i64))]
        pub offset: u64,
        /// At most 524,288 bytes, in base64.
        #[schemars(length(max = 699_052), extend("x-secret" = true))]
        pub base64: String,
    }
}

inside! {
    PrivateServerFileFinishInput {
        pub path: InsidePath,
        pub upload: UploadKey,
        /// All bytes of the file.
        #[schemars(range(max = 9_007_199_254_740_991i64))]
        pub bytes: u64,
        /// Take the place of what stands there.
        #[serde(default)]
        pub replace: bool,
        /// Take the place only of a file of this version.
        #[schemars(length(max = 128))]
        pub version: Option<String>,
    }
}

inside! {
    PrivateServerFileAbandonInput {
        pub path: InsidePath,
        pub upload: UploadKey,
    }
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// So many bytes are there.
    pub bytes: u64,
    /// False when the piece did not begin there, and nothing was written: go on from `bytes`.
    pub taken: bool,
}

fn key() -> UploadKey {
    text("0123456789abcdef")
}

fn check(input: &PrivateServerFileFinishInput) -> Vec<FieldProblem> {
    if input.replace && input.version.is_some() {
        vec![FieldProblem::new("replace", "says that anything may be replaced, and version names one thing")]
    } else {
        Vec::new()
    }
}

action! {
    PrivateServerFileRead, "private-server.file-read", "Read", "Read a piece of a file inside a private server.",
    Files, Read,
    PrivateServerFileReadInput => FilePiece, main "private_server";
    PrivateServerFileReadInput { private_server: sample_name("web1"), path: text("/etc/hostname"), offset: 0, length: None };
    FilePiece { base64: "d2ViMQo=".into(), bytes: 5, version: "3f2-5-69249e80.0".into() }
}

action! {
    PrivateServerFileWrite, "private-server.file-write", "Write",
    "Upload a piece of a file; it lies beside its place until it is finished.", Files, Read,
    PrivateServerFileWriteInput => Written, main "private_server", piece true;
    PrivateServerFileWriteInput {
        private_server: sample_name("web1"), path: text("/etc/motd"), upload: key(), offset: 0, base64: "aGVsbG8K".into(),
    };
    Written { bytes: 6, taken: true }
}

action! {
    PrivateServerFileFinish, "private-server.file-finish", "Finish", "Put an upload in its place inside a private server.",
    Files, Change,
    PrivateServerFileFinishInput => FileEntry, main "private_server", check check;
    PrivateServerFileFinishInput {
        private_server: sample_name("web1"), path: text("/srv/www/index.html"), upload: key(), bytes: 612, replace: true, version: None,
    };
    sample()
}

action! {
    PrivateServerFileAbandon, "private-server.file-abandon", "Abandon", "Take away what is there of an upload.",
    Files, Change,
    PrivateServerFileAbandonInput => Done, main "private_server";
    PrivateServerFileAbandonInput { private_server: sample_name("web1"), path: text("/etc/motd"), upload: key() };
    Done::new("Nothing is left of the upload.")
}
