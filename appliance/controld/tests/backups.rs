//! restic of Debian against the port for backups, and requests that nobody honest would make.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use rackwright_api::serve_https;
use rackwright_controld::adapters::SystemClock;
use rackwright_controld::authority::{Authority, Names, ServerCertificate};
use rackwright_controld::backups::{Door, Restic, Shelf, app, limits};
use rackwright_domain::ports::{Authority as _, Backups as _};
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use tokio::net::TcpListener;

const FOLDER: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
const PASSWORD: &str = "open1";
const KEY: &str = "key1";

/// Folders that are open, with the most that they may hold.
#[derive(Default)]
struct Doors(Mutex<HashMap<String, u64>>);

impl Door for Doors {
    fn admits(&self, folder: &str, password: &str) -> Option<u64> {
        self.0.lock().expect("whole").get(folder).copied().filter(|_| password == PASSWORD)
    }
}

struct Port {
    address: SocketAddr,
    doors: Arc<Doors>,
    shelf: Shelf,
    keeper: Restic,
    directory: tempfile::TempDir,
}

impl Port {
    async fn open(limit: u64) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let authority = Authority::open(&directory.path().join("ca"), Arc::new(SystemClock)).expect("made");
        let mut names = Names::default();
        names.add(["127.0.0.1".to_owned()]);
        let certificate = ServerCertificate::open(&authority, names).expect("made");
        std::fs::write(directory.path().join("ca.pem"), authority.certificate_pem()).expect("written");
        let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("known")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificate));
        let base = directory.path().join("backups");
        std::fs::create_dir(&base).expect("made");
        let shelf = Shelf::new(base);
        let doors = Arc::new(Doors::default());
        doors.0.lock().expect("whole").insert(FOLDER.to_owned(), limit);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free");
        let address = listener.local_addr().expect("known");
        let served = app(shelf.clone(), doors.clone());
        tokio::spawn(serve_https(listener, tls, served, limits(), std::future::pending()));
        let keeper = Restic { shelf: shelf.clone(), program: "restic".to_owned() };
        Self { address, doors, shelf, keeper, directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// restic as an agent runs it.
    async fn restic(&self, words: &[&str]) -> Output {
        let address = format!("rest:https://agent:{PASSWORD}@{}/{FOLDER}/", self.address);
        let mut command = Command::new("restic");
        command
            .current_dir(self.directory.path())
            .env("RESTIC_REPOSITORY", address)
            .env("RESTIC_PASSWORD", KEY)
            .args(["--no-cache", "--json", "--cacert"])
            .arg(self.path("ca.pem"))
            .args(words);
        tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("ran")
            .expect("restic is installed")
    }

    async fn done(&self, words: &[&str]) -> String {
        let output = self.restic(words).await;
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The name of a backup of the directory `files`.
    async fn backup(&self) -> String {
        let said = self.done(&["backup", "--ignore-inode", "--ignore-ctime", "--", "files"]).await;
        let summary = said.lines().find(|line| line.contains("\"summary\"")).expect("a summary");
        let summary: serde_json::Value = serde_json::from_str(summary).expect("JSON");
        let begins = summary["snapshot_id"].as_str().expect("a name");
        let listed = self.done(&["snapshots", "--", begins]).await;
        let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
        listed[0]["id"].as_str().expect("a name").to_owned()
    }

    /// A request without restic: status and body.
    async fn ask(&self, method: &str, path: &str, password: &str, body: &[u8]) -> u16 {
        let sent = self.path("body");
        std::fs::write(&sent, body).expect("written");
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--path-as-is", "--output", "/dev/null", "--write-out", "%{http_code}"])
            .arg("--cacert")
            .arg(self.path("ca.pem"))
            .args(["--user", &format!("agent:{password}"), "--request", method])
            .args(if method == "HEAD" { &["--head"][..] } else { &[] });
        if method == "POST" {
            command.arg("--data-binary").arg(format!("@{}", sent.display()));
        }
        command.arg(format!("https://{}{path}", self.address));
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("ran");
        String::from_utf8_lossy(&output.expect("curl is installed").stdout).parse().expect("a status")
    }
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().expect("below")).expect("made");
        std::fs::write(path, text).expect("written");
    }
}

