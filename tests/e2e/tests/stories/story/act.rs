//! Actions, as somebody at the command line carries them out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rackwright_rack::setup::Programs;
use serde_json::Value;

/// `rackwright --socket … --json`.
#[derive(Debug, Clone)]
pub struct Act {
    program: PathBuf,
    socket: PathBuf,
}

/// An action that was not carried out.
#[derive(Debug)]
pub struct Refused {
    pub exit_code: i32,
    /// The fault: `code`, `attempted`, `reason`, `advice`, `fields`.
    pub fault: Value,
}

impl Act {
    pub fn new(programs: &Programs, socket: &Path) -> Self {
        Self { program: programs.rackwright.clone(), socket: socket.to_owned() }
    }

    /// The output of an action that must succeed.
    #[track_caller]
    pub fn done(&self, words: &[&str]) -> Value {
        match self.tried(words, "") {
            Ok(output) => output,
            Err(refused) => panic!("`rackwright {}` was refused: {refused:?}", words.join(" ")),
        }
    }

    /// The refusal of an action that must not succeed.
    #[track_caller]
    pub fn refused(&self, words: &[&str], input: &str) -> Refused {
        match self.tried(words, input) {
            Ok(output) => panic!("`rackwright {}` was not refused: {output}", words.join(" ")),
            Err(refused) => refused,
        }
    }

    /// Carries out an action with `input` on standard input.
    pub fn tried(&self, words: &[&str], input: &str) -> Result<Value, Refused> {
        let output = self.run(words, input);
        let json = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
        };
        if output.status.success() {
            return Ok(json(&output.stdout));
        }
        Err(Refused { exit_code: output.status.code().unwrap_or(-1), fault: json(&output.stderr) })
    }

    fn run(&self, words: &[&str], input: &str) -> Output {
        let mut command = Command::new(&self.program);
        command.arg("--socket").arg(&self.socket).arg("--json").args(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("rackwright starts");
        if let Some(mut stdin) = process.stdin.take() {
            // One that ends without reading says in its own words why.
            drop(stdin.write_all(input.as_bytes()));
        }
        process.wait_with_output().expect("rackwright ends")
    }

    /// `server show`.
    #[track_caller]
    pub fn server(&self, name: &str) -> Value {
        self.done(&["server", "show", name])
    }

    /// The state of a server, such as `online`.
    #[track_caller]
    pub fn state(&self, name: &str) -> String {
        self.server(name)["summary"]["state"].as_str().unwrap_or_default().to_owned()
    }

    /// The stations of a server's last boot: stage, milliseconds since the epoch, detail.
    #[track_caller]
    pub fn timeline(&self, name: &str) -> Vec<(String, i64, String)> {
        let detail = self.server(name);
        let stations = detail["timeline"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        stations
            .iter()
            .map(|one| (text(&one["stage"]), one["at"].as_i64().unwrap_or_default(), text(&one["detail"])))
            .collect()
    }

    /// Orders an install and gives back the number of its job.
    #[track_caller]
    pub fn install(&self, name: &str, more: &[&str]) -> String {
        let words = ["server", "install", name, "--profile", rackwright_rack::prepare::IMAGE];
        self.done(&[&words[..], more].concat())["job"].to_string()
    }

    /// A job: its state and its reason.
    #[track_caller]
    pub fn job(&self, id: &str) -> (String, String) {
        let job = &self.done(&["job", "show", id])["job"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&job["state"]), text(&job["reason"]))
    }

    /// The lines of a job's log.
    #[track_caller]
    pub fn job_log(&self, id: &str) -> Vec<String> {
        let detail = self.done(&["job", "show", id]);
        let lines = detail["log"].as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| line["text"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The numbers of a server's jobs, newest first.
    #[track_caller]
    pub fn jobs_of(&self, name: &str) -> Vec<String> {
        let list = self.done(&["job", "list", "--server", name]);
        let jobs = list["items"].as_array().cloned().unwrap_or_default();
        jobs.iter().map(|job| job["id"].to_string()).collect()
    }
}
