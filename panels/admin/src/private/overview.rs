//! `/private-servers-overview`: what all private servers of an account have and use.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::join_all;
use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerDetail, PrivateServerList, PrivateServerListInput, PrivateServerShow,
};
use rackwright_catalog::entry;
use rackwright_client::cli_line;
use rackwright_model::private_server::Resource;
use rackwright_panel_kit::act::room::amount;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::table::{Cell, Empty};
use rackwright_panel_kit::{Crumb, Heading, Panel, Session, Shell, Table, refusal};
use serde_json::json;

use super::mark;
use super::one::crumb;
use crate::pages::ListView;

/// Rows of a page: each is asked for by itself.
const ROWS: u32 = 50;

/// `GET /private-servers-overview`
pub async fn page(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let asked = async {
        let input = PrivateServerListInput { limit: Some(ROWS), ..PrivateServerListInput::default() };
        let list = session.client.call::<PrivateServerList>(input).await?;
        let one = |name| session.client.call::<PrivateServerShow>(OnePrivateServer { private_server: name });
        let details = join_all(list.items.into_iter().map(|item| one(item.name))).await;
        // One that was removed between the two looks is passed over.
        Ok(details.into_iter().filter_map(Result::ok).collect::<Vec<_>>())
    };
    let (shell, details) = match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let heading = Heading {
        title: tell("private-overview"),
        crumbs: vec![crumb(shell.who.tier), Crumb::new(tell("private-overview"), "")],
        help: tell("page-private-overview"),
        lines: entry("private-server.list").map(|entry| cli_line(entry, &json!({}))).into_iter().collect(),
        ..Heading::default()
    };
    let columns = ["column-name", "column-state", "room-cpu", "room-memory", "room-disk", "head-address"];
    let table = Table {
        caption: tell("page-private-overview"),
        columns: columns.map(tell).to_vec(),
        rows: details.iter().map(row).collect(),
        empty: Empty {
            icon: "cube",
            title: tell("empty-private-given"),
            advice: tell("empty-private-given-advice"),
            ..Empty::default()
        },
        ..Table::default()
    };
    let view = ListView { table, filters: Vec::new() };
    panel.page(StatusCode::OK, "list.html", &shell.page(heading, view))
}

fn row(detail: &PrivateServerDetail) -> Vec<Cell> {
    let (one, size) = (&detail.summary, &detail.summary.size);
    let text = |kind: &'static str, text: String| Cell { kind, text, ..Cell::default() };
    let of = |resource: Resource, most: u32, used: Option<u64>| {
        let most = amount(resource, u64::from(most));
        let used = used.map(rackwright_panel_kit::humane::bytes);
        text("text", used.map_or_else(|| most.clone(), |used| format!("{used} / {most}")))
    };
    let usage = detail.usage.as_ref();
    let cpu = usage.filter(|usage| usage.span_ms > 0).map(|usage| usage.cpu_ms * 1_000 / usage.span_ms);
    let cpu = cpu.and_then(|permille| u32::try_from(permille).ok());
    let guaranteed = amount(Resource::Cpu, u64::from(size.cpu_permille));
    let v4 = one.address.map(|address| address.to_string());
    let address = v4.or_else(|| one.address_v6.map(|address| address.to_string())).unwrap_or_default();
    vec![
        Cell { href: format!("/private-servers/{}", one.name), ..text("text", one.name.to_string()) },
        text("state", mark(one.state)),
        text(
            "text",
            cpu.map_or_else(
                || guaranteed.clone(),
                |used| format!("{} / {guaranteed}", amount(Resource::Cpu, u64::from(used))),
            ),
        ),
        of(Resource::Memory, size.memory_mib, usage.map(|usage| usage.memory_bytes)),
        of(Resource::Disk, size.disk_mib, usage.map(|usage| usage.disk_bytes)),
        text("code", address),
    ]
}
