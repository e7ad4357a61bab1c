//! A blocking client of the QEMU machine protocol, as far as a mainboard needs it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::boot_flag::BootOrder;
use super::qemu::{DISK_PATH, NIC_PATH};

/// One connection to a running QEMU.
#[derive(Debug)]
pub struct Qmp {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    events: VecDeque<String>,
}

impl Qmp {
    /// Connects and leaves the negotiation mode.
    ///
    /// # Errors
    /// Nobody listens, or what answers is not QMP.
    pub fn connect(path: &Path) -> Result<Self> {
        let writer =
            UnixStream::connect(path).with_context(|| format!("connecting to QEMU at {}", path.display()))?;
        let reader = BufReader::new(writer.try_clone().context("sharing the QMP connection")?);
        let mut qmp = Self { reader, writer, events: VecDeque::new() };
        let greeting = qmp.line()?.context("QEMU closed the QMP connection before its greeting")?;
        if greeting.get("QMP").is_none() {
            bail!("QEMU greeted with {greeting} where a QMP greeting belongs");
        }
        qmp.execute("qmp_capabilities", json!({}))?;
        Ok(qmp)
    }

    /// Runs one command and waits for its result. Events that come in between are kept for [`Qmp::event`].
    ///
    /// # Errors
    /// QEMU refuses the command or closes the connection.
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let request = json!({ "execute": command, "arguments": arguments });
        writeln!(self.writer, "{request}").with_context(|| format!("sending {command} to QEMU"))?;
        loop {
            let mut answer =
                self.line()?.with_context(|| format!("QEMU closed the connection during {command}"))?;
            if let Some(error) = answer.get("error") {
                bail!("QEMU refused {command}: {error}");
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            self.keep_event(&answer);
        }
    }

    /// The name of the next event; nothing once QEMU has ended.
    ///
    /// # Errors
    /// The connection breaks or carries something else than QMP.
    pub fn event(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            match self.line()? {
                Some(message) => self.keep_event(&message),
                None => return Ok(None),
            }
        }
    }

    /// Makes the firmware use this boot order from the machine's next reset on.
    ///
    /// # Errors
    /// As [`Qmp::execute`].
    pub fn set_boot_order(&mut self, order: BootOrder) -> Result<()> {
        let (nic, disk) = order.indices();
        // An index that any device has, this one included, is refused: both give theirs up first.
        for (path, index) in [(NIC_PATH, -1), (DISK_PATH, -1), (DISK_PATH, disk), (NIC_PATH, nic)] {
            self.execute("qom-set", json!({ "path": path, "property": "bootindex", "value": index }))?;
        }
        Ok(())
    }

    fn keep_event(&mut self, message: &Value) {
        if let Some(name) = message.get("event").and_then(Value::as_str) {
            self.events.push_back(name.to_owned());
        }
    }

    fn line(&mut self) -> Result<Option<Value>> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => Ok(None),
            Ok(_) => serde_json::from_str(&line).map(Some).with_context(|| format!("QMP message {line:?}")),
            // A QEMU that is killed with words in its socket resets the connection.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(None),
            Err(error) => Err(error).context("reading from QEMU"),
        }
    }
}
