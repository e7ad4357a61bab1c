//! `rackwright copy`, against private servers with one file.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::{Fault, FaultCode};
use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

const PIECE: usize = 512 * 1024;

/// Files by their paths, and uploads that are not finished by theirs.
#[derive(Default)]
struct Files {
    whole: HashMap<String, Vec<u8>>,
    begun: HashMap<String, Vec<u8>>,
    /// So many answers to pieces get lost.
    lost: u32,
    /// The version is another one after so many reads.
    reads_until_change: Option<u32>,
}

impl Files {
    fn answer(&mut self, action: &str, input: &Value) -> Option<Result<Value, Fault>> {
        let path = input["path"].as_str()?.to_owned();
        assert_eq!(input["private_server"], "web1");
        let unfit =
            |reason: &str| Fault::new(FaultCode::Conflict, "write a file", reason, "Name another place.");
        match action.strip_prefix("private-server.file-")? {
            "write" => Some(self.write(path, input)),
            "finish" if self.whole.contains_key(&path) && input["replace"] == false => {
                Some(Err(unfit("something stands there")))
            }
            "finish" => {
                let bytes = self.begun.remove(&path)?;
                assert_eq!(input["bytes"], bytes.len());
                self.whole.insert(path, bytes);
                None
            }
            "abandon" => {
                self.begun.remove(&path);
                None
            }
            "read" => Some(self.read(&path, input)),
            _ => None,
        }
    }

    fn write(&mut self, path: String, input: &Value) -> Result<Value, Fault> {
        let piece = BASE64.decode(input["base64"].as_str().expect("a text")).expect("base64");
        assert!(piece.len() <= PIECE);
        let bytes = self.begun.entry(path).or_default();
        let taken = input["offset"] == bytes.len();
        if taken {
            bytes.extend(piece);
        }
        let length = bytes.len();
        if self.lost > 0 {
            self.lost -= 1;
            return Err(Fault::new(FaultCode::Unavailable, "write a file", "the line is down", "Wait."));
        }
        Ok(json!({ "bytes": length, "taken": taken }))
    }

    fn read(&mut self, path: &str, input: &Value) -> Result<Value, Fault> {
        let Some(bytes) = self.whole.get(path) else {
            return Err(Fault::new(
                FaultCode::NotFound,
                "read a file",
                "there is no such file",
                "Look for it.",
            ));
        };
        let from = usize::try_from(input["offset"].as_u64().expect("a number")).expect("small");
        let piece = &bytes[from..bytes.len().min(from + PIECE)];
        let mut version = "1";
        if let Some(left) = &mut self.reads_until_change {
            version = if *left == 0 { "2" } else { "1" };
            *left = left.saturating_sub(1);
        }
        Ok(json!({ "base64": BASE64.encode(piece), "bytes": bytes.len(), "version": version }))
    }
}

fn center(files: Files) -> (Center, Arc<Mutex<Files>>) {
    let files = Arc::new(Mutex::new(files));
    let kept = Arc::clone(&files);
    (Center::answering(move |action, input| kept.lock().expect("no panic").answer(action, input)), files)
}

/// Longer than two pieces, and not the same everywhere.
fn long() -> Vec<u8> {
    (0..PIECE * 2 + 77).map(|at| u8::try_from(at % 251).expect("small")).collect()
}

#[test]
fn a_file_goes_there_and_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().join("file");
    for bytes in [Vec::new(), b"hello\n".to_vec(), long()] {
        let (center, files) = center(Files { lost: 1, ..Files::default() });
        std::fs::write(&here, &bytes).expect("written");
        let said = output(&mut center.command(&format!("copy {} web1:/srv/", here.display())));
        assert_eq!(said, format!("web1:/srv/file has {} bytes.\n", bytes.len()));
        assert_eq!(files.lock().expect("no panic").whole["/srv/file"], bytes);
        std::fs::remove_file(&here).expect("removed");
        let said =
            output(&mut center.command(&format!("copy web1:/srv/file {} --json", folder.path().display())));
        assert!(said.contains(&format!("\"bytes\":{}", bytes.len())), "{said}");
        assert!(std::fs::read(&here).expect("is there") == bytes);
    }
}

