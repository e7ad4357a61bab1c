//! Signing in with passkeys: alone, and beside the password.

use rackwright_catalog::{Fault, FaultCode};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::authenticator::{Authenticator, PRESENT};

const PASSWORD: &str = "correct horse battery";
const ORIGIN: &str = "https://center.example.com:8443";
const HOST: &str = "center.example.com";

/// Somebody with a passkey: the session, the authenticator, and the handle by which it knows the person.
struct Robin {
    world: World,
    session: Credential,
    key: Authenticator,
    handle: String,
    recovery: Vec<String>,
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

async fn begin(world: &World, session: &Credential) -> Value {
    world.call(session, "factor.passkey-begin", json!({"origin": ORIGIN})).await.expect("begins")
}

/// Add a passkey; what the action says.
async fn add(world: &World, session: &Credential, key: &Authenticator) -> Result<Value, Fault> {
    let begun = begin(world, session).await;
    assert_eq!((text(&begun["rp_id"]), begun["algorithms"][1].as_i64()), (HOST, Some(-7)));
    let (client, object) = key.create(text(&begun["challenge"]), ORIGIN, HOST);
    confirm(world, session, &client, &object).await
}

async fn confirm(world: &World, session: &Credential, client: &str, object: &str) -> Result<Value, Fault> {
    let input =
        json!({"label": "Telephone", "current": PASSWORD, "client_data": client, "attestation": object});
    world.call(session, "factor.passkey-confirm", input).await
}

async fn robin() -> Robin {
    let world = World::new();
    world.done("user.create", json!({"user": "robin", "role": "engineer", "password": PASSWORD})).await;
    let session = world.sign_in("robin", PASSWORD).await.expect("signs in");
    let key = Authenticator::new(b"robin's telephone");
    let handle = text(&begin(&world, &session).await["handle"]).to_owned();
    let added = add(&world, &session, &key).await.expect("is added");
    let recovery = serde_json::from_value(added["codes"].clone()).expect("a list");
    Robin { world, session, key, handle, recovery }
}

impl Robin {
    async fn asked(&self) -> Value {
        let input = json!({"origin": ORIGIN});
        self.world.call(&Credential::None, "session.passkey-begin", input).await.expect("asks")
    }

    /// What the browser answers to a challenge.
    fn answer(&mut self, asked: &Value) -> Value {
        self.key.counter += 1;
        let (client, data, signature) = self.key.get(text(&asked["challenge"]), ORIGIN, HOST);
        json!({"credential": self.key.id(), "client_data": client, "authenticator_data": data,
               "signature": signature, "handle": self.handle})
    }

    async fn enter(&self, answer: &Value) -> Result<Value, Fault> {
        self.world.call(&Credential::None, "session.open-passkey", answer.clone()).await
    }

    async fn second(&self) -> Result<Value, Fault> {
        let input = json!({"user": "robin", "password": PASSWORD, "origin": ORIGIN});
        self.world.call(&Credential::None, "session.second-begin", input).await
    }

