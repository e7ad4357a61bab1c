//! Services, processes and users inside.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{
    OneLogin, PrivateServerLoginKeys, PrivateServerLoginList, PrivateServerProcessList,
    PrivateServerServiceList,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Action, entry};
use rackwright_model::Name;
use rackwright_model::private_server::inside::Deed;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Empty, facts};
use rackwright_panel_kit::{Button, Crumb, Panel, Session, Shell, Table, refusal};
use serde_json::{Value, json, to_value};

use super::{Part, button, draw};
use crate::private::one::no_such;

/// A page with one table: what an action lists.
async fn list<A: Action<Input = OnePrivateServer>>(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    (name, here): (String, &str),
    dress: impl FnOnce(Table, &Value, &SessionView, &Name) -> Part,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(panel, session, no_such(&name)).await;
    };
    let asked = session.client.call::<A>(OnePrivateServer { private_server: name.clone() });
    let (shell, output) = match tokio::try_join!(Shell::around(panel, session, headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    let output = to_value(&output).unwrap_or_default();
    let Some(entry) = entry(A::SPEC.name) else {
        return refusal::answer(panel, session, no_such(name.as_str())).await;
    };
    let table = Table::of(entry, &output, now(), |_| None).or_say(Empty {
        icon: "info-circle",
        title: tell("nothing-to-show"),
        ..Empty::default()
    });
    let part = dress(table, &output, &shell.who, &name);
    let input = json!({ "private_server": name });
    draw(panel, shell, &name, here, (A::SPEC.name, input), (vec![part], Vec::new(), String::new()))
}

/// `GET /private-servers/{name}/services`
pub async fn services(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    list::<PrivateServerServiceList>(
        &panel,
        &session,
        &headers,
        (name, "services"),
        |table, output, who, name| {
            let table = table.with_buttons(output, |service| of_service(who, name, service));
            Part { table: Some(table), ..Part::default() }
        },
    )
    .await
}

fn of_service(who: &SessionView, name: &Name, service: &Value) -> Vec<Button> {
    let word = |key: &str| service[key].as_str().unwrap_or_default().to_owned();
    let runs = matches!(word("active").as_str(), "active" | "activating" | "reloading");
    let mut deeds = if runs { vec![Deed::Restart, Deed::Stop] } else { vec![Deed::Start] };
    match word("at_start").as_str() {
        "enabled" => deeds.push(Deed::Disable),
        "disabled" => deeds.push(Deed::Enable),
        _ => {}
    }
    let icon = |deed: Deed| match deed {
        Deed::Start => "player-play",
        Deed::Stop => "player-stop",
        Deed::Restart => "rotate-clockwise",
        Deed::Enable => "check",
        Deed::Disable => "ban",
    };
    let one = |deed: Deed| {
        let known = [("service", &*word("service")), ("deed", deed.word())];
        let made = button(who, name, ("service-do", icon(deed)), &known)?;
        Some(made.labelled(&tell(&format!("deed-{}", deed.word()))).at_once())
    };
    deeds.into_iter().filter_map(one).collect()
}

/// `GET /private-servers/{name}/processes`
pub async fn processes(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    list::<PrivateServerProcessList>(
        &panel,
        &session,
        &headers,
        (name, "processes"),
        |table, output, who, name| {
            let table = table.with_buttons(output, |process| {
                let number = process["process"].to_string();
                let end = button(who, name, ("process-end", "x"), &[("process", &number)]);
                end.filter(|_| process["process"] != 1).into_iter().collect()
            });
            Part { table: Some(table), ..Part::default() }
        },
    )
    .await
}

/// `GET /private-servers/{name}/people`
pub async fn logins(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    list::<PrivateServerLoginList>(
        &panel,
        &session,
        &headers,
        (name, "people"),
        |mut table, output, who, name| {
            let items = output["items"].as_array().cloned().unwrap_or_default();
            for (row, item) in table.rows.iter_mut().zip(&items) {
                let login = item["login"].as_str().unwrap_or_default();
                let is_name = login.parse::<rackwright_model::private_server::inside::LoginName>().is_ok();
                if let Some(first) = row.first_mut().filter(|_| is_name) {
                    first.href = format!("/private-servers/{name}/people/{login}");
                }
            }
            let add = button(who, name, ("login-add", "plus"), &[]).map(Button::first);
            Part { table: Some(table), buttons: add.into_iter().collect(), ..Part::default() }
        },
    )
    .await
}

/// `GET /private-servers/{name}/people/{login}`: one user, and what lets it in.
pub async fn login(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path((name, login)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (Ok(name), Ok(login)) = (name.parse::<Name>(), login.parse()) else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    let one = OneLogin { private_server: name.clone(), login };
    let all =
        session.client.call::<PrivateServerLoginList>(OnePrivateServer { private_server: name.clone() });
    let keys = session.client.call::<PrivateServerLoginKeys>(one.clone());
    let (shell, all, keys) = match tokio::try_join!(Shell::around(&panel, &session, &headers), all, keys) {
        Ok(all) => all,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let text = one.login.as_str();
    let user = all.items.into_iter().find(|user| user.login == text);
    let groups = user.as_ref().map(|user| user.groups.clone()).unwrap_or_default();
    let user = to_value(user).unwrap_or_default();
    let with = |verb: &str, icon: &'static str, more: &[(&str, &str)]| {
        button(&shell.who, &name, (verb, icon), &[&[("login", text)], more].concat())
    };
    let mut set_groups = with("login-groups", "users", &[]);
    if let Some(button) = &mut set_groups {
        button.known.extend(groups.into_iter().map(|group| ("groups".to_owned(), group)));
    }
    let remove = with("login-remove", "trash", &[]).filter(|_| text != "root");
    let of_user = [with("login-password", "key", &[]), set_groups, remove];
    let joined = keys.keys.join("\n");
    let parts = vec![
        Part {
            title: text.to_owned(),
            facts: facts(&json!({}), &user, now()),
            buttons: of_user.into_iter().flatten().collect(),
            ..Part::default()
        },
        Part {
            title: tell("people-keys"),
            facts: facts(&json!({}), &json!({ "keys": keys.keys }), now()),
            buttons: with("login-set-keys", "edit", &[("keys", &joined)]).into_iter().collect(),
            ..Part::default()
        },
    ];
    let input = to_value(&one).unwrap_or_default();
    let mut shell = shell;
    shell.here = "/private-servers".to_owned();
    let crumb = Crumb::new(tell("inside-people"), format!("/private-servers/{name}/people"));
    super::draw_below(
        &panel,
        shell,
        &name,
        ("people", crumb),
        text,
        ("private-server.login-keys", input),
        parts,
    )
}
