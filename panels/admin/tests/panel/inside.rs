//! What is inside a private server: files up and down, texts that are edited, and what each role sees of it.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use rackwright_catalog::{Fault, FaultCode, Role, entry};
use serde_json::{Value, json};

use crate::harness::{Page, Panel, cookie, get, panel, post, token};

const PUT: &str = "/private-servers/web1/files/put?path=/srv/a&upload=0123456789abcdef&offset=3";

fn sample(action: &str) -> Value {
    (entry(action).expect("in the catalogue").sample_output)()
}

async fn put(panel: &Panel, token: &str, bytes: Vec<u8>) -> Page {
    let request = post(PUT).header("cookie", cookie()).header("rackwright-token", token);
    panel.send(request.body(Body::from(bytes)).expect("a request")).await
}

#[tokio::test]
async fn a_piece_of_an_upload_is_taken_as_it_is() {
    let panel = panel();
    let taken = put(&panel, &token(), vec![0, 255, 10]).await;
    assert_eq!((taken.status, taken.text.as_str()), (200, r#"{"bytes":6,"taken":true}"#));
    let asked = panel.fake.intents("private-server.file-write").pop().expect("asked");
    let wanted = json!({
        "private_server": "web1", "path": "/srv/a", "upload": "0123456789abcdef", "offset": 3, "base64": "AP8K",
    });
    assert_eq!(asked.input, wanted);
    assert_eq!(put(&panel, "of another session", vec![1]).await.status, 403);
    assert_eq!(put(&panel, &token(), vec![0; 512 * 1024 + 1]).await.status, 413);
    assert_eq!(panel.fake.intents("private-server.file-write").len(), 1);
    assert_eq!(put(&panel, &token(), vec![0; 512 * 1024]).await.status, 200, "a whole piece fits");
    let fields = [("path", "/srv/a"), ("upload", "0123456789abcdef"), ("bytes", "6"), ("replace", "true")];
    assert_eq!(panel.post("/private-servers/web1/files/finish", &fields).await.status, 200);
    let finished = panel.fake.intents("private-server.file-finish").pop().expect("asked");
    assert_eq!((&finished.input["bytes"], &finished.input["replace"]), (&json!(6), &json!(true)));
    assert_eq!(panel.post("/private-servers/web1/files/abandon", &fields).await.status, 200);
}

fn holds(panel: &Panel, content: &'static [u8], changes: bool) {
    panel.fake.on("private-server.file-read", move |input| {
        let offset = usize::try_from(input["offset"].as_u64().unwrap_or_default()).expect("small");
        let piece = &content[offset..(offset + 4).min(content.len())];
        let version = if changes { offset.to_string() } else { "1".to_owned() };
        Ok(json!({"base64": STANDARD.encode(piece), "bytes": content.len(), "version": version}))
    });
}

#[tokio::test]
async fn a_download_comes_piece_by_piece_and_breaks_off_when_the_file_changes() {
    let panel = panel();
    let address = "/private-servers/web1/file/get?path=/srv/%22a%20%C3%A4.bin";
    holds(&panel, b"0123456789", false);
    let got = panel.open(address).await;
    assert_eq!((got.status, got.text.as_str(), got.header("content-length")), (200, "0123456789", "10"));
    assert_eq!(got.header("content-disposition"), "attachment; filename*=UTF-8''%22a%20%C3%A4.bin");
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert_eq!(panel.fake.intents("private-server.file-read").len(), 3);
    holds(&panel, b"0123456789", true);
    let request = get(address).header("cookie", cookie()).body(Body::empty()).expect("a request");
    let broken =
        tower::ServiceExt::oneshot(rackwright_panel_admin::router(panel.fake.clone() as _), request).await;
    assert!(broken.expect("begins").into_body().collect().await.is_err(), "the rest is another file's");
    panel.fake.on("private-server.file-read", |_| {
        Err(Fault::new(FaultCode::NotFound, "read /srv/a in web1", "a is not there", "Look again."))
    });
    assert_eq!(panel.open(address).await.status, 404);
}

#[tokio::test]
async fn a_text_is_saved_with_the_version_that_was_read_and_is_not_lost_when_that_fails() {
    let panel = panel();
    panel.fake.on("private-server.file-read", |_| {
        Ok(json!({"base64": STANDARD.encode("\none\r\ntwo\r\n"), "bytes": 12, "version": "v1"}))
    });
    let page = panel.open("/private-servers/web1/file?path=/etc/motd").await;
    page.shows("name=\"version\" value=\"v1\"").shows("name=\"crlf\" value=\"true\"");
    // A text area swallows its first line end, so there is one more.
    page.shows("autocomplete=\"off\">\n\none");
    let fields = [("path", "/etc/motd"), ("version", "v1"), ("crlf", "false"), ("text", "a\r\nb\r\n")];
    let saved = panel.post("/private-servers/web1/file", &fields).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, "/private-servers/web1/file?path=%2Fetc%2Fmotd")
    );
    let written = panel.fake.intents("private-server.file-write").pop().expect("written");
    assert_eq!(written.input["base64"], STANDARD.encode("a\nb\n"));
    let finished = panel.fake.intents("private-server.file-finish").pop().expect("finished");
    assert_eq!(
        (&finished.input["version"], &finished.input["bytes"], &finished.input["replace"]),
        (&json!("v1"), &json!(4), &json!(false))
    );
    panel.fake.on("private-server.file-finish", |_| {
        let reason = "motd was changed since it was read";
        Err(Fault::new(FaultCode::Conflict, "put /etc/motd in its place in web1", reason, "Read it again."))
    });
    let refused = panel.post("/private-servers/web1/file", &fields).await;
    assert_eq!(refused.status, 409);
    refused.shows("id=\"edit-problem\"").shows("a\nb\n</textarea>").shows("name=\"anyway\"");
    assert_eq!(panel.fake.intents("private-server.file-abandon").len(), 1, "what was uploaded is taken away");
    let over = [fields.as_slice(), &[("anyway", "true")]].concat();
    panel.post("/private-servers/web1/file", &over).await;
    let finished = panel.fake.intents("private-server.file-finish").pop().expect("finished");
    assert_eq!((&finished.input["version"], &finished.input["replace"]), (&Value::Null, &json!(true)));
}