fn name(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn restic_backs_up_lists_restores_and_the_control_center_tidies() {
    let port = Port::open(1 << 30).await;
    let files = port.path("files");
    write(&files, &[("etc/hosts", "127.0.0.1 localhost\n"), ("var/long", &"abc".repeat(100_000))]);
    port.done(&["init"]).await;
    let first = port.backup().await;
    assert_eq!(first.len(), 64, "{first}");
    write(&files, &[("etc/hosts", "127.0.0.1 other\n")]);
    let second = port.backup().await;
    // The agent looks at its backups, and checks them to the last byte.
    port.done(&["check", "--read-data"]).await;
    let to = port.path("restored");
    port.done(&[
        "restore",
        &first,
        "--verify",
        "--target",
        to.to_str().expect("text"),
        "--include",
        "/files/etc",
    ])
    .await;
    assert_eq!(std::fs::read_to_string(to.join("files/etc/hosts")).expect("there"), "127.0.0.1 localhost\n");
    assert!(!to.join("files/var").exists());

    let looked = port.keeper.files(FOLDER, KEY, &second, "/etc/").await.expect("looked");
    let paths: Vec<&str> = looked.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((paths.as_slice(), looked.cut), (["/etc/hosts"].as_slice(), false));
    assert_eq!(looked.files[0].bytes, 16);
    let root = port.keeper.files(FOLDER, KEY, &second, "/").await.expect("looked");
    let mut paths: Vec<&str> = root.files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/etc", "/var"]);
    let why = port.keeper.files(FOLDER, "another", &second, "/").await.expect_err("another key");
    assert!(why.contains("restic failed") && !why.contains("another"), "{why}");

    // An agent forgets nothing.
    assert!(!port.restic(&["forget", &first]).await.status.success());
    assert_eq!(port.keeper.files(FOLDER, KEY, &first, "/etc").await.expect("still there").files.len(), 1);

    let stored = port.keeper.tidy(FOLDER, KEY, std::slice::from_ref(&second)).await.expect("tidied");
    assert!(stored > 0);
    let left: serde_json::Value = serde_json::from_str(&port.done(&["snapshots"]).await).expect("JSON");
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    assert_eq!(left[0]["id"], second.as_str());
    port.done(&["check", "--read-data"]).await;
    port.keeper.remove(FOLDER).await.expect("removed");
    assert!(!port.shelf.base().join(FOLDER).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_holds_no_more_than_it_may_and_is_shut_to_others() {
    let port = Port::open(3 << 20).await;
    // Bytes that do not get smaller.
    let noise: String = (0..40_000_u32).map(|n| name(&n.to_le_bytes())).collect();
    write(&port.path("files"), &[("small", "one"), ("noise", &noise)]);
    std::fs::rename(port.path("files/noise"), port.path("noise")).expect("moved");
    port.done(&["init"]).await;
    port.backup().await;
    let held = || {
        let mut sum = 0;
        let mut open = vec![port.shelf.base().to_owned()];
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(directory).expect("read") {
                let entry = entry.expect("read");
                let known = entry.metadata().expect("known");
                if known.is_dir() { open.push(entry.path()) } else { sum += known.len() }
            }
        }
        sum
    };
    for at in 0..3 {
        let text: String = (0..40_000_u32).map(|n| name(&(n + at * 40_000).to_le_bytes())).collect();
        write(&port.path("files"), &[(&format!("noise{at}"), &text)]);
    }
    let output = {
        // restic tries for a quarter of an hour; it is not waited for.
        let address = format!("rest:https://agent:{PASSWORD}@{}/{FOLDER}/", port.address);
        let mut child = tokio::process::Command::new("restic")
            .current_dir(port.directory.path())
            .env("RESTIC_REPOSITORY", address)
            .env("RESTIC_PASSWORD", KEY)
            .args(["--no-cache", "--cacert"])
            .arg(port.path("ca.pem"))
            .args(["backup", "--", "files"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        tokio::time::timeout(std::time::Duration::from_secs(8), child.wait()).await
    };
    assert!(output.is_err() || !output.expect("ended").expect("ended").success());
    assert!(held() <= 3 << 20, "{}", held());

    port.doors.0.lock().expect("whole").clear();
    assert_eq!(port.ask("GET", &format!("/{FOLDER}/config"), PASSWORD, b"").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_what_an_honest_agent_does_is_done() {
    let port = Port::open(1 << 30).await;
    let at = |rest: &str| format!("/{FOLDER}/{rest}");
    assert_eq!(port.ask("POST", &at("?create=true"), PASSWORD, b"").await, 200);
    assert_eq!(port.ask("POST", &at("config"), PASSWORD, b"first").await, 200);
    let (good, named) = (b"what it is".as_slice(), name(b"what it is"));

    // Who does not have the password, or comes to another's folder.
    assert_eq!(port.ask("GET", &at("config"), "wrong", b"").await, 401);
    assert_eq!(port.ask("GET", &format!("/{OTHER}/config"), PASSWORD, b"").await, 401);
    assert_eq!(port.ask("POST", &format!("/{OTHER}/?create=true"), PASSWORD, b"").await, 401);
    assert!(!port.shelf.base().join(OTHER).exists());

    // Names that are none.
    for path in [
        "/",
        "/../",
        "/etc/passwd",
        &at("../../ca/"),
        &at("data/../config"),
        &at("data/%2e%2e/config"),
        &at("data/..%2fconfig"),
        &at("tmp/0"),
        &at(&format!("data/{}", "z".repeat(64))),
        &at("data/ab"),
        &at(&format!("data/{}", named.to_uppercase())),
        &at(&format!("secret/{named}")),
        &at(&format!("data/{named}/x")),
    ] {
        for method in ["GET", "POST", "DELETE"] {
            assert_eq!(port.ask(method, path, PASSWORD, b"x").await, 404, "{method} {path}");
        }
    }

    // Content that is not what it is named by, once and for all what is.
    for kind in ["data", "keys", "locks", "snapshots", "index"] {
        assert_eq!(
            port.ask("POST", &at(&format!("{kind}/{named}")), PASSWORD, b"other").await,
            400,
            "{kind}"
        );
        assert_eq!(port.ask("HEAD", &at(&format!("{kind}/{named}")), PASSWORD, b"").await, 404, "{kind}");
        assert_eq!(port.ask("POST", &at(&format!("{kind}/{named}")), PASSWORD, good).await, 200, "{kind}");
        assert_eq!(port.ask("POST", &at(&format!("{kind}/{named}")), PASSWORD, b"else").await, 200, "{kind}");
        assert_eq!(port.ask("HEAD", &at(&format!("{kind}/{named}")), PASSWORD, b"").await, 200, "{kind}");
    }
    assert_eq!(std::fs::read(port.shelf.base().join(FOLDER).join("keys").join(&named)).expect("there"), good);
    assert_eq!(port.ask("POST", &at("config"), PASSWORD, b"second").await, 403);
    assert_eq!(std::fs::read(port.shelf.base().join(FOLDER).join("config")).expect("there"), b"first");

    // Too long for what it is.
    let long = vec![7; (1 << 20) + 1];
    assert_eq!(port.ask("POST", &at(&format!("keys/{}", name(&long))), PASSWORD, &long).await, 413);

    // Locks go; nothing else does.
    for (path, status) in [
        (at("config"), 403),
        (at(""), 403),
        (at("data/"), 403),
        (at(&format!("data/{named}")), 403),
        (at(&format!("keys/{named}")), 403),
        (at(&format!("snapshots/{named}")), 403),
        (at(&format!("index/{named}")), 403),
        (at(&format!("locks/{named}")), 200),
        (at(&format!("locks/{named}")), 404),
    ] {
        assert_eq!(port.ask("DELETE", &path, PASSWORD, b"").await, status, "{path}");
    }
    assert_eq!(port.ask("PUT", &at("config"), PASSWORD, b"x").await, 403);
    let fresh = std::fs::read_dir(port.shelf.base().join(FOLDER).join("tmp")).expect("there").count();
    assert_eq!(fresh, 0, "nothing lies about");
}
