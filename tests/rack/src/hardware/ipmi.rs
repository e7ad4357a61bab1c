//! Asking a BMC over the rack's own network, with `ipmitool`.

use std::net::Ipv4Addr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::namespace::Namespace;
use super::tool::Tool;

/// How to sign in at a BMC.
#[derive(Debug, Clone)]
pub struct BmcAccess {
    pub address: Ipv4Addr,
    pub user: String,
    pub password: String,
}

/// IPMI chassis control (IPMI 2.0 section 28.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerOrder {
    On,
    Off,
    Cycle,
    Reset,
    /// A polite shutdown by the operating system.
    Soft,
}

/// What `chassis bootdev` can name on these machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootDevice {
    None,
    Pxe,
    Disk,
}

/// A connection to one BMC; every call is a session of its own.
#[derive(Debug)]
pub struct Ipmi<'a> {
    namespace: &'a Namespace,
    access: &'a BmcAccess,
}

impl<'a> Ipmi<'a> {
    pub fn new(namespace: &'a Namespace, access: &'a BmcAccess) -> Self {
        Self { namespace, access }
    }

    /// # Errors
    /// The BMC does not answer or refuses.
    pub fn power(&self, order: PowerOrder) -> Result<()> {
        let word = match order {
            PowerOrder::On => "on",
            PowerOrder::Off => "off",
            PowerOrder::Cycle => "cycle",
            PowerOrder::Reset => "reset",
            PowerOrder::Soft => "soft",
        };
        self.ask(&["chassis", "power", word]).map(drop)
    }

    /// # Errors
    /// The BMC does not answer, or in words that `ipmitool` does not use.
    pub fn is_on(&self) -> Result<bool> {
        let answer = self.ask(&["chassis", "power", "status"])?;
        match answer.trim() {
            "Chassis Power is on" => Ok(true),
            "Chassis Power is off" => Ok(false),
            other => bail!("the BMC at {} said {other:?} about its power", self.access.address),
        }
    }

    /// Sets what the next boot starts from, once.
    ///
    /// # Errors
    /// The BMC does not answer or refuses.
    pub fn set_boot_device(&self, device: BootDevice) -> Result<()> {
        let word = match device {
            BootDevice::None => "none",
            BootDevice::Pxe => "pxe",
            BootDevice::Disk => "disk",
        };
        self.ask(&["chassis", "bootdev", word]).map(drop)
    }

    /// `ipmitool`'s words for the boot flags in force.
    ///
    /// # Errors
    /// The BMC does not answer or refuses.
    pub fn boot_flags(&self) -> Result<String> {
        self.ask(&["chassis", "bootparam", "get", "5"])
    }

    /// Waits until the power is as wanted.
    ///
    /// # Errors
    /// It is not so within `limit`, or the BMC stops answering.
    pub fn wait_for_power(&self, on: bool, limit: Duration) -> Result<()> {
        let started = Instant::now();
        while self.is_on()? != on {
            if started.elapsed() > limit {
                bail!(
                    "the machine behind the BMC at {} is not {} after {} s",
                    self.access.address,
                    if on { "on" } else { "off" },
                    limit.as_secs()
                );
            }
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Waits until the BMC answers at all.
    ///
    /// # Errors
    /// It does not within `limit`; the message carries its last complaint.
    pub fn wait_for_bmc(&self, limit: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            match self.is_on() {
                Ok(_) => return Ok(()),
                Err(error) if started.elapsed() > limit => {
                    return Err(error).with_context(|| {
                        format!("the BMC at {} did not answer in {} s", self.access.address, limit.as_secs())
                    });
                }
                Err(_) => sleep(Duration::from_millis(50)),
            }
        }
    }

    fn ask(&self, words: &[&str]) -> Result<String> {
        let command = self.namespace.command("ipmitool");
        // Named cipher suite: ipmi_sim does not know the question which ones there are, and ipmitool would wait
        // ten seconds for the answer.
        Tool::from_command(command)
            .args(["-I", "lanplus", "-C", "3", "-N", "1", "-R", "3"])
            .args(["-H", &self.access.address.to_string(), "-U", &self.access.user, "-E"])
            .args(words)
            .env("IPMI_PASSWORD", &self.access.password)
            .read()
    }
}
