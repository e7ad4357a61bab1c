//! Snapshots and backups under way, and what is to be told of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rackwright_privsrv::bell::Bell;
use rackwright_privsrv::keeper::Hands;
use rackwright_proto::vault::{Vault, VaultNews, VaultSaid};

use super::templates::OverHttp;
use crate::vault::{Desk, Tell};

/// News that wait while there is no session; the Control Center asks again for what is lost.
const MOST: usize = 64;

type Waiting = Arc<Mutex<VecDeque<VaultNews>>>;

pub struct Vaults {
    /// None: nothing is kept here.
    desk: Option<Desk>,
    waiting: Waiting,
    bell: Bell,
}

impl Vaults {
    pub fn new(hands: Option<Hands>, bell: Bell) -> Self {
        let waiting = Waiting::default();
        let desk =
            hands.map(|hands| Desk::new(hands, Arc::new(OverHttp), tell(Arc::clone(&waiting), bell.clone())));
        Self { desk, waiting, bell }
    }

    pub fn take(&self, order: Vault) {
        if let Some(desk) = &self.desk {
            return desk.take(order);
        }
        let reason = "what is kept of private servers cannot be read on this server".to_owned();
        let (task, number) = (order.task, order.number);
        tell(Arc::clone(&self.waiting), self.bell.clone())(VaultNews {
            task,
            number,
            news: VaultSaid::Failed { reason, placed: true },
        });
    }

    /// What is to be told.
    pub fn news(&self) -> VecDeque<VaultNews> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn tell(waiting: Waiting, bell: Bell) -> Tell {
    Arc::new(move |news| {
        let mut all = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Of each task only the last word matters.
        all.retain(|one| one.task != news.task);
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back(news);
        drop(all);
        bell.ring();
    })
}
