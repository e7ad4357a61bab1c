//! Framing. The length is checked before a byte of the body is read, so a peer can make us hold at most [`MAX`] bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest body of a frame, in bytes.
pub const MAX: usize = 1 << 20;
/// Bytes of the length in front of a body.
pub const HEAD: usize = 4;

/// A frame that cannot be sent or read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the peer announced a frame of {0} bytes; at most {MAX} are taken")]
    TooLong(usize),
    #[error("the frame is not a message of this protocol")]
    Malformed(#[source] serde_json::Error),
}

/// The length that a head announces.
///
/// # Errors
/// [`FrameError::TooLong`] when it is over [`MAX`].
pub fn body_len(head: [u8; HEAD]) -> Result<usize, FrameError> {
    let len = u32::from_be_bytes(head) as usize;
    if len > MAX { Err(FrameError::TooLong(len)) } else { Ok(len) }
}

/// The message in a body.
///
/// # Errors
/// [`FrameError::Malformed`] when it is none.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(body).map_err(FrameError::Malformed)
}

/// Head and body of a message, ready to be written.
///
/// # Errors
/// [`FrameError::TooLong`] when the message does not fit a frame.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; HEAD];
    serde_json::to_writer(&mut bytes, message).map_err(FrameError::Malformed)?;
    let len = bytes.len() - HEAD;
    let head = u32::try_from(len).ok().filter(|_| len <= MAX).ok_or(FrameError::TooLong(len))?;
    bytes[..HEAD].copy_from_slice(&head.to_be_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FromMachine, ToMachine};

    #[test]
    fn a_message_comes_back() {
        let sent = ToMachine::Refused { reason: "unknown token".into(), retry_after_s: 5 };
        let bytes = encode(&sent).expect("fits");
        let len = body_len(bytes[..HEAD].try_into().expect("four bytes")).expect("bounded");
        assert_eq!(len, bytes.len() - HEAD);
        assert_eq!(decode::<ToMachine>(&bytes[HEAD..]).expect("ours"), sent);
    }

    #[test]
    fn a_heartbeat_of_an_older_agent_is_understood() {
        let body = br#"{"say":"heartbeat","uptime_s":9,"load_centi":[1,2,3],"memory_kb":4,"memory_available_kb":3,"disks":[]}"#;
        let message = decode::<FromMachine>(body).expect("understood");
        assert!(
            matches!(message, FromMachine::Heartbeat(beat) if beat.cpu.is_none() && beat.network.is_none())
        );
    }

    #[test]
    fn an_oversized_length_is_refused_before_the_body() {
        assert!(matches!(body_len([0xff; 4]), Err(FrameError::TooLong(_))));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_message_or_an_error(body in proptest::collection::vec(0u8.., 0..512)) {
            let _ = decode::<FromMachine>(&body);
            let _ = decode::<ToMachine>(&body);
        }
    }
}
