//! Snapshots, clones and backups, with an agent that does as it is told.

mod clones;
mod ends;

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::reconcile::vaults::{Discarder, Tidier};
use rackwright_model::ServerId;
use rackwright_model::private_server::Number;
use rackwright_proto::vault::{Vault, VaultDone, VaultNews, VaultOrder, VaultSaid, VaultStep};
use rackwright_proto::{FromMachine, ToMachine};
use serde_json::{Value, json};

use crate::support::private::{input, seen, size};
use crate::support::{Sent, Shelved, World};

const DAY_MS: i64 = 86_400_000;

fn one(name: &str) -> Value {
    json!({"private_server": name})
}

fn number(number: u32) -> Number {
    Number::try_from(number).expect("a number")
}

/// A server with a private server that runs.
async fn running() -> (World, ServerId) {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    world.obeys(host).await;
    (world, host)
}

impl World {
    /// The orders that agents were given since this was last asked, after one more step.
    async fn orders(&self) -> Vec<Vault> {
        self.domain.step_vaults().await.expect("a step");
        let sent = self.machines.take_sent().into_iter();
        sent.filter_map(|sent| match sent {
            Sent::ToAgent(_, ToMachine::Vault(order)) => Some(*order),
            _ => None,
        })
        .collect()
    }

    async fn order(&self) -> Vault {
        let mut orders = self.orders().await;
        assert_eq!(orders.len(), 1, "{orders:?}");
        orders.remove(0)
    }

    /// The agent says something of a task, and it is taken in.
    async fn answers(&self, host: ServerId, order: &Vault, news: VaultSaid) {
        let news = VaultNews { task: order.task, number: order.number, news };
        self.says(host, FromMachine::Vault(news)).await;
        self.domain.step_vaults().await.expect("a step");
    }

    /// The agent does as it is told; the order.
    async fn carries_out(&self, host: ServerId, done: VaultDone) -> Vault {
        let order = self.order().await;
        self.answers(host, &order, VaultSaid::Done(done)).await;
        order
    }

    async fn snapshots(&self) -> Vec<Value> {
        let list = self.done("private-server.snapshot-list", one("web1")).await;
        list["items"].as_array().expect("items").clone()
    }

    async fn backups(&self) -> Vec<Value> {
        let list = self.done("private-server.backup-list", json!({})).await;
        list["items"].as_array().expect("items").clone()
    }

    /// All vaults that need it are tidied.
    async fn tidies(&self, tidier: &mut Tidier) {
        tidier.tick(&self.domain).await.expect("a tick");
        tidier.settle(&self.domain).await;
    }

    async fn job(&self, job: &Value) -> Value {
        self.done("job.show", json!({"job": job})).await["job"].clone()
    }

    /// What is on its way out is discarded.
    async fn discards(&self, host: ServerId) {
        self.machines.take_sent();
        Discarder::default().tick(&self.domain).await.expect("a tick");
        let order = self.carries_out(host, VaultDone::default()).await;
        assert!(matches!(order.order, VaultOrder::Discard { .. }), "{order:?}");
    }

    /// A backup of web1, and its number.
    async fn backed_up(&self, host: ServerId, letter: &str) -> Value {
        self.done("private-server.backup-create", one("web1")).await;
        self.carries_out(host, backup(letter)).await;
        self.backups().await[0]["id"].clone()
    }
}

fn made(mib: u64) -> VaultDone {
    VaultDone { mib, template: "a".repeat(64), ..VaultDone::default() }
}

fn backup(letter: &str) -> VaultDone {
    let (files, bytes, added_bytes) = (30, 4_000, 500);
    VaultDone { backup: letter.repeat(64), template: "a".repeat(64), files, bytes, added_bytes, mib: 0 }
}

