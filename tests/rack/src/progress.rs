//! What the user sees while things take time: one line per step with its time, and a spinner where there is a
//! terminal. Everything goes to standard error; standard output is for results.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// How often the spinner moves.
const TICK: Duration = Duration::from_millis(120);

/// The step that runs now.
#[derive(Debug)]
pub struct Step {
    title: String,
    started: Instant,
    spinner: Option<ProgressBar>,
    note: String,
}

/// Runs `work` as a step called `title` and prints how long it took and how it ended.
///
/// # Errors
/// Those of `work`.
pub fn step<T>(title: &str, work: impl FnOnce(&mut Step) -> Result<T>) -> Result<T> {
    let mut step = Step::begin(title);
    let done = work(&mut step);
    step.end(done.is_ok());
    done
}

impl Step {
    fn begin(title: &str) -> Self {
        let spinner = stderr().is_terminal().then(|| {
            let spinner = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {wide_msg}") {
                spinner.set_style(style);
            }
            spinner.set_message(title.to_owned());
            spinner.enable_steady_tick(TICK);
            spinner
        });
        Self { title: title.to_owned(), started: Instant::now(), spinner, note: String::new() }
    }

    /// Says how the step ended, for its final line.
    pub fn result(&mut self, result: impl Into<String>) {
        self.note = result.into();
    }

    /// Says what the step is doing.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if note == self.note {
            return;
        }
        self.note = note;
        match &self.spinner {
            Some(spinner) => spinner.set_message(self.line()),
            None => eprintln!("…  {:>6.1} s  {}", self.elapsed(), self.line()),
        }
    }

    fn end(self, well: bool) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        eprintln!("{}  {:>6.1} s  {}", if well { "✓" } else { "✗" }, self.elapsed(), self.line());
    }

    fn line(&self) -> String {
        if self.note.is_empty() { self.title.clone() } else { format!("{}: {}", self.title, self.note) }
    }

    fn elapsed(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}
