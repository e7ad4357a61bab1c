//! Where work leaves word of what it does and finds out that it shall stop. Written down at most twice a second, however
//! fast the work talks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rackwright_images::Progress;
use rackwright_model::JobId;
use rackwright_store::job::{job_log, job_step};

use crate::Domain;
use crate::refusal::chain;

/// Lines that wait to be written down; what is said beyond them within half a second is counted, not kept.
const LINES: usize = 1_000;

#[derive(Default)]
pub(super) struct Desk {
    word: Mutex<Word>,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Word {
    /// What is done now, and how far all is done in per mille; none when that is written down.
    step: Option<(String, u32)>,
    /// The last sentence of the log, without its figures.
    last: String,
    lines: Vec<String>,
    unkept: usize,
}

impl Desk {
    /// The work says how far it is. A sentence goes into the log once, not again for every new figure in it.
    pub(super) fn progress(&self, progress: Progress) {
        // Between 0 and 1000.
        let permille = (progress.fraction.clamp(0.0, 1.0) * 1_000.0).round() as u32;
        let mut word = self.word();
        let gist: String = progress.sentence.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        if word.last != gist {
            word.last = gist;
            word.line(progress.sentence.clone());
        }
        word.step = Some((progress.sentence, permille));
    }

    /// Whether the work shall stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Stop the work when the guard is dropped.
    pub(super) fn stop_on_drop(self: &Arc<Self>) -> StopOnDrop {
        StopOnDrop(Arc::clone(self))
    }

    /// Write down what was said since the last time. Talk must not stop the work, so a failure is only logged.
    pub(super) async fn report(&self, domain: &Domain, job: JobId) {
        let (step, lines) = self.word().take();
        if step.is_none() && lines.is_empty() {
            return;
        }
        let at = domain.now();
        let said = step.as_ref().map(|(step, _)| format!("Job {job}: {step}"));
        let written = domain.write(move |tx| {
            if let Some((step, permille)) = &step {
                job_step(tx, job, step, *permille)?;
            }
            for line in &lines {
                job_log(tx, job, at, line)?;
            }
            Ok(())
        });
        match (written.await, said) {
            (Ok(()), Some(said)) => domain.events.job(at, &said),
            (Ok(()), None) => {}
            (Err(error), _) => {
                tracing::warn!(job.id = %job, "the progress of a job could not be written down: {}", chain(&error));
            }
        }
    }

    fn word(&self) -> std::sync::MutexGuard<'_, Word> {
        self.word.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Word {
    fn line(&mut self, text: String) {
        if self.lines.len() < LINES {
            self.lines.push(text);
        } else {
            self.unkept += 1;
        }
    }

    fn take(&mut self) -> (Option<(String, u32)>, Vec<String>) {
        let mut lines = std::mem::take(&mut self.lines);
        if self.unkept > 0 {
            lines.push(format!("({} more lines)", std::mem::take(&mut self.unkept)));
        }
        (self.step.take(), lines)
    }
}

pub(super) struct StopOnDrop(Arc<Desk>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(desk: &Desk, sentence: String, fraction: f64) {
        desk.progress(Progress { step: "copy", sentence, fraction });
    }

    #[test]
    fn a_sentence_is_logged_once_and_its_newest_figures_are_the_step() {
        let desk = Desk::default();
        for mib in 0..50 {
            say(&desk, format!("{mib} of 50 MiB"), f64::from(mib) / 50.0);
        }
        let (step, lines) = desk.word().take();
        assert_eq!((step, lines), (Some(("49 of 50 MiB".to_owned(), 980)), vec!["0 of 50 MiB".to_owned()]));
        say(&desk, "50 of 50 MiB".into(), 1.0);
        assert_eq!(desk.word().take(), (Some(("50 of 50 MiB".to_owned(), 1_000)), Vec::new()));
    }

    #[test]
    fn a_flood_of_lines_is_counted_and_not_kept() {
        let desk = Desk::default();
        for length in 0..LINES + 7 {
            say(&desk, "x".repeat(length + 1), 0.0);
        }
        let (_, lines) = desk.word().take();
        assert_eq!((lines.len(), lines.last().map(String::as_str)), (LINES + 1, Some("(7 more lines)")));
    }

    #[test]
    fn work_is_told_to_stop_when_nobody_attends_it_any_more() {
        let desk = Arc::new(Desk::default());
        let stopping = desk.stop_on_drop();
        assert!(!desk.is_stopped());
        drop(stopping);
        assert!(desk.is_stopped());
    }
}
