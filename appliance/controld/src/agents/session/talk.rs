//! The life of a session that was judged: messages both ways until one side ends it, then getting up from the seat.

use rackwright_domain::ports::Later;
use rackwright_proto::{FromMachine, ToMachine};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Duration, Instant, sleep_until, timeout};

use super::super::counters::count;
use super::super::frames::{Frames, Over};
use super::super::registry::{Part, Turn};
use super::{End, Session};

/// What a session is about.
pub(super) trait Matter: Send + Sync {
    /// Takes a message in; the answer to it, if any.
    fn take(&self, message: FromMachine) -> Later<'_, Result<Option<ToMachine>, End>>;
    /// The machine's last session ended.
    fn gone(&self) -> Later<'_, ()>;
}

/// A session with its seat.
pub(super) struct Talk<'a> {
    pub session: &'a Session,
    pub part: Part,
    /// The longest silence allowed between two frames; none when the machine may wait for ever.
    pub idle: Option<Duration>,
}

impl Talk<'_> {
    /// Takes the seat when the hello was answered with a welcome, and stays until the end; says that the machine is gone when nobody else
    /// of the machine is left then. `turn` is that of the hello.
    pub async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        frames: &mut Frames<S>,
        judged: Result<ToMachine, End>,
        turn: Turn,
        matter: &dyn Matter,
    ) -> Result<(), End> {
        let answer = judged?;
        if let ToMachine::Refused { .. } = answer {
            return self.session.reply(frames, answer).await;
        }
        self.part.welcome(&turn);
        drop(turn);
        let end = self.talk(frames, answer, matter).await;
        self.leave(matter).await;
        end
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        frames: &mut Frames<S>,
        answer: ToMachine,
        matter: &dyn Matter,
    ) -> Result<(), End> {
        self.session.reply(frames, answer).await?;
        let limit = self.session.shared.limits.silence;
        let mut heard = Instant::now();
        let mut begun = None;
        loop {
            // From when a frame is seen to have begun, it has the limit to be whole.
            begun = frames.is_amid().then(|| begun.unwrap_or_else(Instant::now));
            let until = self.idle.map(|idle| heard + idle).or(begun.map(|begun| begun + limit));
            tokio::select! {
                message = frames.receive() => {
                    count(&self.session.shared.counters.agents_frames);
                    let answer = matter.take(message?).await?;
                    (heard, begun) = (Instant::now(), None);
                    if let Some(answer) = answer {
                        self.session.reply(frames, answer).await?;
                    }
                }
                message = self.part.outbox.recv() => match message {
                    Some(message) => self.session.reply(frames, message).await?,
                    None => return Err(End::Replaced),
                },
                () = wait(until, limit) => if until.is_some() {
                    return Err(End::Over(Over::Silent(limit)));
                },
            }
        }
    }

    /// Gets up, and tells the domain if the machine is gone. Both have a limit: the session is over anyway.
    async fn leave(&self, matter: &dyn Matter) {
        let leave = async {
            let turn = self.part.turn().await;
            if self.part.leave(&turn) {
                matter.gone().await;
            }
        };
        if timeout(self.session.shared.limits.answer, leave).await.is_err() {
            tracing::error!(peer.address = %self.session.peer, "That a machine is gone could not be recorded in time.");
        }
    }
}

/// Until the deadline; without one, for as long as it takes to look whether a frame has begun.
async fn wait(until: Option<Instant>, look_again: Duration) {
    sleep_until(until.unwrap_or_else(|| Instant::now() + look_again)).await;
}
