//! Files of private servers on their way, and what is to be told of them.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rackwright_privsrv::bell::Bell;
use rackwright_privsrv::places::Places;
use rackwright_proto::transfer::News;
use rackwright_proto::{Transfer, TransferNews};

use crate::transfer::{self, Desk};

/// News that wait while there is no session; the Control Center asks again for what is lost.
const MOST: usize = 64;

type Waiting = Arc<Mutex<VecDeque<TransferNews>>>;

pub struct Transfers {
    desk: Desk,
    waiting: Waiting,
}

impl Transfers {
    pub fn new(places: Places, bell: Bell) -> Self {
        let waiting = Waiting::default();
        let run = places.run.clone();
        let desk = Desk::new(
            transfer::Places {
                files: Arc::new(move |number| places.upper(number)),
                run,
                agent: std::env::current_exe()
                    .unwrap_or_else(|_| PathBuf::from("/usr/local/sbin/rackwright-agent")),
            },
            tell(Arc::clone(&waiting), bell),
        );
        Self { desk, waiting }
    }

    pub fn take(&self, order: Transfer, address: IpAddr) {
        self.desk.take(order, address);
    }

    /// What is to be told.
    pub fn news(&self) -> VecDeque<TransferNews> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn tell(waiting: Waiting, bell: Bell) -> transfer::Tell {
    Arc::new(move |news| {
        let mut all = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // How far a pass is matters only until the next word on it.
        all.retain(|one| one.transfer != news.transfer || !matches!(one.news, News::Sent { .. }));
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back(news);
        drop(all);
        bell.ring();
    })
}
