//! Frames over a stream.
//!
//! Attacker's input: every byte. At most one frame of the given limit is held, and a length over the limit ends the
//! conversation before a byte of its body is read. A frame must be complete by its deadline, however it dribbles in.

use std::io;

use rackwright_proto::frame::{self, FrameError};
use rackwright_proto::{FromMachine, ToMachine};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Duration, Instant, timeout, timeout_at};

/// Bytes read at once.
const PIECE: usize = 4_096;

/// The conversation is over.
#[derive(Debug, thiserror::Error)]
pub(super) enum Over {
    #[error("the machine closed the connection")]
    Closed,
    #[error("the connection failed")]
    Io(#[from] io::Error),
    #[error("the machine broke the protocol")]
    Frame(#[from] FrameError),
    #[error("the machine said nothing, or did not finish a message, in {} s", .0.as_secs())]
    Silent(Duration),
    #[error("the machine did not take what was sent to it in {} s", .0.as_secs())]
    Stalled(Duration),
}

/// A conversation in frames.
pub(super) struct Frames<S> {
    stream: S,
    /// Bytes that arrived and are not yet a whole frame.
    held: Vec<u8>,
    /// Largest body taken, in bytes.
    pub longest: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Frames<S> {
    pub fn new(stream: S, longest: usize) -> Self {
        Self { stream, held: Vec::new(), longest }
    }

    /// The next message. Cancelling loses nothing: what arrived is kept for the next call.
    ///
    /// # Errors
    /// [`Over`], after which no more can be received.
    pub async fn receive(&mut self) -> Result<FromMachine, Over> {
        loop {
            if let Some(message) = self.complete()? {
                return Ok(message);
            }
            let mut piece = [0; PIECE];
            match self.stream.read(&mut piece).await {
                Ok(0) => return Err(Over::Closed),
                Ok(count) => self.held.extend_from_slice(&piece[..count]),
                // A peer that vanishes without closing TLS.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Over::Closed),
                Err(error) => return Err(Over::Io(error)),
            }
        }
    }

    /// [`Self::receive`], but over at `deadline`; `limit` only names the wait in the error.
    ///
    /// # Errors
    /// [`Over`], after which no more can be received.
    pub async fn receive_by(&mut self, deadline: Instant, limit: Duration) -> Result<FromMachine, Over> {
        timeout_at(deadline, self.receive()).await.unwrap_or(Err(Over::Silent(limit)))
    }

    /// Whether a frame has begun to arrive.
    pub fn is_amid(&self) -> bool {
        !self.held.is_empty()
    }

    fn complete(&mut self) -> Result<Option<FromMachine>, FrameError> {
        let Some(head) = self.held.first_chunk::<{ frame::HEAD }>() else { return Ok(None) };
        let len = frame::body_len(*head)?;
        if len > self.longest {
            return Err(FrameError::TooLong(len));
        }
        let end = frame::HEAD + len;
        let Some(body) = self.held.get(frame::HEAD..end) else { return Ok(None) };
        let message = frame::decode(body)?;
        if self.held.len() == end {
            // An idle session holds no buffer.
            self.held = Vec::new();
        } else {
            self.held.drain(..end);
        }
        Ok(Some(message))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`Over`] when the peer does not take it within `limit`, or the message does not fit a frame.
    pub async fn send(&mut self, message: &ToMachine, limit: Duration) -> Result<(), Over> {
        let bytes = frame::encode(message)?;
        let write = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        Ok(timeout(limit, write).await.map_err(|_| Over::Stalled(limit))??)
    }

    /// Closes the stream, so that the peer knows that nothing is missing. Best effort within `limit`.
    pub async fn close(mut self, limit: Duration) {
        let close = async {
            if self.stream.shutdown().await.is_ok() {
                // Unread bytes would turn our close into a reset, and the peer might never see our last message.
                let mut piece = [0; PIECE];
                while matches!(self.stream.read(&mut piece).await, Ok(count) if count > 0) {}
            }
        };
        drop(timeout(limit, close).await);
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
