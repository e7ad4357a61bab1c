//! Private servers: what each person is offered, the room on servers in the form, and the console.

use rackwright_catalog::{Fault, FaultCode, Role, entry};
use serde_json::{Value, json};

use crate::harness::{Panel, panel};

/// A panel with private servers in every state.
fn scene() -> Panel {
    let panel = panel();
    crate::scene::set(&panel.fake);
    panel
}

fn sign_in_as(panel: &Panel, role: Role, tier: &str) {
    let mut who = (entry("session.show").expect("in the catalogue").sample_output)();
    who["role"] = json!(role.word());
    who["tier"] = json!(tier);
    who["account"] = json!("acme-shop");
    who["permissions"] = json!(role.row().permissions);
    panel.fake.on("session.show", move |_| Ok(who.clone()));
}

fn offers(page: &str, action: &str) -> bool {
    page.contains(&format!("action=\"/act/private-server/{action}\""))
}

#[tokio::test]
async fn each_state_offers_what_makes_sense_in_it() {
    let panel = scene();
    for (name, offered, not_offered) in [
        (
            "acme-mail",
            vec!["stop", "reboot", "release", "suspend", "remove", "resize"],
            vec!["start", "quarantine"],
        ),
        ("acme-shop-db", vec!["start", "quarantine", "rebuild", "rename"], vec!["stop", "reboot", "release"]),
        ("club", vec!["resume"], vec!["start", "stop", "reboot", "suspend"]),
        ("old", vec![], vec!["start", "stop", "remove", "rebuild"]),
    ] {
        let page = panel.open(&format!("/private-servers/{name}")).await;
        for action in offered {
            assert!(offers(&page.text, action), "{name}: {action} in {}", page.text);
        }
        for action in not_offered {
            assert!(!offers(&page.text, action), "{name}: {action}");
        }
    }
    let page = panel.open("/private-servers/acme-mail").await;
    page.shows("rackwright private-server stop acme-mail")
        .shows("there is a newer one")
        .shows("name=\"size.memory_mib\" value=\"512\"")
        .shows("--size-memory-mib 512");
    page.shows("in quarantine").shows("/private-servers/acme-mail/console");
    let stopped = panel.open("/private-servers/acme-shop-db").await;
    assert!(!stopped.text.contains("id=\"open-console\""), "there is no terminal in what does not run");
    stopped.shows("Its files are kept.");
}

#[tokio::test]
async fn a_customer_works_on_what_there_is_and_allots_nothing() {
    let panel = scene();
    sign_in_as(&panel, Role::AccountManager, "customer");
    let page = panel.open("/private-servers").await;
    page.shows("My private servers").shows("formaction=\"/bulk/private-server/stop\"");
    assert!(!offers(&page.text, "create"), "{}", page.text);
    let page = panel.open("/private-servers/acme-mail").await;
    for action in ["stop", "reboot", "rebuild", "rename"] {
        assert!(offers(&page.text, action), "{action}");
    }
    for action in ["resize", "suspend", "remove"] {
        assert!(!offers(&page.text, action), "{action}");
    }
    let page = panel.open("/servers/r1-u01").await;
    page.shows("href=\"/private-servers/acme-mail\"");
    assert!(panel.fake.intents("private-server.room").is_empty(), "who may make none is not told of room");
    assert_eq!(panel.open("/act/private-server/create").await.status, 403);
}

#[tokio::test]
async fn whoever_only_looks_is_offered_nothing() {
    let panel = scene();
    sign_in_as(&panel, Role::Billing, "provider");
    let page = panel.open("/private-servers/acme-mail").await;
    page.shows("There is nothing that your role may do with this private server now.");
    assert!(!page.text.contains("id=\"open-console\""));
    let list = panel.open("/private-servers?view=table").await;
    assert!(!list.text.contains("id=\"bulk\"") && !offers(&list.text, "stop"), "{}", list.text);
}

#[tokio::test]
async fn the_list_is_narrowed_and_says_how_many_are_in_each_state() {
    let panel = scene();
    let page = panel.open("/private-servers?state=running&server=r1-u02").await;
    page.shows("id=\"tile-acme-shop-web\"").shows("server r1-u02");
    assert!(!page.text.contains("id=\"tile-acme-mail\"") && !page.text.contains("id=\"tile-build\""));
    page.shows("id=\"filter-suspended\"");
    let asked = panel.fake.intents("private-server.list");
    assert_eq!(asked.len(), 1, "what fits one page is asked for once");
    // More than fit one page are asked for state by state.
    panel.fake.on("private-server.list", |input| {
        let next = input["after"].is_null().then_some("k2");
        let mut page = (entry("private-server.list").expect("in the catalogue").sample_output)();
        page["next"] = json!(next);
        Ok(page)
    });
    let page = panel.open("/private-servers?state=stopped&after=k1").await;
    page.shows("rel=\"first\"");
    let last = panel.fake.intents("private-server.list").pop().expect("asked");
    assert_eq!((&last.input["state"], &last.input["after"]), (&json!("stopped"), &json!("k1")));
}

