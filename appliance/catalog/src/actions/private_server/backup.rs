//! Backups of private servers: kept at the Control Center, encrypted, each with only what is new.

use rackwright_model::private_server::Retention;
use rackwright_model::{BackupId, JobId, Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OnePrivateServer, action, one, sample_name};
use crate::actions::{Done, JobStarted, Page};
use crate::fault::FieldProblem;

/// Paths that are restored at once.
const PATHS: usize = 64;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BackupListInput {
    /// Only those of this one; without it also those of private servers that are removed.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Option<Name>,
}

/// A backup in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupView {
    pub id: BackupId,
    /// The private server, by the name that it had last.
    pub private_server: Name,
    pub at: Millis,
    /// Files and directories in it.
    pub files: u64,
    pub bytes: u64,
    /// What of it was new.
    pub added_bytes: u64,
    /// When it was last restored as a test, and what came of that.
    pub tested_at: Option<Millis>,
    #[schemars(extend("x-sentence" = true))]
    pub test: Option<String>,
    /// When it goes because its private server is removed.
    pub kept_until: Option<Millis>,
}

/// When backups are made, how many stay, and how it went last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupPlan {
    pub private_server: Name,
    /// The hour of the day, in UTC; none: only when somebody asks.
    pub hour: Option<u32>,
    pub keep: Retention,
    pub last: Option<BackupView>,
    /// Why the last try failed, when it did.
    #[schemars(extend("x-sentence" = true))]
    pub failure: Option<String>,
    pub failed_at: Option<Millis>,
    /// What all its backups take at the Control Center, and the most that they may.
    pub stored_bytes: u64,
    pub limit_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupScheduleInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// The hour of the day, in UTC, at which it is backed up. Left out, it has none any more.
    #[schemars(range(max = 23))]
    pub hour: Option<u32>,
    pub keep: Retention,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupFilesInput {
    /// Its number; see: private-server backup-list.
    pub backup: BackupId,
    /// The directory to look into; / when it is left out.
    #[schemars(length(max = 4096))]
    pub path: Option<String>,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupFile {
    pub path: String,
    pub kind: BackupFileKind,
    pub bytes: u64,
    /// When it was changed last.
    pub changed_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BackupFileKind {
    Directory,
    File,
    Link,
    /// A device, a socket or a pipe.
    Other,
}

/// What is in a directory of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupDirectory {
    pub items: Vec<BackupFile>,
    /// Whether there are more, which are not shown.
    pub cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRestoreInput {
    /// The one that gets the files: the one that was backed up, or another of the same account.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its number; see: private-server backup-list.
    pub backup: BackupId,
    /// Repeat the private server's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRestoreFilesInput {
    /// The one that gets the files; it must run.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its number; see: private-server backup-list.
    pub backup: BackupId,
    /// Files and directories as they stand in the backup, such as /etc/hosts, one per entry.
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 4096)))]
    pub paths: Vec<String>,
    /// A directory inside below which they are put; where they were, over what is there, when it is left out.
    #[schemars(length(min = 1, max = 4096))]
    pub into: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupTestInput {
    /// The one beside which it is restored: the one that was backed up, or another of the same account.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its number; see: private-server backup-list.
    pub backup: BackupId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRemoveInput {
    /// The one that was backed up, by the name that it had last.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its number; see: private-server backup-list.
    pub backup: BackupId,
    /// Repeat the name of its private server to confirm.
    pub confirm: Option<Name>,
}

fn sample() -> BackupView {
    BackupView {
        id: BackupId(12),
        private_server: sample_name("web1"),
        at: Millis(1_764_000_000_000),
        files: 18_204,
        bytes: 912_680_550,
        added_bytes: 1_204_880,
        tested_at: None,
        test: None,
        kept_until: None,
    }
}

fn plan() -> BackupPlan {
    BackupPlan {
        private_server: sample_name("web1"),
        hour: Some(3),
        keep: Retention::default(),
        last: Some(sample()),
        failure: None,
        failed_at: None,
        stored_bytes: 402_113_009,
        limit_bytes: 22_548_578_304,
    }
}

action! {
    PrivateServerBackupCreate, "private-server.backup-create", "Back up",
    "Back a private server up to the Control Center now; it runs meanwhile.", Operate, Change,
    OnePrivateServer => JobStarted, main "private_server";
    one();
    JobStarted { job: JobId(9), message: "web1 is being backed up: job 9.".into() }
}

action! {
    PrivateServerBackupList, "private-server.backup-list", "Backups",
    "List backups, newest first, also those of private servers that are removed.", Look, Read,
    BackupListInput => Page<BackupView>, main "private_server",
    columns ["id", "private_server", "at", "files", "bytes", "added_bytes", "tested_at", "test", "kept_until"];
    BackupListInput { private_server: Some(sample_name("web1")) };
    Page::whole(vec![sample()])
}

action! {
    PrivateServerBackupShow, "private-server.backup-show", "Backup plan",
    "Show when a private server is backed up, how many backups are kept, and how it went last.", Look, Read,
    OnePrivateServer => BackupPlan, main "private_server";
    one();
    plan()
}

action! {
    PrivateServerBackupSchedule, "private-server.backup-schedule", "Schedule",
    "Set when a private server is backed up and how many backups are kept.", Operate, Change,
    BackupScheduleInput => BackupPlan, main "private_server";
    BackupScheduleInput { private_server: sample_name("web1"), hour: Some(3), keep: Retention::default() };
    plan()
}

action! {
    PrivateServerBackupFiles, "private-server.backup-files", "Files", "List the files in a directory of a backup.", Operate, Read,
    BackupFilesInput => BackupDirectory, main "backup", columns ["path", "kind", "bytes", "changed_at"], check check_files;
    BackupFilesInput { backup: BackupId(12), path: Some("/etc".into()) };
    BackupDirectory {
        items: vec![BackupFile {
            path: "/etc/hosts".into(),
            kind: BackupFileKind::File,
            bytes: 81,
            changed_at: Some(Millis(1_764_000_000_000)),
        }],
        cut: false,
    }
}

action! {
    PrivateServerBackupRestore, "private-server.backup-restore", "Restore",
    "Put the files of a backup in place; the private server stands still meanwhile, and its files of now become a snapshot.",
    Operate, Destroy,
    BackupRestoreInput => JobStarted, main "private_server";
    BackupRestoreInput { private_server: sample_name("web1"), backup: BackupId(12), confirm: Some(sample_name("web1")) };
    JobStarted { job: JobId(10), message: "Backup 12 is being restored into web1: job 10.".into() }
}

action! {
    PrivateServerBackupRestoreFiles, "private-server.backup-restore-files", "Restore files",
    "Put files of a backup back into a running private server, where they were or below a directory.", Operate, Change,
    BackupRestoreFilesInput => JobStarted, main "private_server", check check_restore;
    BackupRestoreFilesInput {
        private_server: sample_name("web1"),
        backup: BackupId(12),
        paths: vec!["/etc/hosts".into()],
        into: Some("/root/restored".into()),
    };
    JobStarted { job: JobId(10), message: "1 path of backup 12 is being restored into web1: job 10.".into() }
}

action! {
    PrivateServerBackupTest, "private-server.backup-test", "Test restore",
    "Restore a backup beside a private server, read all of it, and remove it again: a backup counts once this was seen.",
    Operate, Change,
    BackupTestInput => JobStarted, main "private_server";
    BackupTestInput { private_server: sample_name("web1"), backup: BackupId(12) };
    JobStarted { job: JobId(10), message: "Backup 12 is being restored as a test: job 10.".into() }
}

action! {
    PrivateServerBackupRemove, "private-server.backup-remove", "Remove", "Remove a backup for good.", Operate, Destroy,
    BackupRemoveInput => Done, main "private_server";
    BackupRemoveInput { private_server: sample_name("web1"), backup: BackupId(12), confirm: Some(sample_name("web1")) };
    Done::new("Backup 12 of web1 is removed.")
}

fn check_files(input: &BackupFilesInput) -> Vec<FieldProblem> {
    let problem = input.path.as_deref().and_then(not_a_path);
    problem.map(|why| FieldProblem::new("path", why)).into_iter().collect()
}

fn check_restore(input: &BackupRestoreFilesInput) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = input
        .paths
        .iter()
        .take(PATHS)
        .enumerate()
        .filter_map(|(at, path)| Some(FieldProblem::new(format!("paths.{at}"), not_a_path(path)?)))
        .collect();
    if let Some(why) = input.into.as_deref().and_then(not_a_path) {
        problems.push(FieldProblem::new("into", why));
    }
    problems
}

/// Why this names no file in a backup: restic takes patterns, so nothing may be one.
fn not_a_path(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("is not a path from the root; begin it with /");
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Some("has a part . or ..");
    }
    if path.chars().any(char::is_control) {
        return Some("has a control character");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;

    #[test]
    fn names_everything_that_is_no_path() {
        let mut input = PrivateServerBackupRestoreFiles::sample_input();
        assert_eq!(check_restore(&input), []);
        input.paths = ["/ok", "etc", "/a/../b", "/a\nb", "/", "/.../x"].map(Into::into).into();
        input.into = Some("tmp".into());
        let fields: Vec<String> = check_restore(&input).into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["paths.1", "paths.2", "paths.3", "into"]);
    }
}
