//! What threads have for the Control Center. It holds little: who has more waits until the link took what is here.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use rackwright_privsrv::bell::Bell;
use rackwright_proto::FromMachine;

/// Messages that wait here at most.
const ROOM: usize = 4;
/// Messages that are sent before something else has its turn.
const TURN: usize = 32;

/// The end of the session.
pub struct Outbox {
    bell: Bell,
    sender: SyncSender<FromMachine>,
    receiver: Receiver<FromMachine>,
}

/// The end of a thread.
#[derive(Clone)]
pub struct Sender {
    bell: Bell,
    sender: SyncSender<FromMachine>,
}

/// The session is over.
pub struct Over;

impl Outbox {
    pub fn new(bell: Bell) -> Self {
        let (sender, receiver) = sync_channel(ROOM);
        Self { bell, sender, receiver }
    }

    pub fn sender(&self) -> Sender {
        Sender { bell: self.bell.clone(), sender: self.sender.clone() }
    }

    /// Hands on what is here. When there may be more, the bell rings again.
    pub fn deliver<E>(&self, mut send: impl FnMut(FromMachine) -> Result<(), E>) -> Result<(), E> {
        for _ in 0..TURN {
            match self.receiver.try_recv() {
                Ok(message) => send(message)?,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(()),
            }
        }
        self.bell.ring();
        Ok(())
    }
}

impl Sender {
    /// Waits until there is room.
    pub fn send(&self, message: FromMachine) -> Result<(), Over> {
        // One that waits for room rings first, so that room is made.
        let message = match self.sender.try_send(message) {
            Ok(()) => None,
            Err(std::sync::mpsc::TrySendError::Full(message)) => Some(message),
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => return Err(Over),
        };
        self.bell.ring();
        let Some(message) = message else { return Ok(()) };
        self.sender.send(message).map_err(|_| Over)?;
        self.bell.ring();
        Ok(())
    }
}
