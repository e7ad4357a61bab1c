//! Everything known of a rack, for a story that failed.

use rackwright_rack::follow;
use rackwright_rack::live::LiveRack;

const CONSOLE_LINES: usize = 25;
const LOG_LINES: usize = 40;

/// States, timelines, the ends of consoles, what the private servers are, and the end of the Control Center's log.
pub fn of(live: &LiveRack) -> String {
    let mut text = String::from("\n──── what is known of the rack ────\n");
    for machine in live.rack.machines() {
        let name = machine.name();
        match follow::journey(live.rackwright(), name) {
            Ok(journey) => {
                let why =
                    journey.reason.as_deref().or(journey.stopped.as_deref()).unwrap_or("no reason given");
                text += &format!("{name} is {}: {why}\n{}", journey.state, follow::timeline(&journey));
            }
            Err(error) => text += &format!("{name}: {error:#}\n"),
        }
        text += &format!("the console of {name} ends:\n{}\n", indented(&machine.console_tail(CONSOLE_LINES)));
        text += &indented(&machine.complaints());
    }
    match live.rackwright().act(&["private-server", "list"]) {
        Ok(list) => {
            for one in list["items"].as_array().into_iter().flatten() {
                let [name, server, state, reason] =
                    ["name", "server", "state", "reason"].map(|field| &one[field]);
                text += &format!("private server {name} on {server} is {state}: {reason}\n");
            }
        }
        Err(error) => text += &format!("private servers: {error:#}\n"),
    }
    text + &format!("the Control Center's log ends:\n{}", indented(&live.center.log_tail(LOG_LINES)))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
