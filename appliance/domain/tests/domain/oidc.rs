//! Signing in by a provider outside: who gets in, and which answers are refused.

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::provider::{Failure, ISSUER, Mood, parameter};
use crate::support::{START, World};

const BASE: &str = "https://panel.example.com:8443";
const PASSWORD: &str = "correct horse battery";

fn entry() -> Value {
    json!({"name": "corp", "title": "Example Corp", "issuer": ISSUER, "client_id": "rackwright",
           "client_secret": "hush-hush-hush"})
}

/// An entry that lets newcomers in.
fn open_entry() -> Value {
    let mut entry = entry();
    entry["role"] = json!("support");
    entry
}

async fn public(world: &World, action: &str, input: Value) -> Result<Value, Fault> {
    world.call(&Credential::None, action, input).await
}

/// A browser that was sent to the provider.
struct Visit {
    url: String,
    ticket: String,
}

impl Visit {
    fn of(world: &World, begun: &Value) -> Self {
        let text = |key: &str| begun[key].as_str().expect("a text").to_owned();
        let visit = Self { url: text("url"), ticket: text("ticket") };
        world.provider.visited(&visit.url);
        visit
    }

    async fn begin(world: &World) -> Self {
        let begun = public(world, "oidc.begin", json!({"name": "corp", "base": BASE})).await.expect("begins");
        Self::of(world, &begun)
    }

    /// What the browser comes back with.
    fn answer(&self) -> Value {
        let state = parameter(&self.url, "state").expect("a state");
        json!({"ticket": self.ticket, "state": state, "code": "a-code"})
    }

    async fn finish(&self, world: &World) -> Result<Value, Fault> {
        public(world, "oidc.finish", self.answer()).await
    }
}

async fn sign_in(world: &World) -> Result<Value, Fault> {
    Visit::begin(world).await.finish(world).await
}

/// A world with the entry and robin, who is linked.
async fn linked() -> World {
    let world = World::new();
    world.done("oidc.set", entry()).await;
    world.done("user.create", json!({"user": "robin", "role": "engineer", "password": PASSWORD})).await;
    world.done("identity.bind", json!({"user": "robin", "name": "corp", "subject": "248289761001"})).await;
    world
}

#[tokio::test]
async fn whoever_is_linked_gets_a_session_and_the_issuer_is_on_record() {
    let world = linked().await;
    let finished = sign_in(&world).await.expect("is let in");
    assert_eq!((&finished["user"], &finished["opened"]["role"]), (&json!("robin"), &json!("engineer")));
    let session = Credential::Bearer(finished["opened"]["session"].as_str().expect("a session").to_owned());
    assert_eq!(world.call(&session, "session.show", json!({})).await.expect("lasts")["user"], "robin");
    let audit = world.done("audit.list", json!({"action": "oidc.finish"})).await;
    let row = audit["items"][0].to_string();
    assert!(row.contains("robin") && row.contains(ISSUER) && row.contains("248289761001"), "{row}");
    let list = world.done("identity.list", json!({"user": "robin"})).await;
    assert_eq!(list["items"][0]["used_at"], START.0);
}

#[tokio::test]
async fn the_way_out_carries_what_the_way_back_is_checked_with() {
    let world = linked().await;
    let visit = Visit::begin(&world).await;
    let given = |name: &str| parameter(&visit.url, name).unwrap_or_else(|| panic!("{name}: {}", visit.url));
    assert_eq!((given("response_type"), given("client_id")), ("code".into(), "rackwright".into()));
    assert_eq!(given("redirect_uri"), "https%3A%2F%2Fpanel.example.com%3A8443%2Fsign-in%2Freturn");
    assert_eq!(given("code_challenge_method"), "S256");
    assert_ne!(given("state"), given("nonce"));
    assert!(given("scope").contains("openid"), "{}", visit.url);
    visit.finish(&world).await.expect("is let in");
    let calls = world.provider.calls.lock().expect("whole").clone();
    let exchange = calls.iter().find(|call| call.post).expect("the code was exchanged");
    let body = String::from_utf8(exchange.body.clone()).expect("text");
    assert!(body.contains("code=a-code") && body.contains("code_verifier=rwo_"), "{body}");
    // The secret goes in the head, the verifier was never in an address.
    let verifier = body.split("code_verifier=").nth(1).expect("there").split('&').next().expect("there");
    assert!(!visit.url.contains(verifier) && !body.contains("hush"), "{body}");
    assert!(
        exchange.headers.iter().any(|(name, value)| name == "authorization" && value.starts_with("Basic "))
    );
}

