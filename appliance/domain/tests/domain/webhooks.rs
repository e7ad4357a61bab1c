//! Webhooks: who is told what, in which order, and what becomes of receivers that do not listen.

mod private_servers;

use std::sync::Arc;
use std::time::Duration;

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::ports::Parcel;
use rackwright_domain::secret::{SecretKey, signature};
use rackwright_domain::{Credential, Domain, reconcile};
use rackwright_model::{Scope, WebhookId};
use rackwright_store::Store;
use rackwright_store::account::account_named;
use rackwright_store::server::{server_insert, server_set_account};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{START, World, tree};

const URL: &str = "https://hooks.example.com/a";
const HOUR_MS: i64 = 3_600_000;
const LIMIT: Duration = Duration::from_secs(30);

/// The reconcilers, for as long as this is held.
struct Running(JoinHandle<()>);

impl Running {
    fn on(world: &World) -> Self {
        Self(tokio::spawn(reconcile::run(Arc::clone(&world.domain))))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl World {
    /// A webhook of whoever calls; its number.
    pub async fn hook(&self, credential: &Credential, events: &[&str]) -> i64 {
        let input = json!({"receiver": URL, "events": events, "secret": "0123456789abcdef"});
        let made = self.call(credential, "webhook.create", input).await.expect("is made");
        made["webhook"].as_i64().expect("a number")
    }

    /// A server that belongs to an account of the tree.
    async fn server_of(&self, account: &'static str, name: &'static str) {
        self.write(move |tx| {
            let account = tree::grow(tx, &account.parse().expect("a name"))?;
            let server = server_insert(tx, &name.parse().expect("a name"), true, &[], START)?;
            Ok(server_set_account(tx, server, account)?)
        })
        .await;
    }

    /// What a webhook was told or is to be told, oldest first.
    pub async fn queue(&self, webhook: i64) -> Vec<Value> {
        let list =
            self.done("delivery.list", json!({"webhook": webhook, "order": "ascending", "limit": 500})).await;
        let mut shown = Vec::new();
        for item in list["items"].as_array().expect("a list") {
            shown.push(self.done("delivery.show", json!({"delivery": item["id"]})).await);
        }
        shown
    }

    pub async fn events(&self, webhook: i64) -> Vec<String> {
        let text = |row: &Value| row["event"].as_str().expect("an event").to_owned();
        self.queue(webhook).await.iter().map(text).collect()
    }

    /// Wait until this many parcels were sent.
    async fn sends(&self, count: usize) -> Vec<Parcel> {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            let parcels = self.courier.parcels();
            if parcels.len() >= count {
                return parcels;
            }
            assert!(tokio::time::Instant::now() < end, "waited for {count} parcels: {parcels:?}");
            self.domain.changed.notify_waiters();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Wait until the newest attempt at the oldest event that was not accepted has this many attempts.
    async fn webhook_becomes(&self, webhook: i64, field: &str, value: Value) -> Value {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            let shown = self.done("webhook.show", json!({"webhook": webhook})).await;
            if shown[field] == value {
                return shown;
            }
            assert!(tokio::time::Instant::now() < end, "waited for {field} = {value}: {shown}");
            self.domain.changed.notify_waiters();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn body(parcel: &Parcel) -> Value {
    serde_json::from_str(&parcel.body).expect("JSON")
}

fn header<'a>(parcel: &'a Parcel, name: &str) -> &'a str {
    parcel.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str()).expect("the header")
}

#[tokio::test]
async fn every_change_is_told_signed_and_in_order() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &[]).await;
    let running = Running::on(&world);
    for name in ["a1", "a2", "a3"] {
        world.done("rack.create", json!({"name": name})).await;
    }
    world.refused("rack.create", json!({"name": "a1"})).await;
    world.done("rack.list", json!({})).await;
    world.webhook_becomes(hook, "waiting", json!(0)).await;
    let parcels = world.sends(4).await;
    let told: Vec<Value> = parcels.iter().map(body).collect();
    let events: Vec<&str> = told.iter().filter_map(|body| body["event"].as_str()).collect();
    assert_eq!(events, ["webhook.create", "rack.create", "rack.create", "rack.create"]);
    let racks: Vec<&Value> = told[1..].iter().map(|body| &body["object"]["name"]).collect();
    assert_eq!(racks, ["a1", "a2", "a3"]);
    let trail = world.done("audit.list", json!({"action": "rack.create"})).await;
    assert_eq!(told[3]["audit"], trail["items"][1]["id"], "the newest row is the refusal");
    for part in ["actor", "by", "account", "result", "at"] {
        assert!(!told[1][part].is_null(), "{part} of {}", told[1]);
    }
    assert!(!parcels[0].body.contains("0123456789abcdef"), "{}", parcels[0].body);
    for parcel in &parcels {
        let signed = header(parcel, "rackwright-signature");
        let (time, mac) =
            signed.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).expect("its form");
        assert_eq!(mac, signature("0123456789abcdef", &format!("{time}.{}", parcel.body)));
        assert_eq!(header(parcel, "rackwright-event"), body(parcel)["event"].as_str().expect("an event"));
        assert_eq!(header(parcel, "rackwright-delivery"), body(parcel)["id"].to_string());
    }
    drop(running);
}

