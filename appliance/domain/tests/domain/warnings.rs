//! What the Control Center says of itself while it cannot install anything yet.

use std::sync::atomic::Ordering;

use rackwright_model::job::JobState;
use rackwright_model::private_server::Retention;
use rackwright_model::{AccountId, PrivateServerId};
use rackwright_store::job::{JobDraft, JobKind, job_end, job_insert};
use rackwright_store::vault::{VaultDraft, vault_insert};
use serde_json::{Value, json};

use crate::support::{START, World};

impl World {
    async fn warnings(&self) -> Vec<Value> {
        let status = self.done("system.status", json!({})).await;
        status["warnings"].as_array().expect("a list").clone()
    }
}

fn says(warning: &Value, problem: &str, advice: &str, action: Option<&str>) {
    assert!(warning["problem"].as_str().is_some_and(|text| text.contains(problem)), "{warning}");
    assert!(warning["advice"].as_str().is_some_and(|text| text.contains(advice)), "{warning}");
    assert_eq!(warning["action"], json!(action), "{warning}");
}

#[tokio::test]
async fn each_missing_part_is_named_with_what_to_do_until_it_is_there() {
    let mut world = World::new();
    world.without_netboot();
    let warnings = world.warnings().await;
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    says(&warnings[0], "Netboot is off", "under [netboot]", None);
    says(
        &warnings[1],
        "no provisioning environment cloud",
        "rackwright environment build cloud",
        Some("environment.build"),
    );
    says(&warnings[2], "no image", "rackwright image build", Some("image.build"));

    let world = crate::images::with_image("debian-12").await;
    let warnings = world.warnings().await;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let folder = world.directory.path().join("boot/cloud");
    std::fs::create_dir(&folder).expect("a directory");
    std::fs::write(folder.join("vmlinuz"), "kernel").expect("written");
    assert_eq!(world.warnings().await, warnings, "half an environment is none");
    std::fs::write(folder.join("provision.cpio.zst"), "disk").expect("written");
    assert_eq!(world.warnings().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_part_that_is_being_made_points_to_its_job() {
    let world = World::new();
    let draft = |kind, input: Value| JobDraft {
        account: rackwright_model::AccountId::PROVIDER,
        kind,
        title: "make it".into(),
        input: input.to_string(),
        server: None,
        started_by: "root".into(),
    };
    let other = draft(JobKind::EnvironmentBuild, json!({"kernel": "generic"}));
    let served = draft(JobKind::EnvironmentBuild, json!({"kernel": "cloud"}));
    let image = draft(JobKind::ImageImport, json!({"name": "debian-12", "path": "/x"}));
    let jobs = world
        .write(move |tx| {
            Ok([
                job_insert(tx, &other, START)?,
                job_insert(tx, &served, START)?,
                job_insert(tx, &image, START)?,
            ])
        })
        .await;
    let warnings = world.warnings().await;
    says(&warnings[0], "no provisioning environment", &format!("job show {}", jobs[1]), None);
    says(&warnings[1], "no image", &format!("job show {}", jobs[2]), None);

    world.write(move |tx| Ok(job_end(tx, jobs[2], JobState::Failed, Some("no"), START)?)).await;
    says(&world.warnings().await[1], "no image", "rackwright image build", Some("image.build"));
}

#[tokio::test]
async fn a_missing_restic_is_told_once_there_are_backups() {
    let world = World::new();
    world.backups.missing.store(true, Ordering::SeqCst);
    let told = |warnings: Vec<Value>| {
        let mut warnings = warnings.into_iter();
        warnings.find(|warning| warning["problem"].as_str().is_some_and(|text| text.contains("restic")))
    };
    assert_eq!(told(world.warnings().await), None, "nobody has backups");
    let vault = VaultDraft {
        folder: "0a".repeat(16),
        account: AccountId::PROVIDER,
        private_server: PrivateServerId(1),
        name: "web1".parse().expect("a name"),
        key: "sealed".to_owned(),
        password: "sealed".to_owned(),
        fingerprint: "ab".repeat(32),
        limit_bytes: 9,
        keep: Retention::default(),
    };
    world.write(move |tx| Ok(vault_insert(tx, &vault, START)?)).await;
    let warning = told(world.warnings().await).expect("a warning");
    says(&warning, "restic is not on the Control Center", "apt-get install restic", None);
    world.backups.missing.store(false, Ordering::SeqCst);
    assert_eq!(told(world.warnings().await), None);
}
