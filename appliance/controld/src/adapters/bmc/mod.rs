//! BMCs over IPMI 2.0 (RMCP+), spoken by Debian's `ipmitool`: one process per call.
//!
//! The password goes through the environment of the process, never its arguments, which everybody can read.

mod call;
mod words;

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rackwright_domain::ports::{Bmc, BmcAccess, BmcError, BootDevice, Later, Power};
use tokio::time::{Instant, sleep};

use call::Suite;

/// For everything that one call of the port does, so that the caller's own limit (half a minute) is never reached.
const LIMIT: Duration = Duration::from_secs(26);
/// Between two looks at a power that has not changed yet.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How long a chassis may take to show a new power state after it took the order.
const POWER_SETTLES: Duration = Duration::from_secs(8);

/// Speaks to BMCs.
pub struct Ipmitool {
    program: PathBuf,
    /// The cipher suite that each BMC is known to take.
    suites: Mutex<HashMap<IpAddr, Suite>>,
}

impl Ipmitool {
    /// Uses this program, usually plain `ipmitool`.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), suites: Mutex::default() }
    }

    fn suite(&self, at: &BmcAccess) -> Option<Suite> {
        self.suites.lock().unwrap_or_else(PoisonError::into_inner).get(&at.address).copied()
    }

    fn remember(&self, at: &BmcAccess, suite: Suite) {
        self.suites.lock().unwrap_or_else(PoisonError::into_inner).insert(at.address, suite);
    }

    async fn status(&self, at: &BmcAccess, until: Instant) -> Result<bool, BmcError> {
        let answer = self.ask(at, &["chassis", "power", "status"], "read the power state", until).await?;
        words::power(&answer).ok_or_else(|| {
            words::failed(
                at,
                "read the power state",
                &format!("it answered {:?}", words::first_line(&answer)),
            )
        })
    }

    async fn order(&self, at: &BmcAccess, order: Power) -> Result<(), BmcError> {
        let until = Instant::now() + LIMIT;
        let on = matches!(order, Power::On | Power::Cycle);
        let (word, attempted) = match order {
            Power::On => ("on", "power the machine on"),
            Power::Off => ("off", "power the machine off"),
            Power::Shutdown => ("soft", "ask the operating system to shut down"),
            // A machine that is off cannot be cycled (IPMI 2.0 section 28.3): it only needs to be on.
            Power::Cycle if self.status(at, until).await? => ("cycle", "power-cycle the machine"),
            Power::Cycle => ("on", "power the machine on"),
        };
        self.ask(at, &["chassis", "power", word], attempted, until).await?;
        if order == Power::Shutdown {
            // That is up to the operating system, and takes as long as it takes.
            return Ok(());
        }
        let settled = (Instant::now() + POWER_SETTLES).min(until);
        loop {
            if self.status(at, until).await? == on {
                return Ok(());
            }
            if Instant::now() + LOOK_AGAIN > settled {
                let state = if on { "off" } else { "on" };
                let seconds = POWER_SETTLES.as_secs();
                return Err(words::failed(
                    at,
                    attempted,
                    &format!("it took the order, but {seconds} s later the machine is still {state}"),
                ));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    async fn set_boot(&self, at: &BmcAccess, from: BootDevice, uefi: bool) -> Result<(), BmcError> {
        let until = Instant::now() + LIMIT;
        let (word, attempted) = match from {
            BootDevice::Network => ("pxe", "set the next boot to the network"),
            BootDevice::Disk => ("disk", "set the next boot to the disk"),
        };
        let mut order = vec!["chassis", "bootdev", word];
        if uefi {
            order.push("options=efiboot");
        }
        self.ask(at, &order, attempted, until).await?;
        // Some BMCs cannot show the flag; then their word has to do.
        match self.ask(at, &["chassis", "bootparam", "get", "5"], "read the boot device back", until).await {
            Ok(shown) => match words::boot_device(&shown) {
                Some(device) if device != from => Err(words::failed(
                    at,
                    attempted,
                    &format!("it took the order, but shows {:?}", words::boot_line(&shown)),
                )),
                _ => Ok(()),
            },
            Err(error) => {
                tracing::debug!("The boot device was set but cannot be read back: {error}");
                Ok(())
            }
        }
    }
}

impl Bmc for Ipmitool {
    fn is_on<'a>(&'a self, at: &'a BmcAccess) -> Later<'a, Result<bool, BmcError>> {
        Box::pin(self.status(at, Instant::now() + LIMIT))
    }

    fn power<'a>(&'a self, at: &'a BmcAccess, order: Power) -> Later<'a, Result<(), BmcError>> {
        Box::pin(self.order(at, order))
    }

    fn boot_once<'a>(
        &'a self,
        at: &'a BmcAccess,
        from: BootDevice,
        uefi: bool,
    ) -> Later<'a, Result<(), BmcError>> {
        Box::pin(self.set_boot(at, from, uefi))
    }
}