#[tokio::test]
async fn what_the_provider_says_is_refused_unless_all_of_it_holds() {
    let hour_ago = START.0 / 1_000 - 3_600;
    let hour_ahead = START.0 / 1_000 + 3_600;
    for (mood, claims, said) in [
        (Mood::StrangeKey, json!({}), "signed its answer with a key that is not its own"),
        (Mood::Unsigned, json!({}), "signed its answer with a key that is not its own"),
        (Mood::SharedSecret, json!({}), "signed its answer with a key that is not its own"),
        (Mood::Honest, json!({"nonce": "another"}), "belongs to another sign-in"),
        (Mood::Honest, json!({"nonce": null}), "belongs to another sign-in"),
        (Mood::Honest, json!({"iss": "https://evil.example"}), "in the name of another provider"),
        (Mood::Honest, json!({"aud": "somebody"}), "meant for somebody else"),
        (Mood::Honest, json!({"aud": ["rackwright", "somebody"]}), "meant for somebody else"),
        (Mood::Honest, json!({"exp": hour_ago}), "its clock and that of the Control Center differ"),
        (Mood::Honest, json!({"iat": hour_ahead}), "its clock and that of the Control Center differ"),
        (Mood::Honest, json!({"sub": ""}), "no sign-in provider says"),
        (Mood::Honest, json!({"sub": "x".repeat(256)}), "no sign-in provider says"),
        (Mood::Refuses, json!({}), "does not confirm the sign-in"),
        (Mood::Nonsense, json!({}), "no sign-in provider says"),
        (Mood::Fails(Failure::Unreachable), json!({}), "cannot be reached"),
        (Mood::Fails(Failure::Slow), json!({}), "does not answer in time"),
        (Mood::Fails(Failure::TooLarge), json!({}), "no sign-in provider says"),
    ] {
        let world = linked().await;
        let visit = Visit::begin(&world).await;
        world.provider.be(mood);
        world.provider.claim(claims.clone());
        let fault = visit.finish(&world).await.expect_err("is refused");
        assert!(fault.reason.contains(said), "{claims}: {fault}");
        assert!(fault.reason.starts_with("Example Corp "), "{fault}");
        assert!(!fault.to_string().contains("nobody is there"), "a visitor learns no details: {fault}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_two_minutes() {
    let now = START.0 / 1_000;
    for (claims, fits) in [
        (json!({"exp": now - 119}), true),
        (json!({"exp": now - 121}), false),
        (json!({"iat": now + 120}), true),
        (json!({"iat": now + 121}), false),
    ] {
        let world = linked().await;
        world.provider.claim(claims.clone());
        assert_eq!(sign_in(&world).await.is_ok(), fits, "{claims}");
    }
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_began_and_for_ten_minutes() {
    let world = linked().await;
    let (one, other) = (Visit::begin(&world).await, Visit::begin(&world).await);
    let said =
        async |input: Value| public(&world, "oidc.finish", input).await.expect_err("is refused").reason;
    let mut crossed = one.answer();
    crossed["ticket"] = json!(other.ticket);
    assert!(said(crossed).await.contains("belongs to another sign-in"));
    let mut forged = one.answer();
    forged["state"] = json!("rwo_0000");
    assert!(said(forged).await.contains("belongs to another sign-in"));
    let mut foreign = one.answer();
    foreign["ticket"] = json!("AAAA");
    assert!(said(foreign).await.contains("in another browser"));
    let mut mixed = one.answer();
    mixed["iss"] = json!("https://evil.example");
    assert!(said(mixed).await.contains("of another provider"));
    other.finish(&world).await.expect("is let in");
    assert!(said(other.answer()).await.contains("used already"));
    assert!(said(one.answer()).await.contains("used already"), "a refused answer used its ticket up");
    let late = Visit::begin(&world).await;
    world.clock.pass(10 * 60_000);
    assert!(said(late.answer()).await.contains("more than ten minutes old"));
}

#[tokio::test]
async fn a_provider_may_say_no() {
    let world = linked().await;
    for (error, said) in [
        ("access_denied", "was told not to sign you in"),
        ("server_error", "did not sign you in: server_error"),
    ] {
        let visit = Visit::begin(&world).await;
        let mut answer = visit.answer();
        answer["code"] = Value::Null;
        answer["error"] = json!(error);
        let fault = public(&world, "oidc.finish", answer).await.expect_err("is refused");
        assert!(fault.reason.contains(said), "{fault}");
    }
    let calls = world.provider.calls.lock().expect("whole");
    assert!(!calls.iter().any(|call| call.post), "there was no code to exchange");
}

#[tokio::test]
async fn new_keys_of_a_provider_are_fetched_once_they_are_needed() {
    let world = linked().await;
    sign_in(&world).await.expect("is let in");
    world.provider.renew_key();
    world.clock.pass(60_000);
    sign_in(&world).await.expect("is let in");
}

#[tokio::test]
async fn a_provider_that_is_down_is_not_asked_by_every_visitor() {
    let world = linked().await;
    world.clock.pass(11 * 60_000);
    world.provider.be(Mood::Fails(Failure::Unreachable));
    let before = world.provider.calls.lock().expect("whole").len();
    for _ in 0..20 {
        let fault =
            public(&world, "oidc.begin", json!({"name": "corp", "base": BASE})).await.expect_err("down");
        assert_eq!(fault.code, FaultCode::Unavailable);
    }
    assert_eq!(world.provider.calls.lock().expect("whole").len(), before + 1);
    world.provider.be(Mood::Honest);
    world.clock.pass(6_000);
    sign_in(&world).await.expect("it is back");
}

#[tokio::test]
async fn nobody_is_linked_by_a_name_or_a_mail_address() {
    let world = World::new();
    world.done("oidc.set", open_entry()).await;
    let robin = json!({"user": "robin", "role": "owner", "password": PASSWORD, "email": "robin@example.com"});
    world.done("user.create", robin).await;
    let fault = sign_in(&world).await.expect_err("is refused");
    assert!(fault.reason.contains("there is a user robin already, and it is not linked to you"), "{fault}");
    world.provider.claim(json!({"preferred_username": "kim", "email": "robin@example.com"}));
    let finished = sign_in(&world).await.expect("is let in");
    assert_eq!((&finished["user"], &finished["opened"]["role"]), (&json!("kim"), &json!("support")));
}

#[tokio::test]
async fn strangers_get_in_only_where_the_entry_says_so() {
    let world = World::new();
    world.done("oidc.set", entry()).await;
    let fault = sign_in(&world).await.expect_err("is refused");
    assert!(fault.reason.contains("nobody here is linked"), "{fault}");
    world.done("oidc.set", open_entry()).await;
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "robin");
    assert_eq!(sign_in(&world).await.expect("is known now")["user"], "robin");
    // Nobody knows a password of somebody who came so.
    for guess in ["", "no password", PASSWORD] {
        assert!(world.sign_in("robin", guess).await.is_err(), "{guess}");
    }
    world.provider.claim(json!({"sub": "2", "preferred_username": null}));
    let fault = sign_in(&world).await.expect_err("has no name");
    assert!(fault.reason.contains("did not tell a user name"), "{fault}");
    let mut by_mail = open_entry();
    by_mail["claim"] = json!("email");
    world.done("oidc.set", by_mail).await;
    world.provider.claim(json!({"sub": "3", "email_verified": false}));
    let fault = sign_in(&world).await.expect_err("is not verified");
    assert!(fault.reason.contains("a verified mail address"), "{fault}");
    world.provider.claim(json!({"sub": "4"}));
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "robin-example.com");
}

#[tokio::test]
async fn a_suspended_account_stays_shut() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.call(&acme, "oidc.set", entry()).await.expect("is set");
    world.done("brand.set", json!({"account": "acme", "host": "panel.example.com"})).await;
    let bound = json!({"user": "acme-kim", "name": "corp", "subject": "248289761001"});
    world.done("identity.bind", bound).await;
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "acme-kim");
    world.done("account.suspend", json!({"account": "acme"})).await;
    let fault = sign_in(&world).await.expect_err("is refused");
    assert!(fault.reason.contains("suspended"), "{fault}");
}

