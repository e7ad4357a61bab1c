//! The unix socket, with real peers.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rackwright_api::{ServeLimits, serve_unix};
use rackwright_catalog::actions::server::{ServerList, ServerListInput};
use rackwright_catalog::{Action, FaultCode};
use rackwright_client::{Caller, Client, Credential, Origin, Transport, UnixTransport};
use serde_json::json;
use tokio::net::UnixListener;
use tokio::sync::oneshot;

use crate::door::{Fake, story};

struct Socket {
    folder: tempfile::TempDir,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

fn serve(door: &Arc<Fake>) -> Socket {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("s")).expect("a socket");
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { stopped.await.expect("told to stop") };
    let served = tokio::spawn(serve_unix(listener, Arc::clone(door) as _, ServeLimits::default(), shutdown));
    Socket { folder, stop, served }
}

impl Socket {
    fn path(&self) -> PathBuf {
        self.folder.path().join("s")
    }
}

fn local() -> Caller {
    // What the transport is told about itself is not what counts.
    Caller::new(Credential::Local { uid: 4_294 }, Origin::Cli)
}

#[test]
fn the_kernel_names_the_caller() {
    story(async {
        let door = Arc::new(Fake::default());
        let socket = serve(&door);
        let mine = std::fs::metadata(socket.path()).expect("the socket").uid();
        let client = Client::new(Arc::new(UnixTransport::new(socket.path())), local());
        let page = client.call::<ServerList>(ServerListInput::default()).await.expect("an answer");
        assert_eq!(page, ServerList::sample_output());
        let caller = door.called()[0].caller.clone();
        assert_eq!(caller, Caller::new(Credential::Local { uid: mine }, Origin::Cli));
    });
}

#[test]
fn another_user_is_another_caller() {
    story(async {
        let door = Arc::new(Fake::default());
        let socket = serve(&door);
        if std::fs::metadata(socket.path()).expect("the socket").uid() != 0 {
            return; // Only root can become somebody else.
        }
        for path in [socket.folder.path().to_owned(), socket.path()] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).expect("opened to all");
        }
        let script = r#"my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!;
            print $s "POST /api/v1/server/list HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"; print <$s>;"#;
        let mut peer = Command::new("perl");
        peer.args(["-MIO::Socket::UNIX", "-e", script]).arg(socket.path()).uid(65_534).gid(65_534);
        let output =
            tokio::task::spawn_blocking(move || peer.output()).await.expect("no panic").expect("perl runs");
        assert!(String::from_utf8_lossy(&output.stdout).starts_with("HTTP/1.1 200"), "{output:?}");
        assert_eq!(door.called()[0].caller.credential, Credential::Local { uid: 65_534 });
    });
}

#[test]
fn a_token_counts_more_than_the_user() {
    story(async {
        let door = Arc::new(Fake::default());
        let socket = serve(&door);
        let caller = Caller::new(Credential::Bearer("rwt_x".into()), Origin::Api);
        UnixTransport::new(socket.path()).call(&caller, "server.list", json!({})).await.expect("an answer");
        assert_eq!(door.called()[0].caller, caller);
    });
}

#[test]
fn an_unknown_action_is_a_fault_and_the_end_is_clean() {
    story(async {
        let door = Arc::new(Fake::default());
        let socket = serve(&door);
        let transport = UnixTransport::new(socket.path());
        let fault = transport.call(&local(), "server.explode", json!({})).await.expect_err("unknown");
        assert_eq!(fault.code, FaultCode::NotFound);
        let path = socket.path();
        socket.stop.send(()).expect("it serves");
        socket.served.await.expect("it ended well");
        let fault = UnixTransport::new(path)
            .call(&local(), "server.list", json!({}))
            .await
            .expect_err("nobody there");
        assert_eq!(fault.code, FaultCode::Unavailable);
    });
}