#[tokio::test]
async fn a_webhook_hears_the_events_that_it_names() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &["rack.rename", "network.*"]).await;
    world.done("rack.create", json!({"name": "a1"})).await;
    world.done("rack.rename", json!({"rack": "a1", "name": "a2"})).await;
    world.done("network.set", json!({"name": "n", "cidr": "10.77.0.0/24", "pool_first": "10.77.0.50", "pool_last": "10.77.0.60"})).await;
    assert_eq!(world.events(hook).await, ["rack.rename", "network.set"]);
    for bad in ["rack.renamed", "rack*", "no.*", ""] {
        let fault =
            world.refused("webhook.create", json!({"receiver": URL, "events": ["rack.*", bad]})).await;
        assert_eq!(
            (fault.code, fault.fields[0].field.as_str()),
            (FaultCode::InvalidInput, "events.1"),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn an_account_and_those_above_hear_what_its_people_do_and_nobody_beside() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let shop = world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let zeta = world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    let mut hooks = Vec::new();
    for credential in [&Credential::LocalRoot, &acme, &shop, &zeta] {
        hooks.push(world.hook(credential, &["user.*", "account.*"]).await);
    }
    let change = json!({"user": "acme-shop-jo", "email": "jo@example.com"});
    world.call(&acme, "user.change", change).await.expect("is changed");
    let of = async |at: usize| world.queue(hooks[at]).await;
    for above in [0, 1] {
        let told = &of(above).await[0]["body"];
        assert_eq!((&told["actor"], &told["input"]["email"]), (&json!("acme-kim"), &json!("jo@example.com")));
    }
    // Its owner may know that it happened, and to whom, but not what stands in a row that it may not read.
    let told = &of(2).await[0]["body"];
    assert_eq!(told["object"], json!({"user": "acme-shop-jo"}));
    assert_eq!((&told["event"], &told["account"]), (&json!("user.change"), &json!("acme-shop")));
    assert!(["actor", "by", "behind", "input", "audit"].iter().all(|part| told[part].is_null()), "{told}");
    assert_eq!(of(3).await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_owner_learns_nothing_of_the_next_owner() {
    let world = World::new();
    world.server_of("acme", "on-acme").await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let zeta = world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    let (before, after) = (world.hook(&acme, &[]).await, world.hook(&zeta, &["server.*"]).await);
    world.done("server.assign", json!({"server": "on-acme", "account": "zeta"})).await;
    let told = world.queue(before).await.last().expect("is told")["body"].clone();
    assert_eq!((&told["event"], &told["object"]), (&json!("server.assign"), &json!({"server": "on-acme"})));
    assert!(!told.to_string().contains("zeta"), "{told}");
    let told = &world.queue(after).await[0]["body"];
    assert_eq!(told["object"], json!({"server": "on-acme", "account": "zeta"}));
    assert!(!told.to_string().contains("\"acme\""), "{told}");
    world.done("server.rename", json!({"server": "on-acme", "name": "web"})).await;
    assert_eq!(world.events(before).await.last().map(String::as_str), Some("server.assign"));
    assert_eq!(world.events(after).await, ["server.assign", "server.rename"]);
}

#[tokio::test]
async fn the_suspended_hear_nothing() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let hook = world.hook(&acme, &["account.*"]).await;
    world.done("account.suspend", json!({"account": "acme"})).await;
    world.done("account.rename", json!({"account": "acme", "title": "Acme"})).await;
    assert_eq!(world.events(hook).await, Vec::<String>::new());
    world.done("account.resume", json!({"account": "acme"})).await;
    assert_eq!(world.events(hook).await, ["account.resume"]);
}

#[tokio::test]
async fn what_happens_by_itself_is_told_to_the_owner() {
    let world = World::new();
    world.server_of("acme", "web").await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let hook = world.hook(&acme, &["server.unreachable", "server.online"]).await;
    world
        .write(|tx| {
            let server = rackwright_store::server::server_named(
                tx,
                &Scope::everything(),
                &"web".parse().expect("a name"),
            )?;
            let id = server.expect("is there").id;
            Ok(rackwright_store::server::server_set_state(
                tx,
                id,
                rackwright_model::ServerState::Online,
                None,
            )?)
        })
        .await;
    world.clock.pass(20_000);
    let _running = Running::on(&world);
    let told = body(&world.sends(1).await[0]);
    assert_eq!((&told["event"], &told["object"]), (&json!("server.unreachable"), &json!({"server": "web"})));
    assert!(told["reason"].as_str().is_some_and(|reason| reason.contains("Neither")), "{told}");
    assert_eq!(world.events(hook).await, ["server.unreachable"]);
}

#[tokio::test]
async fn a_killed_control_center_loses_no_event() {
    let mut world = World::new();
    world.hook(&Credential::LocalRoot, &["rack.*"]).await;
    for name in ["a1", "a2"] {
        world.done("rack.create", json!({"name": name})).await;
    }
    let store = Store::open(&world.directory.path().join("rackwright.db")).expect("opens again");
    let (ports, site) = (world.domain.ports.clone(), world.domain.site.clone());
    world.domain = Arc::new(Domain::new(store, site, ports, SecretKey::new(&[7; SecretKey::LEN])));
    let _running = Running::on(&world);
    let racks: Vec<Value> =
        world.sends(2).await.iter().map(|parcel| body(parcel)["object"]["name"].clone()).collect();
    assert_eq!(racks, ["a1", "a2"]);
}

#[tokio::test]
async fn what_is_not_accepted_is_tried_again_under_the_same_number_and_holds_the_next_back() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &["rack.*"]).await;
    world.courier.next(Err("10.0.0.1 took no connection within 5 s"));
    world.courier.next(Ok(302));
    world.done("rack.create", json!({"name": "a1"})).await;
    world.done("rack.create", json!({"name": "a2"})).await;
    let _running = Running::on(&world);
    world.sends(1).await;
    for (sent, word) in [(1, "took no connection"), (2, "redirects are not followed")] {
        let end = tokio::time::Instant::now() + LIMIT;
        let row = loop {
            let row = world.queue(hook).await[0].clone();
            if row["attempts"] == sent {
                break row;
            }
            assert!(tokio::time::Instant::now() < end, "{row}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        assert!(row["reason"].as_str().is_some_and(|reason| reason.contains(word)), "{row}");
        assert!(row["next_at"].as_i64() > Some(world.domain.now().0), "{row}");
        assert_eq!(world.courier.parcels().len(), sent, "the second waits behind the first");
        world.clock.pass(60_000);
        world.sends(sent + 1).await;
    }
    world.webhook_becomes(hook, "waiting", json!(0)).await;
    let ids: Vec<Value> = world.courier.parcels().iter().map(|parcel| body(parcel)["id"].clone()).collect();
    assert_eq!(ids[0], ids[2]);
    assert!(ids[3].as_i64() > ids[2].as_i64(), "{ids:?}");
}

#[tokio::test]
async fn a_receiver_that_fails_for_a_day_is_paused_and_resumed_by_a_person() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &["rack.*"]).await;
    for name in ["a1", "a2", "a3", "a4"] {
        world.done("rack.create", json!({"name": name})).await;
    }
    world.courier.always(500);
    let running = Running::on(&world);
    let end = tokio::time::Instant::now() + LIMIT;
    let paused = loop {
        let shown = world.done("webhook.show", json!({"webhook": hook})).await;
        if shown["state"] == "paused" {
            break shown;
        }
        assert!(tokio::time::Instant::now() < end, "{shown}");
        world.clock.pass(HOUR_MS);
        world.domain.changed.notify_waiters();
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(
        paused["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("3 events in a row") && reason.contains("500")),
        "{paused}"
    );
    let states: Vec<Value> = world.queue(hook).await.iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["given-up", "given-up", "given-up", "waiting"]);
    // What happens while it is paused waits.
    world.done("rack.create", json!({"name": "a5"})).await;
    world.courier.always(204);
    let before = world.courier.parcels().len();
    world.done("webhook.resume", json!({"webhook": hook})).await;
    world.webhook_becomes(hook, "waiting", json!(0)).await;
    let told: Vec<Value> = world.courier.parcels()[before..]
        .iter()
        .map(|parcel| body(parcel)["object"]["name"].clone())
        .collect();
    assert_eq!(told, ["a4", "a5"]);
    assert_eq!(world.refused("webhook.resume", json!({"webhook": hook})).await.code, FaultCode::Conflict);
    // What was given up is sent by hand.
    let first = world.queue(hook).await[0]["id"].clone();
    world.done("delivery.redeliver", json!({"delivery": first})).await;
    world.webhook_becomes(hook, "waiting", json!(0)).await;
    assert_eq!(world.queue(hook).await[0]["state"], "delivered");
    drop(running);
}

#[tokio::test]
async fn a_test_says_what_the_receiver_answered() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &["*"]).await;
    let tested = world.done("webhook.test", json!({"webhook": hook})).await;
    assert_eq!(tested["code"], 204);
    let parcel = world.courier.parcels().pop().expect("is sent");
    assert_eq!(header(&parcel, "rackwright-event"), "webhook.test");
    world.courier.next(Ok(500));
    let fault = world.refused("webhook.test", json!({"webhook": hook})).await;
    assert_eq!(fault.code, FaultCode::Unavailable);
    assert!(fault.reason.contains("500"), "{fault}");
    let tests: Vec<Value> =
        world.queue(hook).await.into_iter().filter(|row| row["event"] == "webhook.test").collect();
    let states: Vec<&Value> = tests.iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["delivered", "given-up"], "each is told once");
    assert_eq!((&tests[1]["code"], &tests[1]["attempts"]), (&json!(500), &json!(1)));
}

