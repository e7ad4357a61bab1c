//! Frames out of a stream of bytes.
//!
//! Attacker's input: everything the peer of a TLS session sends. At most one frame of [`frame::MAX`] bytes and one read are held.

use rackwright_proto::ToMachine;
use rackwright_proto::frame::{self, FrameError};

/// Bytes that arrived and are not yet a whole frame.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    /// Takes bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, or none until more bytes come.
    ///
    /// # Errors
    /// [`FrameError`] when the peer announces too much or sends no message of this protocol.
    pub fn next_message(&mut self) -> Result<Option<ToMachine>, FrameError> {
        let Some(head) = self.bytes.first_chunk::<{ frame::HEAD }>() else { return Ok(None) };
        let end = frame::HEAD + frame::body_len(*head)?;
        let Some(body) = self.bytes.get(frame::HEAD..end) else { return Ok(None) };
        let message = frame::decode(body)?;
        if self.bytes.len() == end {
            // An idle agent holds no buffer.
            self.bytes = Vec::new();
        } else {
            self.bytes.drain(..end);
        }
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_however_the_bytes_are_cut() {
        let mut stream = frame::encode(&ToMachine::Wait).expect("fits");
        stream.extend(frame::encode(&ToMachine::Restart { command: 7 }).expect("fits"));
        for cut in 1..stream.len() {
            let mut frames = Frames::default();
            let mut seen = Vec::new();
            for part in stream.chunks(cut) {
                frames.push(part);
                while let Some(message) = frames.next_message().expect("ours") {
                    seen.push(message);
                }
            }
            assert_eq!(seen, [ToMachine::Wait, ToMachine::Restart { command: 7 }], "cut at {cut}");
        }
    }

    #[test]
    fn an_announced_gigabyte_is_refused_at_once() {
        let mut frames = Frames::default();
        frames.push(&[0x40, 0, 0, 0]);
        assert!(matches!(frames.next_message(), Err(FrameError::TooLong(_))));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_frames_or_an_error(parts in proptest::collection::vec(proptest::collection::vec(0u8.., 0..64), 0..16)) {
            let mut frames = Frames::default();
            'stream: for part in parts {
                frames.push(&part);
                loop {
                    match frames.next_message() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => break 'stream,
                    }
                }
            }
        }
    }
}
