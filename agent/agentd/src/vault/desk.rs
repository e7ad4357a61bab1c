//! Tasks under way on this server, by their numbers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rackwright_model::private_server::Number;
use rackwright_privsrv::keeper::{Hands, Templates};
use rackwright_privsrv::vault;
use rackwright_proto::vault::{Vault, VaultNews, VaultOrder, VaultSaid, VaultStep};

use super::work::{Work, carry_out};
use crate::command::Cancel;

/// Tasks at one time. The Control Center gives fewer; those that it has given up may still be ending.
const MOST: usize = 6;
/// Tasks that are remembered when they have ended, until somebody says that they may be forgotten.
const REMEMBERED: usize = 256;

/// How news goes to the Control Center.
pub type Tell = Arc<dyn Fn(VaultNews) + Send + Sync>;

/// Takes orders on snapshots and backups.
pub struct Desk {
    hands: Hands,
    templates: Arc<dyn Templates + Sync>,
    tell: Tell,
    tasks: Tasks,
}

type Tasks = Arc<Mutex<HashMap<u64, Task>>>;

struct Task {
    number: Number,
    cancel: Cancel,
    last: VaultSaid,
}

impl Desk {
    #[must_use]
    pub fn new(hands: Hands, templates: Arc<dyn Templates + Sync>, tell: Tell) -> Self {
        Self { hands, templates, tell, tasks: Arc::default() }
    }

    /// Carries an order out. One that is known is answered with how far it is.
    pub fn take(&self, order: Vault) {
        let Vault { task, number, order } = order;
        let say = |news| (self.tell)(VaultNews { task, number, news });
        if order == VaultOrder::End {
            return say(self.end(task, number));
        }
        let begun = {
            let mut tasks = lock(&self.tasks);
            if let Some(known) = tasks.get(&task) {
                let last = known.last.clone();
                drop(tasks);
                return say(last);
            }
            begin(&mut tasks, task, number)
        };
        match begun.and_then(|cancel| self.work(task, number, order, cancel)) {
            Ok(()) => {}
            Err(reason) => say(failed(&self.hands, task, number, reason)),
        }
    }

    /// Stops it when it is under way; what has ended is forgotten. How far it is.
    fn end(&self, task: u64, number: Number) -> VaultSaid {
        let mut tasks = lock(&self.tasks);
        let Some(known) = tasks.get(&task) else {
            return failed(&self.hands, task, number, "it is not under way on its server".to_owned());
        };
        known.cancel.cancel();
        let last = known.last.clone();
        if is_over(&last) {
            tasks.remove(&task);
        }
        last
    }

    fn work(&self, task: u64, number: Number, order: VaultOrder, cancel: Cancel) -> Result<(), String> {
        let (tell, tasks) = (Arc::clone(&self.tell), Arc::clone(&self.tasks));
        let (hands, templates) = (self.hands.clone(), Arc::clone(&self.templates));
        let work = move || {
            let say = |news: VaultSaid| {
                if let Some(known) = lock(&tasks).get_mut(&task) {
                    known.last = news.clone();
                }
                tell(VaultNews { task, number, news });
            };
            let busy = |step, permille| say(VaultSaid::Busy { step, permille });
            let work =
                Work { hands: &hands, templates: &*templates, task, number, cancel: &cancel, busy: &busy };
            say(match carry_out(&work, &order) {
                Ok(done) => VaultSaid::Done(done),
                Err(reason) => failed(&hands, task, number, reason),
            });
        };
        thread::Builder::new().name("vault".to_owned()).spawn(work).map(drop).map_err(|why| {
            lock(&self.tasks).remove(&task);
            format!("no thread could be started: {why}")
        })
    }
}

fn begin(tasks: &mut HashMap<u64, Task>, task: u64, number: Number) -> Result<Cancel, String> {
    let under_way = tasks.values().filter(|known| !is_over(&known.last));
    if under_way.clone().any(|known| known.number == number) {
        return Err("other work on its files is under way; try again when that is done".to_owned());
    }
    if under_way.count() >= MOST {
        return Err(format!("{MOST} tasks are under way on this server; try again when one is done"));
    }
    if tasks.len() >= REMEMBERED {
        tasks.retain(|_, known| !is_over(&known.last));
    }
    let (cancel, last) = (Cancel::default(), VaultSaid::Busy { step: VaultStep::Keeping, permille: None });
    tasks.insert(task, Task { number, cancel: cancel.clone(), last });
    Ok(cancel)
}

/// A failure of a task, at whatever point.
fn failed(hands: &Hands, task: u64, number: Number, reason: String) -> VaultSaid {
    VaultSaid::Failed { reason, placed: vault::is_in_place(hands.places(), number, task) }
}

fn is_over(said: &VaultSaid) -> bool {
    match said {
        VaultSaid::Busy { .. } => false,
        VaultSaid::Done(_) | VaultSaid::Failed { .. } => true,
    }
}

fn lock(tasks: &Tasks) -> MutexGuard<'_, HashMap<u64, Task>> {
    tasks.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_task_at_a_time_for_each_and_a_few_in_all() {
        let number = |number: u32| Number::try_from(number).expect("a number");
        let mut tasks = HashMap::new();
        for task in 1..=6 {
            begin(&mut tasks, task.into(), number(task)).expect("begins");
        }
        assert!(begin(&mut tasks, 9, number(1)).expect_err("busy").contains("other work"));
        assert!(begin(&mut tasks, 9, number(9)).expect_err("too many").contains("6 tasks"));
        tasks.get_mut(&1).expect("there").last = VaultSaid::Done(Default::default());
        begin(&mut tasks, 9, number(1)).expect("the first is done");
    }
}
