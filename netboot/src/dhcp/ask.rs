//! Reads a DHCP message into one typed value.
//!
//! Attacker's input: a datagram of up to [`super::DATAGRAM`] bytes from anybody on the link. Option lengths, counts and
//! texts are theirs. Options are taken one by one, so that one bad option costs only itself.

use std::net::Ipv4Addr;

use dhcproto::v4::borrowed::Message;
use dhcproto::v4::{Flags, HType, MessageType, Opcode};
use rackwright_model::MacAddr;

/// RFC 2131 section 2: every client takes an IP datagram of this size. Option 57 may only raise it.
const MIN_DATAGRAM: u16 = 576;
/// What an Ethernet link carries in one piece.
const MAX_DATAGRAM: u16 = 1_500;
/// IP and UDP headers, which option 57 counts in.
const HEADERS: u16 = 28;
/// RFC 1542 section 4.1.1: a message that was relayed more often than this is going in circles.
const MAX_HOPS: u8 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Discover,
    Request,
    Decline,
    Release,
    Inform,
}

/// Who speaks, by the first word of option 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Firmware {
    Pxe,
    Http,
}

/// The client is iPXE, ours or somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ipxe {
    /// Whether it was built with HTTP, as far as it says.
    pub http: bool,
}

/// A message from a client, bounded and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub kind: Kind,
    pub mac: MacAddr,
    pub xid: u32,
    pub flags: Flags,
    pub ciaddr: Option<Ipv4Addr>,
    pub giaddr: Option<Ipv4Addr>,
    /// Option 50.
    pub wanted: Option<Ipv4Addr>,
    /// Option 54.
    pub server: Option<Ipv4Addr>,
    /// Option 61; echoed (RFC 6842), never used to tell machines apart.
    pub client_id: Option<Vec<u8>>,
    /// Option 12, as a DNS label.
    pub host_name: Option<String>,
    pub firmware: Option<Firmware>,
    /// Option 93, the first value (RFC 4578 section 2.1).
    pub arch: Option<u16>,
    /// Option 97 when it has its proper length of 17; echoed, never used to tell machines apart.
    pub machine_id: Option<Vec<u8>>,
    pub ipxe: Option<Ipxe>,
    /// The longest DHCP message the client takes, in bytes without IP and UDP headers.
    pub max_size: usize,
    /// Option 82, echoed as it came (RFC 3046).
    pub relay_info: Option<Vec<u8>>,
}

impl Ask {
    /// Whether the client is firmware or a boot program rather than an operating system.
    pub fn netboot(&self) -> bool {
        self.firmware.is_some() || self.ipxe.is_some()
    }
}

/// Not a message that a client or relay could have sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(&'static str);

/// Reads a message as RFC 2131 lays it out.
///
/// # Errors
/// [`Malformed`] when it is too short, is no request from an Ethernet client, went through too many relays, or does not
/// say what it is (option 53).
pub(crate) fn parse(bytes: &[u8]) -> Result<Ask, Malformed> {
    let message = Message::new(bytes).map_err(|_| Malformed("shorter than a DHCP message"))?;
    if message.opcode() != Opcode::BootRequest {
        return Err(Malformed("not a request"));
    }
    // Checked before `chaddr()`, which takes as many bytes as the message says.
    if message.htype() != HType::Eth || message.hlen() != 6 {
        return Err(Malformed("not from an Ethernet interface"));
    }
    let mac = message.chaddr().try_into().map(MacAddr).map_err(|_| Malformed("no hardware address"))?;
    if !mac.is_unicast() {
        return Err(Malformed("the hardware address is not that of one interface"));
    }
    if message.hops() > MAX_HOPS {
        return Err(Malformed("relayed too often"));
    }
    let options = Options::read(&message);
    Ok(Ask {
        kind: options.kind.ok_or(Malformed("no message type of a client"))?,
        mac,
        xid: message.xid(),
        flags: message.flags(),
        ciaddr: host(message.ciaddr()),
        giaddr: host(message.giaddr()),
        wanted: options.wanted,
        server: options.server,
        client_id: options.client_id,
        host_name: options.host_name,
        firmware: options.firmware,
        arch: options.arch,
        machine_id: options.machine_id,
        ipxe: options
            .user_class_ipxe
            .then_some(Ipxe { http: true })
            .map(|any| options.ipxe.unwrap_or(any))
            .or(options.ipxe),
        max_size: usize::from(options.datagram.unwrap_or(0).clamp(MIN_DATAGRAM, MAX_DATAGRAM) - HEADERS),
        relay_info: options.relay_info,
    })
}

