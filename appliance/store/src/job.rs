//! Jobs and their logs.

use rackwright_model::job::JobState;
use rackwright_model::{AccountId, JobId, Millis, Name, Scope, ServerId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub id: JobId,
    pub kind: JobKind,
    pub title: String,
    /// JSON of what the job needs to go on after a restart.
    pub input: String,
    pub state: JobState,
    pub step: String,
    pub progress_permille: u32,
    pub server: Option<Name>,
    pub account: AccountId,
    pub started_by: String,
    /// Path of the account of whoever started it; none for the Control Center itself and for people who are gone.
    pub starter_path: Option<String>,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    pub reason: Option<String>,
    pub cancel_asked: bool,
}

/// What carries a job out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    Install,
    ImageBuild,
    ImageImport,
    EnvironmentBuild,
    Move,
    /// Work on the files of a private server: snapshots and backups.
    Vault,
}

impl JobKind {
    fn word(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::ImageBuild => "image-build",
            Self::ImageImport => "image-import",
            Self::EnvironmentBuild => "environment-build",
            Self::Move => "move",
            Self::Vault => "vault",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Install, Self::ImageBuild, Self::ImageImport, Self::EnvironmentBuild, Self::Move, Self::Vault]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A job to begin.
#[derive(Debug, Clone)]
pub struct JobDraft {
    pub kind: JobKind,
    pub title: String,
    pub input: String,
    pub server: Option<ServerId>,
    /// Whose job it is: the owner of what it works on.
    pub account: AccountId,
    pub started_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLineRow {
    pub at: Millis,
    pub text: String,
}

/// Lines of one job that are kept; older ones go.
const LINES_KEPT: i64 = 5_000;
/// Bytes of one line that are kept.
const LINE_BYTES: usize = 2_000;

const SELECT: &str = "SELECT job.*, server.name AS server, (SELECT account.path FROM person \
                      JOIN account ON account.id = person.account_id WHERE person.name = job.started_by) AS starter_path \
                      FROM job LEFT JOIN server ON server.id = job.server_id";

fn read(row: &Row<'_>) -> Result<JobRow, StoreError> {
    let kind: String = row.get("kind")?;
    let state: String = row.get("state")?;
    Ok(JobRow {
        id: JobId(row.get("id")?),
        kind: row::word("job kind", &kind, JobKind::from_word)?,
        title: row.get("title")?,
        input: row.get("input")?,
        state: row::word("job state", &state, JobState::from_word)?,
        step: row.get("step")?,
        progress_permille: row.get("progress_permille")?,
        server: row::parsed_opt("server name", row.get("server")?)?,
        account: AccountId(row.get("account_id")?),
        started_by: row.get("started_by")?,
        starter_path: row.get("starter_path")?,
        started_at: row::millis(row, "started_at")?,
        ended_at: row::millis_opt(row, "ended_at")?,
        reason: row.get("reason")?,
        cancel_asked: row.get::<_, i64>("cancel_asked")? != 0,
    })
}

/// The step of a job that nobody has begun.
pub const JOB_WAITING: &str = "waiting";

/// # Errors
/// When the database fails.
pub fn job_insert(tx: &Connection, draft: &JobDraft, at: Millis) -> Result<JobId, StoreError> {
    let sql = "INSERT INTO job (kind, title, input, state, step, progress_permille, server_id, account_id, started_by, started_at, cancel_asked) \
               VALUES ($1, $2, $3, $4, $9, 0, $5, $6, $7, $8, 0) RETURNING id";
    let params = (
        draft.kind.word(),
        &draft.title,
        &draft.input,
        JobState::Running.word(),
        draft.server.map(|id| id.0),
        draft.account.0,
        &draft.started_by,
        at.0,
        JOB_WAITING,
    );
    row::insert(tx, sql, params).map(JobId)
}

/// # Errors
/// When the database fails.
pub fn job_get(tx: &Connection, id: JobId) -> Result<Option<JobRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE job.id = $1"), [id.0], read)
}

/// The job with this id, if the scope covers its account.
///
/// # Errors
/// When the database fails.
pub fn job_within(tx: &Connection, scope: &Scope, id: JobId) -> Result<Option<JobRow>, StoreError> {
    let sql = format!("{SELECT} WHERE job.id = $1 AND {}", owned(scope, "job.account_id", 2));
    row::one(tx, &sql, (id.0, scope.low(), scope.high()), read)
}

/// A page of jobs, in the order in which they began; `server` takes only those of the server with this name.
///
/// # Errors
/// When the database fails.
pub fn job_page(
    tx: &Connection,
    scope: &Scope,
    state: Option<JobState>,
    server: Option<&Name>,
    ask: &Ask,
) -> Result<Slice<JobRow>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.equal("job.state", state.map(|state| state.word().to_owned()));
    if let Some(server) = server {
        let server = conditions.bind(server.to_string());
        conditions.and(format!("job.server_id = (SELECT id FROM server WHERE server.name = {server})"));
    }
    let column = Column { name: "id", sql: "job.id" };
    let list = List { select: SELECT, table: "job", owner: "job.account_id", column };
    // The jobs of one server are few, and an index has them in their order.
    let owners = if server.is_some() { Owners::of_few_rows(scope) } else { Owners::of(tx, scope)? };
    list.page(tx, &owners, conditions, ask, read)
}

