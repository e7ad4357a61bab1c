//! What the script of passkeys finds in the pages, and what becomes of its answers.

use axum::body::Body;
use axum::http::Request;
use rackwright_catalog::{Fault, FieldProblem};
use serde_json::{Value, json};

use crate::harness::{self, cookie, get, panel};

/// The fields that the script fills in.
const ANSWER: &str =
    "credential=AbC&client_data=eyJ9&authenticator_data=SZYN&signature=MEUC&handle=OWNW&back=%2Fjobs";

fn post(path: &str, cookies: &str, body: &'static str) -> Request<Body> {
    harness::post(path).header("cookie", cookies).body(Body::from(body)).expect("a request")
}

fn plain(path: &str, cookies: &str) -> Request<Body> {
    get(path).header("cookie", cookies).body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn the_door_asks_for_a_passkey_and_takes_its_answer() {
    let panel = panel();
    panel
        .open_as_nobody("/sign-in")
        .await
        .shows("data-passkey-get=\"/sign-in/passkey\"")
        .shows("Sign in with a passkey");
    let asked = panel.send(plain("/sign-in/passkey?origin=https%3A%2F%2Fcenter%3A8443", "")).await;
    let asked: Value = serde_json::from_str(&asked.text).expect("for the script");
    assert_eq!((&asked["rp_id"], &asked["verified"]), (&json!("center.example.com"), &json!(true)));
    assert_eq!(panel.fake.intents("session.passkey-begin")[0].input["origin"], "https://center:8443");

    let entered = panel.send(post("/sign-in/passkey", "", ANSWER)).await;
    assert_eq!((entered.status, entered.header("location")), (303, "/jobs"));
    assert!(entered.cookies()[0].starts_with("__Host-rackwright="), "{:?}", entered.cookies());
    let given = &panel.fake.intents("session.open-passkey")[0].input;
    assert_eq!((&given["credential"], &given["handle"]), (&json!("AbC"), &json!("OWNW")));
    let nothing = panel.send(post("/sign-in/passkey", "", "back=%2Fjobs")).await;
    assert_eq!(nothing.header("location"), "/sign-in", "a form that the script did not fill in");

    panel.fake.on("session.open-passkey", |_| {
        let problem = FieldProblem::new("passkey", "the passkey was not taken: the signature does not fit");
        Err(Fault::invalid("sign in with a passkey", vec![problem]))
    });
    let refused = panel.send(post("/sign-in/passkey", "", ANSWER)).await;
    assert_eq!(refused.status, 422);
    refused.shows("the signature does not fit").shows("value=\"/jobs\"");
}

#[tokio::test]
async fn the_script_is_told_why_there_is_nothing_to_ask() {
    let panel = panel();
    panel.fake.on("session.passkey-begin", |_| {
        Err(Fault::invalid("sign in", vec![FieldProblem::new("origin", "is no name of this panel")]))
    });
    let told = panel.send(plain("/sign-in/passkey?origin=https%3A%2F%2F192.0.2.7", "")).await;
    let problem: Value = serde_json::from_str(&told.text).expect("for the script");
    assert!(
        problem["problem"].as_str().is_some_and(|text| text.contains("no name of this panel")),
        "{problem}"
    );
    let stranger = panel.send(plain("/sign-in/code/passkey?origin=https%3A%2F%2Fcenter", "")).await;
    assert_eq!(stranger.header("location"), "/sign-in", "nobody has given a password");
}

#[tokio::test]
async fn the_second_step_takes_a_passkey_of_whoever_has_one() {
    let panel = panel();
    let missing = |fields: &'static [&'static str]| {
        move |input: &Value| {
            if input["passkey"].is_object() {
                return Ok((rackwright_catalog::entry("session.open")
                    .expect("in the catalogue")
                    .sample_output)());
            }
            let problems = fields.iter().map(|field| FieldProblem::new(*field, "is missing")).collect();
            Err(Fault::invalid("sign in", problems))
        }
    };
    let step = async || {
        let body = "user=robin&password=hush-hush&back=%2Fjobs";
        let page = panel.send(post("/sign-in", "", body)).await;
        page.cookies()[0].split(';').next().expect("a cookie").to_owned()
    };
    panel.fake.on("session.open", missing(&["code"]));
    let kept = step().await;
    let page = panel.send(plain("/sign-in/code", &kept)).await;
    assert!(!page.text.contains("data-passkey-get"), "there is none to ask");
    panel.fake.on("session.open", missing(&["code", "passkey"]));
    let kept = step().await;
    panel.send(plain("/sign-in/code", &kept)).await.shows("data-passkey-get=\"/sign-in/code/passkey\"");
    let asked = panel.send(plain("/sign-in/code/passkey?origin=https%3A%2F%2Fcenter", &kept)).await;
    let asked: Value = serde_json::from_str(&asked.text).expect("for the script");
    assert_eq!(asked["allow"], json!(["AbC_1-…"]));
    assert_eq!(panel.fake.intents("session.second-begin")[0].input["user"], "robin");
    let entered = panel.send(post("/sign-in/code", &kept, ANSWER)).await;
    assert_eq!(entered.header("location"), "/jobs");
    let given = panel.fake.intents("session.open").pop().expect("was called").input;
    assert_eq!((&given["passkey"]["signature"], &given["code"]), (&json!("MEUC"), &Value::Null));
}

#[tokio::test]
async fn the_form_of_a_new_passkey_leaves_the_rest_to_the_browser() {
    let panel = panel();
    let form = panel.open("/act/factor/passkey-confirm").await;
    form.shows("data-passkey-create=\"/parts/passkey\"")
        .shows("<input type=\"hidden\" name=\"attestation\">")
        .shows("name=\"label\"");
    let begun = panel.send(plain("/parts/passkey?origin=https%3A%2F%2Fcenter", &cookie())).await;
    let begun: Value = serde_json::from_str(&begun.text).expect("for the script");
    assert_eq!(begun["rp_id"], "center.example.com");
    panel.open("/factors").await.shows("/act/factor/passkey-confirm").shows("5b1e07c2a9d4");
}
