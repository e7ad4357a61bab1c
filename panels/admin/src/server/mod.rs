//! `/servers/{name}`: one server, in parts that renew themselves.

pub mod actions;
pub mod charts;
mod head;
mod lifecycle;
mod load;
mod timeline;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::job::JobView;
use rackwright_catalog::actions::server::{BmcView, NicLease, OneServer, ServerDetail, ServerShow};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Fault, FaultCode, entry};
use rackwright_client::cli_line;
use rackwright_model::{Inventory, Millis, Name};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Crumb, Heading, Panel, Session, Shell, refusal};
use serde::Serialize;
use serde_json::json;

use actions::ActionsView;
use charts::ChartsView;
use head::HeadView;
use lifecycle::LifecycleView;
use load::LoadCard;
use timeline::TimelineView;

use crate::private::share::{SharesView, shares};

/// Everything on the page of a server.
#[derive(Debug, Clone, Serialize)]
pub struct ServerPage {
    /// Stands in the addresses of the parts.
    name: Name,
    head: Live<HeadView>,
    timeline: Live<TimelineView>,
    lifecycle: Live<LifecycleView>,
    actions: Live<ActionsView>,
    load: Live<LoadCard>,
    hardware: Live<HardwareView>,
    jobs: Live<JobsView>,
}

/// The parts, and the charts, which are asked for apart.
#[derive(Debug, Clone, Serialize)]
struct WholePage {
    charts: Live<ChartsView>,
    shares: Live<SharesView>,
    #[serde(flatten)]
    page: ServerPage,
}

/// What the machine is made of.
#[derive(Debug, Clone, Serialize)]
pub struct HardwareView {
    inventory: Option<Inventory>,
    taken_at: Option<Millis>,
    bmc: Option<BmcView>,
    leases: Vec<NicLease>,
}

/// The jobs of the server.
#[derive(Debug, Clone, Serialize)]
pub struct JobsView {
    list: Vec<JobView>,
}

#[derive(Serialize)]
struct Part<'a> {
    now: i64,
    /// A button that acts at once carries the token of the session.
    shell: Token<'a>,
    #[serde(flatten)]
    page: ServerPage,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

/// What is known of a server.
pub async fn detail(session: &Session, name: &str) -> Result<ServerDetail, Fault> {
    let server: Name = name.parse().map_err(|_| no_such(name))?;
    session.client.call::<ServerShow>(OneServer { server }).await
}

pub fn no_such(name: &str) -> Fault {
    let name: String = name.chars().take(80).collect();
    Fault::new(
        FaultCode::NotFound,
        tell_with("fault-no-server-attempted", &[("name", name.into())]),
        tell("fault-no-server"),
        tell("fault-no-server-advice"),
    )
}

impl ServerPage {
    fn new(detail: ServerDetail, who: &SessionView) -> Self {
        Self {
            name: detail.summary.name.clone(),
            timeline: Live::new(TimelineView::of(&detail)),
            lifecycle: Live::new(LifecycleView::of(detail.summary.state)),
            actions: Live::new(ActionsView::of(&detail, who)),
            load: Live::new(LoadCard::of(&detail)),
            head: Live::new(HeadView::of(&detail)),
            jobs: Live::new(JobsView { list: detail.jobs }),
            hardware: Live::new(HardwareView {
                inventory: detail.inventory,
                taken_at: detail.inventory_at,
                bmc: detail.bmc,
                leases: detail.leases,
            }),
        }
    }
}

/// `GET /servers/{name}?range=hour|day|week|month`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<charts::Choice>,
    headers: HeaderMap,
) -> Response {
    let shell = Shell::around(&panel, &session, &headers);
    let asked = tokio::try_join!(shell, detail(&session, &name), charts::charts(&session, &name, &choice));
    let (shell, detail, charts) = match asked {
        Ok(all) => all,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let shares = match shares(&session, &shell.who, &detail.summary.name).await {
        Ok(shares) => shares,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let heading = Heading {
        title: name.clone(),
        crumbs: vec![Crumb::new(tell("menu-servers"), "/servers"), Crumb::new(name.clone(), "")],
        help: tell("page-server"),
        buttons: Vec::new(),
        lines: ["server.show", "server.samples"]
            .into_iter()
            .filter_map(entry)
            .map(|entry| cli_line(entry, &json!({ "server": name })))
            .collect(),
    };
    let view = WholePage { charts, shares, page: ServerPage::new(detail, &shell.who) };
    panel.page(StatusCode::OK, "server.html", &shell.page(heading, view))
}

/// `GET /parts/server/{name}/{part}`
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path((name, part)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (who, detail) = match tokio::try_join!(who(&session), detail(&session, &name)) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let page = ServerPage::new(detail, &who);
    let (template, digest) = match part.as_str() {
        "head" => ("parts/head.html", &page.head.digest),
        "timeline" => ("parts/timeline.html", &page.timeline.digest),
        "lifecycle" => ("parts/lifecycle.html", &page.lifecycle.digest),
        "actions" => ("parts/actions.html", &page.actions.digest),
        "load" => ("parts/load.html", &page.load.digest),
        "hardware" => ("parts/hardware.html", &page.hardware.digest),
        "jobs" => ("parts/jobs.html", &page.jobs.digest),
        _ => return refusal::answer(&panel, &session, no_such(&part)).await,
    };
    let digest = digest.clone();
    panel.part(
        shown(&headers),
        &digest,
        template,
        &Part { now: now().0, shell: Token { token: &session.token }, page },
    )
}
