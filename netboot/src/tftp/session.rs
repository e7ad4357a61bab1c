//! One transfer to one client, on a port of its own (RFC 1350 section 4).
//!
//! Attacker's input: the address of the client. Anybody can ask in another's name, and what is sent to that one unasked
//! must be little: until it answers for the first time, its first packets are sent twice at most.

use std::io;
use std::net::SocketAddrV4;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tftpd::{ErrorCode, Packet, TransferOption};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use crate::counters::{Counters, count};
use crate::sockets;
use crate::tftp::request::Terms;
use crate::tftp::source::Source;
use crate::tftp::window::{Acked, Window};

/// First wait for an acknowledgement; doubled up to [`LAST_WAIT`] while none comes.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LAST_WAIT: Duration = Duration::from_secs(4);
/// How often one window is sent before the client is given up.
const TRIES: u32 = 6;
/// The same for a client that has never answered. A real one that lost both asks again.
const TRIES_UNANSWERED: u32 = 2;
/// No transfer lasts longer.
const LIMIT: Duration = Duration::from_secs(900);
/// A client sends acknowledgements and short error texts.
const DATAGRAM: usize = 600;

/// How a transfer ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The client acknowledged everything.
    Done,
    /// The client only wanted the options' answer, that is the size, and said so with an error packet.
    Probe,
    /// The client gave up, with its reason.
    Aborted(String),
    /// No answer to as many sendings as are made.
    TimedOut,
    Failed(io::Error),
}

/// A transfer about to run.
pub(crate) struct Session<'a> {
    pub socket: UdpSocket,
    pub source: Source,
    pub terms: Terms,
    /// Set when the client answered for the first time.
    pub answered: &'a AtomicBool,
    pub counters: &'a Counters,
}

/// What came from the client.
enum Heard {
    Ack(u16),
    Error(ErrorCode, String),
    Nothing,
}

impl Session<'_> {
    /// Runs to its end, at most [`LIMIT`].
    pub async fn run(mut self) -> End {
        match tokio::time::timeout(LIMIT, self.transfer()).await {
            Ok(Ok(end)) => end,
            Ok(Err(error)) => End::Failed(error),
            Err(_) => End::TimedOut,
        }
    }

    async fn transfer(&mut self) -> io::Result<End> {
        if !self.terms.granted.is_empty()
            && let Some(end) = self.agree().await?
        {
            return Ok(end);
        }
        let mut window = Window::new(self.source.size, self.terms.block, self.terms.window);
        let mut tries = 0;
        loop {
            while let Some(block) = window.next() {
                self.send_block(block).await?;
            }
            tries += 1;
            match self.hear(tries, |low| window.ack(low)).await? {
                Some(Ok(Acked::Done)) => return Ok(End::Done),
                Some(Ok(Acked::Progress | Acked::Stale)) => tries = 0,
                Some(Err(end)) => return Ok(end),
                None if tries >= self.most_tries() => return Ok(End::TimedOut),
                None => {
                    count(&self.counters.tftp_resent);
                    window.rewind();
                }
            }
        }
    }

    /// Sends the answer to the options until the client agrees (block 0) or leaves.
    async fn agree(&mut self) -> io::Result<Option<End>> {
        let granted = std::mem::take(&mut self.terms.granted);
        let answer = Packet::Oack(granted).serialize().map_err(io::Error::other)?;
        let mut tries = 0;
        while tries < self.most_tries() {
            if tries > 0 {
                count(&self.counters.tftp_resent);
            }
            tries += 1;
            self.put(&answer).await?;
            match self.hear(tries, |low| if low == 0 { Acked::Progress } else { Acked::Stale }).await? {
                Some(Ok(_)) => return Ok(None),
                // EDK2 says error 8 and others 0; whatever the number, nothing was begun, so nothing failed.
                Some(Err(_)) => return Ok(Some(End::Probe)),
                None => {}
            }
        }
        Ok(Some(End::TimedOut))
    }

    fn most_tries(&self) -> u32 {
        if self.answered.load(Ordering::Relaxed) { TRIES } else { TRIES_UNANSWERED }
    }

    /// Waits for an acknowledgement that `judge` does not call stale. None when the time is over.
    async fn hear(
        &self,
        tries: u32,
        mut judge: impl FnMut(u16) -> Acked,
    ) -> io::Result<Option<Result<Acked, End>>> {
        let wait =
            self.terms.timeout.unwrap_or_else(|| (FIRST_WAIT * (1 << (tries - 1).min(4))).min(LAST_WAIT));
        let deadline = Instant::now() + wait;
        loop {
            let Ok(heard) = timeout_at(deadline, self.get()).await else { return Ok(None) };
            match heard? {
                Heard::Ack(low) => {
                    self.answered.store(true, Ordering::Relaxed);
                    match judge(low) {
                        Acked::Stale => {}
                        acked => return Ok(Some(Ok(acked))),
                    }
                }
                Heard::Error(code, reason) => {
                    let reason: String = reason.chars().filter(|c| !c.is_control()).take(80).collect();
                    return Ok(Some(Err(End::Aborted(format!("{code}: {reason}")))));
                }
                Heard::Nothing => {}
            }
        }
    }

    async fn get(&self) -> io::Result<Heard> {
        let mut bytes = [0; DATAGRAM];
        let length = match self.socket.recv(&mut bytes).await {
            Ok(length) => length,
            // The client's port is closed: it left without a word, or its word is still to come.
            Err(error) if sockets::passes(&error) => return Ok(Heard::Nothing),
            Err(error) => return Err(error),
        };
        Ok(match Packet::deserialize(&bytes[..length]) {
            Ok(Packet::Ack(low)) => Heard::Ack(low),
            Ok(Packet::Error { code, msg }) => Heard::Error(code, msg),
            Ok(Packet::Rrq { .. } | Packet::Wrq { .. } | Packet::Data { .. } | Packet::Oack(_)) | Err(_) => {
                Heard::Nothing
            }
        })
    }

    async fn send_block(&mut self, block: u64) -> io::Result<()> {
        let from = (block - 1) * self.terms.block as u64;
        let data = match self.source.read(from, self.terms.block).await {
            Ok(data) => data.to_vec(),
            Err(error) => {
                self.put(&error_packet(ErrorCode::NotDefined, "the file could not be read")?).await?;
                return Err(error);
            }
        };
        let packet = Packet::Data { block_num: block as u16, data };
        self.put(&packet.serialize().map_err(io::Error::other)?).await
    }

    async fn put(&self, bytes: &[u8]) -> io::Result<()> {
        match self.socket.send(bytes).await {
            // What the kernel reports here belongs to an earlier packet; the time-out sends this one again.
            Err(error) if sockets::passes(&error) => Ok(()),
            sent => sent.map(drop),
        }
    }
}

/// A port of our own towards one client; packets of others never arrive on it.
pub(crate) async fn port(ours: SocketAddrV4, client: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = sockets::udp_on_address(ours)?;
    socket.connect(client).await?;
    Ok(socket)
}

pub(crate) fn error_packet(code: ErrorCode, reason: &str) -> io::Result<Vec<u8>> {
    Packet::Error { code, msg: reason.to_owned() }.serialize().map_err(io::Error::other)
}

/// The options in words, for the log.
pub(crate) fn words(granted: &[TransferOption]) -> String {
    granted
        .iter()
        .map(|option| format!("{}={}", option.option.as_str(), option.value))
        .collect::<Vec<_>>()
        .join(" ")
}
