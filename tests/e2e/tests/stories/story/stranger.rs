//! A strange machine on the rack's wire: a network namespace of its own with a cable to the rack's bridge.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use nix::sched::{CloneFlags, setns, unshare};
use rackwright_rack::hardware::{Namespace, Rack};

/// The stranger's address, outside the pool.
pub const ADDRESS: &str = "10.77.0.9";

/// Lives as long as its value; nameless, so nothing is left behind.
pub struct Stranger {
    /// Lives in the stranger's namespace, and ends with its standard input.
    holder: Child,
}

impl Stranger {
    /// Plugs a stranger into the rack's bridge.
    pub fn plug_in(rack: &Rack) -> Self {
        let holder = std::thread::spawn(|| {
            unshare(CloneFlags::CLONE_NEWNET).expect("a namespace for the stranger");
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat starts")
        });
        let stranger = Self { holder: holder.join().expect("the namespace is made") };
        let ip = |namespace: &Namespace, words: &str| {
            let status = namespace.command("ip").args(words.split(' ')).status().expect("ip starts");
            assert!(status.success(), "`ip {words}` ended with {status}");
        };
        let peer = stranger.holder.id();
        ip(rack.namespace(), &format!("link add stranger0 type veth peer name stranger1 netns {peer}"));
        ip(rack.namespace(), "link set stranger0 master br0 up");
        for words in [format!("addr add {ADDRESS}/24 dev stranger1"), "link set stranger1 up".to_owned()] {
            let mut inside = stranger.command("ip");
            inside.args(words.split(' '));
            assert!(inside.status().expect("nsenter starts").success(), "`ip {words}` for the stranger");
        }
        stranger
    }

    /// A command that will run as the stranger, as its own process.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.holder.id())).arg("--").arg(program);
        command
    }

    /// Does something as the stranger. Sockets made there stay there.
    pub fn does<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let namespace = File::open(format!("/proc/{}/ns/net", self.holder.id())).expect("the namespace");
        std::thread::scope(|scope| {
            let inside = scope.spawn(move || {
                setns(namespace, CloneFlags::CLONE_NEWNET).expect("root may enter it");
                work()
            });
            inside.join().expect("the stranger's work ends well")
        })
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        drop(self.holder.wait());
    }
}
