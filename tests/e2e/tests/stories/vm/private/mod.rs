//! Private servers on one installed server: their life, and what root inside tries in vain.

mod attacks;
mod disks;
mod inside;
mod killed;
mod life;
mod moving;
mod nas;
mod people;
mod remains;
mod vault;
mod wire;

use rackwright_rack::prepare::{TEMPLATE, prepare_template};
use rackwright_rack::progress::step;

use crate::story::{INSTALL_LIMIT, SshKey, Story, bios, programs};

/// The server that all stand on.
const HOST: &str = "host";
/// Who is attacked, and who attacks.
const ONE: &str = "one";
const TWO: &str = "two";
/// Their addresses of IPv6 (RFC 4193).
const V6: [&str; 2] = ["fd77::11", "fd77::12"];
const PASSWORD: &str = "a-password-of-the-story";

#[test]
fn private_servers_live_and_their_root_stays_inside() {
    let template = step("Template", |step| prepare_template(&programs(), TEMPLATE, &["python3"], step));
    let template = template.unwrap_or_else(|error| panic!("{error:#}"));
    let key = SshKey::make();
    let story = Story::begin(&[bios(HOST)], &["--root-keys", &key.public()]);
    story.install_on_discovery();
    story.power(HOST, "on");
    story.wait_until_online(&[HOST], INSTALL_LIMIT);
    let offered = step("Template", |step| story.live.offer_template(&template, step));
    offered.unwrap_or_else(|error| panic!("{error:#}"));

    story.make_private(ONE, &["--ssh-keys", &key.public(), "--address-v6", V6[0]], "");
    story.make_private(TWO, &["--password-file", "-", "--address-v6", V6[1]], PASSWORD);
    for name in [ONE, TWO] {
        story.wait_for_private(name, "running");
    }
    life::both_let_their_people_in(&story, &key);
    life::they_reach_each_other(&story);
    life::commands_end_with_their_status(&story);
    life::lists_of_access_are_its_own(&story);

    people::files_services_and_users_are_worked_on(&story, &key);
    people::root_inside_leads_nobody_out(&story, &key);

    attacks::the_kernel_refuses(&story);
    attacks::only_the_share_is_shown(&story, &key);
    attacks::what_it_mounts_stays_inside(&story, &key);
    attacks::greed_harms_nobody_else(&story, &key);
    wire::bandwidth_that_nobody_uses_is_lent(&story, &key);
    wire::forged_frames_go_nowhere(&story);
    wire::a_priority_buys_no_bandwidth(&story, &key);
    wire::the_server_is_not_reached(&story, &key);
    wire::sessions_from_outside_leave_it_its_own(&story, &key);

    life::a_stop_and_a_reboot_keep_files(&story, &key);
    vault::a_snapshot_takes_back_what_was_done(&story);
    vault::a_backup_gives_back_files_and_all(&story, &key);
    vault::a_clone_is_another(&story);
    life::a_resize_takes_hold_at_once(&story, &key);
    disks::a_slow_disk_is_shared_out_by_weight(&story, &key);
    life::a_disk_is_not_shrunk_below_what_is_in_use(&story, &key);
    life::a_new_name_stands(&story);
    life::quarantine_cuts_off_and_release_does_not_forget(&story);
    life::quarantine_cuts_off_a_network_that_its_init_has_left(&story);
    life::suspended_ones_do_not_run(&story);
    life::the_agent_may_end_without_them(&story, &key);
    life::a_rebuild_begins_again(&story);
    killed::the_agent_finishes_what_it_was_killed_in(&story, &key);
    life::a_restart_of_the_server_brings_back_those_that_were_on(&story);
    remains::nothing_after_removal(&story, &key);
}

impl Story {
    /// Makes one of the common size.
    fn make_private(&self, name: &str, access: &[&str], secret: &str) {
        let words = ["private-server", "create", name, "--server", HOST, "--template", TEMPLATE];
        let made = self.act.tried(&[&words[..], access, &inside::size(100, 256)].concat(), secret);
        made.unwrap_or_else(|refused| panic!("{name} was refused: {refused:?}"));
    }
}
