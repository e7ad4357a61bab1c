//! ICMP echo (RFC 792), all over one socket.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use rackwright_domain::ports::{Later, Ping};
use surge_ping::{Client, Config, IcmpPacket, PingIdentifier, PingSequence};

/// Type of the message that answers a request. Routers that know no way answer too, with other types.
const ECHO_REPLY: u8 = 0;

/// Sends echo requests. Needs CAP_NET_RAW, or a group that may ping (`net.ipv4.ping_group_range`).
pub struct Icmp {
    client: Client,
    identifier: PingIdentifier,
    sequence: AtomicU16,
}

impl Icmp {
    /// Opens the socket, in a tokio runtime.
    ///
    /// # Errors
    /// When the process may not send echo requests.
    pub fn open() -> io::Result<Self> {
        let identifier = PingIdentifier(std::process::id() as u16);
        Ok(Self { client: Client::new(&Config::default())?, identifier, sequence: AtomicU16::new(0) })
    }
}

impl Ping for Icmp {
    fn answers(&self, address: Ipv4Addr, limit: Duration) -> Later<'_, bool> {
        Box::pin(async move {
            let mut pinger = self.client.pinger(IpAddr::V4(address), self.identifier).await;
            pinger.timeout(limit);
            let sequence = PingSequence(self.sequence.fetch_add(1, Ordering::Relaxed));
            match pinger.ping(sequence, b"rackwright").await {
                Ok((IcmpPacket::V4(packet), _)) => {
                    packet.get_icmp_type().0 == ECHO_REPLY && packet.get_source() == address
                }
                Ok((IcmpPacket::V6(_), _)) => false,
                Err(error) => {
                    tracing::debug!(net.address = %address, "No echo: {error}.");
                    false
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_machine_answers_and_nobody_else_does() {
        let ping = Icmp::open().expect("the test may send echo requests");
        let limit = Duration::from_millis(500);
        let both = tokio::join!(
            ping.answers(Ipv4Addr::LOCALHOST, limit),
            ping.answers(Ipv4Addr::new(127, 0, 0, 2), limit)
        );
        assert_eq!(both, (true, true));
        // Reserved (RFC 1112 section 4): nobody is there.
        assert!(!ping.answers(Ipv4Addr::new(240, 0, 0, 1), limit).await);
    }
}