#[tokio::test]
async fn they_are_found_by_search_and_marked_as_they_are() {
    let panel = scene();
    let found = panel.open("/search?q=acme-mail").await;
    found.shows("href=\"/private-servers/acme-mail\"");
    for page in [found, panel.open("/act/private-server/list").await] {
        page.shows("<span class=\"state tone-good\">").shows("</svg>running</span>");
    }
}

#[tokio::test]
async fn several_are_stopped_at_once() {
    let panel = scene();
    let path = "/bulk/private-server/stop";
    let asked = panel.open(&format!("{path}?private_server=acme-mail&private_server=lab")).await;
    asked.shows("Stop 2 private servers").shows("<b>lab</b>").shows("href=\"/private-servers\"");
    let told = panel.post(path, &[("private_server", "acme-mail"), ("private_server", "lab")]).await;
    told.shows("href=\"/private-servers/lab\"").shows("2 of 2");
    let done: Vec<Value> =
        panel.fake.intents("private-server.stop").into_iter().map(|intent| intent.input).collect();
    assert_eq!(done, [json!({"private_server": "acme-mail"}), json!({"private_server": "lab"})]);
}

#[tokio::test]
async fn the_form_shows_the_room_and_a_refusal_stands_at_its_field() {
    let panel = scene();
    let page = panel.open("/act/private-server/create?server=r1-u02").await;
    page.shows("data-room-server=\"r1-u02\" data-chosen").shows("its agent is not connected");
    page.shows("r1-u05 (its agent is not connected)");
    page.shows("<rect class=\"room-promised\" width=\"142\"").shows("512 MiB + 0 MiB ≤ 3.5 GiB");
    let typed = [
        ("name", "web9"),
        ("template", "debian-12-private"),
        ("server", "r1-u01"),
        ("size.cpu_permille", "50"),
        ("size.memory_mib", "4096"),
        ("size.swap_mib", "0"),
        ("size.disk_mib", "5120"),
        ("size.bandwidth_kbit", "1000"),
        ("size.sessions", "1000"),
        ("size.processes", "500"),
        ("password", "correct horse battery"),
    ];
    let refused = panel.post("/act/private-server/create", &typed).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    refused
        .shows("id=\"f-size-memory_mib-problem\"")
        .shows("memory is short: 512 MiB is promised")
        .shows("512 MiB + 4 GiB &gt; 3.5 GiB");
    panel.fake.on("private-server.create", |_| {
        let reason = "on r1-u01 memory is short";
        Err(Fault::new(FaultCode::Conflict, "create a private server", reason, "Look for room."))
    });
    // The sum stands at the field also where the refusal is about the whole.
    let refused = panel.post("/act/private-server/create", &typed).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    refused
        .shows("id=\"f-size-memory_mib-problem\"")
        .shows("no room on r1-u01: 512 MiB + 4 GiB &gt; 3.5 GiB");
    assert!(!refused.text.contains("f-size-disk_mib-problem"), "of that there is enough");
    // Without a script the server fills in a size to begin with, and works out the sum.
    let small = panel.post("/act/private-server/create", &[&typed[..], &[("_size", "small")]].concat()).await;
    small.shows("name=\"size.memory_mib\" value=\"512\"").shows("value=\"web9\"").shows("512 MiB + 512 MiB");
    let summed = panel.post("/act/private-server/create", &[&typed[..], &[("_add", "")]].concat()).await;
    summed.shows("512 MiB + 4 GiB &gt; 3.5 GiB");
    assert_eq!(panel.fake.intents("private-server.create").len(), 2, "only what was sent is carried out");
}

