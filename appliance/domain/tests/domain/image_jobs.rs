//! Jobs that make images, carried out on small archives that pass for a system.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rackwright_domain::reconcile::image_jobs;
use rackwright_domain::secret::fingerprint;
use rackwright_model::JobId;
use rackwright_model::job::JobState;
use rackwright_store::job::{JobDraft, JobKind, JobRow, job_get, job_insert, job_lines};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{START, World};

/// Far longer than any of these jobs takes.
const LIMIT: Duration = Duration::from_secs(60);

/// The reconciler, for as long as this is held.
struct Running(JoinHandle<()>);

impl Running {
    fn on(world: &World) -> Self {
        Self(tokio::spawn(image_jobs::run(Arc::clone(&world.domain))))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl World {
    /// The archive of a system with this name, as a file outside the repository.
    fn archive(&self, system: &str) -> PathBuf {
        let mut elf = [0_u8; 64];
        elf[..4].copy_from_slice(b"\x7fELF");
        elf[18] = 62;
        let release = format!("PRETTY_NAME=\"{system}\"\nVERSION_ID=\"7\"\n");
        let files: [(&str, &[u8]); 4] = [
            ("usr/lib/os-release", release.as_bytes()),
            ("usr/bin/bash", &elf),
            ("boot/vmlinuz-6", b"kernel"),
            ("usr/lib/grub/i386-pc/boot.img", b"x"),
        ];
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, content).expect("appends");
        }
        let tar = builder.into_inner().expect("finishes");
        let path = self.directory.path().join(format!("{system}.tar.zst"));
        std::fs::write(&path, zstd::encode_all(tar.as_slice(), 3).expect("packs"))
            .expect("the archive is written");
        path
    }

    async fn import(&self, name: &str, path: &Path) -> JobId {
        let started = self.done("image.import", json!({"name": name, "path": path})).await;
        JobId(started["job"].as_i64().expect("a job"))
    }

