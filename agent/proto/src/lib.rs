//! Messages between a machine and the Control Center, and their framing.
//!
//! One TLS connection, opened by the machine. Frames are a 32-bit big-endian length and that many bytes of JSON.
//! Attacker's input: every byte of a frame may come from a machine that nobody trusts yet; see [`frame`].

mod bytes;
pub mod frame;
pub mod order;
pub mod private;
pub mod transfer;
pub mod vault;

use rackwright_model::private_server::{Seen, UsageBatch, Wanted};
use rackwright_model::{BootStage, InstallId, Inventory, MacAddr, ServerId};
use serde::{Deserialize, Serialize};

pub use order::{AgentSeed, ImageSource, NetworkSettings, Order};
pub use private::{Console, ConsoleOrder, ConsoleOutput, Exec, ExecDone, HostRoom, Inside, InsideDone};
pub use transfer::{Transfer, TransferNews};
pub use vault::{Vault, VaultNews};

/// Version of this conversation. A peer with another major version is refused with a sentence.
pub const VERSION: u32 = 1;

/// From a machine to the Control Center.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum FromMachine {
    /// First frame of a session of the provisioning environment (no client certificate).
    Provision(ProvisionHello),
    /// Answers [`ToMachine::Welcome`] in the provisioning environment.
    Inventory {
        inventory: Inventory,
    },
    /// A station of the boot timeline was passed, with a sentence of fact.
    Stage {
        install: InstallId,
        stage: BootStage,
        detail: String,
    },
    /// Bytes of the image done, of the compressed file; at most two a second.
    Progress {
        install: InstallId,
        done: u64,
        total: u64,
    },
    /// A line for the job's log.
    Log {
        install: InstallId,
        line: String,
    },
    /// The disk is complete. Repeated on every session until [`ToMachine::Restart`] answers it.
    Written {
        install: InstallId,
    },
    /// The install ended here; nothing more is done on the machine until a new order.
    InstallFailed {
        install: InstallId,
        failure: Failure,
    },
    /// First frame of an enrolment (no client certificate): the token becomes a certificate.
    Enrol {
        version: u32,
        token: String,
        csr_pem: String,
    },
    /// First frame of a managed agent (client certificate).
    Agent(AgentHello),
    /// Every few seconds from a managed agent.
    Heartbeat(Heartbeat),
    /// What came of a command.
    CommandDone {
        command: u64,
        error: Option<String>,
    },
    /// What this server can give to private servers: after every welcome, and when it changes.
    Room(HostRoom),
    /// What became of private servers: of all that are known after every welcome, then of each that changes.
    PrivateServers {
        seen: Vec<Seen>,
    },
    /// What private servers used. Repeated until [`ToMachine::UsageTaken`] answers it.
    Usage(UsageBatch),
    ExecDone(ExecDone),
    Console(ConsoleOutput),
    Inside(InsideDone),
    Transfer(TransferNews),
    Vault(VaultNews),
}

/// From the Control Center to a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum ToMachine {
    /// The session is taken; the machine is known under this name.
    Welcome {
        name: String,
    },
    /// Nothing to do yet: stay connected and wait for the next frame.
    Wait,
    /// Install now. Sent once per install.
    Install(Box<Order>),
    /// The certificate, and the authority that signed it and the Control Center's own.
    Enrolled {
        server: ServerId,
        certificate_pem: String,
        authority_pem: String,
    },
    /// Restart the machine (after [`FromMachine::Written`], or on an operator's word).
    Restart {
        command: u64,
    },
    /// The install was cancelled: stop writing.
    Abort {
        install: InstallId,
        reason: String,
    },
    /// The session is refused; the sentence says why. Try again after this many seconds.
    Refused {
        reason: String,
        retry_after_s: u32,
    },
    /// The heartbeat arrived.
    Heard,
    /// What is wanted of private servers on this server, at most [`private::A_FRAME`] of them. Those that are not named go on as
    /// they are.
    PrivateServers {
        wanted: Vec<Wanted>,
    },
    /// The samples with this number are in the books: forget them.
    UsageTaken {
        batch: u64,
    },
    Exec(Exec),
    Console(Console),
    Inside(Inside),
    Transfer(Transfer),
    Vault(Box<Vault>),
}

/// Who a machine in the provisioning environment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionHello {
    pub version: u32,
    /// The nonce of this boot, from the kernel command line. Not a secret.
    pub boot: String,
    /// The interface it booted from.
    pub mac: MacAddr,
    /// All its Ethernet addresses.
    pub macs: Vec<MacAddr>,
    /// The install it is carrying out, when the session was lost in the middle of one.
    pub resuming: Option<InstallId>,
}

/// Who a managed agent is, beside what its certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentHello {
    pub version: u32,
    pub agent_version: String,
    /// /proc/sys/kernel/random/boot_id: a change means a reboot.
    pub boot_id: String,
    pub host_name: String,
    pub kernel: String,
    pub os: String,
}

/// The state of a managed server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    pub uptime_s: u64,
    /// Load averages over 1, 5 and 15 minutes, in hundredths.
    pub load_centi: [u32; 3],
    pub memory_kb: u64,
    pub memory_available_kb: u64,
    pub disks: Vec<DiskUse>,
    /// Older agents do not tell it.
    #[serde(default)]
    pub cpu: Option<CpuTicks>,
    /// Older agents do not tell it.
    #[serde(default)]
    pub network: Option<NetworkBytes>,
}

/// Ticks of all processors since the machine started (proc(5), /proc/stat).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuTicks {
    /// Neither idle nor waiting for a disk.
    pub busy: u64,
    pub total: u64,
}

/// Bytes through all network cards since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkBytes {
    pub received: u64,
    pub sent: u64,
}

/// Room on one mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskUse {
    pub mount: String,
    pub bytes: u64,
    pub free_bytes: u64,
}

/// Why an install ended on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub stage: BootStage,
    /// What was attempted and what was seen.
    pub reason: String,
    /// What a person can do.
    pub advice: String,
    /// Whether anything on the target disk was changed.
    pub disk_touched: bool,
}
