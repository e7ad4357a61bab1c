//! One process of `ipmitool`, and the choice of the cipher suite.
//!
//! Without being told a suite, `ipmitool` asks the BMC for its list first, which many do not answer: that costs five
//! seconds a call. So the modern suite is tried, then the one every BMC has, and what worked is remembered.

use std::process::{Output, Stdio};
use std::time::Duration;

use rackwright_domain::ports::{BmcAccess, BmcError};
use tokio::process::Command;
use tokio::time::{Instant, timeout_at};

use super::{Ipmitool, words};

/// For one process: seven packets unanswered by its own count, with room to spare.
const ONE_CALL: Duration = Duration::from_secs(13);
/// Seconds until a packet is sent again, and how often.
const RESEND: [&str; 4] = ["-N", "2", "-R", "3"];
/// Processes at most for one question; the second and third are for packets lost at a bad moment.
const ATTEMPTS: u32 = 3;

/// IPMI cipher suites (IPMI 2.0 section 22.15.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    /// HMAC-SHA256, AES-CBC-128.
    Seventeen,
    /// HMAC-SHA1, AES-CBC-128: every BMC has it.
    Three,
}

impl Suite {
    fn number(self) -> &'static str {
        match self {
            Self::Seventeen => "17",
            Self::Three => "3",
        }
    }
}

impl Ipmitool {
    /// What the BMC answers to a command of `ipmitool`.
    ///
    /// # Errors
    /// A sentence with the address, what was attempted, what the BMC said and what to check.
    pub(super) async fn ask(
        &self,
        at: &BmcAccess,
        order: &[&str],
        attempted: &str,
        until: Instant,
    ) -> Result<String, BmcError> {
        let mut suite = self.suite(at).unwrap_or(Suite::Seventeen);
        let mut attempt = 1;
        loop {
            let output = self.run(at, suite, order, attempted, until).await?;
            if output.status.success() {
                self.remember(at, suite);
                return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            let said = format!(
                "{}\n{}",
                String::from_utf8_lossy(&output.stderr),
                String::from_utf8_lossy(&output.stdout)
            );
            match words::cause(&said) {
                words::Cause::Suite if suite == Suite::Seventeen => suite = Suite::Three,
                words::Cause::Lost if attempt < ATTEMPTS && Instant::now() + ONE_CALL < until => attempt += 1,
                cause => return Err(words::failed(at, attempted, &cause.sentence(at))),
            }
        }
    }

    async fn run(
        &self,
        at: &BmcAccess,
        suite: Suite,
        order: &[&str],
        attempted: &str,
        until: Instant,
    ) -> Result<Output, BmcError> {
        let mut command = Command::new(&self.program);
        command
            .args(["-I", "lanplus", "-E", "-v", "-C", suite.number()])
            .args(RESEND)
            .arg("-H")
            .arg(at.address.to_string())
            .arg("-U")
            .arg(&at.user)
            .args(order)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C")
            .env("IPMITOOL_PASSWORD", &at.password)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let limit = (Instant::now() + ONE_CALL).min(until);
        match timeout_at(limit, command.output()).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                let program = self.program.display();
                Err(words::failed(
                    at,
                    attempted,
                    &format!(
                        "the program {program} is not on the Control Center; install it with: apt install ipmitool"
                    ),
                ))
            }
            Ok(Err(error)) => Err(words::failed(
                at,
                attempted,
                &format!("{} could not be started: {error}", self.program.display()),
            )),
            Err(_) => Err(words::failed(at, attempted, &words::Cause::Lost.sentence(at))),
        }
    }
}