#[tokio::test]
async fn the_form_says_what_its_numbers_are_and_folds_what_few_need() {
    let panel = scene();
    let page = panel.open("/act/private-server/create?server=r1-u02").await;
    page.shows("CPU (thousandths)").shows("100 is 10 %.");
    let all = page.text.matches("class=\"state room-fits\"").count();
    let hidden = page.text.matches("class=\"state room-fits\" hidden").count();
    assert!(all > 0 && all == hidden, "nothing is asked for yet, so nothing is said to fit: {}", page.text);
    let folded = page.text.split("<details class=\"rare\"><summary>Rarely needed</summary>").nth(1);
    let folded = folded.and_then(|rest| rest.split("</details>").next()).expect("a closed fold");
    for label in ["<label for=\"f-nas\">NAS", "id=\"f-priority\"", "id=\"f-shares\"", "id=\"f-address_v6\""] {
        assert_eq!((page.text.matches(label).count(), folded.matches(label).count()), (1, 1), "{label}");
    }
    let before = page.text.split("<details class=\"rare\"").next().expect("a form");
    assert!(before.contains("id=\"f-ssh_keys\""), "{before}");
    panel.open("/act/private-server/create?nas=nas1").await.shows("<details class=\"rare\" open>");
    let size = "size.cpu_permille=50&size.memory_mib=64&size.disk_mib=64&size.bandwidth_kbit=8";
    let page = panel.open(&format!("/act/private-server/create?{size}")).await;
    page.shows("class=\"state room-fits\">");
}

#[tokio::test]
async fn what_is_used_is_told_in_the_unit_of_what_is_guaranteed() {
    let panel = scene();
    let mut detail = (entry("private-server.show").expect("in the catalogue").sample_output)();
    let usage = (entry("private-server.usage").expect("in the catalogue").sample_output)();
    detail["usage"] = usage["items"][0].clone();
    (detail["usage"]["span_ms"], detail["usage"]["cpu_ms"]) = (json!(300_000), json!(94_800));
    detail["usage"]["memory_bytes"] = json!(16_200_000);
    detail["summary"]["size"]["memory_mib"] = json!(192);
    let mut unseen = detail.clone();
    unseen["summary"]["server"] = Value::Null;
    panel.fake.on("private-server.show", move |_| Ok(detail.clone()));
    panel.fake.on("server.show", |_| {
        let mut server = (entry("server.show").expect("in the catalogue").sample_output)();
        server["inventory"]["cpu"]["threads"] = json!(4);
        Ok(server)
    });
    let page = panel.open("/private-servers-overview").await;
    page.shows("CPU, of the whole server").shows("7.9 % / 10 %").shows("15.4 MiB / 192 MiB");
    panel.fake.on("private-server.show", move |_| Ok(unseen.clone()));
    let page = panel.open("/private-servers-overview").await;
    page.shows("31.6 % of one processor / 10 %");
    panel.open("/private-servers/web1").await.shows("CPU, of one processor");
}

#[tokio::test]
async fn the_wall_counts_private_servers() {
    let panel = scene();
    panel.open("/private-servers").await.shows("No private server is selected").shows("data-of-private");
    let none = panel.open("/bulk/private-server/stop").await;
    none.shows("no private server is selected");
}

#[tokio::test]
async fn a_disk_on_a_nas_takes_no_room_of_a_server() {
    let panel = scene();
    let form = "/act/private-server/create?server=r1-u02&size.disk_mib=30720";
    panel.open(form).await.shows("30 GiB + 30 GiB &gt; 39 GiB");
    let page = panel.open(&format!("{form}&nas=nas1")).await;
    page.shows("30 GiB + 0 MiB ≤ 39 GiB");
    assert!(!page.text.contains("30 GiB + 30 GiB"), "its disk is not there");
    panel.fake.on("private-server.room", |_| {
        let mut room = (entry("private-server.room").expect("in the catalogue").sample_output)();
        let share = &mut room["items"][0]["shares"][0];
        (share["name"], share["size"]["disk_mib"]) = (json!("acme-mail"), json!(0));
        Ok(room)
    });
    let page = panel.open("/act/private-server/resize?private_server=acme-mail&size.disk_mib=99").await;
    page.shows("data-elsewhere").shows(" + 0 MiB ≤ ");
    assert!(!page.text.contains(" + 99 MiB"), "nor does it there when it grows");
}

#[tokio::test]
async fn a_resize_counts_its_own_share_once() {
    let panel = scene();
    let page = panel.open("/act/private-server/resize?private_server=acme-mail&size.memory_mib=3600").await;
    page.shows("data-room-server=\"r1-u01\"").shows("0 MiB + 3.5 GiB ≤ 3.5 GiB");
    // What is left blank stays as it is, so it fits.
    page.shows("data-own=\"5120\"").shows("0 MiB + 5 GiB ≤ 39 GiB").shows("class=\"state room-fits\">");
    assert!(!page.text.contains("data-room-server=\"r1-u02\""), "it stays where it is");
}

