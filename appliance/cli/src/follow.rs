//! Following a job to its end.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use rackwright_catalog::actions::job::{JobDetail, JobLine, JobShow, JobView, OneJob};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::Client;
use rackwright_model::JobId;
use rackwright_model::job::JobState;
use serde_json::json;

use crate::format::Format;
use crate::screen::{End, write};
use crate::show::{one_line, time};

/// Between two looks at the job.
const PAUSE: Duration = Duration::from_millis(700);
/// How often in a row the Control Center may be away: some five minutes.
const ABSENCES: u32 = 400;

/// Follow the job, with its log on standard output and its progress on a terminal.
///
/// # Errors
/// [`End::Failed`] when the job did not succeed; the fault when it cannot be followed.
pub(crate) async fn follow(client: &Client, job: JobId, format: Format) -> Result<(), End> {
    tokio::select! {
        end = to_the_end(client, job, format) => end,
        _ = tokio::signal::ctrl_c() => {
            eprintln!("Job {job} goes on. See how it stands with: rackwright job show {job}");
            Err(End::Interrupted)
        }
    }
}

async fn to_the_end(client: &Client, job: JobId, format: Format) -> Result<(), End> {
    // Drawn on standard error, and only when that is a terminal.
    let bar = if format.is_for_people() {
        ProgressBar::new(1_000).with_style(style())
    } else {
        ProgressBar::hidden()
    };
    // A log file or a script gets a line for every step instead.
    let steps = format.is_for_people() && bar.is_hidden();
    let (mut printed, mut step) = (Vec::new(), String::new());
    let mut absences = 0;
    loop {
        match client.call::<JobShow>(OneJob { job }).await {
            Ok(detail) => {
                absences = 0;
                bar.set_position(u64::from(detail.job.progress_permille.min(1_000)));
                let now = one_line(&detail.job.step);
                if steps && now != step && detail.job.state == JobState::Running {
                    eprintln!("{now}");
                    step.clone_from(&now);
                }
                bar.set_message(now);
                if format.is_for_people() {
                    let fresh = new_lines(&printed, &detail.log).iter();
                    // What the fault says at the end is not said twice.
                    let said = detail.job.reason.as_deref();
                    let text: String =
                        fresh.filter(|line| said != Some(line.text.as_str())).map(log_line).collect();
                    bar.suspend(|| write(&text))?;
                }
                if detail.job.state != JobState::Running {
                    bar.finish_and_clear();
                    return ended(&detail, format);
                }
                printed = detail.log;
            }
            Err(fault) if fault.mends_itself() && absences < ABSENCES => {
                absences += 1;
                bar.set_message("waiting for the Control Center to come back");
            }
            Err(fault) => return Err(End::Fault(fault)),
        }
        bar.tick();
        tokio::time::sleep(PAUSE).await;
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The lines that came since. The Control Center keeps only the last ones, so the overlap is looked for.
fn new_lines<'a>(printed: &[JobLine], log: &'a [JobLine]) -> &'a [JobLine] {
    let known = (0..=printed.len().min(log.len()))
        .rev()
        .find(|&length| printed[printed.len() - length..] == log[..length]);
    &log[known.unwrap_or(0)..]
}

fn log_line(line: &JobLine) -> String {
    format!("{}  {}\n", time(line.at), one_line(&line.text))
}

fn ended(detail: &JobDetail, format: Format) -> Result<(), End> {
    let for_programs = !format.is_for_people();
    if for_programs {
        write(&format.data(&[], &json!(detail)))?;
    }
    let JobView { id, title, state, reason, .. } = &detail.job;
    match state {
        JobState::Succeeded if for_programs => Ok(()),
        JobState::Succeeded => write(&format!("Job {id} ({}) succeeded.\n", one_line(title))),
        JobState::Failed | JobState::Cancelled | JobState::Running if for_programs => Err(End::Failed),
        JobState::Failed | JobState::Cancelled | JobState::Running => Err(End::Fault(Fault::new(
            FaultCode::Unavailable,
            title.clone(),
            reason.clone().unwrap_or_else(|| format!("job {id} is {}", state.word())),
            format!("Read the whole log with: rackwright job show {id}"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rackwright_model::Millis;

    use super::*;

    fn log(from: usize, to: usize) -> Vec<JobLine> {
        (from..to)
            .map(|at| JobLine { at: Millis(i64::try_from(at).expect("small")), text: at.to_string() })
            .collect()
    }

    proptest! {
        #[test]
        fn every_line_is_printed_once(steps in proptest::collection::vec(0usize..30, 1..20), kept in 1usize..60) {
            let (mut total, mut printed, mut seen) = (0, Vec::new(), Vec::new());
            for step in steps {
                total += step;
                let now = log(total.saturating_sub(kept), total);
                seen.extend(new_lines(&printed, &now).to_vec());
                printed = now;
                prop_assert!(step > kept || seen.len() == total || seen.windows(2).all(|pair| pair[0].at < pair[1].at));
            }
            prop_assert!(seen.windows(2).all(|pair| pair[0].at < pair[1].at), "{:?}", seen);
        }
    }
}
