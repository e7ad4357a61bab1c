//! Writes a DHCP reply.
//!
//! Options go out in this order, the ones that a client cannot do without first, until the client's limit is reached;
//! `file` and `sname` are never overloaded with options (option 52), because firmware reads them as they are.

use std::net::Ipv4Addr;

use dhcproto::v4::{DhcpOption, HType, Message, MessageType, Opcode, OptionCode, UnknownOption};
use dhcproto::{Encodable, Encoder};

use crate::dhcp::ask::Ask;
use crate::dhcp::boot::{BootFile, Client};
use crate::plan::Lease;

/// BOOTP clients and relays drop what is shorter (RFC 1542 section 2.1).
const MIN_MESSAGE: usize = 300;
/// Room in the `file` field, with its closing zero.
const FILE_FIELD: usize = 127;

/// What is said to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Offer {
        lease: Lease,
        boot: Option<BootFile>,
    },
    /// Beside the offer of another server (proxyDHCP, PXE 2.1 section 2.2.3): no address, the boot file only.
    ProxyOffer {
        boot: BootFile,
    },
    Ack {
        lease: Lease,
        boot: Option<BootFile>,
    },
    /// Answer to an INFORM: settings, no lease.
    Settings {
        lease: Lease,
        boot: Option<BootFile>,
    },
    /// Answer on port 4011: the boot file only.
    BootOnly {
        boot: BootFile,
    },
    Nak {
        reason: String,
    },
}

impl Reply {
    /// The address that the message gives to the client (`yiaddr`).
    pub fn given(&self) -> Option<Ipv4Addr> {
        match self {
            Self::Offer { lease, .. } | Self::Ack { lease, .. } => Some(lease.address),
            Self::ProxyOffer { .. } | Self::Settings { .. } | Self::BootOnly { .. } | Self::Nak { .. } => {
                None
            }
        }
    }

    pub fn boot(&self) -> Option<&BootFile> {
        match self {
            Self::Offer { boot, .. } | Self::Ack { boot, .. } | Self::Settings { boot, .. } => boot.as_ref(),
            Self::ProxyOffer { boot } | Self::BootOnly { boot } => Some(boot),
            Self::Nak { .. } => None,
        }
    }

    fn kind(&self) -> MessageType {
        match self {
            Self::Offer { .. } | Self::ProxyOffer { .. } => MessageType::Offer,
            Self::Ack { .. } | Self::Settings { .. } | Self::BootOnly { .. } => MessageType::Ack,
            Self::Nak { .. } => MessageType::Nak,
        }
    }
}

/// The reply as bytes: at least [`MIN_MESSAGE`], at most `ask.max_size`.
///
/// # Errors
/// Only when the codec refuses a value, which would be a fault of ours.
pub(crate) fn encode(
    reply: &Reply,
    ask: &Ask,
    server: Ipv4Addr,
) -> Result<Vec<u8>, dhcproto::error::EncodeError> {
    let mut bytes = header(reply, ask, server).to_vec()?;
    let relay = ask
        .relay_info
        .as_ref()
        .map(|info| raw(82, info.clone()))
        .map(|option| option.to_vec())
        .transpose()?;
    let end = 1;
    let room = ask.max_size.saturating_sub(end + relay.as_ref().map_or(0, Vec::len));
    let mut encoded = Vec::new();
    for option in options(reply, ask, server) {
        encoded.clear();
        option.encode(&mut Encoder::new(&mut encoded))?;
        if bytes.len() + encoded.len() <= room {
            bytes.extend_from_slice(&encoded);
        }
    }
    // RFC 3046 section 2.2: the relay's option is the last one.
    bytes.extend(relay.unwrap_or_default());
    bytes.push(u8::from(OptionCode::End));
    bytes.resize(bytes.len().max(MIN_MESSAGE), 0);
    Ok(bytes)
}

