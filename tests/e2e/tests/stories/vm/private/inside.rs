//! Looking into a private server, and at it from its server.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::HOST;
use crate::story::{SshKey, Story, wait_until};

/// Fetching the template, making and starting, on two busy processors.
const STATE_LIMIT: Duration = Duration::from_secs(180);

/// Flags of a size of so many thousandths and MiB.
pub fn size(cpu_permille: u32, memory_mib: u32) -> [&'static str; 14] {
    let number = |number: u32| -> &'static str { number.to_string().leak() };
    [
        "--size-cpu-permille",
        number(cpu_permille),
        "--size-memory-mib",
        number(memory_mib),
        "--size-swap-mib",
        "0",
        "--size-disk-mib",
        "256",
        "--size-bandwidth-kbit",
        number(cpu_permille * 100),
        "--size-sessions",
        "2000",
        "--size-processes",
        "200",
    ]
}

impl Story {
    /// `private-server show`, the summary.
    #[track_caller]
    pub fn private(&self, name: &str) -> Value {
        self.act.done(&["private-server", "show", name])["summary"].clone()
    }

    #[track_caller]
    pub fn private_address(&self, name: &str) -> String {
        self.private(name)["address"].as_str().expect("an address").to_owned()
    }

    /// Waits until it is in a state.
    #[track_caller]
    pub fn wait_for_private(&self, name: &str, state: &str) {
        let mut said = String::new();
        wait_until(&format!("{name} is {state}"), STATE_LIMIT, || {
            let now = self.private(name);
            let words = format!("{} {}", now["state"], now["reason"]);
            if words != said {
                eprintln!("  {name}: {words}");
                said = words;
            }
            (now["state"] == state).then_some(())
        });
    }

    /// Waits until systemd inside has started all it starts, none of it in vain. It runs before it can be asked.
    #[track_caller]
    pub fn wait_for_services(&self, name: &str) {
        wait_until(&format!("the services of {name} stand"), STATE_LIMIT, || {
            (self.inside(name, "systemctl is-system-running").1 == "running").then_some(())
        });
    }

    /// What a shell line prints inside, and its exit status.
    #[track_caller]
    pub fn inside(&self, name: &str, line: &str) -> (i64, String) {
        self.inside_if_it_lives(name, line).unwrap_or_else(|status| panic!("{line} ended with {status}"))
    }

    /// The same of a line that may take its own shell along: what that ended with then, 128 and the signal.
    #[track_caller]
    pub fn inside_if_it_lives(&self, name: &str, line: &str) -> Result<(i64, String), i64> {
        let wrapped = format!("( {line}\n) 2>&1; status=$?; echo; echo status=$status");
        let words = ["private-server", "exec", name, "--limit-s", "50", "--", &wrapped];
        let output = match self.act.tried(&words, "") {
            Ok(output) => output["output"].as_str().unwrap_or_default().to_owned(),
            Err(refused) if [137, 143].contains(&refused.exit_code) => return Err(refused.exit_code.into()),
            Err(refused) => panic!("{line}: {refused:?}"),
        };
        let (text, status) =
            output.rsplit_once("\nstatus=").unwrap_or_else(|| panic!("no status in {output:?}"));
        Ok((status.trim().parse().expect("a number"), text.trim().to_owned()))
    }

    /// What root's shell line prints on the server that all stand on.
    #[track_caller]
    pub fn outside(&self, key: &SshKey, line: &str) -> String {
        self.on_server(key, "root", HOST, line).trim().to_owned()
    }

    /// The name of its cgroup's scope, its files and its tables.
    pub fn tag(&self, name: &str) -> String {
        format!("ps{}", self.private(name)["number"])
    }

    /// The number that its first process has on the server.
    #[track_caller]
    pub fn init_of(&self, key: &SshKey, name: &str) -> String {
        let pid = self.init_if_any(key, name);
        pid.unwrap_or_else(|| panic!("{name} has no first process"))
    }

    /// The same of one that may not run now.
    #[track_caller]
    pub fn init_if_any(&self, key: &SshKey, name: &str) -> Option<String> {
        let line =
            format!("crun --root /run/rackwright-crun state {} | grep '\"pid\"' || true", self.tag(name));
        Some(self.outside(key, &line)).filter(|pid| pid.contains(':'))
    }

    /// Whether it answers an echo request from the rack's network.
    pub fn answers(&self, name: &str) -> bool {
        let mut ping = self.live.rack.command("ping");
        ping.args(["-q", "-c", "3", "-i", "0.3", "-W", "3", &self.private_address(name)])
            .stdout(Stdio::null());
        ping.status().expect("ping starts").success()
    }
}
