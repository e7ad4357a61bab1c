//! What the installing thread wants to tell the Control Center, kept while there is no session.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::{BootStage, InstallId};
use rackwright_proto::{FromMachine, Order};

use super::console::say;
use super::journal::Outcome;
use crate::install::Report;

/// Log lines kept while there is no session; the oldest go first.
const LOG_LINES: usize = 4_000;

/// Filled by the installing thread, emptied by the session.
pub struct Outbox {
    state: Mutex<State>,
    bell: UnixStream,
    ear: UnixStream,
}

#[derive(Default)]
struct State {
    queue: VecDeque<FromMachine>,
    log_lines: usize,
    lost_lines: usize,
    /// Only the latest counts.
    progress: Option<FromMachine>,
    /// Said again on the next session, because the frame may have died with the last one.
    last_stage: Option<FromMachine>,
    /// Said on every session until it is answered.
    outcome: Option<FromMachine>,
    outcome_said: bool,
}

impl Outbox {
    /// # Errors
    /// When the kernel has no descriptors left.
    pub fn new() -> io::Result<Self> {
        let (bell, ear) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        Ok(Self { state: Mutex::default(), bell, ear })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Readable when there is something to send.
    pub fn wake(&self) -> BorrowedFd<'_> {
        self.ear.as_fd()
    }

    fn ring(&self) {
        // A full pipe rings already.
        drop((&self.bell).write(&[1]));
    }

    /// Forgets everything: a new install begins.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// A new session began: the last stage and the outcome are said again.
    pub fn new_session(&self) {
        let state = &mut *self.state();
        state.outcome_said = false;
        if let Some(stage) = state.last_stage.take() {
            state.queue.push_front(stage);
        }
    }

    /// The install ended like this.
    pub fn finish(&self, install: InstallId, outcome: &Outcome) {
        let state = &mut *self.state();
        state.outcome = Some(match outcome {
            Outcome::Written => FromMachine::Written { install },
            Outcome::Failed(failure) => FromMachine::InstallFailed { install, failure: failure.clone() },
        });
        state.outcome_said = false;
        self.ring();
    }

    /// Whether the install has ended.
    pub fn has_outcome(&self, of: InstallId) -> bool {
        match self.state().outcome {
            Some(FromMachine::Written { install } | FromMachine::InstallFailed { install, .. }) => {
                install == of
            }
            _ => false,
        }
    }

    /// The next message to send, oldest first; the outcome after everything else.
    pub fn next_message(&self) -> Option<FromMachine> {
        let mut bytes = [0; 64];
        loop {
            match (&self.ear).read(&mut bytes) {
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Ok(64) => {}
                Ok(_) | Err(_) => break,
            }
        }
        let state = &mut *self.state();
        if let Some(message) = state.queue.pop_front() {
            match &message {
                FromMachine::Log { .. } => state.log_lines -= 1,
                FromMachine::Stage { .. } => state.last_stage = Some(message.clone()),
                _ => {}
            }
            return Some(message);
        }
        if let Some(progress) = state.progress.take() {
            return Some(progress);
        }
        if state.outcome_said {
            return None;
        }
        state.outcome_said = true;
        state.outcome.clone()
    }

    /// Puts a message before all others: one that could not be sent, or an answer.
    pub fn put_back(&self, message: FromMachine) {
        let state = &mut *self.state();
        match message {
            FromMachine::Progress { .. } => {
                state.progress.get_or_insert(message);
            }
            _ if state.outcome.as_ref() == Some(&message) => state.outcome_said = false,
            FromMachine::Stage { .. } => state.last_stage = Some(message),
            FromMachine::Log { .. } => {
                state.log_lines += 1;
                state.queue.push_front(message);
            }
            other => state.queue.push_front(other),
        }
        self.ring();
    }