#[tokio::test]
async fn a_snapshot_is_taken_restored_and_removed() {
    let (world, host) = running().await;
    let note = json!({"private_server": "web1", "note": "before"});
    let begun = world.done("private-server.snapshot-create", note).await;
    let order = world.order().await;
    assert_eq!((order.number, &order.order), (number(1), &VaultOrder::Snapshot { snapshot: 1 }));
    assert_eq!(world.snapshots().await[0]["state"], "making");
    // One at a time.
    let fault = world.refused("private-server.snapshot-create", one("web1")).await;
    assert!(fault.code == FaultCode::Conflict && fault.reason.contains("is at work"), "{fault}");
    world.answers(host, &order, VaultSaid::Busy { step: VaultStep::Keeping, permille: None }).await;
    assert_eq!(world.job(&begun["job"]).await["step"], "keeping its files");
    world.answers(host, &order, VaultSaid::Done(made(12))).await;
    let job = world.job(&begun["job"]).await;
    assert_eq!((&job["state"], &job["server"]), (&json!("succeeded"), &json!(null)), "{job}");
    let known = world.snapshots().await;
    assert_eq!(
        (&known[0]["state"], &known[0]["mib"], &known[0]["note"]),
        (&json!("kept"), &json!(12), &json!("before"))
    );

    let mut chosen = json!({"private_server": "web1", "snapshot": known[0]["id"]});
    let fault = world.refused("private-server.snapshot-restore", chosen.clone()).await;
    assert_eq!(fault.code, FaultCode::ConfirmationNeeded);
    let strange = json!({"private_server": "web1", "snapshot": 999, "confirm": "web1"});
    let fault = world.refused("private-server.snapshot-restore", strange).await;
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::NotFound, "there is no snapshot 999"));
    assert_eq!(fault.advice, "List them with: rackwright private-server snapshot-list web1");
    chosen["confirm"] = json!("web1");
    world.done("private-server.snapshot-restore", chosen.clone()).await;
    world.machines.take_sent();
    let order = world.carries_out(host, made(20)).await;
    assert_eq!(order.order, VaultOrder::Restore { snapshot: 1, keep: 2 });
    let known = world.snapshots().await;
    assert_eq!(
        (known.len(), &known[0]["note"], &known[0]["state"]),
        (2, &json!("before snapshot 1"), &json!("kept"))
    );

    // What lies on its server cannot go with it.
    let other = world.host("h2", 10).await;
    world.machines.take_sent();
    let fault = world.refused("private-server.move", json!({"private_server": "web1", "to": "h2"})).await;
    assert!(fault.reason.contains("2 snapshots"), "{fault}");
    assert!(fault.advice.contains("snapshot-list web1\nThen remove each with: "), "{fault}");
    assert!(fault.advice.contains("snapshot-remove web1 --snapshot N"), "{fault}");
    for id in [1, 2] {
        let chosen = json!({"private_server": "web1", "snapshot": id, "confirm": "web1"});
        world.done("private-server.snapshot-remove", chosen).await;
        world.machines.take_sent();
        // Another server has nothing to say of it.
        let order = world.order().await;
        world.answers(other, &order, VaultSaid::Done(VaultDone::default())).await;
        assert!(world.snapshots().await.iter().any(|one| one["state"] == "removing"));
        world.answers(host, &order, VaultSaid::Done(VaultDone::default())).await;
    }
    assert!(world.snapshots().await.is_empty());
    assert!(
        world
            .domain
            .events
            .since(0, None)
            .iter()
            .any(|event| event.view.text == "A snapshot of web1 is taken.")
    );
}

#[tokio::test]
async fn snapshots_are_admitted_and_what_is_not_made_is_given_back() {
    let (world, host) = running().await;
    // 40,000 MiB, of which web1 has 5,000.
    for at in 0..7 {
        world.done("private-server.snapshot-create", one("web1")).await;
        let order = world.order().await;
        if at == 0 {
            let reason = "no\nroom".into();
            world.answers(host, &order, VaultSaid::Failed { reason, placed: false }).await;
            world.discards(host).await;
            assert!(world.snapshots().await.is_empty());
            world.machines.take_sent();
            continue;
        }
        world.answers(host, &order, VaultSaid::Done(made(5_000))).await;
        world.machines.take_sent();
    }
    let room = world.done("private-server.room", json!({})).await;
    assert_eq!(room["items"][0]["promised"]["disk_mib"], 35_000, "{room}");
    world.done("private-server.snapshot-create", one("web1")).await;
    let order = world.order().await;
    world.answers(host, &order, VaultSaid::Done(made(5_000))).await;
    let fault = world.refused("private-server.snapshot-create", one("web1")).await;
    assert!(fault.reason.contains("disk is short"), "{fault}");
    let fault = world.refused("private-server.create", input("web2")).await;
    assert!(fault.code == FaultCode::Conflict, "{fault}");
}