#[tokio::test]
async fn the_provider_of_a_reseller_speaks_for_its_own_tree_at_its_own_address() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    let mut own = entry();
    own["role"] = json!("account-manager");
    own["people_account"] = json!("acme-shop");
    world.call(&acme, "oidc.set", own.clone()).await.expect("is set");
    world.done("brand.set", json!({"account": "acme", "host": "panel.example.com"})).await;
    let offered = async |base: &str| {
        public(&world, "oidc.offered", json!({"base": base})).await.expect("is public")["items"].clone()
    };
    assert_eq!(offered(BASE).await, json!([{"name": "corp", "title": "Example Corp"}]));
    assert_eq!(offered("https://other.example:8443").await, json!([]));
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "acme-shop-robin");
    // Nobody outside the tree can be bound, and no role that the reseller may not give.
    for (who, allowed) in [("acme-shop-jo", true), ("zeta-kim", false)] {
        let bound = json!({"user": who, "name": "corp", "subject": format!("of {who}")});
        assert_eq!(world.call(&acme, "identity.bind", bound.clone()).await.is_ok(), allowed, "{who}");
        assert!(world.root("identity.bind", bound).await.is_err(), "{who} as root");
    }
    for (field, value) in [("role", "owner"), ("people_account", "zeta")] {
        let mut other = own.clone();
        other[field] = json!(value);
        assert!(world.call(&acme, "oidc.set", other).await.is_err(), "{field}");
    }
    let mut within = own;
    within["issuer"] = json!("http://127.0.0.1:5000");
    let fault = world.call(&acme, "oidc.set", within).await.expect_err("is refused");
    assert_eq!(fault.fields[0].field, "issuer");
}

