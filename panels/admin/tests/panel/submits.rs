//! What a posted form does.

use axum::body::Body;
use rackwright_catalog::{ENTRIES, Effect, Fault, FaultCode, FieldProblem, entry};
use rackwright_client::{Credential, Origin};
use rackwright_panel_kit::act::has_form;
use rackwright_panel_kit::form::{fields, fill};

use crate::fake::CREDENTIAL;
use crate::harness::{cookie, get, panel};

#[tokio::test]
async fn every_sample_reaches_its_action_through_the_form() {
    let panel = panel();
    for entry in ENTRIES.iter().filter(|entry| has_form(entry)) {
        let name = entry.spec.name;
        let sample = (entry.sample_input)();
        let typed = fill(&fields(&(entry.input_schema)()), &sample);
        let page = panel
            .post(
                &format!("/act/{}/{}", entry.spec.noun(), entry.spec.verb()),
                &typed.pairs().collect::<Vec<_>>(),
            )
            .await;
        assert!(matches!(page.status, 200 | 303), "{name}: {} {}", page.status, page.text);
        let intents = panel.fake.intents(name);
        let intent = intents
            .iter()
            .find(|intent| entry.spec.effect != Effect::Read || !intent.input.is_null())
            .expect("it was carried out");
        assert_eq!(intent.caller.credential, Credential::Bearer(CREDENTIAL.into()), "{name}");
        assert_eq!(intent.caller.origin, Origin::Panel, "{name}");
        let main = entry
            .spec
            .main
            .map(|main| (&sample[main], intents.iter().any(|intent| intent.input[main] == sample[main])));
        assert!(main.is_none_or(|(_, same)| same), "{name}: {main:?} in {intents:?}");
    }
}