#[tokio::test]
async fn addresses_inside_are_for_the_provider_alone_and_only_where_opened() {
    let world = World::new();
    world.done("network.set", json!({"name": "n", "cidr": "93.77.0.0/24", "pool_first": "93.77.0.50", "pool_last": "93.77.0.60"})).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let make =
        async |who: &Credential, url: &str| world.call(who, "webhook.create", json!({"receiver": url})).await;
    for url in [
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://93.77.0.9/",
    ] {
        let fault = make(&acme, url).await.expect_err("inside");
        assert_eq!(
            (fault.code, fault.fields[0].field.as_str()),
            (FaultCode::InvalidInput, "receiver"),
            "{url}"
        );
        let opened = url.contains("127.0.0.1");
        assert_eq!(make(&Credential::LocalRoot, url).await.is_ok(), opened, "{url}");
    }
    // What a name stands for is judged when it is called: the limits go with the parcel.
    let hook = make(&acme, "https://localhost/").await.expect("a name")["webhook"].clone();
    world.call(&acme, "webhook.test", json!({"webhook": hook})).await.expect("the fake does not look");
    let reach = world.courier.parcels().pop().expect("is sent").reach;
    assert!(reach.opened.is_empty() && reach.closed.len() == 1, "{reach:?}");
    // A webhook below the provider stays there, whoever makes it.
    let below = json!({"receiver": "http://127.0.0.1/", "account": "acme"});
    assert_eq!(world.refused("webhook.create", below).await.code, FaultCode::InvalidInput);
}