#[tokio::test]
async fn a_job_is_told_again_cancelled_and_given_up() {
    let (mut world, host) = running().await;
    let begun = world.done("private-server.backup-create", one("web1")).await;
    let order = world.order().await;
    assert!(world.orders().await.is_empty(), "it has some time to answer");
    world.clock.pass(6_000);
    assert_eq!(world.order().await, order);
    // After a restart of the Control Center it is told anew, and the door is open for it again.
    world.restart();
    world.domain.presence.connected(host, true);
    assert_eq!(world.order().await, order);
    let VaultOrder::Backup { access } = &order.order else { panic!("{order:?}") };
    let folder = access.url.trim_end_matches('/').rsplit('/').next().expect("a folder").to_owned();
    assert_eq!(access.url, format!("https://10.77.0.1:8445/{folder}/"));
    assert!(!format!("{order:?}").contains(&access.password) && !format!("{order:?}").contains(&access.key));
    assert_eq!(world.domain.vault_admits(&folder, &access.password), Some((5_000 << 20) * 4 + (1 << 30)));
    assert_eq!(world.domain.vault_admits(&folder, "wrong"), None);
    assert_eq!(world.domain.vault_admits("another", &access.password), None);

    world.answers(host, &order, VaultSaid::Busy { step: VaultStep::Sending, permille: Some(400) }).await;
    let job = world.job(&begun["job"]).await;
    assert_eq!(
        (&job["step"], &job["progress_permille"]),
        (&json!("sending to the Control Center"), &json!(400))
    );
    world.done("job.cancel", json!({"job": begun["job"]})).await;
    world.clock.pass(31_000);
    assert_eq!(world.order().await.order, VaultOrder::End);
    world.answers(host, &order, VaultSaid::Failed { reason: "it was cancelled".into(), placed: false }).await;
    assert_eq!(world.job(&begun["job"]).await["state"], "cancelled");
    assert_eq!(world.domain.vault_admits(&folder, &access.password), None, "the door is shut");

    // Nobody answers.
    let begun = world.done("private-server.backup-create", one("web1")).await;
    world.machines.take_sent();
    world.order().await;
    world.clock.pass(1_801_000);
    world.domain.step_vaults().await.expect("a step");
    let job = world.job(&begun["job"]).await;
    assert!(
        job["state"] == "failed" && job["reason"].as_str().expect("said").contains("did not answer"),
        "{job}"
    );
    let plan = world.done("private-server.backup-show", one("web1")).await;
    assert!(plan["failure"].as_str().expect("said").contains("did not answer"), "{plan}");
    let said = world.domain.events.since(0, None).into_iter().map(|event| event.view.text);
    assert!(said.into_iter().any(|text| text.contains("could not back up web1")));
}