    fn log(&self, install: InstallId, line: &str) {
        let state = &mut *self.state();
        if state.log_lines >= LOG_LINES {
            let oldest = state.queue.iter().position(|message| matches!(message, FromMachine::Log { .. }));
            drop(oldest.and_then(|at| state.queue.remove(at)));
            state.log_lines -= 1;
            state.lost_lines += 1;
        }
        state.log_lines += 1;
        state.queue.push_back(FromMachine::Log { install, line: line.to_owned() });
        self.ring();
    }

    fn stage(&self, install: InstallId, stage: BootStage, detail: String) {
        let state = &mut *self.state();
        // A stage makes the progress before it pointless.
        state.progress = None;
        if state.lost_lines > 0 {
            let line = format!("{} earlier lines were dropped while there was no session", state.lost_lines);
            state.lost_lines = 0;
            state.log_lines += 1;
            state.queue.push_back(FromMachine::Log { install, line });
        }
        state.queue.push_back(FromMachine::Stage { install, stage, detail });
        self.ring();
    }

    fn progress(&self, install: InstallId, done: u64, total: u64) {
        self.state().progress = Some(FromMachine::Progress { install, done, total });
        self.ring();
    }
}

/// The reports of one install: to the outbox, and to the console.
pub struct Reporter<'a> {
    pub outbox: &'a Outbox,
    pub order: &'a Order,
}

impl Report for Reporter<'_> {
    fn stage(&self, stage: BootStage, detail: String) {
        say(&format!("{}: {detail}", stage.title()));
        self.outbox.stage(self.order.install, stage, detail);
    }

    fn log(&self, line: &str) {
        say(line);
        self.outbox.log(self.order.install, line);
    }

    fn progress(&self, done: u64, total: u64) {
        self.outbox.progress(self.order.install, done, total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTALL: InstallId = InstallId(3);

    fn drain(outbox: &Outbox) -> Vec<FromMachine> {
        std::iter::from_fn(|| outbox.next_message()).collect()
    }

    #[test]
    fn the_outcome_comes_last_and_again_on_every_session() {
        let outbox = Outbox::new().expect("descriptors");
        outbox.finish(INSTALL, &Outcome::Written);
        outbox.log(INSTALL, "line");
        let written = FromMachine::Written { install: INSTALL };
        assert_eq!(
            drain(&outbox),
            [FromMachine::Log { install: INSTALL, line: "line".into() }, written.clone()]
        );
        assert_eq!(drain(&outbox), []);
        outbox.new_session();
        assert_eq!(drain(&outbox), [written]);
    }

    #[test]
    fn only_the_latest_progress_and_the_last_stage_are_kept() {
        let outbox = Outbox::new().expect("descriptors");
        outbox.progress(INSTALL, 1, 9);
        outbox.progress(INSTALL, 2, 9);
        assert_eq!(drain(&outbox), [FromMachine::Progress { install: INSTALL, done: 2, total: 9 }]);
        outbox.stage(INSTALL, BootStage::Disk, "cut".into());
        outbox.stage(INSTALL, BootStage::Image, "there".into());
        assert_eq!(drain(&outbox).len(), 2);
        outbox.new_session();
        assert_eq!(
            drain(&outbox),
            [FromMachine::Stage { install: INSTALL, stage: BootStage::Image, detail: "there".into() }]
        );
    }

    #[test]
    fn a_long_silence_keeps_bounded_lines_and_says_how_many_are_gone() {
        let outbox = Outbox::new().expect("descriptors");
        (0..LOG_LINES + 10).for_each(|number| outbox.log(INSTALL, &number.to_string()));
        outbox.stage(INSTALL, BootStage::Configure, String::new());
        let all = drain(&outbox);
        assert_eq!(all.len(), LOG_LINES + 2);
        assert_eq!(all[0], FromMachine::Log { install: INSTALL, line: "10".into() });
        assert!(
            matches!(&all[LOG_LINES], FromMachine::Log { line, .. } if line.starts_with("10 earlier lines"))
        );
    }
}
