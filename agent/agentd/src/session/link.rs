//! A framed TLS connection on one thread: the socket does not block, `poll(2)` waits for it and, when asked, for a second
//! descriptor by which another thread wakes this one.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{setsockopt, sockopt};
use rackwright_proto::frame::{self, FrameError};
use rackwright_proto::{FromMachine, ToMachine};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::frames::Frames;

/// Seconds for TCP connect, for the TLS handshake and for sending one frame.
pub const LIMIT: Duration = Duration::from_secs(10);

/// The connection could not be made or ended.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("no TCP connection to {center}")]
    Connect {
        center: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("TLS with the Control Center failed")]
    Tls(#[source] rustls::Error),
    #[error("the connection failed while {0}")]
    Io(&'static str, #[source] io::Error),
    #[error("the Control Center closed the connection")]
    Closed,
    #[error("the Control Center did not take part in {0} for {seconds} s", seconds = LIMIT.as_secs())]
    Stalled(&'static str),
    #[error("the Control Center broke the protocol")]
    Frame(#[from] FrameError),
}

/// What a wait brought.
#[derive(Debug, PartialEq)]
pub enum Event {
    Message(ToMachine),
    /// The second descriptor is readable.
    Woken,
    TimedOut,
}

enum Turn {
    Worked,
    Woken,
    TimedOut,
}

/// A session's connection.
pub struct Link {
    tls: ClientConnection,
    socket: TcpStream,
    frames: Frames,
    /// The peer sent its last byte; what arrived before it is still handed out.
    ended: bool,
}

impl Link {
    /// Dials, and completes the TLS handshake.
    ///
    /// # Errors
    /// [`LinkError`] when the peer is not there, not trusted or too slow.
    pub fn open(center: SocketAddr, config: Arc<ClientConfig>) -> Result<Self, LinkError> {
        let socket = TcpStream::connect_timeout(&center, LIMIT)
            .map_err(|source| LinkError::Connect { center, source })?;
        watch_for_death(&socket).map_err(|source| LinkError::Connect { center, source })?;
        let tls = ClientConnection::new(config, ServerName::IpAddress(center.ip().into()))
            .map_err(LinkError::Tls)?;
        let mut link = Self { tls, socket, frames: Frames::default(), ended: false };
        let deadline = Instant::now() + LIMIT;
        while link.tls.is_handshaking() {
            if link.ended {
                return Err(LinkError::Closed);
            }
            if let Turn::TimedOut = link.turn(deadline, None)? {
                return Err(LinkError::Stalled("the TLS handshake"));
            }
        }
        link.flush()?;
        Ok(link)
    }

    /// The address this end has: it tells which interface leads to the Control Center.
    ///
    /// # Errors
    /// [`LinkError::Io`] when the socket is already gone.
    pub fn local_address(&self) -> Result<SocketAddr, LinkError> {
        self.socket.local_addr().map_err(|source| LinkError::Io("asking for its own address", source))
    }

    /// Sends one message and hands it to the kernel.
    ///
    /// # Errors
    /// [`LinkError`] when the connection is gone or the peer does not read for [`LIMIT`].
    pub fn send(&mut self, message: &FromMachine) -> Result<(), LinkError> {
        let bytes = frame::encode(message)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let taken =
                self.tls.writer().write(rest).map_err(|source| LinkError::Io("encrypting", source))?;
            rest = &rest[taken..];
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), LinkError> {
        let deadline = Instant::now() + LIMIT;
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.socket) {
                Ok(_) => {}
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) if why.kind() == ErrorKind::WouldBlock => {
                    let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLOUT)];
                    if wait(&mut fds, deadline)? == 0 {
                        return Err(LinkError::Stalled("reading what we send"));
                    }
                }
                Err(source) => return Err(LinkError::Io("sending", source)),
            }
        }
        Ok(())
    }

    /// Waits for a message until `until`, or until `wake` is readable.
    ///
    /// # Errors
    /// [`LinkError`] when the connection ended or the peer broke the protocol.
    pub fn receive(&mut self, until: Instant, wake: Option<BorrowedFd<'_>>) -> Result<Event, LinkError> {
        loop {
            if let Some(message) = self.frames.next_message()? {
                return Ok(Event::Message(message));
            }
            if self.ended {
                return Err(LinkError::Closed);
            }
            match self.turn(until, wake)? {
                Turn::Worked => {}
                Turn::Woken => return Ok(Event::Woken),
                Turn::TimedOut => return Ok(Event::TimedOut),
            }
        }
    }

    fn turn(&mut self, until: Instant, wake: Option<BorrowedFd<'_>>) -> Result<Turn, LinkError> {
        self.flush()?;
        let (readable, woken) = {
            let mut fds = vec![PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            fds.extend(wake.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
            if wait(&mut fds, until)? == 0 {
                return Ok(Turn::TimedOut);
            }
            let ready = |fd: Option<&PollFd<'_>>| fd.and_then(PollFd::any).unwrap_or(false);
            (ready(fds.first()), ready(fds.get(1)))
        };
        if readable {
            self.read()?;
        }
        Ok(if woken { Turn::Woken } else { Turn::Worked })
    }

    fn read(&mut self) -> Result<(), LinkError> {
        match self.tls.read_tls(&mut self.socket) {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(()),
            Err(source) => return Err(LinkError::Io("receiving", source)),
        }
        if let Err(why) = self.tls.process_new_packets() {
            // Tell the peer why, if it still listens; the error that counts is ours.
            drop(self.tls.write_tls(&mut self.socket));
            return Err(LinkError::Tls(why));
        }
        let mut plain = [0; 4096];
        loop {
            match self.tls.reader().read(&mut plain) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(());
                }
                Ok(count) => self.frames.push(&plain[..count]),
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(why) if why.kind() == ErrorKind::UnexpectedEof => {
                    self.ended = true;
                    return Ok(());
                }
                Err(source) => return Err(LinkError::Io("decrypting", source)),
            }
        }
    }
}

/// Waits for any of `fds`; the number of those ready, 0 when `until` passed.
fn wait(fds: &mut [PollFd<'_>], until: Instant) -> Result<i32, LinkError> {
    let left = until.saturating_duration_since(Instant::now());
    // Rounded up, so that a wait never ends a fraction early and spins.
    let timeout = PollTimeout::try_from(left + Duration::from_micros(999)).unwrap_or(PollTimeout::MAX);
    match poll(fds, timeout) {
        Ok(ready) => Ok(ready),
        Err(nix::errno::Errno::EINTR) => Ok(1),
        Err(errno) => Err(LinkError::Io("waiting", errno.into())),
    }
}

/// A peer that vanished without a word is found within 15 s: probes after 5 s of silence, unacknowledged bytes after 15 s.
fn watch_for_death(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    setsockopt(socket, sockopt::KeepAlive, &true)?;
    setsockopt(socket, sockopt::TcpKeepIdle, &5)?;
    setsockopt(socket, sockopt::TcpKeepInterval, &3)?;
    setsockopt(socket, sockopt::TcpKeepCount, &3)?;
    setsockopt(socket, sockopt::TcpUserTimeout, &15_000)?;
    socket.set_nonblocking(true)
}
