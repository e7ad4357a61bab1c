//! Who holds a session now, so that messages find their machine.
//!
//! A machine has a *seat*, by its boot nonce or by its server. The newest session that was welcomed sits on it; the one
//! before is ended by dropping its outbox. A session that is still being judged waits beside the seat: what is sent
//! meanwhile goes to both, and is thrown away with the newcomer when it is refused.
//!
//! Judging, leaving and reporting that a machine is gone happen one after the other per seat, so that "gone" of an old
//! session can never overtake "hello" of a new one.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rackwright_domain::ports::Machines;
use rackwright_model::ServerId;
use rackwright_proto::ToMachine;
use tokio::sync::{OwnedMutexGuard, mpsc};

/// Messages that may wait for one machine.
const OUTBOX: usize = 64;

/// By what a session is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Seat {
    Boot(String),
    Agent(ServerId),
}

/// Sessions by machine.
#[derive(Default)]
pub struct Registry {
    seats: Mutex<HashMap<Seat, Occupied>>,
    sessions: AtomicU64,
}

#[derive(Default)]
struct Occupied {
    current: Option<Held>,
    waiting: Option<Held>,
    /// Somebody was welcomed, and nobody was told yet that it is gone.
    gone_is_owed: bool,
    /// Sessions that have to do with this seat.
    users: usize,
    turn: Arc<tokio::sync::Mutex<()>>,
}

struct Held {
    session: u64,
    peer: Ipv4Addr,
    outbox: mpsc::Sender<ToMachine>,
}

/// A session's part in a seat, from before it is judged until after it is gone.
pub(super) struct Part {
    registry: Arc<Registry>,
    seat: Seat,
    session: u64,
    peer: Ipv4Addr,
    /// What is sent to the machine. It ends when the session must.
    pub outbox: mpsc::Receiver<ToMachine>,
}