fn header(reply: &Reply, ask: &Ask, server: Ipv4Addr) -> Message {
    let none = Ipv4Addr::UNSPECIFIED;
    let nak = matches!(reply, Reply::Nak { .. });
    let (yiaddr, siaddr) = (reply.given().unwrap_or(none), reply.boot().map_or(none, |_| server));
    let ciaddr = ask.ciaddr.filter(|_| !nak && reply.kind() != MessageType::Offer).unwrap_or(none);
    let giaddr = ask.giaddr.unwrap_or(none);
    let mut message = Message::new_with_id(ask.xid, ciaddr, yiaddr, siaddr, giaddr, &ask.mac.0);
    message.set_opcode(Opcode::BootReply).set_htype(HType::Eth);
    // A relayed refusal must be broadcast by the relay: the client has no address it may use (RFC 2131 section 4.3.2).
    message.set_flags(if nak && ask.giaddr.is_some() { ask.flags.set_broadcast() } else { ask.flags });
    if let Some(boot) = reply.boot().filter(|boot| boot.name.len() <= FILE_FIELD) {
        message.set_fname_str(&boot.name);
    }
    message
}

/// All options but 82 and the end, the most needed first.
fn options(reply: &Reply, ask: &Ask, server: Ipv4Addr) -> Vec<DhcpOption> {
    let mut all = vec![DhcpOption::MessageType(reply.kind()), DhcpOption::ServerIdentifier(server)];
    match reply {
        Reply::Offer { lease, boot } | Reply::Ack { lease, boot } => {
            all.push(DhcpOption::AddressLeaseTime(lease.seconds));
            network(&mut all, lease);
            boot_options(&mut all, boot.as_ref(), ask, server, false);
            extras(&mut all, lease);
            all.push(DhcpOption::Renewal(lease.seconds / 2));
            all.push(DhcpOption::Rebinding(lease.seconds - lease.seconds / 8));
        }
        Reply::Settings { lease, boot } => {
            network(&mut all, lease);
            boot_options(&mut all, boot.as_ref(), ask, server, false);
            extras(&mut all, lease);
        }
        Reply::ProxyOffer { boot } | Reply::BootOnly { boot } => {
            boot_options(&mut all, Some(boot), ask, server, true);
        }
        Reply::Nak { reason } => {
            all.push(DhcpOption::Message(reason.chars().filter(char::is_ascii).take(120).collect()))
        }
    }
    all.extend(ask.client_id.clone().map(DhcpOption::ClientIdentifier));
    all
}

fn network(all: &mut Vec<DhcpOption>, lease: &Lease) {
    all.push(DhcpOption::SubnetMask(lease.subnet.cidr.netmask()));
    all.extend(lease.subnet.router.map(|router| DhcpOption::Router(vec![router])));
}

fn extras(all: &mut Vec<DhcpOption>, lease: &Lease) {
    if !lease.subnet.dns.is_empty() {
        all.push(DhcpOption::DomainNameServer(lease.subnet.dns.iter().copied().take(8).collect()));
    }
    all.extend(
        lease.host_name.clone().filter(|name| !name.is_empty() && name.len() <= 63).map(DhcpOption::Hostname),
    );
    all.push(DhcpOption::BroadcastAddr(lease.subnet.cidr.broadcast()));
}

/// `beside`: the message goes out beside another DHCP server's.
fn boot_options(
    all: &mut Vec<DhcpOption>,
    boot: Option<&BootFile>,
    ask: &Ask,
    server: Ipv4Addr,
    beside: bool,
) {
    let Some(boot) = boot else { return };
    match boot.client {
        Client::Pxe => {
            all.push(DhcpOption::ClassIdentifier(b"PXEClient".to_vec()));
            // Sub-option 6 (discovery control) = 8: take the boot file as named, look for no other server.
            all.push(DhcpOption::VendorExtensions(vec![6, 1, 8, 255]));
        }
        Client::Http => all.push(DhcpOption::ClassIdentifier(b"HTTPClient".to_vec())),
        // By this word iPXE, too, tells a proxy's offer from a poor server's.
        Client::Ipxe if beside => all.push(DhcpOption::ClassIdentifier(b"PXEClient".to_vec())),
        // Sub-option 176 (no-pxedhcp) = 1: iPXE else waits two seconds for a proxy.
        Client::Ipxe => all.push(raw(175, vec![176, 1, 1])),
    }
    all.push(DhcpOption::BootfileName(boot.name.clone().into_bytes()));
    all.push(DhcpOption::TFTPServerName(server.to_string().into_bytes()));
    all.extend(ask.machine_id.clone().map(DhcpOption::ClientMachineIdentifier));
}

fn raw(code: u8, data: Vec<u8>) -> DhcpOption {
    DhcpOption::Unknown(UnknownOption::new(OptionCode::from(code), data))
}