#[tokio::test]
async fn what_is_no_text_is_not_edited_and_odd_names_lead_nowhere() {
    let panel = panel();
    for content in [b"\xff\xfe\x00".as_slice(), b"a\0b"] {
        let base64 = STANDARD.encode(content);
        panel.fake.on("private-server.file-read", move |_| {
            Ok(json!({"base64": base64, "bytes": 3, "version": "1"}))
        });
        let page = panel.open("/private-servers/web1/file?path=/srv/a").await;
        assert!(!page.text.contains("edit-text"), "{}", page.text);
        page.shows("download");
    }
    panel.fake.on("private-server.file-list", |_| {
        let mut page = sample("private-server.file-list");
        let mut odd = page["items"][0].clone();
        odd["name"] = json!("<script>alert(1)</script>\u{fffd}");
        odd["odd"] = json!(true);
        let mut link = page["items"][0].clone();
        (link["name"], link["kind"], link["target"]) = (json!("way"), json!("link"), json!("/etc"));
        page["items"] = json!([odd, link]);
        Ok(page)
    });
    let page = panel.open("/private-servers/web1/files?path=/srv").await;
    page.shows("&lt;script&gt;").shows("way → /etc").shows("in the console");
    assert!(!page.text.contains("<script>alert") && !page.text.contains("file?path=%2Fsrv%2F%3Cscript"));
    for bad in ["/private-servers/web1/files?path=/../etc", "/private-servers/web1/files?path=nonsense"] {
        let page = panel.open(bad).await;
        page.shows("data-path=\"/\"");
    }
}