/// Nobody else is judged for, or leaves, the seat while this is held.
pub(super) struct Turn(#[expect(dead_code, reason = "held for its drop")] OwnedMutexGuard<()>);

impl Registry {
    fn seats(&self) -> MutexGuard<'_, HashMap<Seat, Occupied>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn, and then beside the seat until [`Part::welcome`].
    pub(super) async fn approach(self: &Arc<Self>, seat: Seat, peer: Ipv4Addr) -> (Part, Turn) {
        let session = self.sessions.fetch_add(1, Ordering::Relaxed);
        let (sender, outbox) = mpsc::channel(OUTBOX);
        let turn = {
            let mut seats = self.seats();
            let occupied = seats.entry(seat.clone()).or_default();
            occupied.users += 1;
            Arc::clone(&occupied.turn)
        };
        let part = Part { registry: Arc::clone(self), seat, session, peer, outbox };
        let turn = turn.lock_owned().await;
        if let Some(occupied) = self.seats().get_mut(&part.seat) {
            occupied.waiting = Some(Held { session, peer, outbox: sender });
        }
        (part, Turn(turn))
    }

    fn send(&self, seat: &Seat, message: ToMachine) -> bool {
        let seats = self.seats();
        let Some(occupied) = seats.get(seat) else { return false };
        let send = |held: &Option<Held>| {
            held.as_ref().is_some_and(|held| held.outbox.try_send(message.clone()).is_ok())
        };
        // Both, whatever becomes of the first.
        let (current, waiting) = (send(&occupied.current), send(&occupied.waiting));
        current || waiting
    }
}

impl Part {
    /// Takes the seat; true when it ends another session by that.
    pub fn welcome(&self, _: &Turn) -> bool {
        let mut seats = self.registry.seats();
        let Some(occupied) = seats.get_mut(&self.seat) else { return false };
        // Not there any more when the server was dropped meanwhile; then the outbox has ended too.
        let Some(me) = occupied.waiting.take_if(|waiting| waiting.session == self.session) else {
            return false;
        };
        occupied.gone_is_owed = true;
        occupied.current.replace(me).is_some()
    }

    /// Whether the seat is that of a session from another address: a boot nonce is no secret, so who merely repeats it
    /// must not displace, and be sent the orders of, the machine that booted with it.
    pub fn is_taken_by_another(&self) -> bool {
        let seats = self.registry.seats();
        let current = seats.get(&self.seat).and_then(|occupied| occupied.current.as_ref());
        current.is_some_and(|held| held.peer != self.peer)
    }

    /// Waits until nobody else is judged.
    pub async fn turn(&self) -> Turn {
        let turn = self
            .registry
            .seats()
            .get(&self.seat)
            .map(|occupied| Arc::clone(&occupied.turn))
            .unwrap_or_default();
        Turn(turn.lock_owned().await)
    }

    /// Gets up; true when the seat is empty now and somebody has to be told.
    pub fn leave(&self, _: &Turn) -> bool {
        let mut seats = self.registry.seats();
        let Some(occupied) = seats.get_mut(&self.seat) else { return false };
        occupied.remove(self.session);
        occupied.current.is_none() && std::mem::take(&mut occupied.gone_is_owed)
    }
}

impl Occupied {
    fn remove(&mut self, session: u64) {
        drop(self.current.take_if(|held| held.session == session));
        drop(self.waiting.take_if(|held| held.session == session));
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut seats = self.registry.seats();
        if let Some(occupied) = seats.get_mut(&self.seat) {
            occupied.remove(self.session);
            occupied.users -= 1;
            if occupied.users == 0 {
                seats.remove(&self.seat);
            }
        }
    }
}

impl Machines for Registry {
    fn send_to_boot(&self, boot: &str, message: ToMachine) -> bool {
        self.send(&Seat::Boot(boot.to_owned()), message)
    }

    fn send_to_agent(&self, server: ServerId, message: ToMachine) -> bool {
        self.send(&Seat::Agent(server), message)
    }

    fn drop_agent(&self, server: ServerId) {
        if let Some(occupied) = self.seats().get_mut(&Seat::Agent(server)) {
            occupied.current = None;
            occupied.waiting = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 100);

    fn boot(nonce: &str) -> Seat {
        Seat::Boot(nonce.to_owned())
    }

    async fn seated(registry: &Arc<Registry>, seat: Seat) -> Part {
        let (part, turn) = registry.approach(seat, PEER).await;
        part.welcome(&turn);
        part
    }

    #[tokio::test]
    async fn a_message_sent_while_judging_arrives() {
        let registry = Arc::new(Registry::default());
        let (mut part, turn) = registry.approach(boot("n"), PEER).await;
        assert!(registry.send_to_boot("n", ToMachine::Wait));
        assert!(!registry.send_to_boot("other", ToMachine::Wait));
        part.welcome(&turn);
        assert_eq!(part.outbox.recv().await, Some(ToMachine::Wait));
    }

    #[tokio::test]
    async fn the_newest_session_replaces_the_older_and_only_the_last_is_gone() {
        let registry = Arc::new(Registry::default());
        let mut old = seated(&registry, Seat::Agent(ServerId(1))).await;
        let (new, turn) = registry.approach(Seat::Agent(ServerId(1)), PEER).await;
        assert!(new.welcome(&turn), "it replaces");
        drop(turn);
        assert_eq!(old.outbox.recv().await, None, "the older one is told to end");
        let turn = old.turn().await;
        assert!(!old.leave(&turn), "the machine is still there");
        drop((old, turn));
        let turn = new.turn().await;
        assert!(new.leave(&turn));
        drop((new, turn));
        assert!(registry.seats().is_empty());
    }

    #[tokio::test]
    async fn a_refused_newcomer_changes_nothing() {
        let registry = Arc::new(Registry::default());
        let mut old = seated(&registry, Seat::Agent(ServerId(1))).await;
        let (new, turn) = registry.approach(Seat::Agent(ServerId(1)), PEER).await;
        assert!(registry.send_to_agent(ServerId(1), ToMachine::Wait));
        assert!(!new.leave(&turn));
        drop((new, turn));
        assert_eq!(old.outbox.recv().await, Some(ToMachine::Wait));
        assert!(registry.send_to_agent(ServerId(1), ToMachine::Heard));
        assert_eq!(old.outbox.recv().await, Some(ToMachine::Heard));
    }

    #[tokio::test]
    async fn a_dropped_agent_is_ended_and_reported_once() {
        let registry = Arc::new(Registry::default());
        let mut part = seated(&registry, Seat::Agent(ServerId(1))).await;
        registry.drop_agent(ServerId(1));
        assert_eq!(part.outbox.recv().await, None);
        assert!(!registry.send_to_agent(ServerId(1), ToMachine::Wait));
        let turn = part.turn().await;
        assert!(part.leave(&turn));
        assert!(!part.leave(&turn));
    }

    #[tokio::test]
    async fn another_address_cannot_take_a_boot() {
        let registry = Arc::new(Registry::default());
        let held = seated(&registry, boot("n")).await;
        let (other, _turn) = registry.approach(boot("n"), Ipv4Addr::new(10, 77, 0, 101)).await;
        assert!(other.is_taken_by_another());
        assert!(!held.is_taken_by_another());
    }

    #[tokio::test]
    async fn a_full_outbox_refuses() {
        let registry = Arc::new(Registry::default());
        let _part = seated(&registry, boot("n")).await;
        for _ in 0..OUTBOX {
            assert!(registry.send_to_boot("n", ToMachine::Wait));
        }
        assert!(!registry.send_to_boot("n", ToMachine::Wait));
    }
}
