//! Private servers: what is wanted of each, and what its server saw last.

mod away;
mod moving;
mod page;
mod room;
mod usage;

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::{
    MoveStage, Number, Phase, Power, PrivateServerState, RootAccess, Seen, Size, Standing,
};
use rackwright_model::{AccountId, MacAddr, Millis, Name, PrivateServerId, Scope, ServerId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::row;

pub use away::{
    Away, private_server_away_delete, private_server_away_get, private_server_away_list,
    private_server_away_on, private_server_away_put, private_server_away_seen,
};
pub use moving::{
    MoveRow, private_server_coming, private_server_move_get, private_server_move_insert,
    private_server_move_list, private_server_move_of, private_server_move_step, private_server_place,
};
pub use page::{PrivateServerChoice, private_server_page};
pub use room::{ServerRoom, server_room_delete, server_room_get, server_room_list, server_room_put};
pub use usage::{
    Usage, private_server_usage_last, private_server_usage_list, private_server_usage_purge,
    private_server_usage_put,
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
    pub removing: bool,
    pub quarantine: bool,
    pub edition: u32,
    pub boots: u32,
}

/// The image that a private server begins with, as it was when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
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
                      (SELECT stage FROM private_server_move WHERE private_server_id = private_server.id \
                      AND stage NOT IN ('done', 'aborted')) AS moving FROM private_server \
                      JOIN account ON account.id = private_server.account_id \
                      JOIN server ON server.id = private_server.server_id \
                      JOIN account AS server_account ON server_account.id = server.account_id";

fn read(row: &Row<'_>) -> Result<PrivateServer, StoreError> {
    let (size, access, power): (String, String, String) =
        (row.get("size")?, row.get("access")?, row.get("power")?);
    let (phase, moving): (Option<String>, Option<String>) = (row.get("phase")?, row.get("moving")?);
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
            removing: flag("removing")?,
            quarantine: flag("quarantine")?,
            edition: row.get("edition")?,
            boots: row.get("boots")?,
        },
        generation: count("generation")?,
        account_name: row::parsed("account name", row.get("account_name")?)?,
        account_path: row.get("account_path")?,
        server_name: row::parsed("server name", row.get("server_name")?)?,
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

/// The lowest number that no private server has; none when all are given.
///
/// # Errors
/// When the database fails.
pub fn private_server_number(tx: &Connection) -> Result<Option<Number>, StoreError> {
    // Files of one that is gone may still lie on a server that it was moved from.
    let sql = "SELECT MIN(candidate) FROM (SELECT 1 AS candidate UNION ALL SELECT number + 1 FROM private_server \
               UNION ALL SELECT number + 1 FROM private_server_away) AS candidates \
               WHERE candidate NOT IN (SELECT number FROM private_server UNION ALL SELECT number FROM private_server_away)";
    let lowest = row::one(tx, sql, [], |row| Ok(row.get::<_, Option<u32>>(0)?))?.flatten();
    Ok(lowest.and_then(|number| Number::try_from(number).ok()))
}

/// # Errors
/// [`StoreError::Taken`] when the name, the number or an address is another's.
pub fn private_server_insert(
    tx: &Connection,
    draft: &PrivateServerDraft,
    at: Millis,
) -> Result<PrivateServerId, StoreError> {
    let sql = "INSERT INTO private_server (number, server_id, account_id, address, address_v6, mac, name, template, \
               template_sha256, template_bytes, template_unpacked_bytes, size, access, power, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
    let params = (
        u32::from(draft.number),
        draft.server.0,
        draft.account.0,
        draft.address.map(|address| address.to_string()),
        draft.address_v6.map(|address| address.to_string()),
        draft.mac.to_string(),
        draft.name.as_str(),
        draft.template.name.as_str(),
        &draft.template.sha256,
        draft.template.bytes.cast_signed(),
        draft.template.unpacked_bytes.cast_signed(),
        text("size", &draft.size)?,
        text("access to a private server", &draft.access)?,
        draft.power.word(),
        at.0,
    );
    row::insert(tx, sql, params).map(PrivateServerId)
}

/// Write down what is wanted from now on, as the next generation. Number, server, account and addresses stay.
///
/// # Errors
/// [`StoreError::Taken`] when the name is another's.
pub fn private_server_change(
    tx: &Connection,
    id: PrivateServerId,
    draft: &PrivateServerDraft,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server SET generation = generation + 1, name = $2, template = $3, template_sha256 = $4, \
               template_bytes = $5, template_unpacked_bytes = $6, size = $7, power = $8, suspended = $9, \
               removing = $10, quarantine = $11, edition = $12, boots = $13 WHERE id = $1";
    let params = (
        id.0,
        draft.name.as_str(),
        draft.template.name.as_str(),
        &draft.template.sha256,
        draft.template.bytes.cast_signed(),
        draft.template.unpacked_bytes.cast_signed(),
        text("size", &draft.size)?,
        draft.power.word(),
        i64::from(draft.suspended),
        i64::from(draft.removing),
        i64::from(draft.quarantine),
        draft.edition,
        draft.boots,
    );
    row::run(tx, sql, params)?;
    Ok(())
}

fn text<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { what, value: String::new() })
}

