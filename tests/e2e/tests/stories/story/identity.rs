//! A real provider to sign in by, on loopback, with one person and this Control Center as its client.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rackwright_rack::setup::identity_provider;
use serde_json::Value;

use super::wait_until;

/// What the Control Center proves itself with to the provider.
pub const CLIENT_SECRET: &str = "hush-hush-hush";

/// Canaille; ended when dropped.
pub struct IdentityProvider {
    pub issuer: String,
    pub user: &'static str,
    pub password: &'static str,
    program: PathBuf,
    config: PathBuf,
    process: Option<Child>,
}

impl IdentityProvider {
    /// In an empty folder; browsers are sent back to the panel at `panel`.
    pub fn start(folder: &Path, panel: &str) -> Self {
        let program = identity_provider::program().unwrap_or_else(|error| panic!("{error:#}"));
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
        let config = folder.join("canaille.toml");
        let mut provider = Self {
            issuer: format!("http://{free}"),
            user: "robin",
            password: "staple every battery",
            program,
            config,
            process: None,
        };
        // Its key first, which it needs for everything else.
        std::fs::write(&provider.config, provider.settings(folder, "")).expect("a configuration");
        let key: Value = serde_json::from_str(&provider.told(&["jwk", "create", "rsa"])).expect("a key");
        let fields = key.as_object().expect("a key").iter();
        let fields: Vec<String> = fields.map(|(name, value)| format!("{name} = {value}")).collect();
        let key = format!("[CANAILLE_OIDC]\nACTIVE_JWKS = [{{{}}}]\n", fields.join(", "));
        std::fs::write(&provider.config, provider.settings(folder, &key)).expect("a configuration");
        provider.told(&["install"]);
        provider.told(&[
            "create",
            "user",
            "--quiet",
            "--user-name",
            provider.user,
            "--password",
            provider.password,
            "--given-name",
            "Robin",
            "--family-name",
            "Example",
            "--display-name",
            provider.user,
            "--emails",
            "robin@example.com",
        ]);
        provider.told(&[
            "create",
            "client",
            "--quiet",
            "--client-id",
            "rackwright",
            "--client-secret",
            CLIENT_SECRET,
            "--client-name",
            "Rackwright",
            "--client-uri",
            panel,
            "--redirect-uris",
            &format!("{panel}/sign-in/return"),
            "--grant-types",
            "authorization_code",
            "--response-types",
            "code",
            "--scope",
            "openid",
            "--scope",
            "profile",
            "--scope",
            "email",
            "--token-endpoint-auth-method",
            "client_secret_basic",
        ]);
        // Its tokens are for whom they are made for.
        provider.told(&["set", "client", "rackwright", "--quiet", "--audience", "rackwright"]);
        provider.process =
            Some(provider.command(&["run", "--bind", &free.to_string()]).spawn().expect("it starts"));
        wait_until("the provider answers", Duration::from_secs(60), || {
            std::net::TcpStream::connect(free).is_ok().then_some(())
        });
        provider
    }

    fn settings(&self, folder: &Path, key: &str) -> String {
        format!(
            "SECRET_KEY = \"for this test\"\nSERVER_NAME = {:?}\nPREFERRED_URL_SCHEME = \"http\"\n\
             [CANAILLE]\nDATABASE = \"sql\"\nJAVASCRIPT = false\nHTMX = false\n\
             [CANAILLE_SQL]\nDATABASE_URI = {:?}\n{key}",
            self.issuer.trim_start_matches("http://"),
            format!("sqlite:///{}", folder.join("canaille.sqlite").display()),
        )
    }

    fn command(&self, words: &[&str]) -> Command {
        let log = self.config.with_extension("log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a log");
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .env("CANAILLE_CONFIG", &self.config)
            .current_dir(self.config.parent().expect("a folder"));
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        command
    }

    /// What the program says on standard output.
    fn told(&self, words: &[&str]) -> String {
        let output =
            self.command(words).stdout(Stdio::piped()).output().expect("the provider's program starts");
        let log = || std::fs::read_to_string(self.config.with_extension("log")).unwrap_or_default();
        assert!(output.status.success(), "canaille {}: {}", words[..2.min(words.len())].join(" "), log());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }
}