/// All running jobs, newest first.
///
/// # Errors
/// When the database fails.
pub fn job_running(tx: &Connection) -> Result<Vec<JobRow>, StoreError> {
    let sql = format!("{SELECT} WHERE job.state = $1 ORDER BY job.id DESC");
    row::all(tx, &sql, [JobState::Running.word()], read)
}

/// The running jobs of these servers, newest first, as far as the scope covers their accounts.
///
/// # Errors
/// When the database fails.
pub fn job_running_on(
    tx: &Connection,
    scope: &Scope,
    servers: &[ServerId],
) -> Result<Vec<JobRow>, StoreError> {
    let mut conditions = Conditions::default();
    let ids: Vec<String> = servers.iter().map(|id| conditions.bind(id.0)).collect();
    conditions.and("job.ended_at IS NULL");
    conditions.and(format!("job.server_id IN ({})", ids.join(", ")));
    conditions.owned("job.account_id", &Owners::of_few_rows(scope));
    conditions.all(tx, &format!("{SELECT}{} ORDER BY job.id DESC", conditions.clause()), read)
}

/// Say what a running job does now.
///
/// # Errors
/// When the database fails.
pub fn job_step(tx: &Connection, id: JobId, step: &str, permille: u32) -> Result<(), StoreError> {
    let sql = "UPDATE job SET step = $2, progress_permille = $3 WHERE id = $1 AND ended_at IS NULL";
    row::run(tx, sql, (id.0, step, permille.min(1000)))?;
    Ok(())
}

/// End a job; one that has ended stays as it is. What it did last is kept unless it succeeded: that is where it stopped.
///
/// # Errors
/// When the database fails.
pub fn job_end(
    tx: &Connection,
    id: JobId,
    state: JobState,
    reason: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE job SET state = $2, reason = $3, ended_at = $4, \
               step = CASE WHEN $2 = 'succeeded' THEN '' ELSE step END, \
               progress_permille = CASE WHEN $2 = 'succeeded' THEN 1000 ELSE progress_permille END WHERE id = $1 AND ended_at IS NULL";
    row::run(tx, sql, (id.0, state.word(), reason, at.0))?;
    Ok(())
}

/// Whether a running job was asked to stop just now.
///
/// # Errors
/// When the database fails.
pub fn job_ask_cancel(tx: &Connection, id: JobId) -> Result<bool, StoreError> {
    Ok(row::run(tx, "UPDATE job SET cancel_asked = 1 WHERE id = $1 AND ended_at IS NULL", [id.0])? > 0)
}

/// Add a line to the log.
///
/// # Errors
/// When the database fails.
pub fn job_log(tx: &Connection, id: JobId, at: Millis, text: &str) -> Result<(), StoreError> {
    let end = text.floor_char_boundary(LINE_BYTES);
    let line = row::insert(
        tx,
        "INSERT INTO job_line (job_id, at, text) VALUES ($1, $2, $3) RETURNING id",
        (id.0, at.0, &text[..end]),
    )?;
    // Ids are shared by all jobs, so this keeps at least the newest lines of every job.
    row::run(tx, "DELETE FROM job_line WHERE job_id = $1 AND id < $2", (id.0, line - LINES_KEPT))?;
    Ok(())
}

/// The last `limit` lines, oldest first.
///
/// # Errors
/// When the database fails.
pub fn job_lines(tx: &Connection, id: JobId, limit: i64) -> Result<Vec<JobLineRow>, StoreError> {
    let sql = "SELECT at, text FROM (SELECT id, at, text FROM job_line WHERE job_id = $1 ORDER BY id DESC LIMIT $2) AS last ORDER BY id";
    row::all(tx, sql, (id.0, limit), |row| Ok(JobLineRow { at: Millis(row.get(0)?), text: row.get(1)? }))
}
