//! Fetching the image over HTTP/1.1, resuming by Range as often as it takes: a restart of the Control Center in the middle
//! costs seconds, not the install. The hash runs over the bytes in the order in which they were handed on.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use ring::digest::{Context, SHA256};

use super::chunks::{Chunk, Filler};
use super::head::{self, BadHead, Head};
use crate::command::Cancel;
use crate::fingerprint::hex;

/// How often a quiet socket is checked for cancellation.
const TICK: Duration = Duration::from_secs(1);
/// A connection that brings nothing for so long is given up and made anew.
const STALL: Duration = Duration::from_secs(15);
/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_secs(5);

/// The file to fetch.
#[derive(Debug, Clone)]
pub struct Source {
    pub server: SocketAddr,
    pub path: String,
    /// Bytes the file must have.
    pub bytes: u64,
    /// Without a single byte for so long the fetch fails.
    pub patience: Duration,
}

/// The file did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{0:?} is not a URL of the form http://IP-ADDRESS[:PORT]/PATH")]
    Url(String),
    #[error(
        "the image server {server} gave no byte for {seconds} s, with {done} of {bytes} bytes here; the last try: {why}"
    )]
    GaveUp { server: SocketAddr, seconds: u64, done: u64, bytes: u64, why: String },
    #[error("the image server {server} answered {status} for {path}")]
    Status { server: SocketAddr, status: u16, path: String },
    #[error("the image server {server} has a file of {found} bytes at {path}; the order says {bytes}")]
    Length { server: SocketAddr, path: String, found: u64, bytes: u64 },
    #[error("cancelled with {done} of {bytes} bytes here")]
    Cancelled { done: u64, bytes: u64 },
}

/// What goes on while bytes flow.
pub trait Watch {
    /// `done` bytes have arrived; called at most twice a second.
    fn progress(&mut self, done: u64);
    /// Something a person reading the log wants to know.
    fn note(&mut self, line: &str);
}

impl Source {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`FetchError::Url`] when it is not of the one form that is taken.
    pub fn new(url: &str, bytes: u64, patience: Duration) -> Result<Self, FetchError> {
        let bad = || FetchError::Url(url.chars().take(200).collect());
        let rest = url.strip_prefix("http://").ok_or_else(bad)?;
        let slash = rest.find('/').ok_or_else(bad)?;
        let (host, path) = rest.split_at(slash);
        if path.len() > 1024 || !path.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(bad());
        }
        let server = match host.parse::<SocketAddr>() {
            Ok(server) => server,
            Err(_) => SocketAddr::new(host.parse().map_err(|_| bad())?, 80),
        };
        Ok(Self { server, path: path.to_owned(), bytes, patience })
    }
}

/// Why one connection was not enough.
enum Stop {
    Again(String),
    Fatal(FetchError),
}

impl From<BadHead> for Stop {
    fn from(why: BadHead) -> Self {
        Self::Again(why.to_string())
    }
}

/// One fetch, over as many connections as it takes.
pub struct Fetch<'a> {
    source: &'a Source,
    cancel: &'a Cancel,
    watch: &'a mut dyn Watch,
    /// None once nobody reads: the rest is then only hashed.
    filler: Option<Filler>,
    chunk: Option<Chunk>,
    hash: Context,
    done: u64,
    last_byte: Instant,
    last_progress: Instant,
    /// Said once, not at every attempt.
    last_note: String,
}

impl<'a> Fetch<'a> {
    pub fn new(source: &'a Source, cancel: &'a Cancel, watch: &'a mut dyn Watch, filler: Filler) -> Self {
        Self {
            source,
            cancel,
            watch,
            filler: Some(filler),
            chunk: None,
            hash: Context::new(&SHA256),
            done: 0,
            last_byte: Instant::now(),
            last_progress: Instant::now(),
            last_note: String::new(),
        }
    }

    /// Fetches the file to its end; its SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// [`FetchError`] when it cannot be had or the work was cancelled.
    pub fn carry_out(mut self) -> Result<String, FetchError> {
        let mut pause = Duration::from_millis(500);
        while self.done < self.source.bytes {
            let before = self.done;
            match self.attempt() {
                Ok(()) => {}
                Err(Stop::Fatal(why)) => return Err(why),
                Err(Stop::Again(why)) => {
                    if self.done > before {
                        pause = Duration::from_millis(500);
                    }
                    self.give_up_or_note(why)?;
                    self.rest(pause)?;
                    pause = (pause * 2).min(PAUSE);
                }
            }
        }
        self.hand_on();
        self.watch.progress(self.done);
        Ok(hex(self.hash.finish().as_ref()))
    }

