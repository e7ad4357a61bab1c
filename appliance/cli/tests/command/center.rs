//! A Control Center whose actions answer samples or a script, on a socket of its own.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rackwright_api::{ServeLimits, serve_unix};
use rackwright_catalog::{Action, Fault, Handle, dispatch};
use rackwright_client::{Answer, Caller, Transport};
use serde_json::Value;
use tokio::net::UnixListener;
use tokio::runtime::Runtime;

#[derive(Default)]
struct Script {
    calls: Mutex<Vec<(String, Value)>>,
    answers: Mutex<VecDeque<Result<Value, Fault>>>,
}

struct Samples;

impl<A: Action> Handle<A, Caller> for Samples {
    async fn handle(&self, _caller: &Caller, _input: A::Input) -> Result<A::Output, Fault> {
        Ok(A::sample_output())
    }
}

impl Transport for Script {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        self.calls.lock().expect("no panic").push((action.to_owned(), input.clone()));
        let next = self.answers.lock().expect("no panic").pop_front();
        Box::pin(async move {
            match next {
                Some(answer) => answer,
                None => dispatch(&Samples, caller, action, input).await,
            }
        })
    }
}

pub struct Center {
    script: Arc<Script>,
    folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Center {
    pub fn start(answers: impl IntoIterator<Item = Result<Value, Fault>>) -> Self {
        let script =
            Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = {
            let _guard = runtime.enter();
            UnixListener::bind(folder.path().join("s")).expect("a socket")
        };
        let door = Arc::clone(&script) as Arc<dyn Transport>;
        runtime.spawn(serve_unix(listener, door, ServeLimits::default(), std::future::pending()));
        Self { script, folder, _runtime: runtime }
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// The command, told where this Control Center is.
    pub fn command(&self, line: &str) -> assert_cmd::Command {
        let mut command =
            assert_cmd::Command::from_std(std::process::Command::new(env!("CARGO_BIN_EXE_rackwright")));
        command
            .env_clear()
            .env("TZ", "UTC")
            .env("RACKWRIGHT_SOCKET", self.socket())
            .args(shlex::split(line).expect("quoted well"))
            .timeout(std::time::Duration::from_secs(60));
        command
    }

    pub fn calls(&self) -> Vec<(String, Value)> {
        self.script.calls.lock().expect("no panic").clone()
    }
}

/// What the command wrote to standard output.
pub fn output(command: &mut assert_cmd::Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).expect("UTF-8")
}

/// What the command wrote to standard error, when it ended with `code`.
pub fn complaint(command: &mut assert_cmd::Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).expect("UTF-8")
}
