//! A NAS on the wire of a rack: a real NFS server with exports of its own, which can be held up and let go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rackwright_rack::hardware::Rack;

use super::wait_until;

/// Where it answers, outside of the pool of the rack.
pub const ADDRESS: &str = "10.77.0.20";

/// It ends with the story.
pub struct NfsServer {
    process: Child,
    folder: PathBuf,
}

impl NfsServer {
    /// Exports these directories as /srv/NAME, for machines that are trusted with every user.
    pub fn start(rack: &Rack, names: &[&str]) -> Self {
        let folder = rack.run_dir().join("nas");
        fs::create_dir_all(folder.join("recovery")).expect("a directory");
        let mut settings = format!(
            "NFS_CORE_PARAM {{ Protocols = 4; Bind_addr = {ADDRESS}; Enable_NLM = false; Enable_RQUOTA = false; }}\n\
             NFSv4 {{ Graceless = true; Only_Numeric_Owners = true; RecoveryRoot = {}; }}\n\
             EXPORT_DEFAULTS {{ Access_Type = RW; Squash = No_Root_Squash; SecType = sys; }}\n",
            folder.join("recovery").display()
        );
        for (id, name) in (1..).zip(names) {
            let path = folder.join(name);
            fs::create_dir_all(&path).expect("a directory");
            settings += &format!(
                "EXPORT {{ Export_Id = {id}; Path = {}; Pseudo = /srv/{name}; FSAL {{ Name = VFS; }} }}\n",
                path.display()
            );
        }
        let conf = folder.join("ganesha.conf");
        fs::write(&conf, settings).expect("written");
        let mut ip = rack.command("ip");
        let taken = ip.args(["addr", "add", &format!("{ADDRESS}/24"), "dev", "br0"]).status();
        assert!(taken.expect("ip starts").success(), "the address of the NAS is free");
        let log = fs::File::create(folder.join("said.log")).expect("a log");
        let mut ganesha: Command = rack.command("ganesha.nfsd");
        ganesha.arg("-F").arg("-f").arg(&conf).arg("-L").arg(folder.join("ganesha.log"));
        ganesha.arg("-p").arg(folder.join("ganesha.pid"));
        ganesha.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let process = ganesha.spawn().expect("the NFS server starts");
        let server = Self { process, folder };
        wait_until("the NFS server answers", Duration::from_secs(30), || {
            let log = fs::read_to_string(server.folder.join("ganesha.log")).unwrap_or_default();
            log.contains("NFS SERVER INITIALIZED").then_some(())
        });
        server
    }

    /// The files of an export.
    pub fn files(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// It answers nobody from now on.
    pub fn hold(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// It answers again.
    pub fn go_on(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// nsenter(1) becomes the program that it starts.
    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("it is there");
    }
}

impl Drop for NfsServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Names in a directory.
pub fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).expect("is there").flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
