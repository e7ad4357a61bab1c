//! `/private-servers`: the wall and the table of all private servers.

mod actions;
mod choice;
pub mod console;
pub mod inside;
pub mod one;
pub mod overview;
pub mod share;
pub mod usage;
pub mod vault;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::private_server::{PrivateServerList, PrivateServerRoom, PrivateServerView};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Fault, entry};
use rackwright_client::cli_line;
use rackwright_model::Tier;
use rackwright_model::private_server::PrivateServerState;
use rackwright_panel_kit::icon::of_state;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Button, Crumb, Empty, Heading, Panel, Session, Shell, refusal, shell};
use serde::Serialize;
use serde_json::json;

use choice::{Choice, Chosen, Grouping};

/// Seconds until a list or a page is looked at again where no event says that something happened: people of an account are
/// told nothing of a server that is not theirs.
const LOOK_S: u32 = 15;
/// The same while something is under way.
const LOOK_SOON_S: u32 = 3;

/// The wall or the table, with its filters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListView {
    #[serde(flatten)]
    chosen: Chosen,
    filters: Vec<FilterView>,
    /// Server and account that narrow the choice, each with the address that lifts it.
    narrowed: Vec<(String, String)>,
    groups: Vec<GroupView>,
    count: usize,
    /// Address of this part, and of the next page; nothing where there is none.
    part: String,
    next: String,
    first: String,
    /// Seconds until it is looked at again.
    again_s: u32,
    /// Whether the person sees servers, and accounts other than the own.
    servers: bool,
    accounts: bool,
    /// Whether private servers are moved by dragging them onto a server.
    moves: bool,
    empty: Empty,
}

/// One state to choose, with the number of private servers in it where that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FilterView {
    word: String,
    /// As it is drawn: `private-running`.
    mark: String,
    href: String,
    count: Option<usize>,
    icon: &'static str,
    tone: &'static str,
    current: bool,
}

/// Private servers under one heading; without one when there is no grouping.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct GroupView {
    title: String,
    /// The server that this is, where private servers can be dropped; empty elsewhere.
    goal: String,
    items: Vec<OneView>,
}

/// A private server on the wall or in the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneView {
    icon: &'static str,
    tone: &'static str,
    /// The state as it is drawn: `private-running`.
    mark: String,
    address: String,
    buttons: Vec<Button>,
    #[serde(flatten)]
    one: PrivateServerView,
}

