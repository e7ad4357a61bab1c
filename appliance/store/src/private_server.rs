//! Private servers: what is wanted of each, and what its server saw last.

mod away;
mod look;
mod moving;
mod nas;
mod page;
mod room;
mod snapshot;
mod usage;
mod write;

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::{
    FailoverStage, MoveStage, Number, Phase, Power, PrivateServerState, RootAccess, Size, Standing,
};
use rackwright_model::{AccountId, MacAddr, Millis, Name, NasId, PrivateServerId, ServerId};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::row;
use crate::vault::vault_outlives;

pub use away::{
    Away, private_server_away_delete, private_server_away_get, private_server_away_list,
    private_server_away_on, private_server_away_put, private_server_away_seen,
};
pub use look::{
    private_server_addresses, private_server_at, private_server_at_v6, private_server_awaiting,
    private_server_begun_with, private_server_behind, private_server_cloning, private_server_get,
    private_server_named, private_server_numbered, private_server_on, private_server_paths_beginning,
    private_server_templates,
};
pub use moving::{
    MoveRow, private_server_coming, private_server_move_get, private_server_move_insert,
    private_server_move_list, private_server_move_of, private_server_move_step, private_server_place,
};
pub use nas::{
    private_server_nas_servers, private_server_on_nas_of, private_server_prioritise, private_server_using,
};
pub use page::{PrivateServerChoice, private_server_page};
pub use room::{ServerRoom, server_room_delete, server_room_get, server_room_list, server_room_put};
pub use snapshot::{
    Snapshot, SnapshotStage, snapshot_delete, snapshot_get, snapshot_insert, snapshot_list, snapshot_made,
    snapshot_mib_on, snapshot_removing, snapshot_stage,
};
pub use usage::{
    Usage, private_server_usage_last, private_server_usage_list, private_server_usage_purge,
    private_server_usage_put,
};
pub use write::{
    private_server_change, private_server_insert, private_server_number, private_server_seen,
    private_server_touch,
};

/// What is wanted of a private server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateServerDraft {
    pub number: Number,
    pub name: Name,
    pub server: ServerId,
    pub account: AccountId,
    pub template: TemplateFacts,
    pub size: Size,
    pub address: Option<Ipv4Addr>,
    pub address_v6: Option<Ipv6Addr>,
    pub mac: MacAddr,
    pub access: RootAccess,
    pub power: Power,
    pub suspended: bool,
    /// The way from the root of accounts to the one whose people suspended it; none: it is not, or nobody knows.
    pub suspended_by: Option<String>,
    pub removing: bool,
    pub quarantine: bool,
    /// Whether those who provide it put it in quarantine.
    pub quarantine_imposed: bool,
    /// The same way to theirs.
    pub quarantine_by: Option<String>,
    pub edition: u32,
    pub boots: u32,
    /// Where its disk is; none: on its server. It stays.
    pub nas: Option<NasId>,
    /// The lowest is restarted first when its server is dead.
    pub priority: u32,
    /// Its first files are those of the private server with this number, on the same server.
    pub origin: Option<Number>,
}

/// The image that a private server begins with, as it was when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFacts {
    pub name: Name,
    pub sha256: String,
    pub bytes: u64,
    pub unpacked_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateServer {
    pub id: PrivateServerId,
    pub wanted: PrivateServerDraft,
    /// Grows with every change of what is wanted.
    pub generation: u64,
    pub account_name: Name,
    pub account_path: String,
    pub server_name: Name,
    pub nas_name: Option<Name>,
    /// How far the failover of its server is, if that is dead.
    pub failover: Option<FailoverStage>,
    /// Counted up whenever another server may use its disk on a NAS.
    pub epoch: u64,
    /// The way from the root of accounts to the one that its server belongs to.
    pub server_account_path: String,
    /// How far its move to another server is, if it is on its way.
    pub moving: Option<MoveStage>,
    pub phase: Option<Phase>,
    /// The generation that the phase is of.
    pub phase_generation: Option<u64>,
    pub reason: Option<String>,
    pub progress: Option<u32>,
    pub seen_at: Option<Millis>,
    pub created_at: Millis,
}

impl PrivateServer {
    /// Whether its server has carried out what is wanted now.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.phase_generation == Some(self.generation)
    }

    /// The state that a person is shown, when the agent of its server is connected or not.
    #[must_use]
    pub fn state(&self, reachable: bool) -> PrivateServerState {
        PrivateServerState::of(&Standing {
            power: self.wanted.power,
            suspended: self.wanted.suspended,
            removing: self.wanted.removing,
            moving: self.moving.is_some_and(MoveStage::stands_still),
            phase: self.phase,
            current: self.is_current(),
            reachable,
        })
    }
}

