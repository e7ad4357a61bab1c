//! `/private-servers-overview`: what all private servers of an account have and use.

use std::collections::{BTreeMap, BTreeSet};
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
use rackwright_model::Name;
use rackwright_model::private_server::Resource;
use rackwright_panel_kit::act::room::amount;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::table::{Cell, Empty};
use rackwright_panel_kit::{Crumb, Heading, Panel, Session, Shell, Table, humane, refusal};
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
        let details: Vec<PrivateServerDetail> = details.into_iter().filter_map(Result::ok).collect();
        let processors = processors(&session, &details).await;
        Ok((details, processors))
    };
    let (shell, (details, processors)) =
        match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
            Ok(all) => all,
            Err(fault) => return refusal::answer(&panel, &session, fault).await,
        };
    let heading = Heading {
        title: tell("private-overview"),
        crumbs: vec![crumb(shell.who.tier), Crumb::new(tell("private-overview"), "")],
        help: tell("page-private-overview"),
        lines: entry("private-server.list").map(|entry| cli_line(entry, &json!({}))).into_iter().collect(),
        ..Heading::default()
    };
    let columns =
        ["column-name", "column-state", "private-cpu-of-server", "room-memory", "room-disk", "head-address"];
    let table = Table {
        caption: tell("page-private-overview"),
        columns: columns.map(tell).to_vec(),
        rows: details
            .iter()
            .map(|detail| {
                let server = detail.summary.server.as_ref();
                row(detail, server.and_then(|server| processors.get(server)).copied())
            })
            .collect(),
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

/// How many processors each of their servers has, as far as the person may see that server.
async fn processors(session: &Session, details: &[PrivateServerDetail]) -> BTreeMap<Name, u32> {
    let measured = details.iter().filter(|detail| detail.usage.is_some());
    let servers: BTreeSet<Name> = measured.filter_map(|detail| detail.summary.server.clone()).collect();
    let asked = servers.into_iter().map(|server| processors_of(session, server));
    join_all(asked).await.into_iter().flatten().collect()
}

async fn processors_of(session: &Session, server: Name) -> Option<(Name, u32)> {
    let detail = crate::server::detail(session, server.as_str()).await.ok()?;
    let threads = detail.inventory?.cpu.threads;
    (threads > 0).then_some((server, threads))
}

/// What was used and what is guaranteed, both of all processors of the server. Where nobody knows how many these are, what was
/// used is told of one of them.
fn cpu(detail: &PrivateServerDetail, processors: Option<u32>) -> String {
    let guaranteed = amount(Resource::Cpu, u64::from(detail.summary.size.cpu_permille));
    let usage = detail.usage.as_ref();
    let Some(busy) = usage.and_then(|usage| usage.cpu_ms.saturating_mul(1_000).checked_div(usage.span_ms))
    else {
        return guaranteed;
    };
    let of = processors.map_or(1, u64::from);
    let used = amount(Resource::Cpu, busy.checked_div(of).unwrap_or(busy));
    if processors.is_some() {
        return format!("{used} / {guaranteed}");
    }
    tell_with("private-cpu-of-one", &[("used", used.into()), ("guaranteed", guaranteed.into())])
}

fn row(detail: &PrivateServerDetail, processors: Option<u32>) -> Vec<Cell> {
    let (one, size) = (&detail.summary, &detail.summary.size);
    let text = |kind: &'static str, text: String| Cell { kind, text, ..Cell::default() };
    let of = |resource: Resource, most: u32, used: Option<u64>| {
        let most = amount(resource, u64::from(most));
        let used = used.map(humane::memory);
        text("text", used.map_or_else(|| most.clone(), |used| format!("{used} / {most}")))
    };
    let usage = detail.usage.as_ref();
    let v4 = one.address.map(|address| address.to_string());
    let address = v4.or_else(|| one.address_v6.map(|address| address.to_string())).unwrap_or_default();
    vec![
        Cell { href: format!("/private-servers/{}", one.name), ..text("text", one.name.to_string()) },
        text("state", mark(one.state)),
        text("text", cpu(detail, processors)),
        of(Resource::Memory, size.memory_mib, usage.map(|usage| usage.memory_bytes)),
        of(Resource::Disk, size.disk_mib, usage.map(|usage| usage.disk_bytes)),
        text("code", address),
    ]
}