#[derive(Serialize)]
struct Tools {
    views: [(&'static str, String, &'static str); 2],
    groupings: Vec<(&'static str, bool)>,
    /// Whether the person may start and stop several.
    operates: bool,
}

#[derive(Serialize)]
struct ListPage {
    tools: Tools,
    list: Live<ListView>,
}

#[derive(Serialize)]
struct ListPart {
    now: i64,
    shell: Token,
    list: Live<ListView>,
}

/// A button that acts at once carries the token of the session.
#[derive(Serialize)]
struct Token {
    token: String,
}

impl OneView {
    fn new(one: PrivateServerView, who: &SessionView) -> Self {
        let mark = mark(one.state);
        let (icon, tone) = of_state(&mark);
        let v4 = one.address.map(|address| address.to_string());
        let v6 = one.address_v6.map(|address| address.to_string());
        let buttons = actions::of_a_row(&one, who);
        Self { icon, tone: tone.class(), mark, address: v4.or(v6).unwrap_or_default(), buttons, one }
    }
}

/// A state as it is drawn.
pub fn mark(state: PrivateServerState) -> String {
    format!("private-{}", state.word())
}

/// Whether a state ends by itself.
pub fn is_under_way(state: PrivateServerState) -> bool {
    use PrivateServerState as S;
    match state {
        S::Creating | S::Starting | S::Changing | S::Stopping | S::Moving | S::Removing => true,
        S::Running | S::Frozen | S::Stopped | S::Suspended | S::Failed | S::Unreachable => false,
    }
}

/// What the list is called: customers have their own only.
pub fn title(tier: Tier) -> String {
    tell(if tier == Tier::Customer { "menu-private-servers-customer" } else { "menu-private-servers" })
}

/// `GET /private-servers`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let chosen = choice.checked();
    let shell = match Shell::around(&panel, &session, &headers).await {
        Ok(shell) => shell,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let mut list = match list(&session, &shell.who, &chosen).await {
        Ok(list) => list,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let create = Button::of(&shell.who, "private-server.create", "plus", json!({}));
    let create = create.map(|button| button.labelled(&tell("button-create-private")).first());
    let buttons: Vec<Button> = create.into_iter().collect();
    let title = title(shell.who.tier);
    let heading = Heading {
        crumbs: vec![Crumb::new(title.clone(), "")],
        title,
        help: tell("page-private-servers"),
        lines: entry("private-server.list")
            .map(|entry| cli_line(entry, &json!(chosen.input())))
            .into_iter()
            .collect(),
        buttons: buttons.clone(),
    };
    if list.view.count == 0 && chosen.is_whole() {
        list.view.empty.buttons = buttons;
    }
    let tools = Tools {
        views: [
            ("wall", chosen.with("view", "wall"), "layout-grid"),
            ("table", chosen.with("view", "table"), "table"),
        ],
        groupings: Grouping::ALL.map(|one| (one.word(), one == chosen.grouping)).to_vec(),
        operates: list.view.count > 0
            && Button::of(&shell.who, "private-server.start", "", json!({})).is_some(),
    };
    panel.page(StatusCode::OK, "private.html", &shell.page(heading, ListPage { tools, list }))
}

/// `GET /parts/private-servers`: the same without the page around it.
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let who = match shell::who(&session).await {
        Ok(who) => who,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    match list(&session, &who, &choice.checked()).await {
        Ok(list) => {
            let digest = list.digest.clone();
            let shell = Token { token: session.token.clone() };
            let part = ListPart { now: now().0, shell, list };
            panel.part(shown(&headers), &digest, "parts/private-list.html", &part)
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

async fn list(session: &Session, who: &SessionView, chosen: &Chosen) -> Result<Live<ListView>, Fault> {
    let state = PrivateServerState::from_word(&chosen.state);
    let every = session.client.call::<PrivateServerList>(chosen.in_every_state()).await?;
    // All of them fit one page: what is shown and how many are in each state follow from it.
    let counted = every.next.is_none() && chosen.after.is_empty();
    let filters = filters(&every.items, counted, state, chosen);
    let (items, next) = if counted {
        let fits = |one: &PrivateServerView| state.is_none_or(|state| one.state == state);
        (every.items.into_iter().filter(fits).collect(), None)
    } else {
        let page = session.client.call::<PrivateServerList>(chosen.input()).await?;
        (page.items, page.next)
    };
    let items: Vec<PrivateServerView> = items;
    let again_s = if items.iter().any(|one| is_under_way(one.state)) { LOOK_SOON_S } else { LOOK_S };
    let narrowed = [("server", &chosen.server), ("account", &chosen.account)];
    let accounts = items.iter().any(|one| one.account != who.account);
    let servers = items.iter().any(|one| one.server.is_some());
    let count = items.len();
    let moves = chosen.grouping == Grouping::Server
        && chosen.view == "wall"
        && Button::of(who, "private-server.move", "", json!({})).is_some();
    let groups = groups(items, who, chosen.grouping);
    let view = ListView {
        narrowed: narrowed
            .into_iter()
            .filter(|(_, name)| !name.is_empty())
            .map(|(key, name)| {
                let told = tell_with(&format!("narrowed-{key}"), &[("name", name.as_str().into())]);
                (told, chosen.with(key, ""))
            })
            .collect(),
        count,
        part: match chosen.after.as_str() {
            "" => "/parts/private-servers".into(),
            after => format!("/parts/private-servers?after={}", crate::fleet::encoded(after)),
        },
        next: next.map(|next| chosen.page(&next)).unwrap_or_default(),
        first: if chosen.after.is_empty() { String::new() } else { chosen.page("") },
        again_s,
        servers,
        accounts,
        moves,
        groups: if moves { with_goals(groups, session).await? } else { groups },
        empty: empty(who, chosen),
        filters,
        chosen: chosen.clone(),
    };
    Ok(Live::new(view))
}

/// In the order of their headings.
fn groups(items: Vec<PrivateServerView>, who: &SessionView, by: Grouping) -> Vec<GroupView> {
    let mut groups: Vec<GroupView> = Vec::new();
    for one in items {
        let title = by.heading(&one);
        let item = OneView::new(one, who);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.items.push(item),
            None => groups.push(GroupView { title, goal: String::new(), items: vec![item] }),
        }
    }
    groups.sort_by(|a, b| a.title.cmp(&b.title));
    groups
}

/// Every server that can take one more, also those on which none stands yet.
async fn with_goals(mut groups: Vec<GroupView>, session: &Session) -> Result<Vec<GroupView>, Fault> {
    let room = session.client.call::<PrivateServerRoom>(Nothing {}).await?;
    for server in room.items.into_iter().filter(|server| server.reason.is_none()) {
        let goal = server.name.to_string();
        match groups.iter_mut().find(|group| group.title == goal) {
            Some(group) => group.goal = goal,
            None => groups.push(GroupView { title: goal.clone(), goal, items: Vec::new() }),
        }
    }
    groups.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(groups)
}

fn filters(
    every: &[PrivateServerView],
    counted: bool,
    state: Option<PrivateServerState>,
    chosen: &Chosen,
) -> Vec<FilterView> {
    let whole = FilterView {
        word: "all".into(),
        mark: "all".into(),
        href: chosen.with("state", ""),
        count: counted.then_some(every.len()),
        icon: "cube",
        tone: "tone-calm",
        current: state.is_none(),
    };
    let states = PrivateServerState::ALL.into_iter().filter_map(|one| {
        let count = every.iter().filter(|known| known.state == one).count();
        let mark = mark(one);
        let (icon, tone) = of_state(&mark);
        let current = state == Some(one);
        (count > 0 || current || !counted).then(|| FilterView {
            word: one.word().to_owned(),
            mark,
            href: chosen.with("state", one.word()),
            count: counted.then_some(count),
            icon,
            tone: tone.class(),
            current,
        })
    });
    std::iter::once(whole).chain(states).collect()
}

fn empty(who: &SessionView, chosen: &Chosen) -> Empty {
    let makes = Button::of(who, "private-server.create", "plus", json!({})).is_some();
    let (icon, key) = match (chosen.is_whole(), makes) {
        (false, _) => ("search", "empty-private-filtered"),
        (true, true) => ("cube", "empty-private"),
        (true, false) => ("cube", "empty-private-given"),
    };
    Empty { icon, title: tell(key), advice: tell(&format!("{key}-advice")), buttons: Vec::new() }
}
