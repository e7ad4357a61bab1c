//! Calls of restic, and what it says (restic(1), "Scripting").
//!
//! Attacker's input: what restic writes may hold names of files that somebody inside chose; only lines of JSON of a known kind
//! count, and of them only numbers.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rackwright_proto::vault::VaultDone;
use serde::Deserialize;

use super::access::Open;
use crate::command::{Cancel, CommandError, Program, Runner, System};
use crate::session::explain;

/// A backup may take so long.
const LONGEST_S: u64 = 24 * 3_600;
/// Between two words on how far it is.
const TELL: Duration = Duration::from_secs(1);

/// restic, with its way to the backups.
pub struct Restic<'a> {
    pub open: &'a Open,
    pub cancel: &'a Cancel,
}

#[derive(Deserialize)]
struct Summary {
    total_files_processed: u64,
    total_bytes_processed: u64,
    data_added: u64,
    #[serde(default)]
    dirs_new: u64,
    #[serde(default)]
    dirs_changed: u64,
    #[serde(default)]
    dirs_unmodified: u64,
    snapshot_id: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Restic<'_> {
    fn program(&self, words: &[&str]) -> Program {
        let mut arguments = self.open.arguments();
        // Nothing of a private server stays on its server.
        arguments.extend(["--no-cache", "--json"].map(str::to_owned));
        arguments.extend(words.iter().map(|word| (*word).to_owned()));
        Program::new("restic", arguments).env("RESTIC_PROGRESS_FPS", "1").limit_s(LONGEST_S).expendable()
    }

    fn run(&self, words: &[&str], line: &mut dyn FnMut(&str)) -> Result<(), String> {
        let system = System { cancel: self.cancel.clone() };
        let ended = system.run_with(&self.program(words), line);
        if self.cancel.is_cancelled() {
            return Err("it was cancelled".to_owned());
        }
        ended.map_err(|why| said(&why))
    }

    /// Lays the repository out, if that was not done yet.
    ///
    /// # Errors
    /// A sentence.
    pub fn lay_out(&self) -> Result<(), String> {
        if self.run(&["cat", "config"], &mut |_| {}).is_ok() {
            return Ok(());
        }
        self.run(&["init"], &mut |_| {})
    }

    /// Backs up what stands in the directory `view` under these names. `progress` hears per mille.
    ///
    /// # Errors
    /// A sentence.
    pub fn backup(
        &self,
        view: &Path,
        names: &[&str],
        progress: &mut dyn FnMut(u32),
    ) -> Result<VaultDone, String> {
        let mut told: Option<Instant> = None;
        let mut summary = None;
        let mut line = |line: &str| {
            if let Some(permille) = permille(line) {
                if told.is_none_or(|at| at.elapsed() >= TELL) {
                    told = Some(Instant::now());
                    progress(permille);
                }
            } else if line.contains("\"message_type\":\"summary\"") {
                summary = serde_json::from_str::<Summary>(line).ok();
            }
        };
        // Every backup shows new copies of the files, so that numbers and change times say nothing.
        let mut words = vec!["backup", "--host", "private-server", "--ignore-inode", "--ignore-ctime", "--"];
        words.extend(names);
        let program = self.program(&words).directory(view);
        let system = System { cancel: self.cancel.clone() };
        let ended = system.run_with(&program, &mut line);
        if self.cancel.is_cancelled() {
            return Err("it was cancelled".to_owned());
        }
        ended.map_err(|why| said(&why))?;
        let summary = summary.ok_or("restic did not say what it has backed up")?;
        Ok(VaultDone {
            files: summary.total_files_processed
                + summary.dirs_new
                + summary.dirs_changed
                + summary.dirs_unmodified,
            bytes: summary.total_bytes_processed,
            added_bytes: summary.data_added,
            backup: self.whole_name(&summary.snapshot_id)?,
            ..VaultDone::default()
        })
    }