#[tokio::test]
async fn a_success_leads_to_the_object_and_is_said_once() {
    let panel = panel();
    let page = panel.post("/act/server/accept", &[("server", "r1-u07")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/servers/r1-u07"));
    let kept = page.cookies()[0].split(';').next().expect("a cookie").to_owned();
    let request = get("/servers/r1-u07")
        .header("cookie", format!("{}; {kept}", cookie()))
        .body(Body::empty())
        .expect("a request");
    let next = panel.send(request).await;
    next.shows("outcome-successful").shows("Accept r1-u07: done.").shows("rackwright server accept r1-u07");
    assert!(
        next.cookies().iter().any(|cookie| cookie.contains("status=;") && cookie.contains("Max-Age=0")),
        "{:?}",
        next.cookies()
    );
}

#[tokio::test]
async fn long_work_is_incomplete_until_its_job_ends() {
    let panel = panel();
    let page = panel.post("/act/server/install", &[("server", "r1-u07"), ("profile", "debian-12")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/servers/r1-u07"));
    let kept = page.cookies()[0].split(';').next().expect("a cookie").to_owned();
    let request = get("/servers/r1-u07")
        .header("cookie", format!("{}; {kept}", cookie()))
        .body(Body::empty())
        .expect("a request");
    panel
        .send(request)
        .await
        .shows("outcome-incomplete")
        .shows("is job 7.")
        .shows("hx-get=\"/parts/status/7\"");
    panel.open("/parts/status/7").await.shows("outcome-successful");
}

#[tokio::test]
async fn building_an_environment_is_watched_on_the_page_of_its_job() {
    let page = panel().post("/act/environment/build", &[("kernel", "generic")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/jobs/2"));
}

#[tokio::test]
async fn a_fault_stands_at_its_field_and_what_was_typed_is_kept() {
    let panel = panel();
    panel.fake.on("server.add", |_| {
        Err(Fault::invalid(
            "add a server",
            vec![
                FieldProblem::new("macs.1", "is named twice"),
                FieldProblem::new("bmc.address", "is missing"),
            ],
        ))
    });
    let typed = [
        ("name", "r9"),
        ("macs", "52:54:00:12:34:56\r\n52:54:00:12:34:56"),
        ("bmc.user", "root"),
        ("bmc.password", "hush-hush"),
    ];
    let page = panel.post("/act/server/add", &typed).await;
    assert_eq!(page.status, 422);
    page.shows("value=\"r9\"")
        .shows("52:54:00:12:34:56\r\n52:54:00:12:34:56</textarea>")
        .shows("value=\"root\"");
    page.shows("line 2: is named twice").shows("id=\"f-bmc-address-problem\"").shows("2 fields are wrong");
    page.shows("aria-describedby=\"f-macs-help f-macs-problem\" aria-invalid=\"true\"");
    assert!(!page.text.contains("hush-hush"), "a password was sent back");
}

#[tokio::test]
async fn whoever_destroys_is_asked_for_the_name() {
    let panel = panel();
    let page = panel.open("/act/server/retire?server=r1-u07").await;
    page.shows("<code>r1-u07</code>").shows("Type “r1-u07” to confirm").shows("name=\"confirm\"");
    assert!(panel.fake.intents("server.retire").is_empty());
    panel.fake.on("server.install", |_| {
        Err(Fault::new(
            FaultCode::ConfirmationNeeded,
            "install r1-u07",
            "it holds a system",
            "Repeat its name.",
        ))
    });
    let page = panel.post("/act/server/install", &[("server", "r1-u07"), ("profile", "debian-12")]).await;
    assert_eq!(page.status, 409);
    page.shows("it holds a system").shows("name=\"confirm_wipe\"");
}

#[tokio::test]
async fn a_token_is_shown_once_and_never_kept_in_a_cookie() {
    let panel = panel();
    let page = panel.post("/act/token/create", &[("name", "ci")]).await;
    assert_eq!(page.status, 200);
    page.shows("rwt_9c…").shows("shown once");
    assert!(page.cookies().is_empty(), "{:?}", page.cookies());
}

#[tokio::test]
async fn rows_can_be_added_and_removed_without_a_script() {
    let panel = panel();
    let base =
        [("name", "p"), ("image", "debian-12"), ("users.0.name", "ops"), ("users.0.password_hash", "$y$x")];
    let page = panel.post("/act/profile/create", &[&base[..], &[("_add", "users")]].concat()).await;
    assert_eq!(page.status, 200);
    page.shows("name=\"users.0.name\" value=\"ops\"").shows("name=\"users.1.name\"").shows("value=\"$y$x\"");
    let page = panel
        .post(
            "/act/profile/create",
            &[&base[..], &[("users.1.name", "web"), ("_remove", "users.0")]].concat(),
        )
        .await;
    page.shows("name=\"users.0.name\" value=\"web\"");
    assert!(panel.fake.intents("profile.create").is_empty());
}

#[tokio::test]
async fn the_command_line_follows_the_form() {
    let panel = panel();
    let page = panel
        .post(
            "/act/server/set-bmc/line",
            &[
                ("server", "r1"),
                ("bmc.address", "10.77.1.7"),
                ("bmc.user", "root"),
                ("bmc.password", "hush-hush"),
            ],
        )
        .await;
    assert!(page.header("content-type").starts_with("text/plain"), "a script inserts it as text");
    page.shows("rackwright server set-bmc r1 --bmc-address 10.77.1.7 --bmc-user root");
    assert!(!page.text.contains("hush-hush"), "{}", page.text);
    assert!(entry("server.set-bmc").is_some() && panel.fake.intents("server.set-bmc").is_empty());
}

#[tokio::test]
async fn what_can_be_undone_has_a_button_that_undoes_it() {
    let panel = panel();
    let read = async |page: &crate::harness::Page| {
        let kept = page.cookies()[0].split(';').next().expect("a cookie").to_owned();
        let request = get(page.header("location")).header("cookie", format!("{}; {kept}", cookie()));
        panel.send(request.body(Body::empty()).expect("a request")).await
    };
    let renamed = panel.post("/act/server/rename", &[("server", "r1-u07"), ("name", "web-1")]).await;
    let page = read(&renamed).await;
    page.shows("method=\"post\" action=\"/act/audit/undo\"").shows("name=\"row\" value=\"41\"");
    page.shows("rackwright audit undo 41").shows(">Undo</button>").shows("name=\"_token\" value=\"");
    // The button needs no script; it leads back to where the thing is, and can itself be undone.
    let undone = panel.post("/act/audit/undo", &[("row", "41")]).await;
    assert_eq!((undone.status, undone.header("location")), (303, "/servers/r1-u07"));
    assert_eq!(
        panel.fake.intents("audit.undo").last().expect("carried out").input,
        serde_json::json!({"row": 41})
    );
    read(&undone).await.shows("Undone: server rename.").shows(">Redo</button>");
    // What cannot be undone has none.
    let accepted = panel.post("/act/server/accept", &[("server", "r1-u07")]).await;
    assert!(!read(&accepted).await.text.contains("/act/audit/undo"));
}