#[tokio::test]
async fn a_deletion_asks_for_the_name_of_the_file_and_leads_back_to_its_folder() {
    let panel = panel();
    let form =
        panel.open("/act/private-server/file-remove?private_server=web1&path=/srv/www/index.html").await;
    form.shows("data-repeat=\"index.html\"");
    let fields = [("private_server", "web1"), ("path", "/srv/www/index.html"), ("confirm", "index.html")];
    let gone = panel.post("/act/private-server/file-remove", &fields).await;
    assert_eq!(gone.header("location"), "/private-servers/web1/files?path=%2Fsrv%2Fwww");
    let done = [("private_server", "web1"), ("service", "ssh.service"), ("deed", "stop")];
    let done = panel.post("/act/private-server/service-do", &done).await;
    assert_eq!(done.header("location"), "/private-servers/web1/services");
}

#[tokio::test]
async fn each_role_sees_what_it_may_of_the_inside() {
    let panel = panel();
    for (role, tabs) in [
        (Role::PsUser, vec!["", "/files"]),
        (
            Role::PsAdministrator,
            vec!["", "/files", "/services", "/processes", "/people", "/log", "/network", "/console"],
        ),
        (Role::Support, vec![""]),
    ] {
        let mut who = sample("session.show");
        who["role"] = json!(role.word());
        who["tier"] = json!(role.row().tier);
        who["permissions"] = json!(role.row().permissions);
        panel.fake.on("session.show", move |_| Ok(who.clone()));
        let page = panel.open("/private-servers/web1").await;
        for tab in ["", "/files", "/services", "/processes", "/people", "/log", "/network", "/console"] {
            let link = format!("href=\"/private-servers/web1{tab}\"");
            let nav =
                page.text.split("class=\"inside-nav\"").nth(1).and_then(|rest| rest.split("</nav>").next());
            let seen = nav.expect("a bar").contains(&link);
            assert_eq!(seen, tabs.contains(&tab), "{tab} as {}", role.word());
        }
        let menu = page.text.contains("href=\"/servers\"");
        assert_eq!(menu, role == Role::Support, "{}", role.word());
    }
}

#[tokio::test]
async fn a_log_that_is_followed_renews_itself_when_there_are_new_lines() {
    let panel = panel();
    let still = panel.open("/private-servers/web1/log?service=ssh.service").await;
    still.shows("id=\"filter-follow\"").shows("<span title=\"6\">info</span>");
    assert!(!still.text.contains("part-log"), "{}", still.text);
    let query = "service=ssh.service&since=3600&follow=true";
    let page = panel.open(&format!("/private-servers/web1/log?{query}")).await;
    page.shows("hx-get=\"/parts/private-server/web1/log?service=ssh.service")
        .shows("hx-trigger=\"every 3s\"");
    let part = page.text.split("id=\"part-log\"").nth(1).expect("the lines");
    let digest = part.split("\"Rackwright-Digest\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let digest = digest.expect("a digest").to_owned();
    let ask = |digest: &str| {
        get(&format!("/parts/private-server/web1/log?{query}"))
            .header("cookie", cookie())
            .header("rackwright-digest", digest)
            .body(Body::empty())
            .expect("a request")
    };
    assert_eq!(panel.send(ask(&digest)).await.status, 204, "nothing new was written");
    panel.fake.on("private-server.journal", |_| {
        let mut journal = sample("private-server.journal");
        journal["items"][0]["text"] = json!("Received SIGHUP; restarting.");
        Ok(journal)
    });
    let fresh = panel.send(ask(&digest)).await;
    assert_eq!(fresh.status, 200);
    fresh.shows("id=\"part-log\"").shows("Received SIGHUP; restarting.");
    assert!(!fresh.text.contains(&digest) && !fresh.text.contains("<html"), "{}", fresh.text);
}
