//! Which blocks to send, and what an acknowledgement means. Pure arithmetic; block numbers here count from 1 without
//! end, and only the low 16 bits travel (they roll over to 0).

/// Progress of one transfer.
#[derive(Debug)]
pub(crate) struct Window {
    /// Number of the last block, which is shorter than a full one and may be empty.
    last: u64,
    size: u16,
    /// The last block that the client has.
    acked: u64,
    /// The last block sent since.
    sent: u64,
    /// `acked` at which the client's repeated acknowledgement was already answered.
    repaired: Option<u64>,
}

/// What an acknowledgement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acked {
    /// New blocks are due.
    Progress,
    /// The client has everything.
    Done,
    /// Old or foreign: nothing happens. Sending again here would double every packet from now on.
    Stale,
}

impl Window {
    /// For a file of `bytes` in blocks of `block` bytes (not zero), `size` blocks at a time.
    pub fn new(bytes: u64, block: usize, size: u16) -> Self {
        Self { last: bytes / block as u64 + 1, size: size.max(1), acked: 0, sent: 0, repaired: None }
    }

    /// The next block to send, if the window is open.
    pub fn next(&mut self) -> Option<u64> {
        let open = self.sent < self.last && self.sent < self.acked + u64::from(self.size);
        open.then(|| {
            self.sent += 1;
            self.sent
        })
    }

    /// The client says it has everything up to the block with these low 16 bits.
    pub fn ack(&mut self, low: u16) -> Acked {
        let ahead = u64::from(low.wrapping_sub(self.acked as u16));
        if ahead > self.sent - self.acked {
            return Acked::Stale;
        }
        if ahead == 0 {
            return self.repeat();
        }
        self.acked += ahead;
        // With a window, an acknowledgement in its middle says that the next block was lost (RFC 7440 section 4).
        self.sent = self.acked;
        if self.acked == self.last { Acked::Done } else { Acked::Progress }
    }

    /// The last acknowledgement came again: with a window its first block was lost. Answered once.
    fn repeat(&mut self) -> Acked {
        if self.size == 1 || self.sent == self.acked || self.repaired == Some(self.acked) {
            return Acked::Stale;
        }
        self.repaired = Some(self.acked);
        self.sent = self.acked;
        Acked::Progress
    }

    /// No answer came: the window is sent again.
    pub fn rewind(&mut self) {
        self.sent = self.acked;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first_needed(window: &Window) -> u64 {
        window.acked + 1
    }

    fn drain(window: &mut Window) -> Vec<u64> {
        std::iter::from_fn(|| window.next()).collect()
    }

    #[test]
    fn one_block_at_a_time_when_no_window_was_asked() {
        let mut window = Window::new(1_025, 512, 1);
        assert_eq!(drain(&mut window), [1]);
        assert_eq!(window.ack(1), Acked::Progress);
        assert_eq!(drain(&mut window), [2]);
        assert_eq!(window.ack(2), Acked::Progress);
        assert_eq!(drain(&mut window), [3]);
        assert_eq!(window.ack(3), Acked::Done);
    }

    #[test]
    fn a_file_of_whole_blocks_ends_with_an_empty_one() {
        let mut window = Window::new(1_024, 512, 8);
        assert_eq!(drain(&mut window), [1, 2, 3]);
        assert_eq!(window.ack(3), Acked::Done);
    }

    #[test]
    fn a_repeated_acknowledgement_does_not_double_the_traffic() {
        let mut window = Window::new(5_000, 512, 1);
        drain(&mut window);
        window.ack(1);
        assert_eq!(drain(&mut window), [2]);
        assert_eq!(window.ack(1), Acked::Stale);
        assert!(drain(&mut window).is_empty());
    }

    #[test]
    fn a_gap_in_a_window_is_sent_again_from_the_gap() {
        let mut window = Window::new(50_000, 512, 4);
        assert_eq!(drain(&mut window), [1, 2, 3, 4]);
        assert_eq!(window.ack(2), Acked::Progress);
        assert_eq!(drain(&mut window), [3, 4, 5, 6]);
        assert_eq!(window.ack(2), Acked::Progress, "block 3 was lost");
        assert_eq!(drain(&mut window), [3, 4, 5, 6]);
        assert_eq!(window.ack(2), Acked::Stale, "once is enough; the time-out does the rest");
        window.rewind();
        assert_eq!(drain(&mut window), [3, 4, 5, 6]);
    }

    #[test]
    fn block_numbers_roll_over() {
        let mut window = Window::new(70_000 * 512, 512, 1);
        for block in 1..=70_000u64 {
            assert_eq!(window.next(), Some(block));
            assert_eq!(window.ack(block as u16), Acked::Progress, "{block}");
        }
        assert_eq!(window.next(), Some(70_001));
        assert_eq!(window.ack(70_001u64 as u16), Acked::Done);
    }

    proptest! {
        /// Whatever acknowledgements come, no block outside the window or the file is sent, and the end needs them all.
        #[test]
        fn no_acknowledgement_leads_astray(
            bytes in 0u64..200_000, block in 8usize..1_469, size in 0u16..70,
            acks in proptest::collection::vec(any::<u16>(), 0..200),
        ) {
            let last = bytes / block as u64 + 1;
            let mut window = Window::new(bytes, block, size);
            for ack in acks {
                for sent in drain(&mut window) {
                    prop_assert!(sent >= first_needed(&window) && sent <= last);
                    prop_assert!(sent < first_needed(&window) + u64::from(size.max(1)));
                }
                let before = first_needed(&window);
                match window.ack(ack) {
                    Acked::Done => {
                        prop_assert_eq!(first_needed(&window), last + 1);
                        break;
                    }
                    Acked::Progress | Acked::Stale => prop_assert!(first_needed(&window) >= before),
                }
            }
        }
    }
}
