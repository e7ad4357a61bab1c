//! Chunks of bytes handed from one thread to the next, and back when they are used up: no allocation while the image flows.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};

/// Bytes of one chunk.
pub const SIZE: usize = 256 * 1024;
/// Chunks that may wait between two threads.
pub const DEPTH: usize = 24;

/// Bytes on their way; the first `len` of `bytes` count.
pub struct Chunk {
    pub bytes: Box<[u8]>,
    pub len: usize,
}

/// The end that fills chunks.
pub struct Filler {
    full: SyncSender<Chunk>,
    empty: Receiver<Chunk>,
}

/// The end that reads them, as one stream of bytes.
pub struct Chunks {
    full: Receiver<Chunk>,
    empty: Sender<Chunk>,
    current: Option<Chunk>,
    at: usize,
}

/// The two ends of a bounded stream.
pub fn stream() -> (Filler, Chunks) {
    let (full_in, full) = sync_channel(DEPTH);
    let (empty, empty_out) = channel();
    (Filler { full: full_in, empty: empty_out }, Chunks { full, empty, current: None, at: 0 })
}

impl Filler {
    /// An empty chunk: a used one when there is one.
    pub fn chunk(&self) -> Chunk {
        match self.empty.try_recv() {
            Ok(chunk) => chunk,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                Chunk { bytes: vec![0; SIZE].into_boxed_slice(), len: 0 }
            }
        }
    }

    /// Hands a chunk over; gives it back when nobody reads any more.
    pub fn send(&self, chunk: Chunk) -> Result<(), Chunk> {
        self.full.send(chunk).map_err(|unsent| unsent.0)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.as_ref().is_none_or(|chunk| self.at == chunk.len) {
            if let Some(mut used) = self.current.take() {
                used.len = 0;
                // The filler may have ended; then the chunk is simply freed.
                drop(self.empty.send(used));
            }
            self.at = 0;
            match self.full.recv() {
                Ok(chunk) => self.current = Some(chunk),
                Err(_) => return Ok(&[]),
            }
        }
        Ok(self.current.as_ref().map_or(&[], |chunk| &chunk.bytes[self.at..chunk.len]))
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in_and_chunks_return() {
        let (filler, mut chunks) = stream();
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            chunks.read_to_end(&mut all).expect("never fails");
            all
        });
        let mut sent = Vec::new();
        for round in 0..100_u8 {
            let mut chunk = filler.chunk();
            chunk.len = usize::from(round) * 7;
            chunk.bytes[..chunk.len].fill(round);
            sent.extend_from_slice(&chunk.bytes[..chunk.len]);
            assert!(filler.send(chunk).is_ok());
        }
        drop(filler);
        assert_eq!(reader.join().expect("reads to the end"), sent);
    }

    #[test]
    fn a_filler_learns_that_nobody_reads() {
        let (filler, chunks) = stream();
        drop(chunks);
        assert!(filler.send(filler.chunk()).is_err());
    }
}
