//! Every action, every role, every door, and on whose thing it is done. What must come of it is read from the table of the
//! domain's own tests; the cases are made from the catalogue.

mod rights;
mod things;

use std::sync::atomic::{AtomicU32, Ordering};

use rackwright_catalog::{ENTRIES, Entry, Role, entry};
use rackwright_domain::secret::fingerprint;
use rackwright_model::Scope;
use rackwright_store::person::person_named;
use rackwright_store::token::{TokenRow, token_insert};
use serde_json::{Value, json};

use crate::center::{Center, bearer};
use crate::door::{Answer, Door, Outcome, act_path};
use crate::support::START;
use crate::support::table::PUBLIC;
use rights::{FOR_OTHERS, ONLY_BELOW, grants, grants_for_others};
use things::{Home, Whose, missing, naming, plant, with};

/// Every action that needs a session.
fn entries() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(|entry| !PUBLIC.contains(&entry.spec.name))
}

/// The sample, without what would make the caller wait.
fn sample(entry: &Entry) -> Value {
    let mut input = (entry.sample_input)();
    if input.get("wait_s").is_some() {
        input["wait_s"] = json!(0);
    }
    if entry.spec.name == "oidc.set" {
        // The same name is not taken above and below of what was made in the turn before.
        static MADE: AtomicU32 = AtomicU32::new(0);
        input["name"] = json!(format!("corp-{}", MADE.fetch_add(1, Ordering::Relaxed)));
    }
    input
}

/// A fresh session: some actions end the one that they are called with.
async fn session(center: &Center, role: Role) -> String {
    bearer(&center.world.session(role).await).to_owned()
}

/// An API token of somebody with this role, which is not limited to anything.
async fn token(center: &Center, role: Role) -> String {
    center.world.session(role).await;
    let token = format!("rwt_{}", role.word());
    let hash = fingerprint(&token);
    center
        .world
        .write(move |tx| {
            let person = person_named(tx, &Scope::everything(), role.word())?.expect("has a session").id;
            let name = "all".parse().expect("a name");
            let expires_at = START.plus(i64::from(i32::MAX));
            let row =
                TokenRow { name, person, permissions: None, created_at: START, expires_at, used_at: None };
            Ok(token_insert(tx, &hash, &row)?)
        })
        .await;
    token
}

/// Actions that name nothing of anybody: the role alone decides.
async fn the_role_decides(door: Door) {
    let center = Center::start();
    for entry in entries().filter(|entry| naming(entry).is_empty()) {
        for role in Role::ALL {
            let session = session(&center, role).await;
            let answer = door.call(&center, &session, entry, &sample(entry)).await;
            let stopped = matches!(answer.outcome, Outcome::Forbidden | Outcome::NotSignedIn);
            let granted = grants(entry.spec.name, role);
            assert_eq!(!stopped, granted, "{door:?} {} as {}: {answer:?}", entry.spec.name, role.word());
        }
    }
}

/// One action with one of its fields that name things of somebody, for one role.
struct Case {
    door: Door,
    entry: &'static Entry,
    field: String,
    list: &'static str,
    role: Role,
}

impl Case {
    /// The answer when the field names this, and the name blotted out.
    async fn answer(&self, center: &Center, name: &Value) -> Answer {
        let home = Home::of(self.role);
        let mut input = sample(self.entry);
        // The other names must be good ones.
        for (field, list) in naming(self.entry).into_iter().filter(|(field, _)| *field != self.field) {
            if !input[&field].is_null() {
                let other = plant(center, list, &home, Whose::Own).await;
                input = with(&input, &field, &other);
            }
        }
        let input = with(&input, &self.field, name);
        let session = session(center, self.role).await;
        let answer = self.door.call(center, &session, self.entry, &input).await;
        Answer { said: things::blotted(&answer.said, &input), ..answer }
    }

    fn granted(&self, whose: Whose) -> bool {
        let action = self.entry.spec.name;
        let somebody_else = self.list == "user.list";
        let at_all =
            if somebody_else { grants_for_others(action, self.role) } else { grants(action, self.role) };
        at_all && !(whose == Whose::Own && ONLY_BELOW.contains(&action))
    }

