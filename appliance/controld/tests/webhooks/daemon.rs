//! The whole daemon tells real receivers, and loses nothing when it is killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rackwright_client::{Caller, Client, Credential, Origin, UnixTransport};
use rackwright_domain::secret::signature;
use serde_json::{Value, json};

use crate::receiver::{Manner, Receiver};

const SECRET: &str = "0123456789abcdef";

/// A daemon of its own process. Killed when dropped.
struct Daemon {
    child: Child,
    client: Client,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        let config = folder.join("rackwrightd.toml");
        let text = format!(
            "data_dir = {:?}\nrun_dir = {:?}\n[panel]\nlisten = [\"127.0.0.1:0\"]\n[agents]\nlisten = \"127.0.0.1:0\"\n\
             [webhooks]\nown_networks = [\"127.0.0.0/8\"]\n",
            folder.join("data"),
            folder.join("run")
        );
        std::fs::write(&config, text).expect("written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_rackwrightd"))
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut said = BufReader::new(child.stderr.take().expect("piped"));
        let mut log = String::new();
        while !log.contains("The Control Center listens") {
            assert!(said.read_line(&mut log).expect("readable") > 0, "it ended: {log}");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let transport = UnixTransport::new(folder.join("run/rackwright.sock"));
        let client = Client::new(Arc::new(transport), Caller::new(Credential::None, Origin::Cli));
        Self { child, client }
    }

    async fn done(&self, action: &str, input: Value) -> Value {
        self.client.call_named(action, input).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
    }

    async fn hook(&self, url: &str, account: &str) -> Value {
        let input =
            json!({"receiver": url, "events": ["rack.*", "account.*"], "secret": SECRET, "account": account});
        self.done("webhook.create", input).await["webhook"].clone()
    }

    async fn tried(&self, webhook: &Value) -> Value {
        for _ in 0..1_000 {
            let list = self.done("delivery.list", json!({"webhook": webhook})).await;
            if let Some(row) =
                list["items"].as_array().expect("a list").iter().find(|row| row["attempts"] != 0)
            {
                return row.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing was tried");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_daemon_tells_what_it_had_not_told() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let receiver = Receiver::start(Manner::Silent).await;
    let daemon = Daemon::start(folder.path());
    daemon.hook(&receiver.url(), "provider").await;
    for name in ["a1", "a2", "a3"] {
        daemon.done("rack.create", json!({"name": name})).await;
    }
    // It is in the middle of telling the first when it dies.
    receiver.waits_for(1).await;
    drop(daemon);
    receiver.set(Manner::Code(204));
    let _daemon = Daemon::start(folder.path());
    let sent = receiver.waits_for(4).await;
    let racks: Vec<Value> = sent.iter().map(|sent| sent.body()["object"]["name"].clone()).collect();
    assert_eq!(racks, ["a1", "a1", "a2", "a3"], "at least once, in order");
    assert_eq!(sent[0].body(), sent[1].body(), "under the same number");
    for sent in &sent {
        let signed = &sent.headers["rackwright-signature"];
        let (time, mac) =
            signed.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).expect("its form");
        assert_eq!(mac, signature(SECRET, &format!("{time}.{}", sent.text)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_does_is_on_record_and_a_reseller_reaches_nothing_inside() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let inside = Receiver::start(Manner::Code(200)).await;
    let redirecting = Receiver::start(Manner::Redirect(inside.url())).await;
    let failing = Receiver::start(Manner::Code(503)).await;
    let daemon = Daemon::start(folder.path());
    daemon.done("account.create", json!({"name": "acme", "tier": "reseller"})).await;
    let by_name = format!("http://localhost:{}/", inside.address.port());
    let hooks = [
        (daemon.hook(&redirecting.url(), "provider").await, "redirects are not followed"),
        (daemon.hook(&failing.url(), "provider").await, "It answered 503"),
        (daemon.hook(&by_name, "acme").await, "loopback"),
    ];
    daemon.done("account.rename", json!({"account": "acme", "title": "Acme"})).await;
    for (hook, word) in &hooks {
        let row = daemon.tried(hook).await;
        assert_eq!(row["state"], "waiting", "{row}");
        assert!(row["reason"].as_str().is_some_and(|reason| reason.contains(word)), "{word}: {row}");
        assert!(row["next_at"].as_i64() > row["tried_at"].as_i64(), "{row}");
    }
    assert!(inside.sent().is_empty(), "{:?}", inside.sent());
    let fault =
        daemon.client.call_named("webhook.test", json!({"webhook": hooks[2].0})).await.expect_err("inside");
    assert!(fault.reason.contains("must not be called"), "{fault}");
    // The same address for the provider, whose configuration opens it.
    let own = daemon.hook(&by_name, "provider").await;
    let tested = daemon.done("webhook.test", json!({"webhook": own})).await;
    assert_eq!(tested["code"], 200);
    assert_eq!(inside.sent().len(), 1);
}
