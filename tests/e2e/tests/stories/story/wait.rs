//! Waiting for the world, with a limit and a name for what is waited for.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Story;

/// Two machines at once on two busy processors take a few minutes.
pub const INSTALL_LIMIT: Duration = Duration::from_secs(600);
/// How soon it is looked again: each look is a command, whose work the machines wait for that are emulated beside it.
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(2);

/// Looks until there is an answer: the longer it takes, the less often.
#[track_caller]
pub fn wait_until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            let seconds = started.elapsed().as_secs_f32();
            eprintln!("  {seconds:>6.1} s  until {what}");
            return found;
        }
        assert!(started.elapsed() < limit, "waited {} s for this, in vain: {what}", limit.as_secs());
        sleep((started.elapsed() / 20).clamp(SOON, LATER));
    }
}

impl Story {
    /// Waits until a server is in a state; one that fails meanwhile ends the story.
    #[track_caller]
    pub fn wait_for_state(&self, name: &str, state: &str, limit: Duration) {
        wait_until(&format!("{name} is {state}"), limit, || {
            let now = self.act.state(name);
            assert!(now != "failed" || state == "failed", "{name} failed on its way to {state}");
            (now == state).then_some(())
        });
    }

    /// Waits until every server is online with a live agent.
    #[track_caller]
    pub fn wait_until_online(&self, names: &[&str], limit: Duration) {
        for name in names {
            self.wait_for_state(name, "online", limit);
            wait_until(&format!("the agent of {name} is connected"), limit, || {
                (self.act.server(name)["summary"]["agent_connected"] == true).then_some(())
            });
        }
    }

    /// Waits until a server's install is in one of these phases.
    #[track_caller]
    pub fn wait_for_phase(&self, name: &str, phases: &[&str], limit: Duration) {
        wait_until(&format!("the install of {name} is {}", phases.join(" or ")), limit, || {
            let detail = self.act.server(name);
            let phase = detail["install"]["phase"].as_str().unwrap_or_default().to_owned();
            let ended = ["failed", "cancelled", "done"].contains(&phase.as_str());
            assert!(
                phases.contains(&phase.as_str()) || !ended,
                "the install is {phase}: {}",
                detail["install"]["reason"]
            );
            phases.contains(&phase.as_str()).then_some(())
        });
    }

    /// Waits until a server's boot has passed this stage.
    #[track_caller]
    pub fn wait_for_stage(&self, name: &str, stage: &str, limit: Duration) {
        wait_until(&format!("{name} passes the stage {stage}"), limit, || {
            self.act.timeline(name).iter().any(|station| station.0 == stage).then_some(())
        });
    }

    /// Waits until the image is being written and its job is past this many per mille.
    #[track_caller]
    pub fn wait_for_progress(&self, name: &str, permille: u64, limit: Duration) {
        wait_until(&format!("the job of {name} is past {permille} per mille"), limit, || {
            let detail = self.act.server(name);
            assert_ne!(detail["summary"]["state"], "failed", "{}", detail["summary"]["reason"]);
            (detail["summary"]["progress"].as_u64() >= Some(permille)).then_some(())
        });
    }

    /// Waits until a job has ended; its state and its reason.
    #[track_caller]
    pub fn wait_for_end(&self, job: &str, limit: Duration) -> (String, String) {
        wait_until(&format!("job {job} ends"), limit, || {
            let (state, reason) = self.act.job(job);
            (state != "running").then_some((state, reason))
        })
    }
}