    async fn open(&self, more: Value) -> Result<Value, Fault> {
        let mut input = json!({"user": "robin", "password": PASSWORD});
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.world.call(&Credential::None, "session.open", input).await
    }
}

fn problem(fault: &Fault) -> (&str, &str) {
    let wrong = fault.fields.first().expect("a wrong field");
    (wrong.field.as_str(), wrong.problem.as_str())
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_each_answer_once() {
    let mut robin = robin().await;
    let asked = robin.asked().await;
    assert_eq!(asked["allow"], json!([]), "who has passkeys is not told");
    let answer = robin.answer(&asked);
    let opened = robin.enter(&answer).await.expect("signs in");
    assert_eq!(opened["user"], "robin");
    let session = Credential::Bearer(text(&opened["session"]).to_owned());
    robin.world.call(&session, "session.show", json!({})).await.expect("is a session");
    robin.enter(&answer).await.expect_err("was used");
    // The same challenge, although the authenticator counted on.
    let again = robin.answer(&asked);
    let fault = robin.enter(&again).await.expect_err("the challenge was used");
    assert!(problem(&fault).1.contains("the challenge is not one"), "{fault}");
    let list = robin.world.call(&session, "factor.list", json!({})).await.expect("lists");
    let row = &list["items"][0];
    assert_eq!(
        (text(&row["factor"]), text(&row["label"]), text(&row["host"])),
        ("passkey", "Telephone", HOST)
    );
    assert!(row["used_at"].is_i64(), "{list}");
    let audit = robin.world.done("audit.list", json!({"action": "session.open-passkey"})).await;
    assert_eq!(audit["items"][0]["user"], "robin");
    assert_eq!(
        audit["items"].as_array().map(Vec::len),
        Some(1),
        "strangers' tries do not fill the audit trail"
    );
}

#[tokio::test]
async fn a_challenge_lasts_five_minutes_and_is_for_one_purpose() {
    let mut robin = robin().await;
    let late = robin.asked().await;
    robin.world.clock.pass(5 * 60_000);
    let answer = robin.answer(&late);
    let fault = robin.enter(&answer).await.expect_err("is late");
    assert!(problem(&fault).1.contains("five minutes"), "{fault}");
    let second = robin.second().await.expect("asks");
    let answer = robin.answer(&second);
    let fault = robin.enter(&answer).await.expect_err("is of the second step");
    assert!(problem(&fault).1.contains("the challenge is not one"), "{fault}");
    let alone = robin.asked().await;
    let answer = robin.answer(&alone);
    robin.open(json!({"passkey": answer})).await.expect_err("is not of the second step");
    let mut made_up = robin.asked().await;
    made_up["challenge"] = json!("bWFkZSB1cA");
    let answer = robin.answer(&made_up);
    robin.enter(&answer).await.expect_err("is none of ours");
}

#[tokio::test]
async fn an_answer_of_somebody_else_or_without_a_name_is_refused() {
    let mut robin = robin().await;
    let asked = robin.asked().await;
    let right = robin.answer(&asked);
    for (field, value) in [
        ("handle", json!(null)),
        ("handle", json!("c29tZWJvZHkgZWxzZQ")),
        ("credential", json!("bm9ib2R5J3M")),
        ("signature", json!("bm90IG9uZQ")),
    ] {
        let mut answer = right.clone();
        answer[field] = value;
        let fault = robin.enter(&answer).await.expect_err(field);
        assert_eq!(
            problem(&fault),
            ("passkey", "the passkey was not taken: nobody here has it, or its signature does not fit")
        );
    }
    robin.enter(&right).await.expect("nothing of it was used up");
    // Without PIN, finger or face it is one factor only.
    robin.key.flags = PRESENT;
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    let fault = robin.enter(&answer).await.expect_err("one factor");
    assert!(problem(&fault).1.contains("did not check who uses it"), "{fault}");
}

#[tokio::test]
async fn a_copied_passkey_signs_nobody_in() {
    let mut robin = robin().await;
    robin.key.counter = 7;
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    robin.enter(&answer).await.expect("signs in");
    robin.key.counter = 5;
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    let fault = robin.enter(&answer).await.expect_err("somebody counted further");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
    assert!(problem(&fault).1.contains("copied"), "{fault}");
}

#[tokio::test]
async fn beside_the_password_any_passkey_of_the_person_will_do() {
    let mut robin = robin().await;
    let asked = robin.open(json!({})).await.expect_err("a second factor is asked for");
    let fields: Vec<&str> = asked.fields.iter().map(|wrong| wrong.field.as_str()).collect();
    assert_eq!(fields, ["code", "passkey"]);
    // The authenticator need not check who uses it: the password does.
    robin.key.flags = PRESENT;
    let second = robin.second().await.expect("asks");
    assert_eq!(second["allow"], json!([robin.key.id()]));
    let answer = robin.answer(&second);
    robin.open(json!({"passkey": answer})).await.expect("signs in");
    robin.open(json!({"passkey": answer})).await.expect_err("was used");

    robin.world.done("user.create", json!({"user": "kim", "role": "engineer", "password": PASSWORD})).await;
    let kim = robin.world.sign_in("kim", PASSWORD).await.expect("signs in");
    let second = robin.second().await.expect("asks");
    let other = Authenticator::new(b"kim's telephone");
    add(&robin.world, &kim, &other).await.expect("is added");
    robin.key = other;
    let mut answer = robin.answer(&second);
    answer["handle"] = json!(null);
    robin.open(json!({"passkey": answer})).await.expect_err("it is kim's");
    let wrong = json!({"user": "robin", "password": "wrong horse battery", "origin": ORIGIN});
    let told = robin.world.call(&Credential::None, "session.second-begin", wrong).await;
    assert_eq!(told.expect_err("no list without the password").code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_a_lost_passkey() {
    let robin = robin().await;
    assert_eq!(robin.recovery.len(), 10);
    robin.open(json!({"code": robin.recovery[0]})).await.expect("signs in");
    robin.open(json!({"code": robin.recovery[0]})).await.expect_err("was used");
    robin.open(json!({"code": "123456"})).await.expect_err("there is no app");
    let second = Authenticator::new(b"a second one");
    let added = add(&robin.world, &robin.session, &second).await.expect("is added");
    assert_eq!(added["codes"], json!([]), "those from before go on");
    robin.open(json!({"code": robin.recovery[1]})).await.expect("signs in");
}

#[tokio::test]
async fn a_passkey_is_removed_with_proof_and_the_last_takes_the_codes_along() {
    let mut robin = robin().await;
    let second = Authenticator::new(b"a second one");
    add(&robin.world, &robin.session, &second).await.expect("is added");
    let list = robin.world.call(&robin.session, "factor.list", json!({})).await.expect("lists");
    let ids: Vec<&str> =
        list["items"].as_array().expect("a list")[..2].iter().map(|row| text(&row["id"])).collect();
    let remove = |input: Value| robin.world.call(&robin.session, "factor.remove", input);
    remove(json!({"passkey": ids[0]})).await.expect_err("no proof");
    remove(json!({"passkey": ids[0], "code": "00000-00000-00000-00000"})).await.expect_err("a wrong code");
    let unknown = remove(json!({"passkey": "nope", "current": PASSWORD})).await.expect_err("no such id");
    assert_eq!(problem(&unknown).0, "passkey");
    let done = remove(json!({"passkey": ids[1], "code": robin.recovery[0]})).await.expect("is removed");
    assert_eq!(done["message"], "The passkey of robin is removed.");
    let done = remove(json!({"passkey": ids[0], "current": PASSWORD})).await.expect("is removed");
    assert_eq!(done["message"], "robin signs in with the password alone.");
    let list = robin.world.call(&robin.session, "factor.list", json!({})).await.expect("lists");
    assert_eq!(list["items"], json!([]));
    let nothing = robin.world.call(&robin.session, "factor.remove", json!({"code": "123456"})).await;
    assert_eq!(problem(&nothing.expect_err("a code of nothing proves nothing")).0, "code");
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    robin.enter(&answer).await.expect_err("it is gone");
    robin.open(json!({})).await.expect("with the password alone");
}

#[tokio::test]
async fn a_passkey_is_added_by_its_owner_to_an_answer_given_once() {
    let robin = robin().await;
    let key = Authenticator::new(b"another");
    let begun = begin(&robin.world, &robin.session).await;
    assert_eq!(begun["exclude"], json!([robin.key.id()]));
    let (client, object) = key.create(text(&begun["challenge"]), ORIGIN, HOST);
    robin.world.done("user.create", json!({"user": "kim", "role": "engineer", "password": PASSWORD})).await;
    let kim = robin.world.sign_in("kim", PASSWORD).await.expect("signs in");
    confirm(&robin.world, &kim, &client, &object).await.expect_err("it was asked of robin");
    let wrong = json!({"label": "x", "current": "wrong horse", "client_data": client, "attestation": object});
    let fault =
        robin.world.call(&robin.session, "factor.passkey-confirm", wrong).await.expect_err("no password");
    assert_eq!(problem(&fault).0, "current");
    confirm(&robin.world, &robin.session, &client, &object).await.expect("is added");
    confirm(&robin.world, &robin.session, &client, &object).await.expect_err("was answered");
    let twice = add(&robin.world, &robin.session, &key).await.expect_err("is there already");
    assert_eq!(twice.code, FaultCode::Conflict);
    let root = robin.world.refused("factor.passkey-begin", json!({"origin": ORIGIN})).await;
    assert_eq!(root.code, FaultCode::Conflict, "local root is nobody");
}

#[tokio::test]
async fn passkeys_are_for_names_of_the_panel_only() {
    let world = World::new();
    let ask = |origin: &str| {
        let input = json!({"origin": origin});
        world.call(&Credential::None, "session.passkey-begin", input)
    };
    for origin in ["https://evil.example", "https://192.0.2.7:8443", "http://center.example.com", "center"] {
        let fault = ask(origin).await.expect_err(origin);
        assert_eq!((fault.code, problem(&fault).0), (FaultCode::InvalidInput, "origin"), "{origin}");
    }
    assert_eq!(ask("http://localhost:8443").await.expect("on this machine")["rp_id"], "localhost");
    ask("https://panel.acme.example").await.expect_err("no brand has it");
    world.done("account.create", json!({"name": "acme", "tier": "reseller", "title": "Acme"})).await;
    world.done("brand.set", json!({"account": "acme", "host": "panel.acme.example"})).await;
    assert_eq!(ask("https://panel.acme.example").await.expect("a brand's")["rp_id"], "panel.acme.example");
}

#[tokio::test]
async fn a_passkey_of_another_name_is_not_taken() {
    let mut robin = robin().await;
    let input = json!({"origin": "http://localhost:8443"});
    let asked = robin.world.call(&Credential::None, "session.passkey-begin", input).await.expect("asks");
    let (client, data, signature) =
        robin.key.get(text(&asked["challenge"]), "http://localhost:8443", "localhost");
    let answer = json!({"credential": robin.key.id(), "client_data": client, "authenticator_data": data,
                        "signature": signature, "handle": robin.handle});
    let fault = robin.enter(&answer).await.expect_err("it was made for another name");
    assert!(problem(&fault).1.contains("belongs to another host name"), "{fault}");
    let asked = robin.asked().await;
    let elsewhere = robin.key.get(text(&asked["challenge"]), "https://evil.example", HOST);
    let answer = json!({"credential": robin.key.id(), "client_data": elsewhere.0, "authenticator_data": elsewhere.1,
                        "signature": elsewhere.2, "handle": robin.handle});
    let fault = robin.enter(&answer).await.expect_err("the browser was elsewhere");
    assert!(problem(&fault).1.contains("made for another address"), "{fault}");
}

#[tokio::test]
async fn people_of_a_suspended_account_stay_out_with_a_passkey_too() {
    let mut robin = robin().await;
    robin.world.done("account.create", json!({"name": "acme", "tier": "reseller", "title": "Acme"})).await;
    let kim = json!({"user": "acme-kim", "role": "reseller", "password": PASSWORD, "account": "acme"});
    robin.world.done("user.create", kim).await;
    let session = robin.world.sign_in("acme-kim", PASSWORD).await.expect("signs in");
    robin.key = Authenticator::new(b"kim's telephone");
    robin.handle = text(&begin(&robin.world, &session).await["handle"]).to_owned();
    add(&robin.world, &session, &robin.key).await.expect("is added");
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    robin.enter(&answer).await.expect("signs in");
    robin.world.done("account.suspend", json!({"account": "acme"})).await;
    let asked = robin.asked().await;
    let answer = robin.answer(&asked);
    let fault = robin.enter(&answer).await.expect_err("is suspended");
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::NotSignedIn, "the account is suspended"));
}