#[tokio::test]
async fn nobody_below_claims_who_others_are_to_a_provider_above() {
    let world = World::new();
    world.done("oidc.set", entry()).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.session_in("acme", "acme-jo", Role::Reseller).await;
    let list = world.call(&acme, "identity.list", json!({})).await.expect("is seen");
    assert_eq!(list["items"][0]["name"], "corp", "it may be linked by its people themselves");
    let bound = json!({"user": "acme-jo", "name": "corp", "subject": "248289761001"});
    let fault = world.call(&acme, "identity.bind", bound.clone()).await.expect_err("is refused");
    assert_eq!(fault.code, FaultCode::Forbidden, "{fault}");
    world.done("identity.bind", bound).await;
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "acme-jo");
}

#[tokio::test]
async fn a_provider_that_was_changed_meanwhile_lets_nobody_in() {
    let world = World::new();
    world.done("oidc.set", open_entry()).await;
    let visit = Visit::begin(&world).await;
    world.done("oidc.remove", json!({"name": "corp"})).await;
    let fault = visit.finish(&world).await.expect_err("is gone");
    assert!(fault.reason.contains("changed or removed meanwhile"), "{fault}");
}

#[tokio::test]
async fn a_person_links_herself_with_proof_and_in_one_session() {
    let world = World::new();
    world.done("oidc.set", entry()).await;
    world.done("user.create", json!({"user": "kim", "role": "support", "password": PASSWORD})).await;
    let kim = world.sign_in("kim", PASSWORD).await.expect("signs in");
    let link = |current: Value| json!({"name": "corp", "base": BASE, "current": current});
    for wrong in [Value::Null, json!("not the password")] {
        let fault = world.call(&kim, "identity.link", link(wrong)).await.expect_err("no proof");
        assert_eq!(fault.fields[0].field, "current", "{fault}");
    }
    let begun = world.call(&kim, "identity.link", link(json!(PASSWORD))).await.expect("begins");
    let visit = Visit::of(&world, &begun);
    let finished = visit.finish(&world).await.expect("is linked");
    assert_eq!((&finished["user"], &finished["opened"]), (&json!("kim"), &Value::Null));
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "kim");
    let list = world.call(&kim, "identity.list", json!({})).await.expect("her own");
    assert_eq!(list["items"][0]["known_as"], "robin");

    // Another one cannot take the same, nor be two there.
    world.done("user.create", json!({"user": "sam", "role": "support", "password": PASSWORD})).await;
    let sam = world.sign_in("sam", PASSWORD).await.expect("signs in");
    let begun = world.call(&sam, "identity.link", link(json!(PASSWORD))).await.expect("begins");
    let fault = Visit::of(&world, &begun).finish(&world).await.expect_err("is taken");
    assert!(fault.reason.contains("linked to another user here"), "{fault}");
    world.provider.claim(json!({"sub": "2"}));
    let begun = world.call(&kim, "identity.link", link(json!(PASSWORD))).await.expect("begins");
    let fault = Visit::of(&world, &begun).finish(&world).await.expect_err("is linked already");
    assert!(fault.advice.contains("rackwright identity unlink corp"), "{fault}");

    // Whoever signed out in between makes no link.
    let begun = world.call(&sam, "identity.link", link(json!(PASSWORD))).await.expect("begins");
    let visit = Visit::of(&world, &begun);
    world.call(&sam, "session.close", json!({})).await.expect("signs out");
    let fault = visit.finish(&world).await.expect_err("is signed out");
    assert!(fault.reason.contains("signed out meanwhile"), "{fault}");

    world.call(&kim, "identity.unlink", json!({"name": "corp"})).await.expect("is unlinked");
    world.provider.claim(json!({}));
    assert!(sign_in(&world).await.is_err());
}

