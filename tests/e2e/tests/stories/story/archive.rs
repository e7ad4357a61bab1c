//! A small archive of Debian packages, made and signed here, and served on a rack's network.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rackwright_rack::hardware::{Rack, address};
use serde_json::json;

/// The one package of the archive.
pub const PACKAGE: &str = "rackwright-story";
/// What its one file, `/usr/share/rackwright-story/note`, says.
pub const NOTE: &str = "from the archive of the story";

const SUITE: &str = "story";
/// TCP, on the Control Center's address.
const PORT: u16 = 8081;

/// The archive in a directory of its own, which goes with it.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    /// In ASCII armour.
    key: String,
}

/// Serves for as long as it lives.
#[derive(Debug)]
pub struct Serving(Child);

impl Archive {
    /// # Panics
    /// A program of dpkg, apt or GnuPG fails.
    pub fn make() -> Self {
        let dir = std::env::temp_dir().join(format!("rackwright-story-archive-{}", std::process::id()));
        let mut archive = Self { dir, key: String::new() };
        archive.build_package();
        archive.write_lists();
        archive.sign();
        archive
    }

    /// What `--package-sources` of a profile takes.
    pub fn source(&self) -> String {
        let uri = format!("http://{}:{PORT}", address::CENTER);
        json!({"uri": uri, "suite": SUITE, "components": ["main"], "key": self.key}).to_string()
    }

    /// Serves the archive in a rack.
    pub fn serve(&self, rack: &Rack) -> Serving {
        let mut server = rack.command("busybox");
        server.args(["httpd", "-f", "-p", &format!("{}:{PORT}", address::CENTER), "-h"]);
        server.arg(self.dir.join("public")).stdin(Stdio::null());
        Serving(server.spawn().expect("busybox starts"))
    }

    fn build_package(&self) {
        let tree = self.dir.join("tree");
        write(
            &tree.join("DEBIAN/control"),
            &format!(
                "Package: {PACKAGE}\nVersion: 1.0\nArchitecture: all\nMaintainer: Rackwright <root@localhost>\n\
                 Description: a file that says where it came from\n"
            ),
        );
        write(&tree.join(format!("usr/share/{PACKAGE}/note")), NOTE);
        let pool = self.dir.join("public/pool");
        std::fs::create_dir_all(&pool).expect("a directory");
        let mut build = self.run_in("tree", "dpkg-deb");
        build.args(["--root-owner-group", "--build", "."]).arg(pool.join(format!("{PACKAGE}_1.0_all.deb")));
        output(&mut build);
    }

    /// The list of packages and the list of lists (deb-release of the repository format that apt-ftparchive(1) writes).
    fn write_lists(&self) {
        let suite = self.dir.join("public/dists").join(SUITE);
        let packages = output(self.run_in("public", "apt-ftparchive").args(["packages", "pool"]));
        write(&suite.join("main/binary-amd64/Packages"), &packages);
        let mut release = self.run_in("public", "apt-ftparchive");
        for field in ["Suite=story", "Codename=story", "Components=main", "Architectures=amd64"] {
            release.arg("-o").arg(format!("APT::FTPArchive::Release::{field}"));
        }
        let release = output(release.arg("release").arg(&suite));
        write(&self.dir.join("Release"), &release);
    }

    /// Signs with a key that nobody else has and that is thrown away.
    fn sign(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let home = self.dir.join("keys");
        std::fs::create_dir_all(&home).expect("a directory");
        std::fs::set_permissions(&home, PermissionsExt::from_mode(0o700)).expect("its mode");
        let gpg = |words: &[&str]| output(self.run_in(".", "gpg").arg("--homedir").arg(&home).args(words));
        gpg(&["--batch", "--passphrase", "", "--quick-generate-key", "story", "ed25519", "sign", "never"]);
        let signed = format!("public/dists/{SUITE}/InRelease");
        gpg(&["--batch", "--output", &signed, "--clearsign", "Release"]);
        let key = gpg(&["--armor", "--export"]);
        output(self.run_in(".", "gpgconf").arg("--homedir").arg(&home).args(["--kill", "gpg-agent"]));
        self.key = key;
    }

    fn run_in(&self, directory: &str, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.dir.join(directory));
        command
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // Left in the directory for temporary files, it is nothing that anybody uses.
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("has one")).expect("a directory");
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// What a program prints; it must succeed.
fn output(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
