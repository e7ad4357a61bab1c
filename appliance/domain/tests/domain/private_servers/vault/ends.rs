//! What is left of work that was not done, and vaults that outlive their private servers or are tidied beside others.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;

impl World {
    /// The numbers and states of the snapshots of web1, newest first.
    async fn stages(&self) -> Vec<(i64, String)> {
        let all = self.snapshots().await;
        all.iter()
            .map(|one| {
                (one["id"].as_i64().expect("a number"), one["state"].as_str().expect("a word").to_owned())
            })
            .collect()
    }

    /// Begins something, of which its agent is told.
    async fn begins(&self, action: &str, input: Value) -> Vault {
        self.machines.take_sent();
        self.done(action, input).await;
        self.order().await
    }

    /// Nobody answers for as long as anybody waits.
    async fn nobody_answers(&self) {
        self.clock.pass(1_801_000);
        self.domain.step_vaults().await.expect("a step");
    }

    /// The orders that come of one more look at what is on its way out.
    async fn looks(&self, discarder: &mut Discarder) -> Vec<Vault> {
        self.machines.take_sent();
        discarder.tick(&self.domain).await.expect("a tick");
        self.orders().await
    }
}

fn stages(all: &[(i64, &str)]) -> Vec<(i64, String)> {
    all.iter().map(|(id, state)| (*id, (*state).to_owned())).collect()
}

#[tokio::test]
async fn what_may_have_been_made_is_on_record_until_its_server_says_that_it_is_gone() {
    let (world, host) = running().await;
    world.begins("private-server.snapshot-create", one("web1")).await;
    world.nobody_answers().await;
    assert_eq!(world.stages().await, stages(&[(1, "removing")]));
    let room = world.done("private-server.room", json!({})).await;
    assert_eq!(room["items"][0]["promised"]["disk_mib"], 10_000, "{room}");

    let mut discarder = Discarder::default();
    world.domain.presence.connected(host, false);
    assert!(world.looks(&mut discarder).await.is_empty(), "nobody is there to be told");
    world.domain.presence.connected(host, true);
    let told = world.looks(&mut discarder).await;
    let [order] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(order.order, VaultOrder::Discard { snapshot: 1 });
    assert!(world.looks(&mut discarder).await.is_empty(), "it is under way");
    world
        .answers(host, order, VaultSaid::Failed { reason: "the disk is on fire".into(), placed: false })
        .await;
    assert_eq!(world.stages().await, stages(&[(1, "removing")]));
    assert!(world.looks(&mut discarder).await.is_empty(), "it has a pause after a failure");
    world.clock.pass(600_000);
    let told = world.looks(&mut discarder).await;
    let [order] = told.as_slice() else { panic!("{told:?}") };
    world.answers(host, order, VaultSaid::Done(VaultDone::default())).await;
    assert!(world.snapshots().await.is_empty());
}

#[tokio::test]
async fn files_of_before_go_only_when_their_server_says_that_they_are_in_place() {
    let (world, host) = running().await;
    world.done("private-server.snapshot-create", one("web1")).await;
    world.carries_out(host, made(10)).await;
    let chosen = json!({"private_server": "web1", "snapshot": 1, "confirm": "web1"});
    let failed = || VaultSaid::Failed { reason: "no room".into(), placed: false };

    let order = world.begins("private-server.snapshot-restore", chosen.clone()).await;
    world.answers(host, &order, failed()).await;
    assert_eq!(world.stages().await, stages(&[(2, "removing"), (1, "kept")]));
    world.discards(host).await;
    assert_eq!(world.stages().await, stages(&[(1, "kept")]));

    world.begins("private-server.snapshot-restore", chosen.clone()).await;
    world.nobody_answers().await;
    assert_eq!(world.stages().await, stages(&[(3, "kept"), (1, "kept")]));

    let order = world.begins("private-server.snapshot-restore", chosen).await;
    let placed = VaultSaid::Failed { reason: "no room".into(), placed: true };
    world.answers(host, &order, placed).await;
    assert_eq!(world.stages().await, stages(&[(4, "kept"), (3, "kept"), (1, "kept")]));
}

