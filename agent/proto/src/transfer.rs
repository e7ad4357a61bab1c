//! Moving the files of a private server from one server to another: what each of the two is told, and what it says.

use std::fmt;
use std::net::SocketAddr;

use rackwright_model::private_server::Number;
use serde::{Deserialize, Serialize};

/// Letters of a token.
pub const TOKEN: usize = 64;

/// Something for the transfer of one private server. Said again, it changes nothing and is answered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Chosen by the Control Center; never used twice.
    pub transfer: u64,
    pub number: Number,
    pub order: TransferOrder,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum TransferOrder {
    /// Open a port for whoever has the token, and let its files in where those of the private server are. It must not run here.
    Receive { token: String },
    /// Send what is different there. Passes are counted from 1; one that was done is not done again.
    Send { pass: u32, ticket: Ticket },
    /// Close the port, stop sending, forget the transfer.
    End,
}

/// Where the files go, who is there and what opens the door.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub to: SocketAddr,
    /// SHA-256 of the certificate there, in lower-case hexadecimal.
    pub fingerprint: String,
    /// [`TOKEN`] letters.
    pub token: String,
}

/// What came of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferNews {
    pub transfer: u64,
    pub number: Number,
    pub news: News,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// The port is open, with a certificate of this SHA-256.
    Ready { port: u16, fingerprint: String },
    /// So much of a pass is sent.
    Sent { pass: u32, permille: u32 },
    /// A pass is done; it took so long.
    Passed { pass: u32, ms: u64 },
    /// What was ordered could not be done; it may be ordered again.
    Failed { reason: String },
}

impl fmt::Debug for TransferOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receive { .. } => f.write_str("Receive"),
            Self::Send { pass, ticket } => {
                f.debug_struct("Send").field("pass", pass).field("ticket", ticket).finish()
            }
            Self::End => f.write_str("End"),
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("to", &self.to).finish_non_exhaustive()
    }
}
