//! What is inside a private server, as its agent would tell it: files in memory, in one folder for each login, and of
//! everything else what the catalogue has as a sample.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rackwright_model::Millis;
use rackwright_model::private_server::inside::{
    Answer, FailureKind, FileEntry, FileKind, FilePage, FilePiece, InsidePath, Over, Work, WorkFailure,
};
use rackwright_proto::{Inside as Order, InsideDone};
use serde_json::{Value, json};

type Files = BTreeMap<String, Vec<u8>>;

/// By the login that they are the home of; of root, all.
#[derive(Default)]
pub struct Inside(BTreeMap<String, (Files, Files)>);

impl Inside {
    pub fn does(&mut self, order: Order) -> InsideDone {
        let whose = order.login.map(|login| login.to_string()).unwrap_or_default();
        let (files, parts) = self.0.entry(whose).or_default();
        InsideDone { ask: order.ask, result: work(files, parts, order.work) }
    }
}

fn work(files: &mut Files, parts: &mut Files, work: Work) -> Result<Answer, WorkFailure> {
    match work {
        Work::List { .. } => {
            let items = files.iter().map(|(name, bytes)| entry(name, bytes)).collect();
            Ok(Answer::Page(FilePage { items, next: None, cut: false }))
        }
        Work::Facts { path } => found(files, &path).map(|bytes| Answer::Entry(entry(name(&path), bytes))),
        Work::Read { path, offset, length } => {
            let bytes = found(files, &path)?;
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            let until = (from + length as usize).min(bytes.len());
            let piece = FilePiece {
                base64: STANDARD.encode(&bytes[from..until]),
                bytes: bytes.len() as u64,
                version: version(bytes),
            };
            Ok(Answer::Piece(piece))
        }
        Work::Write { upload, offset, base64, .. } => {
            let part = parts.entry(upload.to_string()).or_default();
            if part.len() as u64 != offset {
                let at = Some(part.len() as u64);
                return Err(WorkFailure {
                    at,
                    ..WorkFailure::new(FailureKind::Elsewhere, "it is elsewhere")
                });
            }
            part.extend(STANDARD.decode(base64).expect("base64"));
            Ok(Answer::Written(part.len() as u64))
        }
        Work::Finish { path, upload, bytes, over } => {
            let part = parts.remove(upload.as_str()).unwrap_or_default();
            assert_eq!(part.len() as u64, bytes, "whole");
            match (over, files.get(name(&path))) {
                (Over::Nothing, Some(_)) => {
                    return Err(WorkFailure::new(FailureKind::Exists, "it is there already"));
                }
                (Over::Version(read), Some(old)) => assert_eq!(read, version(old)),
                _ => {}
            }
            let told = entry(name(&path), &part);
            files.insert(name(&path).to_owned(), part);
            Ok(Answer::Entry(told))
        }
        Work::Remove { path } => {
            found(files, &path)?;
            files.remove(name(&path));
            Ok(Answer::Done)
        }
        Work::Services => Ok(sampled("services", "private-server.service-list", "items")),
        Work::Processes => Ok(sampled("processes", "private-server.process-list", "items")),
        Work::Logins => Ok(sampled("logins", "private-server.login-list", "items")),
        Work::Journal { .. } => Ok(sampled("journal", "private-server.journal", "")),
        Work::Network => Ok(sampled("network", "private-server.network", "")),
        Work::Time => Ok(sampled("time", "private-server.time", "")),
        other => Err(WorkFailure::new(FailureKind::Broken, format!("{} is not acted here", other.word()))),
    }
}

fn sampled(came: &str, action: &str, part: &str) -> Answer {
    let sample = (rackwright_catalog::entry(action).expect("in the catalogue").sample_output)();
    let with: Value = if part.is_empty() { sample } else { sample[part].clone() };
    serde_json::from_value(json!({ "came": came, "with": with })).expect("an answer")
}

fn name(path: &InsidePath) -> &str {
    path.as_str().rsplit('/').next().unwrap_or_default()
}

fn found<'a>(files: &'a Files, path: &InsidePath) -> Result<&'a Vec<u8>, WorkFailure> {
    let none = || WorkFailure::new(FailureKind::Missing, format!("{path} is not there"));
    files.get(name(path)).ok_or_else(none)
}

fn version(bytes: &[u8]) -> String {
    format!("{}-{}", bytes.len(), bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>())
}

fn entry(name: &str, bytes: &[u8]) -> FileEntry {
    FileEntry {
        name: name.to_owned(),
        odd: false,
        kind: FileKind::File,
        bytes: bytes.len() as u64,
        mode: "0644".into(),
        uid: 0,
        gid: 0,
        owner: Some("root".into()),
        group: Some("root".into()),
        modified_at: Millis(1_764_000_000_000),
        target: None,
        version: version(bytes),
    }
}
