//! Reads a TFTP request and settles its options (RFC 1350, 2347, 2348, 2349, 7440).
//!
//! Attacker's input: one datagram of up to [`super::DATAGRAM`] bytes. A name only selects an entry of a fixed list, and
//! every number is held to a range before it sizes anything.

use std::time::Duration;

use tftpd::{OptionType, Packet, TransferOption};

/// Block size when none is asked (RFC 1350).
const BLOCK: u64 = 512;
/// Largest block that is granted: more would be cut into fragments on Ethernet. RFC 2348 lets a server answer with less.
const MAX_BLOCK: u64 = 1_468;
/// Largest window that is granted (RFC 7440 lets a server answer with less).
const MAX_WINDOW: u64 = 64;
/// Longest time-out that is granted, in seconds; a longer wish is not acknowledged.
const MAX_TIMEOUT: u64 = 20;
const MIN_BLOCK: u64 = 8;

/// What a client asks for.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    /// Name without leading slashes and without the junk byte 0xFF that some firmware appends.
    pub file: String,
    pub options: Vec<TransferOption>,
}

/// Why a request gets an error, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a request at all: dropped.
    Malformed,
    /// A write.
    ReadOnly,
    /// A mode other than octet.
    Mode,
}

/// How the transfer goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Terms {
    /// Bytes in a block.
    pub block: usize,
    /// Blocks sent before an acknowledgement is due.
    pub window: u16,
    /// The time-out that the client asked for.
    pub timeout: Option<Duration>,
    /// What is acknowledged; empty when the transfer starts with data at once.
    pub granted: Vec<TransferOption>,
}

/// Reads a datagram that came to port 69.
///
/// # Errors
/// [`Refusal`] when it is no read request in octet mode.
pub(crate) fn parse(bytes: &[u8]) -> Result<Request, Refusal> {
    let packet = decode(bytes).ok_or(Refusal::Malformed)?;
    let (name, mode, options) = match packet {
        Packet::Rrq { filename, mode, options } => (filename, mode, options),
        Packet::Wrq { .. } => return Err(Refusal::ReadOnly),
        Packet::Data { .. } | Packet::Ack(_) | Packet::Error { .. } | Packet::Oack(_) => {
            return Err(Refusal::Malformed);
        }
    };
    if !mode.eq_ignore_ascii_case("octet") {
        return Err(Refusal::Mode);
    }
    Ok(Request { file: name.trim_start_matches('/').to_owned(), options })
}

/// The packet; when its options cannot be read (RFC 2347 wants unknown ones ignored), the packet without them.
fn decode(bytes: &[u8]) -> Option<Packet> {
    if let Ok(packet) = Packet::deserialize(bytes) {
        return Some(packet);
    }
    let name_end = 2 + bytes.get(2..)?.iter().position(|b| *b == 0)?;
    let mode_end = name_end + 1 + bytes.get(name_end + 1..)?.iter().position(|b| *b == 0)?;
    let mut plain = bytes[..=mode_end].to_vec();
    if plain[name_end - 1] == 0xff {
        plain.remove(name_end - 1);
    }
    Packet::deserialize(&plain).ok()
}

/// What is granted of the options, for a file of `size` bytes. Of an option that comes twice the first counts.
pub(crate) fn settle(options: &[TransferOption], size: u64) -> Terms {
    let mut terms = Terms { block: BLOCK as usize, window: 1, timeout: None, granted: Vec::new() };
    for TransferOption { option, value } in options {
        if terms.granted.iter().any(|granted| granted.option == *option) {
            continue;
        }
        let value = match option {
            OptionType::BlockSize if *value >= MIN_BLOCK => {
                let block = (*value).min(MAX_BLOCK);
                terms.block = block as usize;
                block
            }
            OptionType::WindowSize if *value >= 1 => {
                let window = (*value).min(MAX_WINDOW);
                terms.window = window as u16;
                window
            }
            OptionType::Timeout if (1..=MAX_TIMEOUT).contains(value) => {
                terms.timeout = Some(Duration::from_secs(*value));
                *value
            }
            OptionType::TransferSize => size,
            OptionType::BlockSize
            | OptionType::WindowSize
            | OptionType::Timeout
            | OptionType::UTimeout
            | OptionType::WindowWait => continue,
        };
        terms.granted.push(TransferOption { option: *option, value });
    }
    terms
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
