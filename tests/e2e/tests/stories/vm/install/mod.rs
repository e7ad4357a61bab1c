//! The main story: a blank BIOS and a blank UEFI machine become managed servers, and stay so.

pub mod inventory;
mod life;
mod secrets;
mod system;
pub mod timeline;

use crate::story::{Archive, INSTALL_LIMIT, SshKey, Story, archive, bios, uefi};

#[test]
fn blank_machines_become_managed_servers() {
    let (key, archive) = (SshKey::make(), Archive::make());
    let profile = profile(&key.public(), &archive.source());
    let profile: Vec<&str> = profile.iter().map(String::as_str).collect();
    let mut story = Story::begin(&[bios("alpha"), uefi("beta")], &profile);
    let _archive = archive.serve(&story.live.rack);
    let both = ["alpha", "beta"];

    story.install_on_discovery();
    both.iter().for_each(|name| story.power(name, "on"));
    story.wait_until_online(&both, INSTALL_LIMIT);

    for name in both {
        timeline::is_complete_and_in_order(&story, name);
        inventory::is_what_the_machine_is_made_of(&story, name);
        the_install_is_one_job_that_succeeded(&story, name);
    }
    for name in both {
        system::is_as_ordered(&story, &key, name);
    }
    every_machine_was_understood(&story);
    a_second_install_wants_a_confirmation(&story, "alpha");
    secrets::stand_nowhere(&story, &key, &both);

    life::agents_come_back_after_the_control_center(&mut story, &both);
    life::a_server_restarts_and_another_loses_power(&story, "alpha", "beta");
}

/// Flags of `profile create`.
fn profile(public_key: &str, source: &str) -> Vec<String> {
    let user = serde_json::json!({"name": "kim", "ssh_keys": [public_key], "sudo": true});
    let words = ["--root-keys", public_key, "--users", &user.to_string(), "--timezone", "Europe/Berlin"];
    let command = "echo said-by-the-profile; mkdir /etc/story && touch /etc/story/made";
    let more = ["--domain", "example.net", "--post-install", command];
    let packages = ["--packages", archive::PACKAGE, "--package-sources", source, "--without-image-sources"];
    [&words[..], &more[..], &packages[..]].concat().into_iter().map(str::to_owned).collect()
}

fn the_install_is_one_job_that_succeeded(story: &Story, name: &str) {
    let jobs = story.act.jobs_of(name);
    assert_eq!(jobs.len(), 1, "jobs of {name}: {jobs:?}");
    assert_eq!(story.act.job(&jobs[0]), ("succeeded".to_owned(), String::new()));
    let log = story.act.job_log(&jobs[0]);
    for words in ["agrees with its SHA-256", "ordered to install", "said-by-the-profile", "the agent is live"]
    {
        let times = log.iter().filter(|line| line.contains(words)).count();
        assert_eq!(times, 1, "the log of {name} says {words:?} {times} times: {log:#?}");
    }
}

/// Two installs in good order leave no trace of a misunderstanding.
fn every_machine_was_understood(story: &Story) {
    let counters = &story.act.done(&["system", "status"])["counters"];
    for counter in ["dhcp.malformed", "tftp.malformed", "agents.malformed", "agents.refused", "http.refused"]
    {
        assert_eq!(counters[counter], 0, "{counter}: {counters:#}");
    }
}

/// An online server holds somebody's data.
fn a_second_install_wants_a_confirmation(story: &Story, name: &str) {
    let words = ["server", "install", name, "--profile", rackwright_rack::prepare::IMAGE];
    let refused = story.act.refused(&words, "");
    assert_eq!(refused.exit_code, 3, "{refused:?}");
    assert_eq!(refused.fault["code"], "confirmation_needed", "{refused:?}");
    let advice = refused.fault["advice"].as_str().unwrap_or_default();
    assert!(advice.contains(&format!("--confirm-wipe {name}")), "{refused:?}");
    let wrong = story.act.refused(&[&words[..], &["--confirm-wipe", "another"]].concat(), "");
    assert_eq!(wrong.exit_code, 3, "{wrong:?}");
    assert_eq!(story.act.state(name), "online");
    assert_eq!(story.act.jobs_of(name).len(), 1);
}
