//! One machine's BMC: an `ipmi_sim` process that answers IPMI 2.0 (RMCP+) on its own address.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use super::board::{Board, BoardDir};
use super::ipmi::BmcAccess;
use super::namespace::Namespace;

/// A running BMC. Lives until it is dropped.
#[derive(Debug)]
pub struct Bmc {
    process: Child,
}

impl Bmc {
    /// Starts the BMC of the machine in `dir`, inside the rack's namespace.
    ///
    /// # Errors
    /// The configuration cannot be written or `ipmi_sim` is not installed.
    pub fn start(
        namespace: &Namespace,
        dir: &BoardDir,
        board: &Board,
        access: &BmcAccess,
        rack_program: &Path,
    ) -> Result<Self> {
        let lan = dir.file("bmc-lan.conf");
        let emulation = dir.file("bmc.emu");
        let state = dir.file("bmc-state");
        std::fs::write(&lan, lan_configuration(dir, board, access, rack_program)?)
            .with_context(|| format!("writing {}", lan.display()))?;
        std::fs::write(&emulation, EMULATION).with_context(|| format!("writing {}", emulation.display()))?;
        std::fs::create_dir_all(&state).with_context(|| format!("making {}", state.display()))?;
        let log = File::create(dir.file("bmc.log")).context("making the BMC's log")?;
        let process = namespace
            .command("ipmi_sim")
            .arg("-n")
            .arg("-c")
            .arg(&lan)
            .arg("-f")
            .arg(&emulation)
            .arg("-s")
            .arg(&state)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("sharing the BMC's log")?)
            .stderr(log)
            .spawn()
            .context("starting ipmi_sim")?;
        Ok(Self { process })
    }
}

impl Drop for Bmc {
    fn drop(&mut self) {
        // Both fail only for a process that has ended and been reaped.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// One management controller at the usual address, with an event log.
const EMULATION: &str = "mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
";

fn lan_configuration(
    dir: &BoardDir,
    board: &Board,
    access: &BmcAccess,
    rack_program: &Path,
) -> Result<String> {
    let chassis = format!("'{}' chassis '{}'", rack_program.display(), dir.path().display());
    if chassis.matches('\'').count() != 4 || chassis.contains('"') {
        bail!(
            "the path of the rack program or its state holds quotes, which ipmi_sim cannot take: {chassis}"
        );
    }
    Ok(format!(
        r#"name "{name}"
set_working_mc 0x20
  startlan 1
    addr {address} 623
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid {guid}
  endlan
  chassis_control "{chassis}"
  sol "tcp:127.0.0.1:{serial_port}" 115200
  user 1 false "" "" user 10 none md2 md5 straight
  user 2 true "{user}" "{password}" admin 10 none md2 md5 straight
"#,
        name = board.spec.name,
        address = access.address,
        guid = board.uuid.replace('-', ""),
        serial_port = board.serial_port,
        user = access.user,
        password = access.password,
    ))
}