    fn give_up_or_note(&mut self, why: String) -> Result<(), FetchError> {
        let Source { server, bytes, patience, .. } = *self.source;
        if self.last_byte.elapsed() >= patience {
            return Err(FetchError::GaveUp {
                server,
                seconds: patience.as_secs(),
                done: self.done,
                bytes,
                why,
            });
        }
        let line = format!("the image stopped at {} of {bytes} bytes: {why}; resuming there", self.done);
        if line != self.last_note {
            self.watch.note(&line);
            self.last_note = line;
        }
        Ok(())
    }

    fn check_cancelled(&self) -> Result<(), FetchError> {
        if self.cancel.is_cancelled() {
            return Err(FetchError::Cancelled { done: self.done, bytes: self.source.bytes });
        }
        Ok(())
    }

    fn rest(&self, pause: Duration) -> Result<(), FetchError> {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            self.check_cancelled()?;
            thread::sleep(Duration::from_millis(100).min(end.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }

    /// One connection, from where the bytes ended.
    fn attempt(&mut self) -> Result<(), Stop> {
        self.check_cancelled().map_err(Stop::Fatal)?;
        let again = |what: &'static str| move |why: std::io::Error| Stop::Again(format!("{what}: {why}"));
        let mut socket = TcpStream::connect_timeout(&self.source.server, Duration::from_secs(10))
            .map_err(again("no connection"))?;
        socket.set_read_timeout(Some(TICK)).map_err(again("no time limit"))?;
        socket.set_write_timeout(Some(STALL)).map_err(again("no time limit"))?;
        socket.write_all(self.request().as_bytes()).map_err(again("the request was not taken"))?;

        let mut bytes = Vec::new();
        let (head, body_at) = loop {
            if let Some(found) = head::parse(&bytes)? {
                break found;
            }
            let mut part = [0; 2048];
            let count = self.read(&mut socket, &mut part)?;
            bytes.extend_from_slice(&part[..count]);
        };
        let mut skip = self.judge(&head)?;
        skip -= self.take(&bytes[body_at..], skip);
        self.body(&mut socket, skip)
    }

    fn request(&self) -> String {
        let Source { server, path, .. } = self.source;
        let range = if self.done > 0 { format!("Range: bytes={}-\r\n", self.done) } else { String::new() };
        let agent = concat!("rackwright-agent/", env!("CARGO_PKG_VERSION"));
        format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: {agent}\r\n{range}Connection: close\r\n\r\n"
        )
    }

    /// The bytes at the start of the body that are here already.
    fn judge(&self, head: &Head) -> Result<u64, Stop> {
        let Source { server, ref path, bytes, .. } = *self.source;
        let fatal = |found| Err(Stop::Fatal(FetchError::Length { server, path: path.clone(), found, bytes }));
        match (head.status, head.range) {
            (200, _) => match head.length {
                Some(length) if length != bytes => fatal(length),
                // The server does not understand Range: run through what is here already.
                _ => Ok(self.done),
            },
            (206, Some((_, total))) if total != bytes => fatal(total),
            (206, Some((first, _))) if first <= self.done => Ok(self.done - first),
            (206, _) => {
                Err(Stop::Again("the answer holds another part of the file than was asked for".to_owned()))
            }
            // A restarting server may be without its routes for a moment.
            (status @ (408 | 429 | 500..=599), _) => {
                Err(Stop::Again(format!("the server answered {status}")))
            }
            (status, _) => Err(Stop::Fatal(FetchError::Status { server, status, path: path.clone() })),
        }
    }

    fn body(&mut self, socket: &mut TcpStream, mut skip: u64) -> Result<(), Stop> {
        while self.done < self.source.bytes {
            let mut chunk = self.chunk.take().unwrap_or_else(|| self.empty_chunk());
            let room = chunk.bytes.len() - chunk.len;
            let most = usize::try_from(self.source.bytes - self.done + skip).unwrap_or(usize::MAX).min(room);
            let at = chunk.len;
            let read = self.read(socket, &mut chunk.bytes[at..at + most]);
            if let Ok(count) = read {
                let old = usize::try_from(skip).unwrap_or(usize::MAX).min(count);
                skip -= old as u64;
                if old > 0 {
                    chunk.bytes.copy_within(at + old..at + count, at);
                }
                chunk.len += count - old;
                self.count(&chunk.bytes[at..chunk.len]);
            }
            let full = chunk.len == chunk.bytes.len();
            self.chunk = Some(chunk);
            if full {
                self.hand_on();
            }
            read?;
            self.tell_progress();
        }
        Ok(())
    }

    /// Takes bytes that came with the head, less the first `skip`; the number skipped.
    fn take(&mut self, bytes: &[u8], skip: u64) -> u64 {
        let old = usize::try_from(skip).unwrap_or(usize::MAX).min(bytes.len());
        let left = usize::try_from(self.source.bytes - self.done).unwrap_or(usize::MAX);
        let mut fresh = &bytes[old..];
        fresh = &fresh[..fresh.len().min(left)];
        self.count(fresh);
        while !fresh.is_empty() {
            let mut chunk = self.chunk.take().unwrap_or_else(|| self.empty_chunk());
            let count = fresh.len().min(chunk.bytes.len() - chunk.len);
            chunk.bytes[chunk.len..chunk.len + count].copy_from_slice(&fresh[..count]);
            chunk.len += count;
            fresh = &fresh[count..];
            let full = chunk.len == chunk.bytes.len();
            self.chunk = Some(chunk);
            if full {
                self.hand_on();
            }
        }
        old as u64
    }

    /// Takes new bytes of the file into account.
    fn count(&mut self, fresh: &[u8]) {
        if !fresh.is_empty() {
            self.hash.update(fresh);
            self.done += fresh.len() as u64;
            self.last_byte = Instant::now();
        }
    }

    fn empty_chunk(&self) -> Chunk {
        match &self.filler {
            Some(filler) => filler.chunk(),
            None => Chunk { bytes: vec![0; super::chunks::SIZE].into_boxed_slice(), len: 0 },
        }
    }

    fn hand_on(&mut self) {
        let Some(chunk) = self.chunk.take() else { return };
        let Some(filler) = &self.filler else {
            self.chunk = Some(Chunk { len: 0, ..chunk });
            return;
        };
        if chunk.len > 0 && filler.send(chunk).is_err() {
            // Whoever unpacks has failed. Whether the image is to blame, its hash will tell: read on for that.
            self.filler = None;
        }
    }

    fn tell_progress(&mut self) {
        if self.last_progress.elapsed() >= Duration::from_millis(500) {
            self.last_progress = Instant::now();
            self.watch.progress(self.done);
        }
    }

    /// At least one byte from the socket.
    fn read(&mut self, socket: &mut TcpStream, buffer: &mut [u8]) -> Result<usize, Stop> {
        let stalled = Instant::now() + STALL.min(self.source.patience);
        loop {
            match socket.read(buffer) {
                Ok(0) => return Err(Stop::Again("the server closed the connection".to_owned())),
                Ok(count) => return Ok(count),
                Err(why)
                    if matches!(
                        why.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) =>
                {
                    self.check_cancelled().map_err(Stop::Fatal)?;
                    if Instant::now() >= stalled {
                        return Err(Stop::Again("nothing came for 15 s".to_owned()));
                    }
                }
                Err(why) => return Err(Stop::Again(format!("reading failed: {why}"))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_ip_addresses_only() {
        let source = |url| Source::new(url, 1, Duration::ZERO);
        assert_eq!(source("http://10.77.0.1/images/a").expect("valid").server.to_string(), "10.77.0.1:80");
        let with_port = source("http://10.77.0.1:8080/images/a?b").expect("valid");
        assert_eq!((with_port.server.port(), with_port.path.as_str()), (8080, "/images/a?b"));
        for bad in
            ["https://10.77.0.1/a", "http://10.77.0.1", "http://host/a", "http://10.77.0.1/a\r\nX: y", ""]
        {
            assert!(source(bad).is_err(), "{bad}");
        }
    }
}
