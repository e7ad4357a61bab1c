use proptest::prelude::*;
use rackwright_proto::Heartbeat;
use tokio::io::duplex;

use super::*;

fn beat(uptime_s: u64) -> FromMachine {
    FromMachine::Heartbeat(Heartbeat {
        uptime_s,
        load_centi: [0; 3],
        memory_kb: 1,
        memory_available_kb: 1,
        disks: Vec::new(),
        cpu: None,
        network: None,
    })
}

/// What comes out when these pieces go in and the peer then closes.
async fn feed(pieces: Vec<Vec<u8>>, longest: usize) -> (Vec<FromMachine>, Over) {
    let (mut near, far) = duplex(64 * 1024);
    let mut frames = Frames::new(far, longest);
    let send = async move {
        for piece in pieces {
            if near.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    let receive = async move {
        let mut messages = Vec::new();
        loop {
            match frames.receive().await {
                Ok(message) => messages.push(message),
                Err(over) => return (messages, over),
            }
        }
    };
    tokio::join!(send, receive).1
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(future)
}

proptest! {
    #[test]
    fn messages_come_out_however_the_bytes_are_cut(cut in 1usize..200, beats in 1u64..6) {
        let sent: Vec<_> = (0..beats).map(beat).collect();
        let bytes: Vec<u8> = sent.iter().flat_map(|message| frame::encode(message).expect("fits")).collect();
        let (got, over) = block(feed(bytes.chunks(cut).map(<[u8]>::to_vec).collect(), frame::MAX));
        prop_assert_eq!(got, sent);
        prop_assert!(matches!(over, Over::Closed));
    }

    #[test]
    fn any_bytes_end_in_an_error_and_hold_no_more_than_the_limit(bytes in proptest::collection::vec(any::<u8>(), 0..4_096)) {
        let (_, over) = block(feed(vec![bytes], 1_024));
        prop_assert!(matches!(over, Over::Closed | Over::Frame(_)));
    }

    #[test]
    fn a_frame_of_any_garbage_is_refused(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        let mut bytes = u32::try_from(body.len()).expect("short").to_be_bytes().to_vec();
        bytes.extend(&body);
        let (got, over) = block(feed(vec![bytes], frame::MAX));
        prop_assert!(got.len() == 1 || matches!(over, Over::Frame(FrameError::Malformed(_))), "{:?}", over);
    }
}

#[test]
fn an_oversized_head_ends_it_before_the_body() {
    let head = 2_000u32.to_be_bytes().to_vec();
    let (_, over) = block(feed(vec![head], 1_024));
    assert!(matches!(over, Over::Frame(FrameError::TooLong(2_000))), "{over:?}");
}

#[tokio::test(start_paused = true)]
async fn dribbling_does_not_extend_the_deadline() {
    let (mut near, far) = duplex(64);
    let mut frames = Frames::new(far, 1_024);
    let bytes = frame::encode(&beat(1)).expect("fits");
    let dribble = tokio::spawn(async move {
        for byte in bytes {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if near.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    let limit = Duration::from_secs(20);
    let begun = Instant::now();
    let over = frames.receive_by(begun + limit, limit).await.expect_err("too slow");
    assert!(matches!(over, Over::Silent(_)), "{over:?}");
    assert_eq!(begun.elapsed(), limit);
    assert!(frames.is_amid());
    dribble.abort();
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_given_up() {
    let (_near, far) = duplex(16);
    let mut frames = Frames::new(far, 1_024);
    let message = ToMachine::Refused { reason: "long enough to fill the pipe".into(), retry_after_s: 1 };
    let over = frames.send(&message, Duration::from_secs(10)).await.expect_err("nobody reads");
    assert!(matches!(over, Over::Stalled(_)), "{over:?}");
}
