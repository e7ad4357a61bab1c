//! The private servers on one server, as a part of its page: what it can still promise, and to whom it has promised.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::private_server::{
    PrivateServerList, PrivateServerListInput, PrivateServerRoom, PrivateServerView, ServerRoom,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_model::Name;
use rackwright_model::private_server::Resource;
use rackwright_panel_kit::act::room::{amount, amounts, label};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Button, Panel, Session, refusal};
use serde::Serialize;
use serde_json::json;

use super::{Token, mark};
use crate::server::no_such;

/// Rows of the part; the list shows the rest.
const ROWS: u32 = 50;

/// The private servers of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharesView {
    server: Name,
    /// Whether there is anything to say.
    shown: bool,
    reason: String,
    meters: Vec<Meter>,
    items: Vec<ShareView>,
    more: bool,
    create: Option<Button>,
}

/// How much of a resource is promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Meter {
    label: String,
    /// "512 MiB of 3.5 GiB promised, 3 GiB free"
    told: String,
    permille: u64,
    tone: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ShareView {
    mark: String,
    /// "10 % · 512 MiB · 5 GiB"
    told: String,
    #[serde(flatten)]
    one: PrivateServerView,
}

#[derive(Serialize)]
struct Part {
    now: i64,
    shell: Token,
    shares: Live<SharesView>,
}

/// What stands on a server, as far as the person may see it.
///
/// # Errors
/// The fault of the list.
pub async fn shares(session: &Session, who: &SessionView, server: &Name) -> Result<Live<SharesView>, Fault> {
    let input = PrivateServerListInput {
        server: Some(server.clone()),
        limit: Some(ROWS),
        ..PrivateServerListInput::default()
    };
    let create = Button::of(who, "private-server.create", "plus", json!({ "server": server }));
    let room = async {
        // Who may make none is not told where there is room.
        create.as_ref()?;
        let page = session.client.call::<PrivateServerRoom>(Nothing {}).await.ok()?;
        page.items.into_iter().find(|room| room.name == *server)
    };
    let (page, room) = tokio::join!(session.client.call::<PrivateServerList>(input), room);
    let page = page?;
    let view = SharesView {
        shown: !page.items.is_empty() || room.as_ref().is_some_and(|room| room.whole.is_some()),
        reason: room.as_ref().and_then(|room| room.reason.clone()).unwrap_or_default(),
        create: create
            .filter(|_| room.as_ref().is_some_and(|room| room.reason.is_none()))
            .map(|button| button.labelled(&tell("button-create-private"))),
        meters: room.map(|room| meters(&room)).unwrap_or_default(),
        items: page.items.into_iter().map(ShareView::new).collect(),
        more: page.next.is_some(),
        server: server.clone(),
    };
    Ok(Live::new(view))
}

impl ShareView {
    fn new(one: PrivateServerView) -> Self {
        let size = [
            amount(Resource::Cpu, u64::from(one.size.cpu_permille)),
            amount(Resource::Memory, u64::from(one.size.memory_mib)),
            amount(Resource::Disk, u64::from(one.size.disk_mib)),
        ];
        Self { mark: mark(one.state), told: size.join(" · "), one }
    }
}

fn meters(room: &ServerRoom) -> Vec<Meter> {
    let Some(whole) = room.whole else { return Vec::new() };
    let parts = amounts(&whole).into_iter().zip(amounts(&room.promised));
    let meter = |((resource, whole), (_, promised)): ((Resource, u64), (Resource, u64))| {
        let permille = promised.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000).min(1_000);
        let values = [
            ("promised", amount(resource, promised).into()),
            ("whole", amount(resource, whole).into()),
            ("free", amount(resource, whole.saturating_sub(promised)).into()),
        ];
        Meter {
            label: label(resource),
            told: tell_with("shares-promised", &values),
            permille,
            tone: if permille > 900 { "tone-warn" } else { "tone-busy" },
        }
    };
    parts.map(meter).collect()
}

/// `GET /parts/server/{name}/private-servers`
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = async {
        let server: Name = name.parse().map_err(|_| no_such(&name))?;
        let who = who(&session).await?;
        shares(&session, &who, &server).await
    };
    match asked.await {
        Ok(shares) => {
            let digest = shares.digest.clone();
            let shell = Token { token: session.token.clone() };
            let part = Part { now: now().0, shell, shares };
            panel.part(shown(&headers), &digest, "parts/shares.html", &part)
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}