#[tokio::test]
async fn a_backup_is_looked_into_restored_and_tested() {
    let (world, host) = running().await;
    let id = world.backed_up(host, "b").await;
    let list = world.backups().await;
    assert_eq!((&list[0]["files"], &list[0]["private_server"]), (&json!(30), &json!("web1")), "{list:?}");
    let looked = world.done("private-server.backup-files", json!({"backup": id, "path": "/etc"})).await;
    assert_eq!(
        (&looked["items"][0]["path"], &looked["items"][1]["kind"]),
        (&json!("/etc/hosts"), &json!("link"))
    );
    assert_eq!(looked["items"][0]["changed_at"], 1_763_996_400_250_i64);
    let empty = world.done("private-server.backup-files", json!({"backup": id, "path": "/empty"})).await;
    assert_eq!(empty["items"], json!([]));
    let fault = world.refused("private-server.backup-files", json!({"backup": id, "path": "/none"})).await;
    assert_eq!(fault.code, FaultCode::NotFound);

    world.machines.take_sent();
    let chosen = json!({"private_server": "web1", "backup": id, "confirm": "web1"});
    world.done("private-server.backup-restore", chosen).await;
    let order = world.carries_out(host, made(3)).await;
    let VaultOrder::RestoreBackup { backup, template, .. } = &order.order else { panic!("{order:?}") };
    assert_eq!((backup, &template.sha256), (&"b".repeat(64), &"a".repeat(64)));
    assert_eq!(world.snapshots().await.len(), 1, "the state before is kept");

    world.machines.take_sent();
    let chosen =
        json!({"private_server": "web1", "backup": id, "paths": ["/etc/hosts"], "into": "/root/back"});
    world.done("private-server.backup-restore-files", chosen.clone()).await;
    let order = world.carries_out(host, VaultDone { files: 1, ..VaultDone::default() }).await;
    let VaultOrder::RestoreFiles { paths, into, .. } = &order.order else { panic!("{order:?}") };
    assert_eq!(
        (paths.as_slice(), into.as_deref()),
        (["/etc/hosts".to_owned()].as_slice(), Some("/root/back"))
    );

    world.machines.take_sent();
    world.done("private-server.backup-test", json!({"private_server": "web1", "backup": id})).await;
    world.carries_out(host, VaultDone { files: 29, bytes: 3_900, ..VaultDone::default() }).await;
    let list = world.backups().await;
    assert_eq!(list[0]["test"], "29 files with 3900 bytes were restored and read.");
    assert!(list[0]["tested_at"].is_i64());
    assert_eq!(world.snapshots().await.len(), 1, "the room for it is free again");

    world.done("private-server.stop", one("web1")).await;
    world.obeys(host).await;
    let fault = world.refused("private-server.backup-restore-files", chosen).await;
    assert!(fault.reason.contains("does not run"), "{fault}");
}

#[tokio::test]
async fn backups_follow_their_schedule_and_go_by_the_control_centers_own_records() {
    let (world, host) = running().await;
    let keep = json!({"last": 2, "daily": 0, "weekly": 0, "monthly": 0});
    let plan = json!({"private_server": "web1", "hour": 3, "keep": keep});
    assert_eq!(world.done("private-server.backup-schedule", plan).await["hour"], 3);
    world.domain.follow_schedules().await.expect("followed");
    assert!(world.orders().await.is_empty(), "its hour has not come");
    for letter in ["b", "c", "d"] {
        world.clock.pass(DAY_MS);
        world.domain.follow_schedules().await.expect("followed");
        world.domain.follow_schedules().await.expect("followed");
        world.carries_out(host, backup(letter)).await;
        world.machines.take_sent();
    }
    let mut tidier = Tidier::default();
    *world.backups.broken.lock().expect("whole") = Some("the disk is on fire".into());
    world.tidies(&mut tidier).await;
    assert_eq!(world.backups().await.len(), 3);
    let stored = world.done("private-server.backup-show", one("web1")).await["stored_bytes"].clone();
    assert_eq!(stored, 3 * 500, "what was new of each, until they are tidied");
    *world.backups.broken.lock().expect("whole") = None;
    world.tidies(&mut tidier).await;
    assert!(world.backups.take().is_empty(), "it has a pause after a failure");
    world.clock.pass(600_000);
    world.tidies(&mut tidier).await;
    let done = world.backups.take();
    let [Shelved::Kept(_, kept)] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!(kept, &["c".repeat(64), "d".repeat(64)]);
    assert_eq!(world.backups().await.len(), 2);
    assert_eq!(world.done("private-server.backup-show", one("web1")).await["stored_bytes"], 7_000);
    world.tidies(&mut tidier).await;
    assert!(world.backups.take().is_empty(), "it is tidy");

    // An hour at which it cannot be done is told.
    world.done("private-server.snapshot-create", one("web1")).await;
    world.clock.pass(DAY_MS);
    world.domain.follow_schedules().await.expect("followed");
    let said = world.domain.events.since(0, None).into_iter().map(|event| event.view.text);
    assert!(said.into_iter().any(|text| text.contains("could not be backed up at its hour")));
}