#[tokio::test]
async fn an_account_has_so_many_and_takes_them_along() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    for _ in 0..20 {
        world.hook(&acme, &["rack.*"]).await;
    }
    let fault = world.call(&acme, "webhook.create", json!({"receiver": URL})).await.expect_err("enough");
    assert!(fault.code == FaultCode::Conflict && fault.reason.contains("20"), "{fault}");
    world.done("account.remove", json!({"account": "acme", "confirm": "acme"})).await;
    assert_eq!(world.done("webhook.list", json!({})).await["items"], json!([]));
    let gone =
        world.read(|tx| Ok(account_named(tx, &Scope::everything(), &"acme".parse().expect("a name"))?)).await;
    assert_eq!(gone, None);
}

#[tokio::test]
async fn old_news_is_forgotten() {
    let world = World::new();
    let hook = world.hook(&Credential::LocalRoot, &["rack.*"]).await;
    world.done("rack.create", json!({"name": "a1"})).await;
    let running = Running::on(&world);
    world.webhook_becomes(hook, "waiting", json!(0)).await;
    drop(running);
    world.clock.pass(29 * 24 * HOUR_MS);
    world.done("rack.create", json!({"name": "a2"})).await;
    world.domain.forget().await.expect("forgets");
    assert_eq!(world.queue(hook).await.len(), 2);
    world.clock.pass(2 * 24 * HOUR_MS);
    world.domain.forget().await.expect("forgets");
    assert_eq!(world.queue(hook).await.len(), 1, "what waits is not forgotten");
    // Unless nobody resumes a webhook that is paused.
    let now = world.domain.now();
    world
        .write(move |tx| {
            Ok(rackwright_store::webhook::webhook_pause(tx, WebhookId(hook), now, "It failed.")?)
        })
        .await;
    world.domain.forget().await.expect("forgets");
    let row = world.queue(hook).await[0].clone();
    assert_eq!((&row["state"], &row["attempts"]), (&json!("given-up"), &json!(0)));
    assert_eq!(row["reason"], "The webhook was paused for a day.");
}