#[tokio::test]
async fn what_its_server_never_heard_of_leaves_nothing() {
    let (world, host) = running().await;
    world.done("private-server.snapshot-create", one("web1")).await;
    world.carries_out(host, made(10)).await;
    let chosen = json!({"private_server": "web1", "snapshot": 1, "confirm": "web1"});
    let begun = world.done("private-server.snapshot-restore", chosen.clone()).await;
    world.done("job.cancel", json!({"job": begun["job"]})).await;
    world.domain.step_vaults().await.expect("a step");
    assert_eq!(world.stages().await, stages(&[(1, "kept")]));
    // It was told of this one, which may be gone by now.
    let begun = world.begins("private-server.snapshot-remove", chosen).await;
    world.done("job.cancel", json!({"job": begun.task})).await;
    world.nobody_answers().await;
    assert_eq!(world.stages().await, stages(&[(1, "removing")]));
}

#[tokio::test]
async fn room_for_files_of_a_backup_is_given_back_when_its_server_says_that_it_is_free() {
    let (world, host) = running().await;
    let id = world.backed_up(host, "b").await;
    let test = json!({"private_server": "web1", "backup": id});
    let mut files = test.clone();
    files["paths"] = json!(["/etc/hosts"]);
    let order = world.begins("private-server.backup-test", test).await;
    world.answers(host, &order, VaultSaid::Failed { reason: "no room".into(), placed: false }).await;
    assert_eq!(world.stages().await, stages(&[(1, "removing")]));
    world.discards(host).await;
    world.begins("private-server.backup-restore-files", files).await;
    world.nobody_answers().await;
    assert_eq!(world.stages().await, stages(&[(2, "removing")]));
    world.discards(host).await;
    assert!(world.snapshots().await.is_empty());
}

#[tokio::test]
async fn a_snapshot_whose_removal_is_cancelled_stays_and_one_whose_removal_failed_goes() {
    let (world, host) = running().await;
    world.done("private-server.snapshot-create", one("web1")).await;
    world.carries_out(host, made(10)).await;
    let chosen = json!({"private_server": "web1", "snapshot": 1, "confirm": "web1"});
    let begun = world.done("private-server.snapshot-remove", chosen.clone()).await;
    world.done("job.cancel", json!({"job": begun["job"]})).await;
    world.domain.step_vaults().await.expect("a step");
    assert_eq!(world.stages().await, stages(&[(1, "kept")]));
    let order = world.begins("private-server.snapshot-remove", chosen).await;
    world
        .answers(host, &order, VaultSaid::Failed { reason: "half of it is gone".into(), placed: false })
        .await;
    assert_eq!(world.stages().await, stages(&[(1, "removing")]));
    world.discards(host).await;
    assert!(world.snapshots().await.is_empty());
}

#[tokio::test]
async fn backups_outlive_a_private_server_that_goes_with_its_server() {
    let (world, host) = running().await;
    world.backed_up(host, "b").await;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.domain.agent_gone(host).await;
    world.done("server.retire", json!({"server": "h1", "confirm": "h1"})).await;
    assert!(world.backups().await[0]["kept_until"].is_i64());
    world.clock.pass(31 * DAY_MS);
    world.tidies(&mut Tidier::default()).await;
    assert!(matches!(world.backups.take().as_slice(), [Shelved::Removed(_)]));
    assert!(world.backups().await.is_empty());
}

#[tokio::test]
async fn a_vault_that_takes_long_holds_up_no_other() {
    let (world, host) = running().await;
    world.done("private-server.create", input("web2")).await;
    world.obeys(host).await;
    for (name, letter) in [("web1", "b"), ("web2", "c")] {
        world.machines.take_sent();
        world.done("private-server.backup-create", one(name)).await;
        world.carries_out(host, backup(letter)).await;
    }
    world.backups.sticks.store(true, Ordering::SeqCst);
    let mut tidier = Tidier::default();
    tidier.tick(&world.domain).await.expect("a tick");
    let other = async {
        loop {
            let done = world.backups.take();
            if !done.is_empty() {
                break done;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(60), other).await.expect("the other one is tidied");
    assert!(matches!(done.as_slice(), [Shelved::Kept(_, kept)] if kept.len() == 1), "{done:?}");
}