#[tokio::test]
async fn backups_outlive_their_private_server_for_a_while() {
    let (world, host) = running().await;
    let id = world.backed_up(host, "b").await;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.obeys(host).await;
    let mut tidier = Tidier::default();
    world.tidies(&mut tidier).await;
    let list = world.backups().await;
    assert_eq!((list.len(), &list[0]["private_server"]), (1, &json!("web1")));
    assert!(list[0]["kept_until"].is_i64(), "{list:?}");
    assert!(matches!(world.backups.take().as_slice(), [Shelved::Kept(_, kept)] if kept.len() == 1));

    // It can be restored into another one.
    world.done("private-server.create", input("web2")).await;
    let told = world.obeys(host).await;
    world.machines.take_sent();
    let chosen = json!({"private_server": "web2", "backup": id, "confirm": "web2"});
    world.done("private-server.backup-restore", chosen).await;
    let order = world.carries_out(host, made(3)).await;
    assert_eq!(order.number, told[0].number);

    world.clock.pass(31 * DAY_MS);
    world.tidies(&mut tidier).await;
    assert!(matches!(world.backups.take().as_slice(), [Shelved::Removed(_)]));
    assert!(world.backups().await.is_empty());
}

#[tokio::test]
async fn an_account_goes_when_its_backups_are_gone() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    let mut wanted = input("web1");
    wanted["account"] = json!("zeta");
    world.done("private-server.create", wanted).await;
    world.obeys(host).await;
    let id = world.backed_up(host, "b").await;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.obeys(host).await;
    let remove = json!({"account": "zeta", "confirm": "zeta"});
    let fault = world.refused("account.remove", remove.clone()).await;
    assert!(fault.reason.contains("backups of 1 removed"), "{fault}");
    let chosen = json!({"private_server": "web1", "backup": id, "confirm": "web1"});
    world.done("private-server.backup-remove", chosen).await;
    world.tidies(&mut Tidier::default()).await;
    world.done("account.remove", remove).await;
}

#[tokio::test]
async fn the_last_backup_of_one_that_is_gone_can_be_removed_at_once() {
    let (world, host) = running().await;
    let id = world.backed_up(host, "b").await;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.obeys(host).await;
    world
        .done(
            "private-server.backup-remove",
            json!({"private_server": "web1", "backup": id, "confirm": "web1"}),
        )
        .await;
    assert!(world.backups().await.is_empty());
    world.tidies(&mut Tidier::default()).await;
    assert!(matches!(world.backups.take().as_slice(), [Shelved::Removed(_)]));
}

