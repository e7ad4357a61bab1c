//! The worker of the provisioning environment: drivers, network, then one conversation after the other, for ever.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::cmdline::Settings;
use super::console::{self, say};
use super::conversation::{Conversation, Identity};
use super::drivers;
use super::journal::Journal;
use super::network::{Network, Uplink};
use super::outbox::Outbox;
use super::restart;
use crate::command::System;
use crate::install::Engine;
use crate::inventory::Kernel;
use crate::session::{Backoff, explain, tls};

/// Between two attempts at what should not fail.
const HOLD: Duration = Duration::from_secs(10);

/// Does the worker's work; init starts it again should it ever end.
pub fn be() -> ExitCode {
    console::open();
    std::panic::set_hook(Box::new(|panic| say(&format!("the worker met a fault of its own: {panic}"))));
    let kernel = Kernel::default();
    let runner = System::default();
    let kinds = drivers::load(&kernel.sys, &runner);
    say(&format!("drivers loaded for {kinds} kinds of devices"));
    let settings = settings();
    let network = Network { kernel: &kernel, runner: &runner, state: "/run/rackwright".into() };
    let uplink = network.bring_up(settings.mac);
    say(&format!("address {} on {} ({})", uplink.address, uplink.name, uplink.mac));
    let why = match conversation(&settings, kernel, &uplink) {
        Ok(mut conversation) => loop {
            converse(&mut conversation);
        },
        Err(why) => why,
    };
    say(&why);
    thread::sleep(HOLD);
    ExitCode::FAILURE
}

/// The settings of this boot; a machine without them holds and says so.
fn settings() -> Settings {
    loop {
        let text = fs::read_to_string("/proc/cmdline").unwrap_or_default();
        match Settings::parse(&text) {
            Ok(settings) => return settings,
            Err(why) => say(&why.to_string()),
        }
        thread::sleep(HOLD);
    }
}

fn conversation(settings: &Settings, kernel: Kernel, uplink: &Uplink) -> Result<Conversation, String> {
    let config = tls::pinned(settings.authority).map_err(|why| explain(&why))?;
    let outbox = Outbox::new().map_err(|why| format!("no descriptors are left: {why}"))?;
    let identity =
        Identity { boot: settings.boot.clone(), mac: settings.mac.unwrap_or(uplink.mac), uplink: uplink.mac };
    Ok(Conversation::new(
        settings.center,
        config,
        identity,
        kernel,
        Journal::default(),
        Arc::new(outbox),
        Arc::new(Engine::default()),
    ))
}

/// Sessions until one ends with the order to restart, which is carried out.
fn converse(conversation: &mut Conversation) {
    let mut backoff = Backoff::default();
    loop {
        let ended = conversation.session();
        if ended.restart {
            say("restarting on the Control Center's order");
            restart::now();
            return;
        }
        if ended.settled {
            backoff.reset();
        }
        let wait = ended.retry_after.unwrap_or_else(|| backoff.next_wait());
        say(&format!(
            "no session with the Control Center: {}; next attempt in {:.1} s",
            ended.why,
            wait.as_secs_f32()
        ));
        thread::sleep(wait);
    }
}
