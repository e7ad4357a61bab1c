//! `/system`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::system::{SystemStatus, SystemView};
use rackwright_catalog::entry;
use rackwright_client::cli_line;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::Live;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, Shell, refusal};
use serde::Serialize;
use serde_json::json;

use crate::warnings::WarningsView;

/// The health of the Control Center.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemPage {
    warnings: Live<WarningsView>,
    system: SystemView,
    used_bytes: u64,
    used_permille: u32,
    up_ms: i64,
}

pub async fn one(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let status = session.client.call::<SystemStatus>(Nothing {});
    let (shell, system) = match tokio::try_join!(Shell::around(&panel, &session, &headers), status) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let used = system.data_bytes.saturating_sub(system.data_free_bytes);
    let permille = u128::from(used) * 1_000 / u128::from(system.data_bytes.max(1));
    let view = SystemPage {
        warnings: WarningsView::of(&shell.who, &system),
        used_bytes: used,
        used_permille: u32::try_from(permille).unwrap_or(1_000),
        up_ms: system.now.since(system.started_at),
        system,
    };
    let heading = Heading {
        title: tell("menu-system"),
        crumbs: vec![Crumb::new(tell("menu-system"), "")],
        help: tell("page-system"),
        buttons: Button::of(&shell.who, "mail.test", "mail", json!({})).into_iter().collect(),
        lines: entry("system.status").map(|entry| cli_line(entry, &json!({}))).into_iter().collect(),
    };
    panel.page(StatusCode::OK, "system.html", &shell.page(heading, view))
}