#[tokio::test]
async fn a_console_is_typed_into_by_its_own_page_alone() {
    let panel = scene();
    let opened =
        panel.post("/private-servers/acme-mail/console", &[("rows", "40"), ("columns", "120")]).await;
    let opened: Value = serde_json::from_str(&opened.text).expect("JSON");
    let at = format!("/parts/console/{}", opened["console"]);
    assert_eq!(panel.fake.intents("private-server.console")[0].input["columns"], 120);
    let typed = panel.post(&format!("{at}/type"), &[("text", "ls\r")]).await;
    assert_eq!(typed.status, 200, "{}", typed.text);
    let read: Value = serde_json::from_str(&panel.open(&format!("{at}?after=0")).await.text).expect("JSON");
    assert!(read["next"].as_u64().is_some_and(|next| next > 4), "{read}");
    assert_eq!(panel.post(&format!("{at}/resize"), &[("rows", "x"), ("columns", "10")]).await.status, 400);
    assert_eq!(panel.post(&format!("{at}/close"), &[]).await.status, 200);
    let gone = panel.open("/parts/console/7?after=0").await;
    assert_eq!(gone.status, 404);
    gone.shows("there is no such console").shows("Open another one.");
    // A form without the token of the session was made elsewhere.
    for path in ["/private-servers/acme-mail/console", &format!("{at}/type"), &format!("{at}/close")] {
        let request = crate::harness::post(path)
            .header("cookie", crate::harness::cookie())
            .body(axum::body::Body::from("text=reboot"))
            .expect("a request");
        assert_eq!(panel.send(request).await.status, 403, "{path}");
    }
    assert_eq!(panel.fake.intents("private-server.console-type").len(), 1);
    let stopped = panel.post("/private-servers/lab/console", &[]).await;
    assert_eq!(stopped.status, 409);
    stopped.shows("it does not run. Start it first.");
}

#[tokio::test]
async fn on_the_wall_by_server_private_servers_are_dragged_to_where_there_is_room() {
    let panel = scene();
    let page = panel.open("/private-servers?group=server").await;
    page.shows("data-private=\"acme-mail\" data-on=\"r1-u01\"").shows("data-goal=\"r1-u01\"");
    assert!(!page.text.contains("data-goal=\"r1-u05\""), "its agent is silent: nothing is dropped there");
    for path in
        ["/private-servers", "/private-servers?group=server&view=table", "/private-servers?group=state"]
    {
        let page = panel.open(path).await;
        assert!(!page.text.contains("data-goal=") && !page.text.contains("data-private="), "{path}");
    }
    // Without a mouse it is the form, which dropping opens too.
    let form = panel.open("/act/private-server/move?private_server=acme-mail&to=r1-u04").await;
    form.shows("rackwright private-server move acme-mail --to r1-u04");
    sign_in_as(&panel, Role::AccountManager, "customer");
    let page = panel.open("/private-servers?group=server").await;
    assert!(!page.text.contains("data-goal=") && !page.text.contains("data-private="));
}

#[tokio::test]
async fn a_server_that_cannot_be_fenced_says_so_and_offers_to_vouch() {
    let panel = scene();
    let mut dead = (entry("server.show").expect("in the catalogue").sample_output)();
    dead["summary"]["state"] = json!("unreachable");
    let reason = "r1-u07 does not answer, and it is not known to be off: its BMC is silent.";
    dead["failover"] = json!({
        "server": "r1-u07", "stage": "fencing", "since": 1_764_000_000_000_i64, "reason": reason,
        "fenced_at": null, "fenced_by": null, "waiting": ["web1", "web2"],
    });
    let calm = (entry("server.show").expect("in the catalogue").sample_output)();
    panel.fake.on("server.show", move |_| Ok(dead.clone()));
    let page = panel.open("/servers/r1-u07").await;
    page.shows("its BMC is silent").shows("2 private servers wait to start elsewhere: web1, web2");
    page.shows("rackwright server confirm-dead r1-u07");
    panel.fake.on("server.show", move |_| Ok(calm.clone()));
    let page = panel.open("/servers/r1-u07").await;
    assert!(!page.text.contains("confirm-dead") && !page.text.contains("id=\"failover\""));
}

#[tokio::test]
async fn a_private_server_tells_where_its_disk_is_and_what_it_reads() {
    let panel = scene();
    let mut detail = (entry("private-server.show").expect("in the catalogue").sample_output)();
    detail["summary"]["nas"] = json!("disks");
    detail["summary"]["priority"] = json!(2);
    detail["summary"]["state"] = json!("frozen");
    detail["shares"] = json!([{"nas": "tools", "at": "/srv/tools"}]);
    panel.fake.on("private-server.show", move |_| Ok(detail.clone()));
    let page = panel.open("/private-servers/web1").await;
    page.shows("2 of 9, the lowest first").shows("tools at /srv/tools").shows("standing still");
    page.shows("/act/private-server/unshare?private_server=web1&amp;at=/srv/tools");
    assert!(offers(&page.text, "prioritise") || page.text.contains("/act/private-server/prioritise"));
}
