//! `/private-servers/{name}`: one private server, in parts that renew themselves.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerDetail, PrivateServerShow, PrivateServerView,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Fault, FaultCode, Permission, entry};
use rackwright_client::cli_line;
use rackwright_model::private_server::{PrivateServerState, Resource};
use rackwright_model::{Name, Tier};
use rackwright_panel_kit::act::room::amount;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, Shell, refusal};
use serde::Serialize;
use serde_json::json;

use super::inside::Tab;
use super::vault::{self, VaultView};
use super::{LOOK_S, LOOK_SOON_S, Token, actions, inside, is_under_way, mark, title, usage};
use crate::server::actions::ActionsView;
use crate::server::charts::{ChartsView, Choice};

/// Everything on the page of a private server but its charts.
#[derive(Debug, Clone, Serialize)]
struct OnePage {
    /// Stands in the addresses of the parts.
    name: Name,
    head: Live<HeadView>,
    actions: Live<ActionsView>,
    facts: Live<FactsView>,
}

#[derive(Debug, Clone, Serialize)]
struct WholePage {
    tabs: Vec<Tab>,
    charts: Live<ChartsView>,
    vault: Option<Live<VaultView>>,
    #[serde(flatten)]
    page: OnePage,
}

#[derive(Serialize)]
struct Part {
    now: i64,
    shell: Token,
    #[serde(flatten)]
    page: OnePage,
}

/// The state, why it is so, and what to do next.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct HeadView {
    one: PrivateServerView,
    mark: String,
    tone: &'static str,
    /// What the state means for whoever looks, and what can be done.
    next: String,
    /// What makes the browser fetch it again.
    trigger: String,
    /// Whether the person may see the server that it stands on.
    console: bool,
}

/// Guarantees and limits, and what else is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct FactsView {
    detail: PrivateServerDetail,
    sizes: Vec<SizeRow>,
    /// Whether the person may take away what it reads.
    shares: bool,
    trigger: String,
}

/// One line of the size: what is guaranteed, and the limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SizeRow {
    label: String,
    /// Empty where nothing is guaranteed beyond the limit.
    least: String,
    most: String,
}

/// What is known of a private server.
pub async fn detail(session: &Session, name: &str) -> Result<PrivateServerDetail, Fault> {
    let private_server: Name = name.parse().map_err(|_| no_such(name))?;
    session.client.call::<PrivateServerShow>(OnePrivateServer { private_server }).await
}

pub(super) fn no_such(name: &str) -> Fault {
    let name: String = name.chars().take(80).collect();
    Fault::new(
        FaultCode::NotFound,
        tell_with("fault-no-private-attempted", &[("name", name.into())]),
        tell("fault-no-private"),
        tell("fault-no-private-advice"),
    )
}

/// The crumb of the list.
pub fn crumb(tier: Tier) -> Crumb {
    Crumb::new(title(tier), "/private-servers")
}

impl OnePage {
    fn new(detail: PrivateServerDetail, who: &SessionView) -> Self {
        let one = detail.summary.clone();
        let again_s = if is_under_way(one.state) { LOOK_SOON_S } else { LOOK_S };
        let trigger = format!("sse:private-servers, sse:sync, every {again_s}s");
        let mark = mark(one.state);
        let name = one.name.clone();
        Self {
            actions: Live::new(ActionsView {
                part: format!("/parts/private-server/{name}/actions"),
                trigger: trigger.clone(),
                nothing: tell("private-actions-none"),
                buttons: actions::of(&detail, who),
            }),
            head: Live::new(HeadView {
                tone: rackwright_panel_kit::icon::of_state(&mark).1.class(),
                next: next(&one),
                console: may_open(&one, who),
                trigger: trigger.clone(),
                mark,
                one,
            }),
            facts: Live::new(FactsView {
                sizes: sizes(&detail.summary),
                shares: Button::of(who, "private-server.unshare", "", json!({})).is_some(),
                trigger,
                detail,
            }),
            name,
        }
    }
}

/// Whether a terminal can be opened in it now.
fn may_open(one: &PrivateServerView, who: &SessionView) -> bool {
    matches!(one.state, PrivateServerState::Running | PrivateServerState::Changing)
        && Button::of(who, "private-server.console", "", json!({})).is_some()
}

fn next(one: &PrivateServerView) -> String {
    let state = tell(&format!("private-next-{}", one.state.word()));
    if one.quarantine { format!("{} {state}", tell("private-next-quarantine")) } else { state }
}

fn sizes(one: &PrivateServerView) -> Vec<SizeRow> {
    let size = &one.size;
    let of = |resource: Resource, of: u32| amount(resource, u64::from(of));
    let row = |key: &str, least: String, most: String| SizeRow { label: tell(key), least, most };
    let only = |key: &str, most: String| row(key, String::new(), most);
    vec![
        row("private-cpu-of-server", of(Resource::Cpu, size.cpu_permille), tell("private-most-server")),
        only("room-memory", of(Resource::Memory, size.memory_mib)),
        only("private-swap", of(Resource::Memory, size.swap_mib)),
        only("room-disk", of(Resource::Disk, size.disk_mib)),
        row(
            "room-bandwidth",
            of(Resource::Bandwidth, size.bandwidth_kbit),
            size.ceiling_kbit
                .map_or_else(|| tell("private-most-link"), |ceiling| of(Resource::Bandwidth, ceiling)),
        ),
        only("private-sessions", size.sessions.to_string()),
        only("private-processes", size.processes.to_string()),
    ]
}

/// `GET /private-servers/{name}?range=hour|day|week|month`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let asked = async {
        let detail = detail(&session, &name).await?;
        let charts = usage::charts(&session, &detail.summary.name, &detail.summary.size, &choice).await?;
        // Whoever works in one private server alone has no backups.
        let vault = match who(&session).await?.may(Permission::Look) {
            true => Some(vault::of(&session, &detail.summary.name).await?),
            false => None,
        };
        Ok((detail, charts, vault))
    };
    let (shell, (detail, charts, vault)) =
        match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
            Ok(all) => all,
            Err(fault) => return refusal::answer(&panel, &session, fault).await,
        };
    let heading = Heading {
        title: name.clone(),
        crumbs: vec![crumb(shell.who.tier), Crumb::new(name.clone(), "")],
        help: tell("page-private-server"),
        buttons: Vec::new(),
        lines: ["private-server.show", "private-server.usage", "private-server.backup-list"]
            .into_iter()
            .filter(|action| vault.is_some() || *action != "private-server.backup-list")
            .filter_map(entry)
            .map(|entry| cli_line(entry, &json!({ "private_server": name })))
            .collect(),
    };
    let tabs = inside::tabs(&detail.summary.name, &shell.who, "");
    let view = WholePage { tabs, charts, vault, page: OnePage::new(detail, &shell.who) };
    panel.page(StatusCode::OK, "private-server.html", &shell.page(heading, view))
}

/// `GET /parts/private-server/{name}/{part}`
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
    let page = OnePage::new(detail, &who);
    let (template, digest) = match part.as_str() {
        "head" => ("parts/private-head.html", &page.head.digest),
        "actions" => ("parts/actions.html", &page.actions.digest),
        "facts" => ("parts/private-facts.html", &page.facts.digest),
        _ => return refusal::answer(&panel, &session, no_such(&part)).await,
    };
    let digest = digest.clone();
    let shell = Token { token: session.token.clone() };
    panel.part(shown(&headers), &digest, template, &Part { now: now().0, shell, page })
}