/// Note what its server saw of it.
///
/// # Errors
/// When the database fails.
pub fn private_server_seen(
    tx: &Connection,
    id: PrivateServerId,
    seen: &Seen,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server SET phase = $2, phase_generation = $3, reason = $4, progress = $5, seen_at = $6 \
               WHERE id = $1";
    let generation = i64::try_from(seen.generation).unwrap_or(i64::MAX);
    row::run(tx, sql, (id.0, seen.phase.word(), generation, &seen.reason, seen.progress, at.0))?;
    Ok(())
}

/// Nothing of it is left; what it used stays on record.
///
/// # Errors
/// When the database fails.
pub fn private_server_delete(tx: &Connection, id: PrivateServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM private_server WHERE id = $1", [id.0])?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn private_server_get(tx: &Connection, id: PrivateServerId) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.id = $1"), [id.0], read)
}

/// The private server with this name, if the scope covers its account.
///
/// # Errors
/// When the database fails.
pub fn private_server_named(
    tx: &Connection,
    scope: &Scope,
    name: &Name,
) -> Result<Option<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.name = $1 AND {}",
        owned(scope, "private_server.account_id", 2)
    );
    row::one(tx, &sql, (name.as_str(), scope.low(), scope.high()), read)
}

/// The private servers on a server, by name.
///
/// # Errors
/// When the database fails.
pub fn private_server_on(tx: &Connection, server: ServerId) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!("{SELECT} WHERE private_server.server_id = $1 ORDER BY private_server.name");
    row::all(tx, &sql, [server.0], read)
}

/// The private server with this number, if it stands on this server.
///
/// # Errors
/// When the database fails.
pub fn private_server_numbered(
    tx: &Connection,
    server: ServerId,
    number: Number,
) -> Result<Option<PrivateServer>, StoreError> {
    let sql = format!("{SELECT} WHERE private_server.number = $1 AND private_server.server_id = $2");
    row::one(tx, &sql, (u32::from(number), server.0), read)
}

/// Private servers of which not all that is wanted was carried out.
///
/// # Errors
/// When the database fails.
pub fn private_server_behind(tx: &Connection) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.phase_generation IS NULL \
         OR private_server.phase_generation < private_server.generation LIMIT $1"
    );
    row::all(tx, &sql, [row::LIST_LIMIT], read)
}

/// Whose address this is.
///
/// # Errors
/// When the database fails.
pub fn private_server_at(tx: &Connection, address: Ipv4Addr) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.address = $1"), [address.to_string()], read)
}

/// Whose address this is.
///
/// # Errors
/// When the database fails.
pub fn private_server_at_v6(tx: &Connection, address: Ipv6Addr) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.address_v6 = $1"), [address.to_string()], read)
}

/// The IPv4 addresses of all private servers, with their names.
///
/// # Errors
/// When the database fails.
pub fn private_server_addresses(tx: &Connection) -> Result<Vec<(Ipv4Addr, Name)>, StoreError> {
    let sql = "SELECT address, name FROM private_server WHERE address IS NOT NULL ORDER BY name";
    row::all(tx, sql, [], |row| {
        Ok((
            row::parsed("private server address", row.get(0)?)?,
            row::parsed("private server name", row.get(1)?)?,
        ))
    })
}

/// Its server is to be told anew, though nothing else is wanted of it than before.
///
/// # Errors
/// When the database fails.
pub fn private_server_touch(tx: &Connection, name: &Name) -> Result<(), StoreError> {
    row::run(tx, "UPDATE private_server SET generation = generation + 1 WHERE name = $1", [name.as_str()])?;
    Ok(())
}

/// The versions of templates that private servers of a scope began with, by SHA-256, with how many did.
///
/// # Errors
/// When the database fails.
pub fn private_server_templates(tx: &Connection, scope: &Scope) -> Result<Vec<(String, u32)>, StoreError> {
    let sql = format!(
        "SELECT template_sha256, count(*) FROM private_server WHERE {} GROUP BY template_sha256",
        owned(scope, "account_id", 1)
    );
    row::all(tx, &sql, (scope.low(), scope.high()), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Names of private servers that wait for the files of this template: they are not made yet.
///
/// # Errors
/// When the database fails.
pub fn private_server_awaiting(tx: &Connection, template: &Name) -> Result<Vec<Name>, StoreError> {
    let sql = "SELECT name FROM private_server WHERE template = $1 AND removing = 0 AND (phase IS NULL OR phase IN \
               ('fetching', 'making', 'gone', 'failed') OR phase_generation < generation) ORDER BY name LIMIT $2";
    row::all(tx, sql, (template.as_str(), row::LIST_LIMIT), |row| {
        row::parsed("private server name", row.get(0)?)
    })
}

/// Paths of the accounts whose private servers have names that begin so.
///
/// # Errors
/// When the database fails.
pub fn private_server_paths_beginning(tx: &Connection, begins: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT account.path FROM private_server JOIN account ON account.id = private_server.account_id \
               WHERE private_server.name >= $1 AND private_server.name < $2 LIMIT $3";
    row::all(tx, sql, (begins, row::after_prefix(begins), row::LIST_LIMIT), |row| Ok(row.get(0)?))
}
