//! Jobs, as far as no reconciler is needed.

use rackwright_catalog::{FaultCode, Role};
use rackwright_model::job::JobState;
use rackwright_model::{JobId, Scope};
use rackwright_store::account::account_named;
use rackwright_store::job::{JobDraft, JobKind, job_end, job_get, job_insert, job_log};
use serde_json::{Value, json};

use crate::support::{START, World};

async fn jobs(world: &World, count: i64) -> JobId {
    world
        .write(move |tx| {
            let mut last = JobId(0);
            for number in 0..count {
                let draft = JobDraft {
                    account: rackwright_model::AccountId::PROVIDER,
                    kind: JobKind::ImageBuild,
                    title: format!("build {number}"),
                    input: "{}".into(),
                    server: None,
                    started_by: "ann".into(),
                };
                last = job_insert(tx, &draft, START)?;
            }
            Ok(last)
        })
        .await
}

#[tokio::test]
async fn a_list_is_paged_and_filtered() {
    let world = World::new();
    let last = jobs(&world, 150).await;
    world.write(move |tx| Ok(job_end(tx, last, JobState::Failed, Some("why"), START)?)).await;
    let first = world.done("job.list", json!({})).await;
    let second = world.done("job.list", json!({"after": first["next"]})).await;
    let titles = |page: &Value| {
        page["items"].as_array().expect("a page").iter().map(|job| job["title"].clone()).collect::<Vec<_>>()
    };
    let all: Vec<Value> = titles(&first).into_iter().chain(titles(&second)).collect();
    assert_eq!(all, (0..150).rev().map(|number| json!(format!("build {number}"))).collect::<Vec<_>>());
    assert_eq!(second["next"], Value::Null);
    let failed = world.done("job.list", json!({"state": "failed"})).await;
    assert_eq!((titles(&failed).len(), &failed["items"][0]["reason"]), (1, &json!("why")));
    assert_eq!(world.refused("job.list", json!({"server": "nowhere"})).await.code, FaultCode::NotFound);
}

#[tokio::test]
async fn a_job_is_shown_with_its_log() {
    let world = World::new();
    let job = jobs(&world, 1).await;
    world.write(move |tx| Ok(job_log(tx, job, START, "line")?)).await;
    let shown = world.done("job.show", json!({"job": job})).await;
    assert_eq!(shown["log"], json!([{"at": START, "text": "line"}]));
    assert_eq!((&shown["job"]["state"], &shown["job"]["started_by"]), (&json!("running"), &json!("ann")));
    assert_eq!(world.refused("job.show", json!({"job": 99})).await.code, FaultCode::NotFound);
}

#[tokio::test]
async fn names_of_people_above_stay_theirs() {
    let world = World::new();
    let (engineer, reseller) = (world.session(Role::Engineer).await, world.session(Role::Reseller).await);
    world
        .write(|tx| {
            let acme = account_named(tx, &Scope::everything(), &"acme".parse().expect("a name"))?;
            for started_by in [Role::Engineer.word(), Role::Reseller.word()] {
                let draft = JobDraft {
                    account: acme.as_ref().expect("is there").id,
                    kind: JobKind::Install,
                    title: format!("by {started_by}"),
                    input: "{}".into(),
                    server: None,
                    started_by: started_by.into(),
                };
                job_insert(tx, &draft, START)?;
            }
            Ok(())
        })
        .await;
    for (session, names) in
        [(&engineer, ["reseller", "engineer"]), (&reseller, ["reseller", "somebody else"])]
    {
        let list = world.call(session, "job.list", json!({})).await.expect("a list");
        let seen: Vec<&Value> =
            list["items"].as_array().expect("a list").iter().map(|job| &job["started_by"]).collect();
        assert_eq!(seen, names);
    }
}

#[tokio::test]
async fn a_running_job_is_asked_to_stop_and_an_ended_one_is_not() {
    let world = World::new();
    let job = jobs(&world, 1).await;
    world.done("job.cancel", json!({"job": job})).await;
    let row = world.read(move |tx| Ok(job_get(tx, job)?)).await.expect("is there");
    assert!(row.cancel_asked && row.state == JobState::Running, "{row:?}");
    world.write(move |tx| Ok(job_end(tx, job, JobState::Cancelled, None, START)?)).await;
    let ended = world.refused("job.cancel", json!({"job": job})).await;
    assert_eq!(ended.code, FaultCode::Conflict);
    assert!(ended.reason.contains("cancelled"), "{ended}");
    assert_eq!(world.refused("job.cancel", json!({"job": 99})).await.code, FaultCode::NotFound);
}
