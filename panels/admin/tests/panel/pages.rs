//! Every page and part, from the catalogue's samples.

use axum::body::Body;
use rackwright_catalog::{ENTRIES, Effect};
use rackwright_panel_kit::act::has_form;
use serde_json::json;

use crate::harness::{cookie, get, panel};

/// Every page, and something that it must show.
pub const PAGES: [(&str, &str); 60] = [
    ("/accounts", "href=\"/accounts/acme\""),
    ("/accounts/acme", "/act/brand/set"),
    ("/roles", "view-accounts"),
    ("/sessions", "192.0.2.7"),
    ("/servers?group=rack", "rack r1 · fra-1"),
    ("/servers?view=table&group=site&rack=r1", "rack=r1\"|site fra-1"),
    ("/servers/r1-u07?range=week", "data-plot=\"network\""),
    ("/racks", "id=\"slot-r1-u07\""),
    ("/racks/r1", "1 of 42 units|2 of 42 units"),
    ("/bulk/server/install?server=r1-u07&server=r1-u08&profile=debian-12", "Type “2 servers” to confirm"),
    (
        "/bulk/server/power?server=r1-u07&server=r1-u08&order=cycle",
        "rackwright server power r1-u08 cycle|--order cycle",
    ),
    ("/servers", "id=\"tile-r1-u07\""),
    ("/servers?view=table", "id=\"row-r1-u07\""),
    ("/servers?state=online&search=r1", "aria-current=\"true\""),
    ("/servers/r1-u07", "AMD EPYC 9354P"),
    ("/private-servers", "id=\"tile-web1\"|id=\"tile-club\""),
    ("/private-servers?view=table&group=server&state=running", "id=\"row-web1\"|id=\"row-acme-mail\""),
    ("/private-servers?group=server", "data-goal=\"r1-u07\""),
    ("/nas", "href=\"/nas/nas1\""),
    ("/nas/nas1", "running on r1-u07"),
    ("/private-servers/acme-mail", "/console\"|id=\"part-vault\"|backups/12\""),
    ("/private-servers/acme-mail/backups/12?path=/etc", "hosts"),
    ("/private-servers/acme-mail/console", "data-console="),
    (
        "/private-servers/acme-mail/files?path=/srv/www",
        "/private-servers/acme-mail/file?path=%2Fsrv%2Fwww%2Findex.html",
    ),
    ("/private-servers/acme-mail/file?path=/srv/www/index.html", "id=\"edit-text\""),
    ("/private-servers/acme-mail/services", "name=\"service\" value=\"ssh.service\""),
    ("/private-servers/acme-mail/processes", "sshd: /usr/sbin/sshd -D"),
    ("/private-servers/acme-mail/people", "href=\"/private-servers/acme-mail/people/bob\""),
    ("/private-servers/acme-mail/people/bob", "action=\"/act/private-server/login-set-keys\""),
    ("/private-servers/acme-mail/log?service=ssh.service&since=3600", "Server listening on 0.0.0.0 port 22."),
    ("/private-servers/acme-mail/network", "Europe/Berlin"),
    ("/private-servers-overview", "href=\"/private-servers/web1\"|href=\"/private-servers/acme-mail\""),
    (
        "/bulk/private-server/stop?private_server=acme-mail&private_server=acme-shop-web",
        "rackwright private-server stop acme-shop-web",
    ),
    ("/act/private-server/create?server=r1-u04", "data-room-server=\"r1-u07\"|data-room-server=\"r1-u04\""),
    ("/act/private-server/resize?private_server=acme-mail&size.cpu_permille=100", "name=\"_size\""),
    ("/images", "Debian GNU/Linux 12 (bookworm)"),
    ("/images/debian-12", "9f86d081884c"),
    ("/environments", "action=\"/act/environment/build\""),
    ("/profiles", "href=\"/profiles/debian-12\""),
    ("/profiles/debian-12", "Etc/UTC"),
    ("/networks", "10.77.0.0/24"),
    ("/discovery", "wait"),
    ("/jobs", "install r1-u07 with debian-12"),
    ("/jobs/7", "image debian-12 agrees with its SHA-256"),
    ("/users", "robin"),
    ("/factors", "recovery-codes|action=\"/act/factor/recovery-renew\""),
    ("/identities", "action=\"/act/identity/unlink\""),
    ("/oidc", "action=\"/act/oidc/set\"|https://login.example.com"),
    ("/tokens", "href=\"/act/token/revoke\"|action=\"/act/token/revoke\""),
    ("/webhooks", "href=\"/webhooks/3\""),
    ("/webhooks/3", "href=\"/deliveries/58\""),
    ("/deliveries/58", "acme-kim"),
    ("/audit", "server.power"),
    ("/audit?action=server.power&user=admin", "after=41"),
    ("/system", "dhcp.malformed"),
    (
        "/act/server/install?server=r1-u07&profile=debian-12",
        "rackwright server install r1-u07 --profile debian-12",
    ),
    ("/search?q=r1", "href=\"/servers/r1-u07\""),
    ("/help?at=/servers", "rackwright server install"),
    ("/act/server/list", "<table"),
    ("/act/server/show?server=r1-u07", "AMD EPYC 9354P"),
];

