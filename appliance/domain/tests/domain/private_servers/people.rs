//! Work inside private servers, and the people who have a role in one.

use std::time::Duration;

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_domain::Credential;
use rackwright_model::private_server::inside::{Answer, Changed, FailureKind, Service, Work, WorkFailure};
use rackwright_proto::{FromMachine, Inside, InsideDone, ToMachine};
use serde_json::{Value, json};

use super::inside::{rented, running};
use crate::support::{Sent, World};

/// The next piece of work that the agent is told of.
async fn asked(world: &World) -> Inside {
    for _ in 0..500 {
        for sent in world.machines.take_sent() {
            if let Sent::ToAgent(_, ToMachine::Inside(inside)) = sent {
                return inside;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was asked");
}

/// What comes of an action when the agent answers so; and what it was asked.
async fn answered(
    world: &World,
    session: &Credential,
    (action, input): (&str, Value),
    result: Result<Answer, WorkFailure>,
) -> (Result<Value, Fault>, Inside) {
    let host = world.domain.presence.connected_servers()[0];
    let agent = async {
        let inside = asked(world).await;
        world.says(host, FromMachine::Inside(InsideDone { ask: inside.ask, result })).await;
        inside
    };
    tokio::join!(world.call(session, action, input), agent)
}

fn files() -> (&'static str, Value) {
    ("private-server.file-list", json!({"private_server": "web1", "path": "/srv"}))
}

fn page() -> Answer {
    serde_json::from_value(json!({"came": "page", "with": {
        "items": [{
            "name": "a\u{1b}[31m\u{202e}b", "odd": false, "kind": "file", "bytes": 3, "mode": "0644", "uid": 0, "gid": 0,
            "owner": "root", "group": null, "modified_at": 0, "target": null, "version": "1",
        }],
        "next": null, "cut": false,
    }}))
    .expect("an answer")
}

#[tokio::test]
async fn what_is_inside_is_answered_without_what_a_terminal_would_obey() {
    let (world, host) = running().await;
    let owner = world.session(Role::Owner).await;
    let (result, inside) = answered(&world, &owner, files(), Ok(page())).await;
    assert_eq!(inside.login, None);
    assert!(matches!(inside.work, Work::List { path, .. } if path.as_str() == "/srv"));
    assert_eq!(result.expect("is listed")["items"][0]["name"], "a\u{fffd}[31m\u{fffd}b");
    // An answer of another server is none, and one to a question that nobody asked neither.
    world.says(host, FromMachine::Inside(InsideDone { ask: inside.ask, result: Ok(page()) })).await;
    let (result, _) = answered(&world, &owner, files(), Ok(Answer::Done)).await;
    assert_eq!(result.expect_err("no answer to this").code, FaultCode::Unavailable);
}

/// Somebody asks for something and hangs up: its number.
async fn left(world: &World, who: &Credential) -> u64 {
    let (action, input) = files();
    tokio::select! {
        result = world.call(who, action, input) => panic!("it ended: {result:?}"),
        inside = asked(world) => inside.ask,
    }
}

#[tokio::test]
async fn one_account_asks_for_six_things_at_once_and_the_provider_gets_in() {
    let (world, host) = rented().await;
    let mut asks = Vec::new();
    for person in ["ann", "bob", "cay", "dan", "fay", "gus"] {
        let session = world.session_in("acme-shop", person, Role::AccountManager).await;
        asks.push(left(&world, &session).await);
    }
    let eve = world.session_in("acme-shop", "eve", Role::AccountManager).await;
    let (action, input) = files();
    let fault = world.call(&eve, action, input).await.expect_err("one too many");
    assert_eq!(fault.reason, "6 things inside private servers of account acme-shop are not done yet");
    let owner = world.session(Role::Owner).await;
    let (result, _) = answered(&world, &owner, files(), Ok(page())).await;
    result.expect("is listed");
    world.says(host, FromMachine::Inside(InsideDone { ask: asks[0], result: Ok(page()) })).await;
    let (result, _) = answered(&world, &eve, files(), Ok(page())).await;
    result.expect("is listed");
}

#[tokio::test]
async fn why_it_was_not_done_is_said_with_what_to_do() {
    let (world, host) = running().await;
    let owner = world.session(Role::Owner).await;
    for (kind, code) in [
        (FailureKind::Missing, FaultCode::NotFound),
        (FailureKind::Exists, FaultCode::Conflict),
        (FailureKind::Full, FaultCode::Conflict),
        (FailureKind::Late, FaultCode::TimedOut),
        (FailureKind::Busy, FaultCode::Unavailable),
    ] {
        let failure = WorkFailure::new(kind, "srv is as it is\u{1b}");
        let (result, _) = answered(&world, &owner, files(), Err(failure)).await;
        let fault = result.expect_err("was not done");
        assert_eq!((fault.code, fault.reason.as_str()), (code, "srv is as it is "), "{kind:?}");
    }
    let leaves = async {
        asked(&world).await;
        world.domain.agent_gone(host).await;
    };
    let (action, input) = files();
    let (result, ()) = tokio::join!(world.call(&owner, action, input), leaves);
    assert_eq!(result.expect_err("gone").code, FaultCode::Unavailable);
}

#[tokio::test]
async fn how_many_files_were_changed_is_said_and_an_agent_that_changed_only_one_is_found_out() {
    let (world, _) = running().await;
    let owner = world.session(Role::Owner).await;
    let Answer::Page(page) = page() else { panic!("a page") };
    let entry = page.items.into_iter().next().expect("an entry");
    let permit = |recursive: bool| {
        let input = json!({"private_server": "web1", "path": "/srv", "mode": "750", "recursive": recursive});
        ("private-server.file-permit", input)
    };
    let many = Answer::Changed(Changed { entry: entry.clone(), count: 13 });
    let (result, inside) = answered(&world, &owner, permit(true), Ok(many.clone())).await;
    assert!(matches!(inside.work, Work::Permit { mode: 0o750, all: true, .. }));
    let said = result.expect("is changed");
    assert_eq!((&said["changed"], &said["mode"]), (&json!(13), &json!("0644")));
    assert_eq!(said["message"], "13 files and folders are changed, /srv among them.");
    let (result, _) = answered(&world, &owner, permit(false), Ok(Answer::Entry(entry.clone()))).await;
    assert_eq!(result.expect("is changed")["message"], "/srv is changed.");
    for (recursive, answer) in [(true, Answer::Entry(entry)), (false, many)] {
        let (result, _) = answered(&world, &owner, permit(recursive), Ok(answer)).await;
        assert_eq!(result.expect_err("another answer").code, FaultCode::Unavailable);
    }
}

#[tokio::test]
async fn an_upload_is_told_where_to_go_on_and_its_pieces_are_on_no_record() {
    let (world, _) = running().await;
    let owner = world.session(Role::Owner).await;
    let piece = json!({
        "private_server": "web1", "path": "/srv/a", "upload": "0123456789abcdef", "offset": 9, "base64": "c2VjcmV0",
    });
    let elsewhere =
        WorkFailure { at: Some(6), ..WorkFailure::new(FailureKind::Elsewhere, "6 bytes of it are there") };
    let write = ("private-server.file-write", piece.clone());
    let (result, _) = answered(&world, &owner, write.clone(), Err(elsewhere)).await;
    assert_eq!(result, Ok(json!({"bytes": 6, "taken": false})));
    let (result, _) = answered(&world, &owner, write, Ok(Answer::Written(15))).await;
    assert_eq!(result, Ok(json!({"bytes": 15, "taken": true})));
    let mut finish = piece;
    let fields = finish.as_object_mut().expect("an object");
    fields.retain(|name, _| name != "offset" && name != "base64");
    fields.insert("bytes".to_owned(), json!(15));
    let changed = WorkFailure::new(FailureKind::Changed, "a was changed since it was read");
    let (result, _) = answered(&world, &owner, ("private-server.file-finish", finish), Err(changed)).await;
    assert_eq!(result.expect_err("changed").code, FaultCode::Conflict);
    let audit = world.done("audit.list", json!({})).await.to_string();
    assert!(audit.contains("private-server.file-finish"), "{audit}");
    assert!(!audit.contains("file-write") && !audit.contains("c2VjcmV0"), "{audit}");
}

#[tokio::test]
async fn what_would_be_destroyed_is_confirmed_first() {
    let (world, _) = running().await;
    for (action, mut input, name) in [
        ("private-server.file-remove", json!({"private_server": "web1", "path": "/srv/www"}), "www"),
        ("private-server.login-remove", json!({"private_server": "web1", "login": "bob"}), "bob"),
    ] {
        let fault = world.refused(action, input.clone()).await;
        assert_eq!(fault.code, FaultCode::ConfirmationNeeded, "{action}");
        input["confirm"] = json!(name);
        let owner = world.session(Role::Owner).await;
        let (result, _) = answered(&world, &owner, (action, input), Ok(Answer::Done)).await;
        result.expect("is done");
    }
    let top =
        world.refused("private-server.file-remove", json!({"private_server": "web1", "path": "/"})).await;
    assert_eq!((top.code, top.fields[0].field.as_str()), (FaultCode::InvalidInput, "path"));
    for (action, input, field) in [
        ("private-server.file-show", json!({"private_server": "web1", "path": "/a/../b"}), "path"),
        (
            "private-server.service-do",
            json!({"private_server": "web1", "service": "-x.service", "deed": "stop"}),
            "service",
        ),
        (
            "private-server.login-password",
            json!({"private_server": "web1", "login": "Bob", "password": "0123456789"}),
            "login",
        ),
        (
            "private-server.login-password",
            json!({"private_server": "web1", "login": "bob", "password": "01234\n56789"}),
            "password",
        ),
    ] {
        let fault = world.refused(action, input).await;
        let named: Vec<_> = fault.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!((fault.code, named), (FaultCode::InvalidInput, vec![field]), "{action}");
    }
}

#[tokio::test]
async fn a_login_works_on_its_own_files_with_its_own_rights_and_on_nothing_else() {
    let (world, _) = running().await;
    world.done("account.create", json!({"name": "shop", "tier": "customer"})).await;
    let mut create = crate::support::private::input("shop-web");
    create["account"] = json!("shop");
    create["size"]["memory_mib"] = json!(500);
    world.done("private-server.create", create).await;
    let host = world.domain.presence.connected_servers()[0];
    world.obeys(host).await;
    let user = |name: &str, role: &str, rest: Value| {
        let mut input =
            json!({"user": name, "role": role, "account": "shop", "password": "correct horse battery"});
        for (key, value) in rest.as_object().expect("an object") {
            input[key] = value.clone();
        }
        input
    };
    for (role, rest, field) in [
        ("ps-administrator", json!({}), "private_server"),
        ("ps-user", json!({"private_server": "shop-web"}), "login"),
        ("ps-user", json!({"private_server": "shop-web", "login": "root"}), "login"),
        ("ps-administrator", json!({"private_server": "shop-web", "login": "bob"}), "login"),
        ("account-manager", json!({"private_server": "shop-web"}), "private_server"),
        ("ps-administrator", json!({"private_server": "web1"}), "private_server"),
    ] {
        let fault = world.refused("user.create", user("shop-pia", role, rest)).await;
        let named: Vec<_> = fault.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!((fault.code, named), (FaultCode::InvalidInput, vec![field]), "{role}");
    }
    let made = json!({"private_server": "shop-web", "login": "bob"});
    let made = world.done("user.create", user("shop-pia", "ps-user", made)).await;
    assert_eq!((&made["private_server"], &made["login"]), (&json!("shop-web"), &json!("bob")));
    let pia = world.session_in("shop", "shop-pia", Role::PsUser).await;
    let list = ("private-server.file-list", json!({"private_server": "shop-web"}));
    let (result, inside) = answered(&world, &pia, list.clone(), Ok(page())).await;
    result.expect("is listed");
    assert_eq!(inside.login.as_ref().map(ToString::to_string).as_deref(), Some("bob"));
    let services = ("private-server.service-list", json!({"private_server": "shop-web"}));
    let fault = world.call(&pia, services.0, services.1.clone()).await.expect_err("may not");
    assert_eq!(fault.code, FaultCode::Forbidden);

    // Another role, another reach; and back.
    let changed = json!({"user": "shop-pia", "role": "ps-administrator"});
    let changed = world.done("user.change", changed).await;
    assert_eq!((&changed["private_server"], &changed["login"]), (&json!("shop-web"), &Value::Null));
    let cron = Service {
        service: "cron.service".into(),
        description: String::new(),
        active: "active".into(),
        sub: "running".into(),
        at_start: None,
    };
    let (result, inside) = answered(&world, &pia, services, Ok(Answer::Services(vec![cron]))).await;
    assert_eq!(result.expect("is listed")["items"][0]["service"], "cron.service");
    assert_eq!(inside.login, None);
    world.done("audit.undo", json!({"row": changed["undo"]})).await;
    let (_, inside) = answered(&world, &pia, list, Ok(page())).await;
    assert_eq!(inside.login.map(|login| login.to_string()).as_deref(), Some("bob"));
}
