//! The whole daemon without netboot, in this process: it starts, is called, keeps others out, and stops.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rackwright_catalog::FaultCode;
use rackwright_client::{
    Caller, Client, Credential, Fingerprint, HttpsTransport, Origin, Transport, Trust, UnixTransport,
};
use rackwright_controld::config::Config;
use rackwright_controld::daemon::Daemon;
use rackwright_domain::refusal::chain;
use serde_json::{Value, json};
use tokio::sync::oneshot;

fn config(folder: &Path) -> Config {
    let text = format!(
        "data_dir = {:?}\nrun_dir = {:?}\n[panel]\nlisten = [\"127.0.0.1:0\"]\n[agents]\nlisten = \"127.0.0.1:0\"\n",
        folder.join("data"),
        folder.join("run")
    );
    Config::read(Path::new("test"), &text).expect("valid")
}

fn client(transport: impl Transport + 'static, credential: Credential) -> Client {
    Client::new(Arc::new(transport), Caller::new(credential, Origin::Cli))
}

fn local(folder: &Path) -> Client {
    client(UnixTransport::new(folder.join("run/rackwright.sock")), Credential::None)
}

async fn status(client: &Client) -> Value {
    client.call_named("system.status", json!({})).await.expect("the status")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_is_called_and_stops() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut daemon = Daemon::start(config(folder.path())).await.expect("started");
    let password = daemon.take_admin_password().expect("the first start makes admin");
    let addresses = daemon.addresses().clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(daemon.run(async { drop(stopped.await) }));

    // Whoever may open the socket and is root is the owner.
    let seen = status(&local(folder.path())).await;
    assert!(seen["counters"]["agents.connections"].is_u64(), "{seen}");

    // Over HTTPS, known by the authority's fingerprint, with the one-time password.
    let fingerprint: Fingerprint = addresses.authority_fingerprint.parse().expect("a fingerprint");
    let url = format!("https://{}", addresses.panel[0]);
    let https = || HttpsTransport::new(&url, Trust::Fingerprint(fingerprint)).expect("a URL");
    let nobody = client(https(), Credential::None);
    let fault = nobody.call_named("system.status", json!({})).await.expect_err("nobody is signed in");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
    let opened = nobody
        .call_named("session.open", json!({"user": "admin", "password": password}))
        .await
        .expect("signed in");
    let token = opened["session"].as_str().expect("a session").to_owned();
    status(&client(https(), Credential::Bearer(token))).await;

    let file = folder.path().join("run/admin-password");
    assert_eq!(std::fs::read_to_string(&file).expect("there").trim(), password);
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(
        (mode(&file), mode(&addresses.socket), mode(&folder.path().join("data"))),
        (0o600, 0o660, 0o700)
    );

    drop(stop);
    let ended = tokio::time::timeout(Duration::from_secs(5), running).await.expect("within five seconds");
    ended.expect("no crash").expect("asked to stop");
    assert!(!addresses.socket.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_finds_everything_and_makes_no_second_admin() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut first = Daemon::start(config(folder.path())).await.expect("started");
    assert!(first.take_admin_password().is_some());
    let fingerprint = first.addresses().authority_fingerprint.clone();
    first.run(async {}).await.expect("asked to stop");

    let mut second = Daemon::start(config(folder.path())).await.expect("started again");
    assert_eq!(second.take_admin_password(), None);
    assert_eq!(second.addresses().authority_fingerprint, fingerprint);
    second.run(async {}).await.expect("asked to stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_never_share_a_folder() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let _first = Daemon::start(config(folder.path())).await.expect("started");
    let refused = |error| chain(&error);
    let error =
        Daemon::start(config(folder.path())).await.err().map(refused).expect("the data folder is taken");
    assert!(error.contains("another rackwrightd (process"), "{error}");

    let other_data = Config { data_dir: folder.path().join("other"), ..config(folder.path()) };
    let error = Daemon::start(other_data).await.err().map(refused).expect("the run folder is taken");
    assert!(error.contains("give this one its own run_dir"), "{error}");
    status(&local(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let mut config = config(folder.path());
    config.panel.listen = vec![taken.local_addr().expect("bound")];
    let error =
        Daemon::start(config.clone()).await.err().map(|error| chain(&error)).expect("the port is taken");
    assert!(error.contains("for the panel; check panel.listen") && error.contains("in use"), "{error}");

    config.panel.listen = vec!["127.0.0.1:0".parse().expect("an address")];
    config.data_dir = "/proc/rackwright".into();
    let error =
        Daemon::start(config).await.err().map(|error| chain(&error)).expect("no folder can be made there");
    assert!(error.contains("could not create /proc/rackwright; check data_dir"), "{error}");
}
