//! `/private-servers/{name}/network`: network and time as they are seen inside.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{PrivateServerNetwork, PrivateServerTime};
use rackwright_model::Name;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::facts;
use rackwright_panel_kit::{Panel, Session, Shell, refusal};
use serde_json::json;

use super::{Part, button, draw};
use crate::private::one::no_such;

/// `GET /private-servers/{name}/network`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    let one = || OnePrivateServer { private_server: name.clone() };
    let network = session.client.call::<PrivateServerNetwork>(one());
    let time = session.client.call::<PrivateServerTime>(one());
    let asked = tokio::try_join!(Shell::around(&panel, &session, &headers), network, time);
    let (shell, network, time) = match asked {
        Ok(all) => all,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let named = |values| facts(&json!({}), &values, now());
    let mut parts = vec![Part {
        title: tell("inside-network"),
        facts: named(json!({
            "host_name": network.host_name, "routers": network.routers, "dns": network.dns, "search": network.search,
        })),
        ..Part::default()
    }];
    parts.extend(network.interfaces.into_iter().map(|card| Part {
        facts: named(json!({ "up": card.up, "mac": card.mac, "addresses": card.addresses })),
        title: card.name,
        ..Part::default()
    }));
    let zone = time.zone.clone().unwrap_or_default();
    let set = button(&shell.who, &name, ("set-zone", "clock"), &[("zone", &zone)]);
    parts.push(Part {
        title: tell("network-time"),
        facts: named(json!({ "now": time.at, "zone": time.zone, "offset": time.offset })),
        buttons: set.into_iter().collect(),
        ..Part::default()
    });
    let input = json!({ "private_server": name });
    draw(
        &panel,
        shell,
        &name,
        "network",
        ("private-server.network", input),
        (parts, Vec::new(), String::new()),
    )
}
