//! Transfers under way on this server, by their numbers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::private_server::Number;
use rackwright_proto::transfer::{News, TOKEN, Ticket, Transfer, TransferNews, TransferOrder};

use super::{Gate, LONGEST, Pass, send};
use crate::command::Cancel;
use crate::session::explain;

/// Transfers at one time.
const MOST: usize = 8;
/// Between two words on how far a pass is.
const TELL: Duration = Duration::from_secs(1);

/// How news goes to the Control Center.
pub type Tell = Arc<dyn Fn(TransferNews) + Send + Sync>;

/// Where things are.
pub struct Places {
    /// The files of a private server that are its own.
    pub files: Arc<dyn Fn(Number) -> PathBuf + Send + Sync>,
    /// Emptied by a restart of the server.
    pub run: PathBuf,
    /// This very program.
    pub agent: PathBuf,
}

/// Takes orders on transfers.
pub struct Desk {
    places: Places,
    tell: Tell,
    under_way: Arc<Mutex<HashMap<u64, State>>>,
}

struct State {
    since: Instant,
    ended: Cancel,
    /// Where it receives.
    ready: Option<News>,
    /// The pass that is under way, and the last that is done.
    sending: Option<u32>,
    passed: Option<(u32, u64)>,
}

impl Desk {
    #[must_use]
    pub fn new(places: Places, tell: Tell) -> Self {
        Self { places, tell, under_way: Arc::default() }
    }

    /// Carries an order out. `address` is the one that the Control Center knows this server by.
    pub fn take(&self, order: Transfer, address: IpAddr) {
        let Transfer { transfer, number, order } = order;
        let say = |news| (self.tell)(TransferNews { transfer, number, news });
        let done = match order {
            TransferOrder::Receive { token } => self.receive(transfer, number, token, address),
            TransferOrder::Send { pass, ticket } => self.send(transfer, number, pass, ticket),
            TransferOrder::End => {
                if let Some(state) = self.transfers().remove(&transfer) {
                    state.ended.cancel();
                }
                Ok(None)
            }
        };
        match done {
            Ok(None) => {}
            Ok(Some(news)) => say(news),
            Err(reason) => say(News::Failed { reason }),
        }
    }

    fn transfers(&self) -> MutexGuard<'_, HashMap<u64, State>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transfer that is not known yet.
    fn begin(&self, transfer: u64) -> Result<Cancel, String> {
        let mut all = self.transfers();
        all.retain(|_, state| {
            let stays = state.since.elapsed() < LONGEST;
            if !stays {
                state.ended.cancel();
            }
            stays
        });
        if let Some(state) = all.get(&transfer) {
            return Ok(state.ended.clone());
        }
        if all.len() >= MOST {
            return Err(format!(
                "{MOST} transfers are under way on this server; try again when one has ended"
            ));
        }
        let ended = Cancel::default();
        let state =
            State { since: Instant::now(), ended: ended.clone(), ready: None, sending: None, passed: None };
        all.insert(transfer, state);
        Ok(ended)
    }

    fn receive(
        &self,
        transfer: u64,
        number: Number,
        token: String,
        address: IpAddr,
    ) -> Result<Option<News>, String> {
        if token.len() != TOKEN {
            return Err("the token of the transfer is not one".to_owned());
        }
        let ended = self.begin(transfer)?;
        if let Some(ready) = self.transfers().get(&transfer).and_then(|state| state.ready.clone()) {
            return Ok(Some(ready));
        }
        let gate = Gate::open(address).map_err(|why| explain(&why))?;
        let ready = News::Ready { port: gate.address.port(), fingerprint: gate.fingerprint.clone() };
        if let Some(state) = self.transfers().get_mut(&transfer) {
            state.ready = Some(ready.clone());
        }
        let settings = self.places.run.join(format!("transfer-{transfer}.conf"));
        let (files, tell) = ((self.places.files)(number), Arc::clone(&self.tell));
        let served = thread::Builder::new().name("transfer".to_owned()).spawn(move || {
            if let Err(why) = gate.serve(&token, &files, &settings, &ended) {
                tell(TransferNews { transfer, number, news: News::Failed { reason: explain(&why) } });
            }
        });
        served.map_err(|why| format!("no thread could be started: {why}"))?;
        Ok(Some(ready))
    }

    fn send(&self, transfer: u64, number: Number, pass: u32, ticket: Ticket) -> Result<Option<News>, String> {
        let ended = self.begin(transfer)?;
        {
            let mut all = self.transfers();
            let Some(state) = all.get_mut(&transfer) else { return Ok(None) };
            if let Some((done, ms)) = state.passed.filter(|(done, _)| *done >= pass) {
                return Ok(Some(News::Passed { pass: done, ms }));
            }
            if state.sending.is_some() {
                return Ok(None);
            }
            state.sending = Some(pass);
        }
        let (directory, agent) = ((self.places.files)(number), self.places.agent.clone());
        let (tell, under_way) = (Arc::clone(&self.tell), Arc::clone(&self.under_way));
        let sent = thread::Builder::new().name("transfer".to_owned()).spawn(move || {
            let say = |news| tell(TransferNews { transfer, number, news });
            let mut told: Option<Instant> = None;
            let mut progress = |permille| {
                if told.is_none_or(|at| at.elapsed() >= TELL) {
                    told = Some(Instant::now());
                    say(News::Sent { pass, permille });
                }
            };
            let sending = Pass { directory: &directory, ticket: &ticket, agent: &agent, cancelled: &ended };
            let outcome = send(&sending, &mut progress);
            let mut all = under_way.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(state) = all.get_mut(&transfer) else { return };
            state.sending = None;
            let news = match outcome {
                Ok(took) => {
                    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                    state.passed = Some((pass, ms));
                    News::Passed { pass, ms }
                }
                Err(why) => News::Failed { reason: explain(&why) },
            };
            drop(all);
            say(news);
        });
        sent.map_err(|why| format!("no thread could be started: {why}"))?;
        Ok(None)
    }
}
