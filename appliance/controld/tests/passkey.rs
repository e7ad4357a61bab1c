//! Passkeys, from a real Chromium over TLS to the database. The story is `tests/e2e/browser/passkey.mjs`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rackwright_controld::config::Config;
use rackwright_controld::daemon::Daemon;
use serde_json::json;
use tokio::process::Command;
use tokio::time::timeout;

/// Longer than the story takes on any machine.
const LIMIT: Duration = Duration::from_secs(240);

fn config(folder: &Path) -> Config {
    let text = format!(
        "data_dir = {:?}\nrun_dir = {:?}\n[panel]\nlisten = [\"127.0.0.1:0\"]\n[agents]\nlisten = \"127.0.0.1:0\"\n",
        folder.join("data"),
        folder.join("run")
    );
    Config::read(Path::new("test"), &text).expect("valid")
}

mod browser {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_browser_adds_a_passkey_signs_in_with_it_and_removes_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let mut daemon = Daemon::start(config(folder.path())).await.expect("started");
        let password = daemon.take_admin_password().expect("the first start makes admin");
        let port = daemon.addresses().panel[0].port();
        let running = tokio::spawn(daemon.run(std::future::pending()));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let told = json!({
            // A name: browsers give no passkeys to addresses of numbers.
            "url": format!("https://localhost:{port}"),
            "password": password,
            "screenshots": Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots"),
            "panels": here.join("../../panels/package.json"),
        });
        let story = Command::new("node")
            .arg(here.join("../../tests/e2e/browser/passkey.mjs"))
            .env("STORY", told.to_string())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .status();
        let status = timeout(LIMIT, story).await.expect("the story ends").expect("node starts");
        running.abort();
        assert!(status.success(), "the story ended with {status}: what it saw stands above");
    }
}
