//! One action on several servers: the question, and a result for each.

use rackwright_catalog::{Fault, FaultCode};
use serde_json::{Value, json};

use crate::harness::{Panel, panel};

const TWO: [(&str, &str); 2] = [("server", "r1-u07"), ("server", "r1-u08")];

fn servers(panel: &Panel, action: &str) -> Vec<Value> {
    panel.fake.intents(action).into_iter().map(|intent| intent.input).collect()
}

async fn post(panel: &Panel, path: &str, more: &[(&str, &str)]) -> crate::harness::Page {
    panel.post(path, &[&TWO[..], more].concat()).await
}

#[tokio::test]
async fn each_server_is_named_before_and_has_a_result_after() {
    let panel = panel();
    panel.fake.on("server.power", |input| match input["server"].as_str() {
        Some("r1-u08") => Err(Fault::new(
            FaultCode::Unavailable,
            "power off r1-u08",
            "the BMC did not answer",
            "Check its cable.",
        )),
        _ => Ok(json!({"on": false, "message": "r1-u07 is powered off."})),
    });
    let asked = panel.open("/bulk/server/power?server=r1-u07&server=r1-u08&server=r1-u07&order=off").await;
    asked.shows("Power off 2 servers").shows("<b>r1-u07</b>").shows("<b>r1-u08</b>");
    assert!(servers(&panel, "server.power").is_empty(), "asking does nothing");
    let told = post(&panel, "/bulk/server/power", &[("order", "off")]).await;
    told.shows("id=\"result-r1-u07\" data-ending=\"successful\"").shows("r1-u07 is powered off.");
    told.shows("id=\"result-r1-u08\" data-ending=\"failed\"").shows("Check its cable.").shows("1 of 2");
    told.shows("/bulk/server/power?order=off&amp;server=r1-u08");
    assert_eq!(
        servers(&panel, "server.power"),
        [json!({"server": "r1-u07", "order": "off"}), json!({"server": "r1-u08", "order": "off"})]
    );
}

#[tokio::test]
async fn what_destroys_wants_the_number_repeated_and_repeats_each_name() {
    let panel = panel();
    for wrong in ["", "3 servers", "yes"] {
        let page = post(&panel, "/bulk/server/retire", &[("_confirm", wrong)]).await;
        assert_eq!(page.status, 422, "{wrong}");
        page.shows("nothing was done");
    }
    assert!(servers(&panel, "server.retire").is_empty());
    post(&panel, "/bulk/server/retire", &[("_confirm", "2 servers")]).await.shows("2 of 2");
    let confirmed = |name: &str| json!({"server": name, "confirm": name});
    assert_eq!(servers(&panel, "server.retire"), [confirmed("r1-u07"), confirmed("r1-u08")]);
    let install = [("_confirm", "2 servers"), ("profile", "web")];
    post(&panel, "/bulk/server/install", &install).await.shows("data-ending=\"incomplete\"").shows("Job 7");
    assert_eq!(servers(&panel, "server.install")[1]["confirm_wipe"], "r1-u08");
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_done() {
    let panel = panel();
    let page = post(&panel, "/bulk/server/install", &[("_confirm", "2 servers")]).await;
    assert_eq!(page.status, 422);
    page.shows("id=\"f-profile-problem\"").shows("is missing");
    assert!(servers(&panel, "server.install").is_empty());
}

#[tokio::test]
async fn only_servers_and_only_actions_that_make_sense_are_taken() {
    let panel = panel();
    for path in [
        "/bulk/server/power",
        "/bulk/server/rename?server=r1-u07",
        "/bulk/user/create?server=r1-u07",
        "/bulk/server/power?server=No%20Name",
    ] {
        let page = panel.open(path).await;
        assert!(matches!(page.status, 400..=499), "{path}: {}", page.status);
    }
    let many: Vec<String> = (0..501).map(|number| format!("server=r{number}")).collect();
    assert!(matches!(panel.open(&format!("/bulk/server/power?{}", many.join("&"))).await.status, 400..=499));
}

#[tokio::test]
async fn whoever_only_looks_has_nothing_to_select_with() {
    let panel = panel();
    panel.fake.on("session.show", |_| Ok(json!({"user": "sam", "role": "support", "by": "session"})));
    let page = panel.open("/servers").await;
    assert!(!page.text.contains("id=\"bulk\"") && !page.text.contains("data-profile"), "{}", page.text);
}