    async fn holds(&self, center: &Center) -> usize {
        let home = Home::of(self.role);
        let mut places = home.places();
        let mut unknown = None;
        if places.iter().any(|whose| self.granted(*whose)) {
            unknown = Some(self.answer(center, &missing(self.list)).await);
        } else {
            // Whoever may not do it at all is refused before anything is looked up: one's own stands for all.
            places.truncate(1);
        }
        for whose in &places {
            let name = plant(center, self.list, &home, *whose).await;
            let answer = self.answer(center, &name).await;
            let what = format!(
                "{:?} {} {}={name} ({whose:?}) as {}: {answer:?}, of a missing one: {unknown:?}",
                self.door,
                self.entry.spec.name,
                self.field,
                self.role.word()
            );
            // Whoever works in one private server has no others, not even those of the own account, and no servers.
            let is_foreign = whose.is_foreign()
                || (self.role.is_of_one_private_server()
                    && ["server.list", "private-server.list"].contains(&self.list));
            match (self.granted(*whose), is_foreign) {
                (true, true) => assert_eq!(Some(&answer), unknown.as_ref(), "{what}"),
                (true, false) => {
                    assert!(!matches!(answer.outcome, Outcome::Forbidden | Outcome::NotSignedIn), "{what}");
                    assert_ne!(Some(&answer), unknown.as_ref(), "{what}");
                }
                (false, _) => assert_eq!(answer.outcome, Outcome::Forbidden, "{what}"),
            }
        }
        places.len()
    }
}

/// Actions that name something of somebody: own and below is worked on, all else is as if it were not there.
async fn the_owner_decides(door: Door) {
    let center = Center::start();
    let mut cases = 0;
    for entry in entries() {
        for (field, list) in naming(entry) {
            for role in Role::ALL {
                let case = Case { door, entry, field: field.clone(), list, role };
                cases += case.holds(&center).await;
            }
        }
    }
    assert!(cases > 500, "only {cases} cases were made from the catalogue");
}

macro_rules! through {
    ($($name:ident $door:expr),+ $(,)?) => {
        $(mod $name {
            #[tokio::test]
            async fn the_role_decides() {
                super::the_role_decides($door).await;
            }

            #[tokio::test]
            async fn the_owner_decides() {
                super::the_owner_decides($door).await;
            }
        })+
    };
}

through! {
    api crate::door::Door::Api,
    command crate::door::Door::Command,
    panel crate::door::Door::Panel,
}

#[tokio::test]
async fn a_token_opens_what_its_owners_role_opens() {
    for role in Role::ALL {
        let center = Center::start();
        let token = token(&center, role).await;
        // The last one takes the token away.
        for entry in entries().filter(|entry| entry.spec.name != "token.revoke") {
            let answer = Door::Api.call(&center, &token, entry, &sample(entry)).await;
            let stopped = matches!(answer.outcome, Outcome::Forbidden | Outcome::NotSignedIn);
            let names_somebody = naming(entry).iter().any(|(_, list)| *list == "user.list");
            let granted = grants(entry.spec.name, role);
            let what = format!("{} by a token of {}: {answer:?}", entry.spec.name, role.word());
            assert!(granted != stopped || (granted && names_somebody), "{what}");
        }
    }
}

#[tokio::test]
async fn a_form_is_shown_to_whoever_may_send_it() {
    let center = Center::start();
    for role in Role::ALL {
        let session = session(&center, role).await;
        for entry in entries().filter(|entry| entry.spec.name != "session.close") {
            let page = center.front.open(&session, &act_path(entry), true).await;
            let granted = grants(entry.spec.name, role);
            let what = format!("{} as {}: {} {}", entry.spec.name, role.word(), page.status, page.text);
            assert_eq!(page.status, if granted { 200 } else { 403 }, "{what}");
            if !entry.spec.only_looks() {
                assert_eq!(page.text.contains("id=\"submit\""), granted, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_through_a_door() {
    let center = Center::start();
    for entry in entries() {
        for door in [Door::Api, Door::Command, Door::Panel] {
            let answer = door.call(&center, "rws_of_nobody", entry, &sample(entry)).await;
            let led_away = door == Door::Panel && answer.outcome == Outcome::Heard && answer.said == "done";
            let stopped = answer.outcome == Outcome::NotSignedIn || led_away;
            assert!(stopped, "{door:?} {}: {answer:?}", entry.spec.name);
        }
    }
    let rows = center.world.done("audit.list", json!({})).await;
    assert_eq!(rows["items"], json!([]), "nothing was done");
}

#[test]
fn every_action_has_its_row() {
    for entry in entries() {
        grants(entry.spec.name, Role::Owner);
    }
    for action in FOR_OTHERS.iter().chain(ONLY_BELOW) {
        let entry = entry(action).unwrap_or_else(|| panic!("{action} is no action"));
        assert!(naming(entry).iter().any(|(_, list)| *list == "user.list"), "{action} names nobody");
    }
}