const SELECT: &str = "SELECT private_server.*, account.name AS account_name, account.path AS account_path, \
                      server.name AS server_name, server_account.path AS server_account_path, \
                      nas.name AS nas_name, \
                      (SELECT stage FROM failover WHERE server_id = private_server.server_id) AS failover, \
                      (SELECT stage FROM private_server_move WHERE private_server_id = private_server.id \
                      AND stage NOT IN ('done', 'aborted')) AS moving FROM private_server \
                      JOIN account ON account.id = private_server.account_id \
                      JOIN server ON server.id = private_server.server_id \
                      JOIN account AS server_account ON server_account.id = server.account_id \
                      LEFT JOIN nas ON nas.id = private_server.nas_id";

fn read(row: &Row<'_>) -> Result<PrivateServer, StoreError> {
    let (size, access, power): (String, String, String) =
        (row.get("size")?, row.get("access")?, row.get("power")?);
    let (phase, moving): (Option<String>, Option<String>) = (row.get("phase")?, row.get("moving")?);
    let failover: Option<String> = row.get("failover")?;
    let number: u32 = row.get("number")?;
    let flag = |column: &str| row.get::<_, i64>(column).map(|value| value != 0);
    let count = |column: &str| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(PrivateServer {
        id: PrivateServerId(row.get("id")?),
        wanted: PrivateServerDraft {
            number: Number::try_from(number).map_err(|_| StoreError::Unreadable {
                what: "number of a private server",
                value: number.to_string(),
            })?,
            name: row::parsed("private server name", row.get("name")?)?,
            server: ServerId(row.get("server_id")?),
            account: AccountId(row.get("account_id")?),
            template: TemplateFacts {
                name: row::parsed("template name", row.get("template")?)?,
                sha256: row.get("template_sha256")?,
                bytes: count("template_bytes")?,
                unpacked_bytes: count("template_unpacked_bytes")?,
            },
            size: row::json("size", &size)?,
            address: row::parsed_opt("private server address", row.get("address")?)?,
            address_v6: row::parsed_opt("private server address", row.get("address_v6")?)?,
            mac: row::parsed("private server mac", row.get("mac")?)?,
            // The value may hold a hash of a password.
            access: serde_json::from_str(&access).map_err(|_| StoreError::Unreadable {
                what: "access to a private server",
                value: String::new(),
            })?,
            power: row::word("power", &power, Power::from_word)?,
            suspended: flag("suspended")?,
            suspended_by: row.get("suspended_by")?,
            removing: flag("removing")?,
            quarantine: flag("quarantine")?,
            quarantine_imposed: flag("quarantine_imposed")?,
            quarantine_by: row.get("quarantine_by")?,
            edition: row.get("edition")?,
            boots: row.get("boots")?,
            nas: row.get::<_, Option<i64>>("nas_id")?.map(NasId),
            priority: row.get("priority")?,
            origin: row
                .get::<_, Option<u32>>("origin_number")?
                .and_then(|number| Number::try_from(number).ok()),
        },
        generation: count("generation")?,
        account_name: row::parsed("account name", row.get("account_name")?)?,
        account_path: row.get("account_path")?,
        server_name: row::parsed("server name", row.get("server_name")?)?,
        nas_name: row::parsed_opt("NAS name", row.get("nas_name")?)?,
        failover: failover
            .map(|word| row::word("stage of a failover", &word, FailoverStage::from_word))
            .transpose()?,
        epoch: count("epoch")?,
        server_account_path: row.get("server_account_path")?,
        moving: moving.map(|word| row::word("stage of a move", &word, MoveStage::from_word)).transpose()?,
        phase: phase.map(|word| row::word("phase", &word, Phase::from_word)).transpose()?,
        phase_generation: row.get::<_, Option<i64>>("phase_generation")?.map(i64::unsigned_abs),
        reason: row.get("reason")?,
        progress: row.get("progress")?,
        seen_at: row::millis_opt(row, "seen_at")?,
        created_at: row::millis(row, "created_at")?,
    })
}

/// Nothing of it is left; what it used stays on record, and its backups stay until then.
///
/// # Errors
/// When the database fails.
pub fn private_server_delete(
    tx: &Connection,
    id: PrivateServerId,
    backups_until: Millis,
) -> Result<(), StoreError> {
    vault_outlives(tx, id, backups_until)?;
    row::run(tx, "DELETE FROM private_server WHERE id = $1", [id.0])?;
    Ok(())
}