    async fn ended(&self, id: JobId) -> JobRow {
        let waits = async {
            loop {
                let job = self.read(move |tx| Ok(job_get(tx, id)?)).await.expect("is there");
                if job.ended_at.is_some() {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LIMIT, waits).await.expect("the job ends")
    }

    async fn log(&self, id: JobId) -> String {
        let lines = self.read(move |tx| Ok(job_lines(tx, id, 100)?)).await;
        lines.into_iter().map(|line| line.text + "\n").collect()
    }

    /// Names of the files in the repository.
    fn repository(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path().join("images")).expect("the repository");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn hash(path: &Path) -> String {
    rackwright_images::repository::file_sha256(path).expect("is readable")
}

fn files(name: &str, archive: &Path) -> Vec<String> {
    let mut files = vec![format!("{}.tar.zst", hash(archive)), format!("{name}.json")];
    files.sort();
    files
}

#[tokio::test]
async fn a_job_from_before_the_start_is_carried_out() {
    let world = World::new();
    let archive = world.archive("Test OS 7");
    let job = world.import("test", &archive).await;
    let _running = Running::on(&world);
    let ended = world.ended(job).await;
    assert_eq!((ended.state, ended.progress_permille, ended.reason), (JobState::Succeeded, 1_000, None));
    let image = world.done("image.show", json!({"image": "test"})).await;
    assert_eq!(
        (&image["os"], &image["arch"], &image["sha256"]),
        (&json!("Test OS 7"), &json!("amd64"), &json!(hash(&archive)))
    );
    assert_eq!(world.done("image.verify", json!({"image": "test"})).await["broken"], Value::Null);
    let log = world.log(job).await;
    assert!(log.contains("Reading the image") && log.contains(&hash(&archive)), "{log}");
}

#[tokio::test]
async fn a_new_job_wakes_the_reconciler_and_a_replaced_file_goes() {
    let world = World::new();
    let _running = Running::on(&world);
    let (old, new) = (world.archive("Old"), world.archive("New"));
    let job = world.import("test", &old).await;
    assert_eq!(world.ended(job).await.state, JobState::Succeeded);
    assert_eq!(world.repository(), files("test", &old));
    let job = world.import("test", &new).await;
    assert_eq!(world.ended(job).await.state, JobState::Succeeded);
    assert_eq!(world.done("image.list", json!({})).await["items"][0]["os"], "New");
    // The job has ended before the sweep; the next job begins after it.
    let next = world.import("other", &new).await;
    world.ended(next).await;
    world.done("image.remove", json!({"image": "other", "confirm": "other"})).await;
    assert_eq!(world.repository(), files("test", &new));
    world.done("image.remove", json!({"image": "test", "confirm": "test"})).await;
    assert!(world.repository().is_empty(), "{:?}", world.repository());
}

#[tokio::test]
async fn a_bad_file_fails_the_job_with_a_reason_and_leaves_nothing() {
    let world = World::new();
    let _running = Running::on(&world);
    let (archive, junk) = (world.archive("Test OS 7"), world.directory.path().join("junk"));
    std::fs::write(&junk, "no archive at all").expect("the file is written");
    let wanted = fingerprint("another file");
    let wrong = world.done("image.import", json!({"name": "a", "path": archive, "sha256": wanted})).await;
    let wrong = world.ended(JobId(wrong["job"].as_i64().expect("a job"))).await;
    let reason = wrong.reason.unwrap_or_default();
    assert_eq!(wrong.state, JobState::Failed);
    assert!(reason.contains(&wanted) && reason.contains(&hash(&archive)), "{reason}");
    let job = world.import("b", &junk).await;
    let junk = world.ended(job).await;
    assert_eq!(junk.state, JobState::Failed);
    assert!(
        junk.reason.as_deref().is_some_and(|reason| reason.contains("not a zstd-compressed tar")),
        "{junk:?}"
    );
    assert!(world.repository().is_empty());
    assert_eq!(world.done("image.list", json!({})).await["items"], json!([]));
}

#[tokio::test]
async fn a_job_that_was_cancelled_before_its_turn_does_nothing() {
    let world = World::new();
    let job = world.import("test", &world.archive("Test OS 7")).await;
    world.done("job.cancel", json!({"job": job})).await;
    let _running = Running::on(&world);
    assert_eq!(world.ended(job).await.state, JobState::Cancelled);
    assert!(world.repository().is_empty());
}

#[tokio::test]
async fn an_order_that_cannot_be_read_fails_and_holds_nobody_up() {
    let world = World::new();
    let draft = JobDraft {
        account: rackwright_model::AccountId::PROVIDER,
        kind: JobKind::ImageBuild,
        title: "build something".into(),
        input: json!({"recipe": "of a later version"}).to_string(),
        server: None,
        started_by: "ann".into(),
    };
    let unreadable = world.write(move |tx| Ok(job_insert(tx, &draft, START)?)).await;
    let good = world.import("test", &world.archive("Test OS 7")).await;
    let _running = Running::on(&world);
    assert_eq!(world.ended(good).await.state, JobState::Succeeded);
    let failed = world.ended(unreadable).await;
    assert_eq!(failed.state, JobState::Failed);
    assert!(failed.reason.as_deref().is_some_and(|reason| reason.contains("cannot read")), "{failed:?}");
}

#[tokio::test]
async fn a_job_under_way_is_stopped_and_leaves_nothing() {
    let world = World::new();
    let pipe = world.directory.path().join("endless");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let source = pipe.clone();
    let talker = std::thread::spawn(move || pour_for_ever(&source));
    let draft = JobDraft {
        account: rackwright_model::AccountId::PROVIDER,
        kind: JobKind::ImageImport,
        title: "import endless".into(),
        input: json!({"name": "endless", "path": pipe}).to_string(),
        server: None,
        started_by: "ann".into(),
    };
    let job = world.write(move |tx| Ok(job_insert(tx, &draft, START)?)).await;
    let _running = Running::on(&world);
    let is_under_way = async {
        while world.log(job).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LIMIT, is_under_way).await.expect("the job begins");
    world.done("job.cancel", json!({"job": job})).await;
    assert_eq!(world.ended(job).await.state, JobState::Cancelled);
    assert!(world.repository().is_empty());
    talker.join().expect("no panic");
}

/// A system with one file that does not end, until nobody reads it any more.
fn pour_for_ever(pipe: &Path) {
    let mut packed =
        zstd::Encoder::new(std::fs::File::create(pipe).expect("a reader comes"), 1).expect("begins");
    let mut header = tar::Header::new_gnu();
    header.set_path("srv/endless").expect("fits");
    header.set_size(200 << 30);
    header.set_cksum();
    let mut open = packed.write_all(header.as_bytes()).is_ok();
    let mut state = 1_u64;
    while open {
        let noise = std::iter::repeat_with(|| {
            // xorshift64: something that cannot be packed.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        });
        let block: Vec<u8> = noise.take(32_768).flatten().collect();
        open = packed.write_all(&block).is_ok();
        std::thread::sleep(Duration::from_millis(5));
    }
}
