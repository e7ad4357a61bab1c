//! Database identities, one type per noun so that they cannot be mixed up.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// A physical machine.
    ServerId,
    /// An operating system image in the repository.
    ImageId,
    /// An install profile.
    ProfileId,
    /// One attempt to put an image on one server.
    InstallId,
    /// A piece of durable work.
    JobId,
    /// A subnet that the Control Center serves.
    NetworkId,
    /// A rack in which servers stand.
    RackId,
    /// A person who signs in.
    UserId,
    /// A node of the tree of accounts.
    AccountId,
    /// A private server; its number is another thing, and is given again.
    PrivateServerId,
    /// An address that is told what happens.
    WebhookId,
    /// One event for one webhook.
    DeliveryId,
    /// An export of network-attached storage.
    NasId,
    /// The files of a private server as they were at one moment, beside it on its server.
    SnapshotId,
    /// The backups of one private server.
    VaultId,
    /// One of them.
    BackupId,
}

impl AccountId {
    /// The root of the tree, which is always there.
    pub const PROVIDER: Self = Self(1);
}
