//! Bytes between a TLS connection and a program, both ways at once, with nothing piling up in between.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustls::Connection;

/// Bytes that are under way in one direction at most.
const CHUNK: usize = 64 * 1024;

/// Passes bytes on until one end has closed and what it said before has arrived: rsync speaks until both of it are done, and
/// then each waits for the other to hang up.
///
/// # Errors
/// When an end breaks off, or nothing moves for `idle`.
pub fn splice(
    mut tls: Connection,
    mut socket: &TcpStream,
    from: File,
    to: File,
    idle: Duration,
) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    unblock(&from)?;
    unblock(&to)?;
    let (mut from, mut to) = (Some(from), Some(to));
    let mut received = Vec::with_capacity(CHUNK);
    let mut buffer = vec![0; CHUNK];
    // What came in together with the greeting.
    let mut peer_ended = decrypt(&mut tls, &mut received)?;
    loop {
        let has_all = peer_ended && received.is_empty();
        let said_all = from.is_none() && !tls.wants_write();
        if has_all || said_all {
            return Ok(());
        }
        let ready = wait(&tls, socket, from.as_ref(), to.as_ref(), received.is_empty() && !peer_ended, idle)?;
        if ready.socket_out {
            tolerate(tls.write_tls(&mut socket))?;
        }
        if ready.socket_in {
            match tls.read_tls(&mut socket) {
                Ok(0) => peer_ended = true,
                Ok(_) => peer_ended |= decrypt(&mut tls, &mut received)?,
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        if let (true, Some(file)) = (ready.to, to.as_mut()) {
            match file.write(&received) {
                Ok(count) => drop(received.drain(..count)),
                Err(error) if is_passing(&error) => {}
                // The program is done; what is still sent to it is of no use.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    received.clear();
                    to = None;
                }
                Err(error) => return Err(error),
            }
        }
        if let (true, Some(file)) = (ready.from, from.as_mut()) {
            match file.read(&mut buffer) {
                Ok(0) => {
                    tls.send_close_notify();
                    from = None;
                }
                Ok(count) => tls.writer().write_all(&buffer[..count])?,
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// What can be done without waiting.
struct Ready {
    socket_in: bool,
    socket_out: bool,
    from: bool,
    to: bool,
}

fn wait(
    tls: &Connection,
    socket: &TcpStream,
    from: Option<&File>,
    to: Option<&File>,
    wants_input: bool,
    idle: Duration,
) -> io::Result<Ready> {
    let wants_output = tls.wants_write();
    let mut interest = PollFlags::empty();
    interest.set(PollFlags::POLLIN, wants_input);
    interest.set(PollFlags::POLLOUT, wants_output);
    let mut fds = vec![PollFd::new(socket.as_fd(), interest)];
    let from = from.filter(|_| !wants_output);
    fds.extend(from.map(|file| PollFd::new(file.as_fd(), PollFlags::POLLIN)));
    let to = to.filter(|_| !wants_input);
    fds.extend(to.map(|file| PollFd::new(file.as_fd(), PollFlags::POLLOUT)));
    let timeout = PollTimeout::try_from(idle).unwrap_or(PollTimeout::MAX);
    match poll(&mut fds, timeout) {
        Ok(0) => {
            return Err(io::Error::new(
                ErrorKind::TimedOut,
                format!("nothing moved for {} s", idle.as_secs()),
            ));
        }
        Ok(_) => {}
        Err(nix::errno::Errno::EINTR) => {
            return Ok(Ready { socket_in: false, socket_out: false, from: false, to: false });
        }
        Err(errno) => return Err(errno.into()),
    }
    let is = |at: usize, flags: PollFlags| {
        fds.get(at).and_then(PollFd::revents).is_some_and(|found| found.intersects(flags))
    };
    let broken = PollFlags::POLLHUP | PollFlags::POLLERR;
    let to_at = 1 + usize::from(from.is_some());
    Ok(Ready {
        socket_in: wants_input && is(0, PollFlags::POLLIN | broken),
        socket_out: wants_output && is(0, PollFlags::POLLOUT | broken),
        from: from.is_some() && is(1, PollFlags::POLLIN | broken),
        to: to.is_some() && is(to_at, PollFlags::POLLOUT | broken),
    })
}

/// Takes out what was decrypted; true when the peer has said its last word.
fn decrypt(tls: &mut Connection, received: &mut Vec<u8>) -> io::Result<bool> {
    let state = tls.process_new_packets().map_err(io::Error::other)?;
    let plain = state.plaintext_bytes_to_read();
    let ended = state.peer_has_closed();
    let start = received.len();
    received.resize(start + plain, 0);
    tls.reader().read_exact(&mut received[start..])?;
    Ok(ended)
}

fn unblock(file: &File) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL)?);
    fcntl(file, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn tolerate(outcome: io::Result<usize>) -> io::Result<()> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if is_passing(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
