//! Images: records, files, and who still needs them.

use std::path::PathBuf;

use rackwright_catalog::FaultCode;
use rackwright_domain::secret::fingerprint;
use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{ImageId, InstallPhase};
use rackwright_store::image::{ImageRow, image_put};
use rackwright_store::install::{install_insert, install_set_phase};
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::profile::profile_named;
use rackwright_store::server::server_insert;
use serde_json::json;

use crate::support::{START, World};

const CONTENT: &str = "as good as an image";

/// A world with one image, whose file holds [`CONTENT`].
pub async fn with_image(name: &str) -> World {
    let world = World::new();
    add(&world, name).await;
    world
}

async fn add(world: &World, name: &str) {
    let image = ImageRow {
        id: ImageId(0),
        name: name.parse().expect("a name"),
        os: "Debian GNU/Linux 12 (bookworm)".into(),
        arch: "amd64".into(),
        format: ImageFormat::TarZst,
        purpose: ImagePurpose::Server,
        sha256: fingerprint(CONTENT),
        bytes: CONTENT.len() as u64,
        unpacked_bytes: 100,
        added_at: START,
        verified_at: None,
        broken: None,
    };
    std::fs::write(file(world), CONTENT).expect("the file is written");
    world.write(move |tx| Ok(image_put(tx, &image)?)).await;
}

fn file(world: &World) -> PathBuf {
    world.directory.path().join("images").join(format!("{}.tar.zst", fingerprint(CONTENT)))
}

#[tokio::test]
async fn an_image_goes_with_its_file() {
    let world = with_image("debian-12").await;
    let unconfirmed = world.refused("image.remove", json!({"image": "debian-12"})).await;
    assert_eq!(unconfirmed.code, FaultCode::ConfirmationNeeded);
    assert!(file(&world).exists());
    world.done("image.remove", json!({"image": "debian-12", "confirm": "debian-12"})).await;
    assert!(!file(&world).exists());
    assert_eq!(world.refused("image.show", json!({"image": "debian-12"})).await.code, FaultCode::NotFound);
}

#[tokio::test]
async fn a_file_that_two_images_share_stays_for_the_other() {
    let world = with_image("debian-12").await;
    add(&world, "copy").await;
    world.done("image.remove", json!({"image": "debian-12", "confirm": "debian-12"})).await;
    assert!(file(&world).exists());
    world.done("image.remove", json!({"image": "copy", "confirm": "copy"})).await;
    assert!(!file(&world).exists());
}

#[tokio::test]
async fn profiles_that_install_an_image_keep_it_and_are_named() {
    let world = with_image("debian-12").await;
    for profile in ["web", "mail"] {
        world.done("profile.create", json!({"name": profile, "image": "debian-12"})).await;
    }
    let fault = world.refused("image.remove", json!({"image": "debian-12", "confirm": "debian-12"})).await;
    assert_eq!(fault.code, FaultCode::Conflict);
    assert!(fault.reason.contains("mail, web"), "{fault}");
    assert!(file(&world).exists());
}

#[tokio::test]
async fn an_install_under_way_keeps_its_image() {
    let world = with_image("debian-12").await;
    world.done("profile.create", json!({"name": "web", "image": "debian-12"})).await;
    let install = world
        .write(|tx| {
            let (name, web) = ("r1".parse().expect("a name"), "web".parse().expect("a name"));
            let server = server_insert(tx, &name, true, &[], START)?;
            let draft = JobDraft {
                account: rackwright_model::AccountId::PROVIDER,
                kind: JobKind::Install,
                title: "install r1".into(),
                input: "{}".into(),
                server: Some(server),
                started_by: "ann".into(),
            };
            let job = job_insert(tx, &draft, START)?;
            let profile = profile_named(tx, &web)?.expect("is there").profile;
            Ok(install_insert(tx, server, job, &web, &profile, START)?)
        })
        .await;
    world.done("profile.remove", json!({"profile": "web", "confirm": "web"})).await;
    let fault = world.refused("image.remove", json!({"image": "debian-12", "confirm": "debian-12"})).await;
    assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    world.write(move |tx| Ok(install_set_phase(tx, install, InstallPhase::Done, None, START)?)).await;
    world.done("image.remove", json!({"image": "debian-12", "confirm": "debian-12"})).await;
    assert!(!file(&world).exists());
}

#[tokio::test]
async fn verifying_tells_a_changed_file_from_a_good_one() {
    let world = with_image("debian-12").await;
    let good = world.done("image.verify", json!({"image": "debian-12"})).await;
    assert_eq!((&good["broken"], &good["verified_at"]), (&json!(null), &json!(START)));
    std::fs::write(file(&world), "torn").expect("the file is changed");
    let torn = world.done("image.verify", json!({"image": "debian-12"})).await;
    let sentence = torn["broken"].as_str().expect("is broken");
    assert!(
        sentence.contains(&fingerprint(CONTENT)) && sentence.contains(&fingerprint("torn")),
        "{sentence}"
    );
    std::fs::remove_file(file(&world)).expect("the file is deleted");
    let missing = world.done("image.verify", json!({"image": "debian-12"})).await;
    assert!(missing["broken"].as_str().is_some_and(|text| text.contains("cannot be read")), "{missing}");
    std::fs::write(file(&world), CONTENT).expect("the file is restored");
    assert_eq!(world.done("image.verify", json!({"image": "debian-12"})).await["broken"], json!(null));
}

#[tokio::test]
async fn an_image_is_made_by_one_job_at_a_time() {
    let world = with_image("debian-12").await;
    let build = json!({"name": "debian-12", "recipe": "debian-12", "packages": ["htop"]});
    let started = world.done("image.build", build.clone()).await;
    assert!(started["message"].as_str().is_some_and(|text| text.contains("replaces")), "{started}");
    let shown = world.done("job.show", json!({"job": started["job"]})).await;
    assert_eq!(
        (&shown["job"]["title"], &shown["job"]["started_by"]),
        (&json!("build image debian-12"), &json!("root"))
    );
    let import = json!({"name": "debian-12", "path": file(&world)});
    for (action, input) in [("image.build", build), ("image.import", import)] {
        let twice = world.refused(action, input).await;
        assert_eq!(twice.code, FaultCode::Conflict);
        assert!(twice.reason.contains(&format!("job {}", started["job"])), "{twice}");
    }
    world.done("image.import", json!({"name": "other", "path": file(&world)})).await;
}

#[tokio::test]
async fn importing_names_a_path_that_is_no_file() {
    let world = World::new();
    for path in [world.directory.path().join("missing"), world.directory.path().to_owned()] {
        let fault = world.refused("image.import", json!({"name": "other", "path": path})).await;
        assert_eq!((fault.code, fault.fields[0].field.as_str()), (FaultCode::InvalidInput, "path"));
    }
}
