//! Installs: one attempt to put one image on one server.

use rackwright_model::profile::Profile;
use rackwright_model::{InstallId, InstallPhase, JobId, Millis, Name, ServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallRow {
    pub id: InstallId,
    pub server: ServerId,
    pub job: JobId,
    pub profile_name: Name,
    /// As it was when the install was ordered.
    pub profile: Profile,
    pub image: Name,
    pub phase: InstallPhase,
    pub phase_since: Millis,
    /// The boot of the provisioning environment that got the order.
    pub boot: Option<String>,
    pub token_expires_at: Option<Millis>,
    /// SHA-256 of the public key that redeemed the token.
    pub token_key: Option<String>,
    pub certificate: Option<String>,
    pub reason: Option<String>,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<InstallRow, StoreError> {
    let spec: String = row.get("spec")?;
    let phase: String = row.get("phase")?;
    Ok(InstallRow {
        id: InstallId(row.get("id")?),
        server: ServerId(row.get("server_id")?),
        job: JobId(row.get("job_id")?),
        profile_name: row::parsed("profile name", row.get("profile")?)?,
        profile: row::json("profile", &spec)?,
        image: row::parsed("image name", row.get("image")?)?,
        phase: row::word("install phase", &phase, InstallPhase::from_word)?,
        phase_since: row::millis(row, "phase_since")?,
        boot: row.get("boot")?,
        token_expires_at: row::millis_opt(row, "token_expires_at")?,
        token_key: row.get("token_key")?,
        certificate: row.get("certificate")?,
        reason: row.get("reason")?,
        started_at: row::millis(row, "started_at")?,
        ended_at: row::millis_opt(row, "ended_at")?,
    })
}

/// # Errors
/// [`StoreError::Taken`] when the server has an install under way.
pub fn install_insert(
    tx: &Connection,
    server: ServerId,
    job: JobId,
    profile_name: &Name,
    profile: &Profile,
    at: Millis,
) -> Result<InstallId, StoreError> {
    let spec = serde_json::to_string(profile)
        .map_err(|_| StoreError::Unreadable { what: "profile", value: profile_name.to_string() })?;
    let sql = "INSERT INTO install (server_id, job_id, profile, spec, image, phase, phase_since, started_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id";
    let phase = InstallPhase::Checking.word();
    let params = (server.0, job.0, profile_name.as_str(), &spec, profile.image.as_str(), phase, at.0);
    row::insert(tx, sql, params).map(InstallId)
}

/// # Errors
/// When the database fails.
pub fn install_get(tx: &Connection, id: InstallId) -> Result<Option<InstallRow>, StoreError> {
    row::one(tx, "SELECT * FROM install WHERE id = $1", [id.0], read)
}

/// Installs under way.
///
/// # Errors
/// When the database fails.
pub fn install_active(tx: &Connection) -> Result<Vec<InstallRow>, StoreError> {
    row::all(tx, "SELECT * FROM install WHERE ended_at IS NULL ORDER BY id", [], read)
}

/// The install under way on a server.
///
/// # Errors
/// When the database fails.
pub fn install_active_on(tx: &Connection, server: ServerId) -> Result<Option<InstallRow>, StoreError> {
    row::one(tx, "SELECT * FROM install WHERE server_id = $1 AND ended_at IS NULL", [server.0], read)
}

/// The newest install of a server.
///
/// # Errors
/// When the database fails.
pub fn install_last(tx: &Connection, server: ServerId) -> Result<Option<InstallRow>, StoreError> {
    row::one(tx, "SELECT * FROM install WHERE server_id = $1 ORDER BY id DESC LIMIT 1", [server.0], read)
}

/// The install that a job carries out.
///
/// # Errors
/// When the database fails.
pub fn install_of_job(tx: &Connection, job: JobId) -> Result<Option<InstallRow>, StoreError> {
    row::one(tx, "SELECT * FROM install WHERE job_id = $1", [job.0], read)
}

/// Move an install to a phase; an end gets its time and reason.
///
/// # Errors
/// When the database fails.
pub fn install_set_phase(
    tx: &Connection,
    id: InstallId,
    phase: InstallPhase,
    reason: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE install SET phase = $2, phase_since = $3, reason = $4, ended_at = $5 WHERE id = $1";
    row::run(tx, sql, (id.0, phase.word(), at.0, reason, phase.ended().then_some(at.0)))?;
    Ok(())
}

/// Note to which boot the order was given and the hash of its token. An older token of this install is void.
///
/// # Errors
/// When the database fails.
pub fn install_set_order(
    tx: &Connection,
    id: InstallId,
    boot: &str,
    token_hash: &str,
    expires: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE install SET boot = $2, token_hash = $3, token_expires_at = $4, token_key = NULL, certificate = NULL WHERE id = $1";
    row::run(tx, sql, (id.0, boot, token_hash, expires.0))?;
    Ok(())
}

/// The install that a token belongs to.
///
/// # Errors
/// When the database fails.
pub fn install_of_token(tx: &Connection, token_hash: &str) -> Result<Option<InstallRow>, StoreError> {
    row::one(tx, "SELECT * FROM install WHERE token_hash = $1", [token_hash], read)
}

/// The token was redeemed by this key for this certificate.
///
/// # Errors
/// When the database fails.
pub fn install_set_certificate(
    tx: &Connection,
    id: InstallId,
    key: &str,
    certificate_pem: &str,
) -> Result<(), StoreError> {
    row::run(
        tx,
        "UPDATE install SET token_key = $2, certificate = $3 WHERE id = $1",
        (id.0, key, certificate_pem),
    )?;
    Ok(())
}