#[tokio::test]
async fn others_backups_are_like_missing_ones() {
    let (world, host) = running().await;
    let id = world.backed_up(host, "b").await;
    world.done("private-server.snapshot-create", one("web1")).await;
    let zeta = world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    for (action, input) in [
        ("private-server.backup-files", json!({"backup": id})),
        ("private-server.backup-remove", json!({"private_server": "web1", "backup": id, "confirm": "web1"})),
        ("private-server.backup-create", one("web1")),
        ("private-server.snapshot-list", one("web1")),
    ] {
        let foreign = world.call(&zeta, action, input.clone()).await.expect_err("refused");
        let mut missing = input;
        if missing.get("backup").is_some() {
            missing["backup"] = json!(999);
        } else {
            missing["private_server"] = json!("nothing");
        }
        let none = world.call(&zeta, action, missing).await.expect_err("refused");
        assert_eq!(foreign.code, FaultCode::NotFound, "{action}");
        let blotted = |text: String| {
            text.replace("999", "ID")
                .replace("nothing", "ID")
                .replace("web1", "ID")
                .replace(&id.to_string(), "ID")
        };
        assert_eq!(blotted(foreign.to_string()), blotted(none.to_string()), "{action}");
    }
    assert_eq!(
        world.call(&zeta, "private-server.backup-list", json!({})).await.expect("listed")["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_clone_has_its_own_name_address_and_number() {
    let (world, host) = running().await;
    let clone = |size: Value| json!({"private_server": "web1", "name": "web2", "size": size});
    let fault = world.refused("private-server.clone", clone(json!({"disk_mib": 4_000}))).await;
    assert!(fault.reason.contains("smaller"), "{fault}");
    let fault = world.refused("private-server.clone", clone(json!({"ceiling_kbit": 8}))).await;
    assert!(fault.reason.contains("less than the bandwidth"), "{fault}");
    // What is not named is as that of the first one.
    let made = world.done("private-server.clone", clone(json!({"processes": 321}))).await;
    let mut expected = size();
    expected["processes"] = json!(321);
    for (of, is) in expected.as_object().expect("a size") {
        assert_eq!(&made["size"][of], is, "{of}");
    }
    let fault =
        world.refused("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    assert!(fault.reason.contains("web2 begins with its files"), "{fault}");
    assert_eq!(
        (&made["name"], &made["number"], &made["address"]),
        (&json!("web2"), &json!(2), &json!("10.78.0.4"))
    );
    let told = world.obeys(host).await;
    assert_eq!(told[0].origin.expect("an origin").number, number(1));
    assert!(told[0].mac != "02:52:57:00:00:01".parse().expect("an address"));
    assert_eq!(world.state("web2").await, "running");
    // Both have 40 % of the processors; a third does not fit.
    let fault =
        world.refused("private-server.clone", json!({"private_server": "web1", "name": "web3"})).await;
    assert!(fault.reason.contains("CPU is short"), "{fault}");
    // One that is not made yet has no files.
    world.done("private-server.remove", json!({"private_server": "web2", "confirm": "web2"})).await;
    world.obeys(host).await;
    world.done("private-server.create", input("web4")).await;
    let fault =
        world.refused("private-server.clone", json!({"private_server": "web4", "name": "web5"})).await;
    assert!(fault.reason.contains("not made yet"), "{fault}");
    let phase = rackwright_model::private_server::Phase::Making;
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(number(2), 1, phase)] }).await;
    world.refused("private-server.snapshot-create", one("web4")).await;
}

#[tokio::test]
async fn work_for_one_account_waits_for_its_turn_without_being_late() {
    let (world, host) = running().await;
    for name in ["web2", "web3"] {
        let mut small = input(name);
        small["size"]["cpu_permille"] = json!(100);
        small["size"]["memory_mib"] = json!(256);
        small["size"]["disk_mib"] = json!(1_000);
        world.done("private-server.create", small).await;
    }
    world.obeys(host).await;
    let mut jobs = Vec::new();
    for name in ["web1", "web2", "web3"] {
        jobs.push(world.done("private-server.snapshot-create", one(name)).await["job"].clone());
    }
    world.machines.take_sent();
    let first = world.orders().await;
    assert_eq!(first.iter().map(|order| order.number).collect::<Vec<_>>(), [number(1), number(2)]);
    for order in &first {
        world.answers(host, order, VaultSaid::Busy { step: VaultStep::Keeping, permille: None }).await;
    }
    world.clock.pass(3_600_000);
    let again = world.orders().await;
    assert!(again.iter().all(|order| order.number != number(3)), "{again:?}");
    assert_eq!(world.job(&jobs[2]).await["step"], "waiting");
    world.answers(host, &first[0], VaultSaid::Done(made(1))).await;
    let next = world.orders().await;
    let next = next.into_iter().find(|order| order.number == number(3)).expect("its turn");
    // Nobody is late who has only waited.
    world.clock.pass(3_600_000);
    world.answers(host, &next, VaultSaid::Done(made(1))).await;
    assert_eq!(world.job(&jobs[2]).await["state"], "succeeded");
}

#[tokio::test]
async fn files_are_not_taken_away_from_whoever_works_on_them() {
    let (world, host) = running().await;
    world.done("private-server.snapshot-create", one("web1")).await;
    let order = world.order().await;
    let confirmed = json!({"private_server": "web1", "confirm": "web1"});
    for action in ["private-server.rebuild", "private-server.remove"] {
        let fault = world.refused(action, confirmed.clone()).await;
        assert!(
            fault.code == FaultCode::Conflict && fault.reason.contains("is at work"),
            "{action}: {fault}"
        );
    }
    world.answers(host, &order, VaultSaid::Done(made(1))).await;
    world.done("private-server.rebuild", confirmed).await;
}