#[tokio::test]
async fn another_issuer_ends_the_links_and_is_not_shown_the_old_secret() {
    let world = linked().await;
    assert_eq!(world.done("oidc.show", json!({"name": "corp"})).await["linked"], 1);
    let mut same = entry();
    same.as_object_mut().expect("fields").remove("client_secret");
    same["title"] = json!("Corp");
    let shown = world.done("oidc.set", same.clone()).await;
    assert_eq!((&shown["linked"], &shown["secret"]), (&json!(1), &json!(true)));
    assert_eq!(sign_in(&world).await.expect("is let in")["user"], "robin");
    let moved = world.refused("oidc.set", {
        let mut moved = same;
        moved["issuer"] = json!("https://login.example.com/");
        moved
    });
    let fault = moved.await;
    assert!(fault.to_string().contains("login.example.com"), "{fault}");
    let stored = world.done("audit.list", json!({})).await.to_string();
    assert!(!stored.contains("hush-hush-hush"), "the secret is on record");
}

#[tokio::test]
async fn a_provider_is_asked_before_it_is_taken() {
    let world = World::new();
    world.provider.be(Mood::Fails(Failure::Unreachable));
    let fault = world.refused("oidc.set", entry()).await;
    assert!(fault.reason.contains("nobody is there"), "the owner is told the details: {fault}");
    for issuer in
        ["http://login.example.com", "https://me@login.example.com", "https://login.example.com?x=1"]
    {
        let mut bad = entry();
        bad["issuer"] = json!(issuer);
        assert_eq!(world.refused("oidc.set", bad).await.fields[0].field, "issuer", "{issuer}");
    }
    assert_eq!(world.done("oidc.list", json!({})).await["items"], json!([]));
}