#[derive(Default)]
struct Options {
    kind: Option<Kind>,
    wanted: Option<Ipv4Addr>,
    server: Option<Ipv4Addr>,
    client_id: Option<Vec<u8>>,
    host_name: Option<String>,
    firmware: Option<Firmware>,
    arch: Option<u16>,
    machine_id: Option<Vec<u8>>,
    user_class_ipxe: bool,
    ipxe: Option<Ipxe>,
    datagram: Option<u16>,
    relay_info: Option<Vec<u8>>,
}

impl Options {
    /// Of an option that comes twice the first readable one counts.
    fn read(message: &Message<'_>) -> Self {
        let mut all = Self::default();
        for option in message.opts() {
            let data = option.data();
            match u8::from(option.code()) {
                12 => first(&mut all.host_name, || label(data)),
                50 => first(&mut all.wanted, || address(data)),
                53 => first(&mut all.kind, || kind(data)),
                54 => first(&mut all.server, || address(data)),
                57 => first(&mut all.datagram, || number(data)),
                60 => first(&mut all.firmware, || firmware(data)),
                61 => first(&mut all.client_id, || (2..=255).contains(&data.len()).then(|| data.to_vec())),
                77 => all.user_class_ipxe |= says_ipxe(data),
                82 => first(&mut all.relay_info, || (data.len() <= 255).then(|| data.to_vec())),
                93 => first(&mut all.arch, || data.get(..2).and_then(number)),
                // Sent twice in a row it arrives joined.
                97 => first(&mut all.machine_id, || {
                    data.get(..17).filter(|_| data.len() % 17 == 0).map(<[u8]>::to_vec)
                }),
                175 => first(&mut all.ipxe, || Some(features(data))),
                _ => {}
            }
        }
        all
    }
}

fn first<T>(slot: &mut Option<T>, read: impl FnOnce() -> Option<T>) {
    if slot.is_none() {
        *slot = read();
    }
}

fn host(address: Ipv4Addr) -> Option<Ipv4Addr> {
    (!address.is_unspecified() && !address.is_broadcast() && !address.is_multicast()).then_some(address)
}

fn address(data: &[u8]) -> Option<Ipv4Addr> {
    host(Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?))
}

fn number(data: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(data.try_into().ok()?))
}

fn kind(data: &[u8]) -> Option<Kind> {
    match MessageType::from(*data.first()?) {
        MessageType::Discover => Some(Kind::Discover),
        MessageType::Request => Some(Kind::Request),
        MessageType::Decline => Some(Kind::Decline),
        MessageType::Release => Some(Kind::Release),
        MessageType::Inform => Some(Kind::Inform),
        _ => None,
    }
}

fn firmware(data: &[u8]) -> Option<Firmware> {
    if data.starts_with(b"PXEClient") {
        Some(Firmware::Pxe)
    } else {
        data.starts_with(b"HTTPClient").then_some(Firmware::Http)
    }
}

/// Option 77. iPXE sends the bare word; RFC 3004 puts a length before each class.
fn says_ipxe(data: &[u8]) -> bool {
    if data == b"iPXE" {
        return true;
    }
    let mut rest = data;
    while let Some((length, tail)) = rest.split_first() {
        let Some((class, tail)) = tail.split_at_checked(usize::from(*length)) else { return false };
        if class == b"iPXE" {
            return true;
        }
        rest = tail;
    }
    false
}

/// Option 175: iPXE's own, with a sub-option for each feature it was built with; 19 is HTTP.
fn features(data: &[u8]) -> Ipxe {
    let mut rest = data;
    while let [code, length, tail @ ..] = rest {
        if *code == 19 {
            return Ipxe { http: true };
        }
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
    Ipxe { http: false }
}

/// The first label of a host name, in lower case; none when it is not one.
fn label(data: &[u8]) -> Option<String> {
    let name = data.split(|b| matches!(b, b'.' | 0)).next()?;
    let letters = name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let edges = name.starts_with(b"-") || name.ends_with(b"-");
    if name.is_empty() || name.len() > 63 || !letters || edges {
        return None;
    }
    String::from_utf8(name.to_ascii_lowercase()).ok()
}

#[cfg(test)]
#[path = "ask_tests.rs"]
mod tests;
