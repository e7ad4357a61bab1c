//! Power cuts: of the Control Center at every turn of an install, and of a machine while it writes its disk.

use std::time::Duration;

use rackwright_rack::hardware::PowerOrder;

use crate::story::{Archive, INSTALL_LIMIT, Story, archive, bios, wait_until};

const NAME: &str = "gamma";
/// From power on to the provisioning environment.
const NETBOOT_LIMIT: Duration = Duration::from_secs(240);

#[test]
fn an_install_survives_the_control_center_and_never_the_machine() {
    let mut story = Story::begin(&[bios(NAME)], &[]);

    let job = story.act.install(NAME, &[]);
    kill(&mut story, "the install was ordered");
    story.wait_for_stage(NAME, "kernel", NETBOOT_LIMIT);
    kill(&mut story, "the kernel was fetched");
    story.wait_for_phase(NAME, &["writing"], NETBOOT_LIMIT);
    kill(&mut story, "the machine had its order");
    story.wait_for_progress(NAME, 350, INSTALL_LIMIT);
    kill(&mut story, "the image was under way");
    story.wait_for_phase(NAME, &["restarting", "done"], INSTALL_LIMIT);
    kill(&mut story, "the disk was complete");
    the_system_starts_while_the_control_center_is_down(&mut story);
    story.wait_for_stage(NAME, "enrol", INSTALL_LIMIT);
    kill(&mut story, "the agent had its certificate");
    story.wait_until_online(&[NAME], INSTALL_LIMIT);
    it_was_installed_once(&story, &job);

    let again = story.act.install(NAME, &["--confirm-wipe", NAME]);
    story.wait_for_progress(NAME, 250, INSTALL_LIMIT);
    pull_the_plug(&story);
    it_failed_and_is_left_alone(&story, &again);

    let third = install_a_misspelt_package(&story);
    assert_ne!(third, again);
}

fn kill(story: &mut Story, when: &str) {
    eprintln!("  kill -9 of rackwrightd: {when}");
    story.live.center.kill().unwrap_or_else(|error| panic!("{error:#}"));
    story.live.center.start_again().unwrap_or_else(|error| panic!("{error:#}"));
}

/// The agent knocks at a closed door on its first boot.
fn the_system_starts_while_the_control_center_is_down(story: &mut Story) {
    // Until then the machine still asks what to do.
    wait_for_console(story, "restarting on the Control Center's order");
    story.live.center.kill().unwrap_or_else(|error| panic!("{error:#}"));
    wait_for_console(story, &format!("{NAME} login:"));
    story.live.center.start_again().unwrap_or_else(|error| panic!("{error:#}"));
}

fn wait_for_console(story: &Story, words: &str) {
    let printed = story.machine(NAME).wait_for_console(words, 1, INSTALL_LIMIT);
    printed.unwrap_or_else(|error| panic!("{error:#}"));
}

fn it_was_installed_once(story: &Story, job: &str) {
    assert_eq!(story.act.jobs_of(NAME), [job], "one job");
    assert_eq!(story.act.job(job), ("succeeded".to_owned(), String::new()));
    let log = story.act.job_log(job);
    let times = |words: &str| log.iter().filter(|line| line.contains(words)).count();
    assert_eq!(times("certificate "), 1, "one certificate: {log:#?}");
    assert_eq!(times("the agent is live"), 1, "one end: {log:#?}");
    // The machine says on its console when it begins and when it is done, whoever listens.
    let console = story.machine(NAME).console();
    assert_eq!(console.matches(&format!(": {NAME} on vda")).count(), 1, "the disk was cut once");
    assert_eq!(console.matches("is written").count(), 1, "the disk was written once");
}

/// The archive is in order and has the first package; the sources of the image are out of the rack's reach.
fn install_a_misspelt_package(story: &Story) -> String {
    let archive = Archive::make();
    let _archive = archive.serve(&story.live.rack);
    let (source, image) = (archive.source(), rackwright_rack::prepare::IMAGE);
    let words = ["profile", "create", "misspelt", "--image", image, "--package-sources", &source];
    let packages = ["--packages", archive::PACKAGE, "--packages", "rackwright-sotry"];
    story.act.done(&[&words[..], &packages[..]].concat());
    let job = story.act.done(&["server", "install", NAME, "--profile", "misspelt"])["job"].to_string();
    assert_eq!(story.act.state(NAME), "installing", "a failed server can be installed again");

    let (state, reason) = story.wait_for_end(&job, INSTALL_LIMIT);
    assert_eq!(state, "failed", "{reason}");
    assert!(reason.contains("has a package rackwright-sotry; some of them could not be read: "), "{reason}");
    let detail = story.act.server(NAME);
    for (place, said) in [("stopped", &detail["stopped"]), ("reason", &detail["summary"]["reason"])] {
        let names_it = said.as_str().is_some_and(|said| said.contains("rackwright-sotry"));
        assert!(names_it, "{place} does not name the package: {said}");
    }
    job
}

/// Not through the Control Center, which refuses it in the middle of an install.
fn pull_the_plug(story: &Story) {
    let refused = story.act.refused(&["server", "power", NAME, "--order", "off"], "");
    assert_eq!(refused.fault["code"], "conflict", "{refused:?}");
    for order in [PowerOrder::Off, PowerOrder::On] {
        story.machine(NAME).ipmi().power(order).unwrap_or_else(|error| panic!("{error:#}"));
    }
}

fn it_failed_and_is_left_alone(story: &Story, job: &str) {
    let (state, reason) = story.wait_for_end(job, NETBOOT_LIMIT);
    assert_eq!(state, "failed", "{reason}");
    assert!(reason.contains("restarted in the middle of the install"), "{reason}");
    assert_eq!(story.act.state(NAME), "failed");
    // The environment waits there, ready for an order; none may come by itself.
    story.wait_for_stage(NAME, "inventory", NETBOOT_LIMIT);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(story.act.jobs_of(NAME).len(), 2, "nobody ordered a third install");
    let begun = story.machine(NAME).console().matches(&format!(": {NAME} on vda")).count();
    assert_eq!(begun, 2, "the order was not given again");
    wait_until("the server is shown as failed with its reason", NETBOOT_LIMIT, || {
        let summary = &story.act.server(NAME)["summary"];
        (summary["reason"].as_str().is_some_and(|why| why.contains("restarted in the middle"))).then_some(())
    });
}