#[test]
fn standard_input_and_output_are_files_too() {
    let (center, _) = center(Files::default());
    output(center.command("copy - web1:/srv/a").write_stdin("hello"));
    assert_eq!(output(&mut center.command("copy web1:/srv/a -")), "hello");
    assert!(complaint(center.command("copy - web1:/srv/").write_stdin(""), 2).contains("whole path"));
}

/// What is found when it is looked for again and again, for a minute at most.
fn in_time<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    (0..1_200).find_map(|_| {
        let found = look();
        if found.is_none() {
            std::thread::sleep(Duration::from_millis(50));
        }
        found
    })
}

#[test]
fn ctrl_c_ends_a_copy_whose_standard_input_says_nothing() {
    let (center, files) = center(Files::default());
    let mut child = Command::new(env!("CARGO_BIN_EXE_rackwright"))
        .args(["copy", "-", "web1:/srv/a"])
        .env("RACKWRIGHT_SOCKET", center.socket())
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    // One piece goes there, the next one is never whole.
    input.write_all(&long()[..PIECE + 77]).expect("taken");
    let begun = in_time(|| files.lock().expect("no panic").begun.contains_key("/srv/a").then_some(()));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    let ended = in_time(|| child.try_wait().expect("a child"));
    child.kill().ok();
    child.wait().expect("it ends");
    assert!(begun.is_some() && kill.success(), "a piece was there");
    assert_eq!(ended.and_then(|status| status.code()), Some(130), "it ends while its input is open");
    let files = files.lock().expect("no panic");
    assert!(files.begun.is_empty() && files.whole.is_empty(), "nothing is left of it");
    drop(input);
}

#[test]
fn what_stands_there_stays_unless_it_shall_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().join("a");
    std::fs::write(&here, "mine").expect("written");
    let there = HashMap::from([("/a".to_owned(), b"theirs".to_vec())]);
    let (center, files) = center(Files { whole: there, ..Files::default() });
    let out = format!("copy web1:/a {}", here.display());
    assert!(complaint(&mut center.command(&out), 2).contains("--replace"));
    assert_eq!(std::fs::read(&here).expect("is there"), b"mine");
    let into = format!("copy {} web1:/a", here.display());
    assert!(complaint(&mut center.command(&into), 1).contains("something stands there"));
    assert!(files.lock().expect("no panic").begun.is_empty(), "nothing is left of it");
    output(&mut center.command(&format!("{out} --replace")));
    assert_eq!(std::fs::read(&here).expect("is there"), b"theirs");
    std::fs::write(&here, "mine").expect("written");
    output(&mut center.command(&format!("{into} --replace")));
    assert_eq!(files.lock().expect("no panic").whole["/a"], b"mine");
}

#[test]
fn a_file_that_changes_or_is_not_there_leaves_nothing_here() {
    let folder = tempfile::tempdir().expect("a folder");
    let there = HashMap::from([("/a".to_owned(), long())]);
    let (center, _) = center(Files { whole: there, reads_until_change: Some(1), ..Files::default() });
    for (name, why) in [("/a", "was changed"), ("/b", "no such file")] {
        let line = format!("copy web1:{name} {}", folder.path().display());
        assert!(complaint(&mut center.command(&line), 1).contains(why));
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn one_place_is_here_and_one_is_there() {
    let (center, _) = center(Files::default());
    for (line, why) in [
        ("copy a b", "must be in a private server"),
        ("copy web1:/a web1:/b", "must be here"),
        ("copy web1:a b", "begins with /"),
        ("copy /nowhere/a web1:/a", "cannot be read"),
        ("copy /tmp web1:/a", "is a folder"),
        ("copy web1:/srv/ a", "file-pack"),
    ] {
        assert!(complaint(&mut center.command(line), 2).contains(why), "{line}");
    }
}
