//! Work inside one private server: its files, services, processes, users, journal, network and time.

mod edit;
mod files;
mod journal;
mod logins;
mod processes;
mod services;
mod system;

pub use edit::{
    PrivateServerFileAbandon, PrivateServerFileAbandonInput, PrivateServerFileFinish,
    PrivateServerFileFinishInput, PrivateServerFileRead, PrivateServerFileReadInput, PrivateServerFileWrite,
    PrivateServerFileWriteInput, Written,
};
pub use files::{
    FilesChanged, OneFile, PrivateServerFileFolder, PrivateServerFileGive, PrivateServerFileGiveInput,
    PrivateServerFileList, PrivateServerFileListInput, PrivateServerFilePack, PrivateServerFilePackInput,
    PrivateServerFilePermit, PrivateServerFilePermitInput, PrivateServerFileRemove,
    PrivateServerFileRemoveInput, PrivateServerFileRename, PrivateServerFileRenameInput,
    PrivateServerFileShow, PrivateServerFileUnpack, PrivateServerFileUnpackInput,
};
pub use journal::{PrivateServerJournal, PrivateServerJournalInput};
pub use logins::{
    LoginKeys, OneLogin, PrivateServerLoginAdd, PrivateServerLoginAddInput, PrivateServerLoginGroups,
    PrivateServerLoginGroupsInput, PrivateServerLoginKeys, PrivateServerLoginList,
    PrivateServerLoginPassword, PrivateServerLoginPasswordInput, PrivateServerLoginRemove,
    PrivateServerLoginRemoveInput, PrivateServerLoginSetKeys, PrivateServerLoginSetKeysInput,
};
pub use processes::{PrivateServerProcessEnd, PrivateServerProcessEndInput, PrivateServerProcessList};
pub use services::{PrivateServerServiceDo, PrivateServerServiceDoInput, PrivateServerServiceList};
pub use system::{PrivateServerNetwork, PrivateServerSetZone, PrivateServerSetZoneInput, PrivateServerTime};

use super::{OnePrivateServer, action, one, sample_name};

/// The input of an action inside: which private server, and what else.
macro_rules! inside {
    ($(#[$doc:meta])* $name:ident { $($fields:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[schemars(extend("x-from" = "private-server.list"))]
            pub private_server: rackwright_model::Name,
            $($fields)*
        }
    };
}

use inside;

/// A text of a sample that is checked when it is read. Panics on a bad literal, which the sample tests see.
fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(literal: &str) -> T {
    literal.parse().expect("samples use valid texts")
}
