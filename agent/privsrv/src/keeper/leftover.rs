//! Taking away what work on the files of a private server could not remove when it was done. It goes on beside the worker,
//! because it may take long, and is tried again for as long as something is there.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rackwright_model::private_server::Number;

use crate::explain;
use crate::places::Places;
use crate::vault;

/// Between two tries.
const AGAIN: Duration = Duration::from_secs(60);

/// How far it is with one private server.
#[derive(Default)]
pub struct Leftover {
    looked: Option<Instant>,
    sweeping: Option<JoinHandle<()>>,
}

impl Leftover {
    /// Begins to take it away when it is time to. Nobody works on the files at this moment.
    pub fn sweep(&mut self, places: &Places, number: Number, now: Instant) {
        let sweeps = self.sweeping.as_ref().is_some_and(|thread| !thread.is_finished());
        if sweeps || self.looked.is_some_and(|at| now.saturating_duration_since(at) < AGAIN) {
            return;
        }
        self.looked = Some(now);
        let set_aside = vault::set_aside(places, number).map_err(|why| explain(&why));
        match set_aside.and_then(|left| left.map(|left| begin(number, left)).transpose()) {
            Ok(begun) => self.sweeping = begun,
            Err(why) => tell(number, &why),
        }
    }
}

fn begin(number: Number, left: PathBuf) -> Result<JoinHandle<()>, String> {
    let work = move || {
        if let Err(why) = vault::sweep(&left) {
            tell(number, &explain(&why));
        }
    };
    let begun = thread::Builder::new().name("leftover".to_owned()).spawn(work);
    begun.map_err(|why| format!("no thread could be started: {why}"))
}

fn tell(number: Number, why: &str) {
    eprintln!("{}: what work on its files left takes of its disk, and is tried again: {why}", number.tag());
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_left_over_goes_on_a_later_round_one_after_the_other() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let places = Places { data: dir.path().join("data"), run: dir.path().join("run") };
        let one = Number::try_from(7).expect("a number");
        let own = places.own(one);
        let left = || fs::read_dir(&own).expect("there").count();
        let (mut leftover, first) = (Leftover::default(), Instant::now());
        fs::create_dir_all(&own).expect("made");
        leftover.sweep(&places, one, first);
        assert!(leftover.sweeping.is_none(), "there is nothing");
        for name in ["fresh/etc", "filling/own", "upper/etc"] {
            fs::create_dir_all(own.join(name)).expect("made");
        }
        leftover.sweep(&places, one, first + AGAIN / 2);
        assert_eq!(left(), 3, "it is not time yet");
        for (round, stay) in [(1, 2), (2, 1)] {
            leftover.sweep(&places, one, first + AGAIN * round);
            leftover.sweeping.take().expect("begun").join().expect("ended");
            assert_eq!(left(), stay);
        }
        // One that could not be removed the last time has its other name already.
        fs::create_dir_all(own.join("fading/etc")).expect("made");
        leftover.sweep(&places, one, first + AGAIN * 3);
        leftover.sweeping.take().expect("begun").join().expect("ended");
        assert!(left() == 1 && own.join("upper/etc").is_dir());
    }
}
