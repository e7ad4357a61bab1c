//! Values and lifecycles of the product. No I/O, no async, no clock: everything here can be built and compared in a test.

pub mod account;
pub mod address;
pub mod block;
pub mod boot;
pub mod colour;
pub mod delivery;
pub mod id;
pub mod install;
pub mod inventory;
pub mod job;
pub mod name;
pub mod nas;
pub mod network;
pub mod private_server;
pub mod profile;
pub mod sample;
pub mod server;
pub mod sort;
pub mod time;

pub use account::{Scope, Tier};
pub use address::MacAddr;
pub use block::Block;
pub use boot::{BootRecord, BootStage, Firmware};
pub use colour::Colour;
pub use delivery::DeliveryState;
pub use id::{
    AccountId, BackupId, DeliveryId, ImageId, InstallId, JobId, NasId, NetworkId, PrivateServerId, ProfileId,
    RackId, ServerId, SnapshotId, UserId, VaultId, WebhookId,
};
pub use install::{InstallEvent, InstallPhase};
pub use inventory::Inventory;
pub use name::Name;
pub use server::{ServerEvent, ServerState};
pub use sort::{NameSort, Order, ServerSort};
pub use time::Millis;
