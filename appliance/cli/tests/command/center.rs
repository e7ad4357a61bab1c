//! A Control Center whose actions answer samples or a script, on a socket of its own.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rackwright_api::{ServeLimits, router, serve_https, serve_unix};
use rackwright_catalog::{Action, Fault, Handle, dispatch, entry};
use rackwright_client::{Answer, Caller, Fingerprint, Transport};
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::Value;
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Runtime;

/// What is answered to an action with its input; the sample when it is none.
type Answering = dyn Fn(&str, &Value) -> Option<Result<Value, Fault>> + Send + Sync;

#[derive(Default)]
struct Script {
    answering: Option<Box<Answering>>,
    calls: Mutex<Vec<(String, Value)>>,
    callers: Mutex<Vec<Caller>>,
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
        self.callers.lock().expect("no panic").push(caller.clone());
        let next = match &self.answering {
            Some(answering) => answering(action, &input),
            None => self.answers.lock().expect("no panic").pop_front(),
        };
        Box::pin(async move {
            match next {
                Some(answer) => answer,
                // The samples of the catalogue, with what a Control Center adds to them.
                None => dispatch(&Samples, caller, action, input)
                    .await
                    .map(|_| (entry(action).expect("in the catalogue").sample_output)()),
            }
        })
    }
}

pub struct Center {
    script: Arc<Script>,
    folder: tempfile::TempDir,
    runtime: Runtime,
}

impl Center {
    pub fn start(answers: impl IntoIterator<Item = Result<Value, Fault>>) -> Self {
        Self::scripted(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() })
    }

    /// For calls that come in no order that is known before.
    pub fn answering(
        answering: impl Fn(&str, &Value) -> Option<Result<Value, Fault>> + Send + Sync + 'static,
    ) -> Self {
        Self::scripted(Script { answering: Some(Box::new(answering)), ..Script::default() })
    }

    fn scripted(script: Script) -> Self {
        let script = Arc::new(script);
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
        Self { script, folder, runtime }
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

    /// Listen on HTTPS as well; gives the port and the fingerprint that is shown there.
    pub fn listen(&self) -> (u16, Fingerprint) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
        let leaf = params.self_signed(&key).expect("a certificate").der().clone();
        let print = Fingerprint::of(&leaf);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
            .expect("a configuration");
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let app = router(Arc::clone(&self.script) as Arc<dyn Transport>);
        self.runtime.spawn(serve_https(
            listener,
            config,
            app,
            ServeLimits::default(),
            std::future::pending(),
        ));
        (port, print)
    }

    /// Who made the last call.
    pub fn caller(&self) -> Caller {
        self.script.callers.lock().expect("no panic").last().expect("a call").clone()
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