const PARTS: [&str; 25] = [
    "/parts/racks",
    "/parts/racks/r1",
    "/parts/server/r1-u07/charts?range=day",
    "/parts/warnings",
    "/parts/fleet?view=wall",
    "/parts/fleet?view=table",
    "/parts/tile/r1-u07",
    "/parts/row/r1-u07",
    "/parts/server/r1-u07/head",
    "/parts/server/r1-u07/timeline",
    "/parts/server/r1-u07/lifecycle",
    "/parts/server/r1-u07/actions",
    "/parts/server/r1-u07/load",
    "/parts/server/r1-u07/hardware",
    "/parts/server/r1-u07/jobs",
    "/parts/server/r1-u07/private-servers",
    "/parts/private-servers?view=wall",
    "/parts/private-servers?view=table&group=account",
    "/parts/private-server/web1/head",
    "/parts/private-server/web1/actions",
    "/parts/private-server/web1/facts",
    "/parts/private-server/web1/usage?range=week",
    "/parts/private-server/web1/log?service=ssh.service&since=3600&follow=true",
    "/parts/job/7",
    "/parts/job-tray",
];

#[tokio::test]
async fn every_page_is_drawn_from_the_samples_within_the_shell() {
    let panel = panel();
    for (path, part) in PAGES {
        let page = panel.open(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert!(
            part.split('|').any(|part| page.text.contains(part)),
            "{path}: {part} is not in {}",
            page.text
        );
        for frame in [
            "<nav aria-label=\"Main menu\">",
            "href=\"#main\"",
            "<main id=\"main\"",
            "aria-label=\"Breadcrumb\"",
            "id=\"status\" role=\"status\"",
        ] {
            assert!(page.text.contains(frame), "{path}: {frame}");
        }
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn every_action_has_a_form_that_names_it() {
    let panel = panel();
    for entry in ENTRIES.iter().filter(|entry| has_form(entry)) {
        let page = panel.open(&format!("/act/{}/{}", entry.spec.noun(), entry.spec.verb())).await;
        assert_eq!(page.status, 200, "{}: {}", entry.spec.name, page.text);
        page.shows(&format!("rackwright {} {}", entry.spec.noun(), entry.spec.verb()));
        if entry.spec.effect != Effect::Read {
            assert!(
                panel.fake.intents(entry.spec.name).is_empty(),
                "{}: looking at the form carried it out",
                entry.spec.name
            );
        }
    }
}

#[tokio::test]
async fn no_link_types_or_writes() {
    let panel = panel();
    for (link, action) in [
        ("console-type?console=1764000000001&text=id", "private-server.console-type"),
        ("console-resize?console=1764000000001&rows=40&columns=120", "private-server.console-resize"),
        (
            "file-write?private_server=web1&path=/etc/motd&upload=0123456789abcdef&offset=0&base64=aGVsbG8K",
            "private-server.file-write",
        ),
    ] {
        assert_eq!(panel.open(&format!("/act/private-server/{link}")).await.status, 200, "{action}");
        assert_eq!(panel.fake.intents(action).len(), 0, "{action}");
    }
}

#[tokio::test]
async fn no_page_has_script_or_style_inside() {
    let panel = panel();
    for path in PAGES.iter().map(|(path, _)| *path).chain(["/act/profile/create", "/sign-in?back=/"]) {
        let page = panel.open(path).await;
        let text = page.text.to_lowercase();
        for banned in
            [" style=", "<style", " onclick=", " onload=", " onerror=", "javascript:", "hx-on", "hx-vals"]
        {
            assert!(!text.contains(banned), "{path}: {banned}");
        }
        assert_eq!(text.matches("<script").count(), text.matches("<script src=\"/assets/").count(), "{path}");
    }
}

#[tokio::test]
async fn an_unchanged_part_is_not_sent_again() {
    let panel = panel();
    for path in PARTS {
        let first = panel.open(path).await;
        assert_eq!(first.status, 200, "{path}: {}", first.text);
        let (_, rest) =
            first.text.split_once("Rackwright-Digest\":\"").unwrap_or_else(|| panic!("{path} has no digest"));
        let digest = &rest[..16];
        let again = get(path)
            .header("cookie", cookie())
            .header("rackwright-digest", digest)
            .body(Body::empty())
            .expect("a request");
        assert_eq!(panel.send(again).await.status, 204, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_nobody_knows_is_said_within_the_shell() {
    let panel = panel();
    for path in ["/nowhere", "/servers/Not%20A%20Name", "/act/server/explode", "/act/session/open"] {
        let page = panel.open(path).await;
        assert_eq!(page.status, 404, "{path}");
        page.shows("<nav aria-label=\"Main menu\">").shows("Not found");
    }
}

#[tokio::test]
async fn empty_lists_say_what_to_do_next() {
    let panel = panel();
    for (path, action, advice) in [
        ("/servers", "server.list", "Set a network to serve"),
        ("/private-servers", "private-server.list", "a template, which is an image"),
        ("/images", "image.list", "Build one"),
        ("/environments", "environment.list", "Build the generic one"),
        ("/profiles", "profile.list", "Create one"),
        ("/networks", "network.list", "Set one"),
        ("/jobs", "job.list", "Install a server"),
        ("/tokens", "token.list", "Create one"),
        ("/webhooks", "webhook.list", "Create one to have another program told"),
        ("/webhooks/3", "delivery.list", "Send a test"),
    ] {
        panel.fake.on(action, |_| Ok(json!({"items": [], "next": null})));
        panel.open(path).await.shows(advice);
    }
}

#[tokio::test]
async fn what_is_missing_stands_above_the_wall_with_what_mends_it() {
    let panel = panel();
    for path in ["/servers", "/system", "/parts/warnings"] {
        let page = panel.open(path).await;
        page.shows("There is no image: no server can be installed.")
            .shows("rackwright image build debian-12");
        page.shows("action=\"/act/image/build\"");
    }
    panel.fake.on("session.show", |_| Ok(crate::harness::support()));
    let page = panel.open("/parts/warnings").await;
    page.shows("There is no image");
    assert!(!page.text.contains("/act/image/build"), "{}", page.text);

    panel.fake.on("system.status", |_| {
        Err(rackwright_catalog::Fault::new(
            rackwright_catalog::FaultCode::Unavailable,
            "show the status",
            "the disk is gone",
            "Mount it.",
        ))
    });
    let page = panel.open("/servers").await;
    page.shows("id=\"tile-r1-u07\"");
    assert!(
        !page.text.contains("/parts/warnings"),
        "whoever may not see the status does not ask for it again"
    );
}

#[tokio::test]
async fn whoever_only_looks_is_offered_nothing_to_change() {
    let panel = panel();
    panel.fake.on("session.show", |_| Ok(crate::harness::support()));
    let page = panel.open("/servers/r1-u07").await;
    assert!(
        !page.text.contains("/act/server/retire") && !page.text.contains("href=\"/users\""),
        "{}",
        page.text
    );
    page.shows("There is nothing that your role may do with this server now.");
}

#[tokio::test]
async fn a_server_is_removed_only_while_it_is_not_in_use() {
    let panel = panel();
    for (state, offered) in [("ready", true), ("retired", true), ("online", false), ("installing", false)] {
        panel.fake.on("server.show", move |_| {
            let mut detail =
                (rackwright_catalog::entry("server.show").expect("in the catalogue").sample_output)();
            detail["summary"]["state"] = json!(state);
            Ok(detail)
        });
        let page = panel.open("/servers/r1-u07").await;
        assert_eq!(page.text.contains("/act/server/remove"), offered, "{state}");
    }
    let page = panel.post("/act/server/remove", &[("server", "r1-u07"), ("confirm", "r1-u07")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/servers"));
}

#[tokio::test]
async fn a_job_that_ended_says_its_state_once() {
    let page = panel().open("/jobs").await;
    let cells = page.text.split("<td ").skip(1).filter_map(|rest| rest.split("</td>").next());
    let cells: Vec<&str> = cells.filter(|cell| cell.contains("succeeded")).collect();
    assert_eq!(cells.len(), 1, "{cells:?}");
    page.shows("data-label=\"Step\"><span class=\"none\">–</span>");
}

#[tokio::test]
async fn where_a_boot_stopped_stands_in_the_timeline() {
    let panel = panel();
    panel.fake.on("server.show", |_| {
        let mut detail =
            (rackwright_catalog::entry("server.show").expect("in the catalogue").sample_output)();
        detail["timeline"] = json!([
            {"stage": "power", "at": 1_764_000_000_000_i64, "detail": "power on over IPMI"},
            {"stage": "dhcp_offer", "at": 1_764_000_009_500_i64, "detail": "10.77.0.50 offered"},
        ]);
        detail["stopped"] = json!("Another DHCP server may be answering.");
        Ok(detail)
    });
    let page = panel.open("/servers/r1-u07").await;
    page.shows("id=\"station-power\" data-place=\"passed\"")
        .shows("id=\"station-dhcp_offer\" data-place=\"stopped\"");
    page.shows("id=\"station-dhcp_ack\" data-place=\"ahead\"")
        .shows("Another DHCP server may be answering.")
        .shows("9.5 s");
}

#[tokio::test]
async fn assets_are_cached_for_ever_and_small() {
    let panel = panel();
    let page = panel.open("/servers").await;
    let style = page
        .text
        .split('"')
        .find(|text| text.starts_with("/assets/tabler."))
        .expect("a style sheet")
        .to_owned();
    let request = get(&style).header("accept-encoding", "br, gzip").body(Body::empty()).expect("a request");
    let asset = panel.send(request).await;
    assert_eq!((asset.status, asset.header("content-encoding")), (200, "gzip"));
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    let bytes = rackwright_panel_kit::asset::first_load_bytes();
    assert!(bytes + page.text.len() < 300_000, "{bytes} bytes of assets");
}

#[tokio::test]
async fn a_webhook_shows_what_it_was_told_and_what_can_be_done() {
    let panel = panel();
    let page = panel.open("/webhooks/3").await;
    page.shows("action=\"/act/webhook/test\"")
        .shows("action=\"/act/delivery/redeliver\"")
        .shows("204")
        .shows("31");
    page.shows("rackwright delivery list --webhook 3");
    assert!(!page.text.contains("/act/webhook/resume"), "it is not paused");
    panel.fake.on("webhook.show", |_| {
        let mut webhook =
            (rackwright_catalog::entry("webhook.show").expect("in the catalogue").sample_output)();
        webhook["state"] = json!("paused");
        webhook["reason"] = json!("3 events in a row were given up.");
        Ok(webhook)
    });
    let page = panel.open("/webhooks/3").await;
    page.shows("action=\"/act/webhook/resume\"").shows("3 events in a row were given up.");
}

#[tokio::test]
async fn undo_stands_beside_rows_that_can_be_undone_by_whoever_may_do_it() {
    let panel = panel();
    panel.fake.on("audit.list", |_| {
        let mut page = (rackwright_catalog::entry("audit.list").expect("in the catalogue").sample_output)();
        let mut row = page["items"][0].clone();
        let rows =
            [(50, "server.rename", "possible"), (51, "network.set", "undone"), (52, "server.power", "")];
        let rows = rows.map(|(id, action, undo)| {
            row["id"] = json!(id);
            row["action"] = json!(action);
            row["undo"] = if undo.is_empty() { json!(null) } else { json!(undo) };
            row.clone()
        });
        page["items"] = json!(rows);
        Ok(page)
    });
    let page = panel.open("/audit").await;
    page.shows("name=\"row\" value=\"50\"").shows("rackwright audit undo 50").shows("undone");
    assert_eq!(page.text.matches("action=\"/act/audit/undo\"").count(), 1, "{}", page.text);
    panel.fake.on("session.show", |_| Ok(crate::harness::support()));
    assert!(!panel.open("/audit").await.text.contains("/act/audit/undo"));
}
