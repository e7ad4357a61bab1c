//! A forgotten password, from the question to the new one, over a real SMTP server (the Debian package python3-aiosmtpd).

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rackwright_client::{Caller, Client, Credential, Origin, Transport, UnixTransport};
use rackwright_controld::config::Config;
use rackwright_controld::daemon::Daemon;
use serde_json::json;

/// Longer than any machine needs: a wait ends when the thing has happened.
const PATIENCE: Duration = Duration::from_secs(60);

/// An SMTP server that prints every letter it takes.
struct MailServer {
    child: Child,
    port: u16,
    lines: Receiver<String>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl MailServer {
    fn start() -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let mut child = Command::new("/usr/bin/python3")
            .args(["-u", "-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3-aiosmtpd is installed");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the mail server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, port, lines }
    }

    /// The lines of the next letter, as a mail program reads them: long ones are folded (RFC 2045, section 6.7).
    fn letter(&self) -> Vec<String> {
        let mut letter = vec![String::new()];
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("a letter arrives");
            if line.contains("END MESSAGE") {
                return letter.into_iter().map(|line| line.replace("=3D", "=")).collect();
            }
            let last = letter.last_mut().expect("one at least");
            if let Some(folded) = last.strip_suffix('=') {
                *last = format!("{folded}{line}");
            } else {
                letter.push(line);
            }
        }
    }
}

fn config(folder: &Path, port: u16, tls: &str) -> Config {
    let text = format!(
        "data_dir = {:?}\nrun_dir = {:?}\n[panel]\nlisten = [\"127.0.0.1:0\"]\nurl = \"https://center.example.com\"\n\
         [agents]\nlisten = \"127.0.0.1:0\"\n\
         [mail]\nhost = \"127.0.0.1\"\nport = {port}\ntls = {tls:?}\nfrom = \"Rackwright <center@example.com>\"\n",
        folder.join("data"),
        folder.join("run")
    );
    Config::read(Path::new("test"), &text).expect("valid")
}

fn client(folder: &Path) -> Client {
    let transport: Arc<dyn Transport> = Arc::new(UnixTransport::new(folder.join("run/rackwright.sock")));
    Client::new(transport, Caller::new(Credential::None, Origin::Cli))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_arrives_by_mail_and_sets_the_password() {
    let server = MailServer::start();
    let folder = tempfile::tempdir().expect("temporary folder");
    let daemon = Daemon::start(config(folder.path(), server.port, "none")).await.expect("started");
    let running = tokio::spawn(daemon.run(std::future::pending()));
    let client = client(folder.path());
    let robin = json!({"user": "robin", "role": "engineer", "password": "correct horse battery",
                       "email": "robin@example.com"});
    client.call_named("user.create", robin).await.expect("is made");
    client.call_named("user.forgot", json!({"user": "robin"})).await.expect("is answered");

    let letter = tokio::task::spawn_blocking(move || server.letter()).await.expect("no panic");
    let has = |start: &str| letter.iter().any(|line| line.starts_with(start));
    assert!(has("To: robin@example.com") && has("Subject: Set a new password"), "{letter:#?}");
    assert!(
        has("From: Rackwright <center@example.com>") || has("From: \"Rackwright\" <center@"),
        "{letter:#?}"
    );
    let link = "https://center.example.com/sign-in/reset?key=";
    let token = letter.iter().find_map(|line| line.strip_prefix(link)).expect("a link on a line of its own");
    let new = json!({"key": token, "password": "staple every battery"});
    client.call_named("user.reset", new).await.expect("is set");
    let sign_in = json!({"user": "robin", "password": "staple every battery"});
    client.call_named("session.open", sign_in).await.expect("signs in with it");
    running.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_says_what_the_server_says() {
    let server = MailServer::start();
    let folder = tempfile::tempdir().expect("temporary folder");
    let daemon = Daemon::start(config(folder.path(), server.port, "none")).await.expect("started");
    let running = tokio::spawn(daemon.run(std::future::pending()));
    let done = client(folder.path()).call_named("mail.test", json!({"to": "robin@example.com"})).await;
    let message = done.expect("is sent")["message"].to_string();
    assert!(message.contains("It answered: 250"), "{message}");
    running.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_gets_nothing_where_tls_is_demanded() {
    let server = MailServer::start();
    let folder = tempfile::tempdir().expect("temporary folder");
    let daemon = Daemon::start(config(folder.path(), server.port, "starttls")).await.expect("started");
    let running = tokio::spawn(daemon.run(std::future::pending()));
    let client = client(folder.path());
    let refused = client.call_named("mail.test", json!({"to": "robin@example.com"})).await;
    let reason = refused.expect_err("is not sent").reason;
    assert!(reason.contains(&format!("the mail server 127.0.0.1:{} did not take", server.port)), "{reason}");
    assert!(reason.to_lowercase().contains("starttls"), "{reason}");
    let status = client.call_named("system.status", json!({})).await.expect("shows it");
    assert!(status["warnings"].to_string().contains("Mail cannot be sent"), "{status}");
    running.abort();
}