    /// The name of a backup of which restic 0.14 tells only the beginning.
    fn whole_name(&self, begins: &str) -> Result<String, String> {
        if is_backup(begins) {
            return Ok(begins.to_owned());
        }
        if begins.len() < 8 || !begins.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("restic did not say what it has backed up".to_owned());
        }
        let mut names: Vec<Named> = Vec::new();
        self.run(&["snapshots", "--", begins], &mut |line| {
            if let Ok(listed) = serde_json::from_str(line) {
                names = listed;
            }
        })?;
        let mut names = names.into_iter().map(|named| named.id).filter(|name| is_backup(name));
        names.find(|name| name.starts_with(begins)).ok_or_else(|| "the new backup is not there".to_owned())
    }

    /// Restores what is at these paths of a backup into `target`, reading all of it again when that is asked for.
    ///
    /// # Errors
    /// A sentence.
    pub fn restore(&self, backup: &str, paths: &[String], target: &Path, verify: bool) -> Result<(), String> {
        if !is_backup(backup) {
            return Err("the name of the backup is none".to_owned());
        }
        let includes: Vec<String> = paths.iter().map(|path| format!("--include={}", literal(path))).collect();
        let target = format!("--target={}", target.display());
        let mut words = vec!["restore", &target];
        words.extend(includes.iter().map(String::as_str));
        if verify {
            words.push("--verify");
        }
        words.extend(["--", backup]);
        let mut broken = None;
        let mut line = |line: &str| {
            if broken.is_none() && line.starts_with("ignoring error for") {
                broken = Some(line.chars().take(300).collect::<String>());
            }
        };
        self.run(&words, &mut line)?;
        // restic 0.14 goes on after what it could not restore, and some of its versions end well.
        broken.map_or(Ok(()), |line| Err(format!("not all of it could be restored: {line}")))
    }
}

/// Why restic did not do it.
fn said(why: &CommandError) -> String {
    match why {
        CommandError::Start { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            "there is no restic on this server; install it there with: apt-get install restic".to_owned()
        }
        why => explain(why),
    }
}

/// 64 hexadecimal digits.
fn is_backup(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A path as a pattern that fits nothing else (filepath.Match of Go, by which restic compares).
fn literal(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for letter in path.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Per mille of a line such as `{"message_type":"status","percent_done":0.1234,…`. The line may be cut off.
fn permille(line: &str) -> Option<u32> {
    if !line.starts_with("{\"message_type\":\"status\"") {
        return None;
    }
    let (_, number) = line.split_once("\"percent_done\":")?;
    let end = number.find([',', '}']).unwrap_or(number.len());
    let done: f64 = number[..end].parse().ok()?;
    if !(0.0..=1.0).contains(&done) {
        return None;
    }
    // Within what was just checked.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    Some((done * 1_000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_from_whole_lines_and_cut_ones() {
        assert_eq!(permille(r#"{"message_type":"status","percent_done":0.5,"total_files":3}"#), Some(500));
        assert_eq!(permille(r#"{"message_type":"status","seconds_elapsed":1,"percent_done":1"#), Some(1_000));
        assert_eq!(permille(r#"{"message_type":"status","percent_done":7}"#), None);
        assert_eq!(permille(r#"{"message_type":"status","percent_done":NaN}"#), None);
        assert_eq!(permille("{\"message_type\":\"error\",\"item\":\"\\\"percent_done\\\":0.5\"}"), None);
    }

    #[test]
    fn a_path_is_no_pattern() {
        assert_eq!(literal("/files/a*b[1]?\\"), "/files/a\\*b\\[1\\]\\?\\\\");
        assert!(!is_backup("latest") && !is_backup(&"G".repeat(64)) && is_backup(&"a1".repeat(32)));
    }

    #[test]
    fn a_server_without_restic_says_how_to_get_it() {
        let missing = Program::new("rackwright-no-such-restic", ["backup"]);
        let why = System::default().run(&missing).expect_err("it is not there");
        assert!(said(&why).ends_with("apt-get install restic"), "{why}");
        let why = System::default().run(&Program::new("false", [""; 0])).expect_err("it fails");
        assert!(said(&why).contains("exit code 1"), "{why}");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_said_is_no_more_than_a_number(line in ".*") {
            let begun = format!("{}{line}", "{\"message_type\":\"status\"");
            for line in [line, begun] {
                proptest::prop_assert!(permille(&line).is_none_or(|permille| permille <= 1_000));
            }
        }
    }
}
