//! Search: pages, actions and things. The palette of the script and the plain page at `/search` show the same.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::search::{Hit, HitKind, SearchFind, SearchFindInput};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{ENTRIES, Effect, Entry, entry};
use rackwright_client::cli_line;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::act::{has_form, is_about_a_thing, title};
use crate::messages::{of_catalogue, tell};
use crate::panel::{self, Panel, Tier};
use crate::refusal;
use crate::session::Session;
use crate::shell::{self, Crumb, Heading, MenuItem, Shell, act_path};

/// Characters of a query that are looked at.
const MOST_CHARS: usize = 64;
/// Hits of each kind.
const HITS: u32 = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// Results of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    pub title: String,
    pub items: Vec<Item>,
}

/// One result and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    pub label: String,
    pub note: String,
    pub icon: &'static str,
    pub href: String,
    /// The state of a server or a job.
    pub state: String,
    /// The key that goes there after `g`.
    pub key: &'static str,
    pub destroys: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Results {
    query: String,
    groups: Vec<Group>,
}

/// `GET /search?q=web`: works without a script.
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let shell = match Shell::around(&panel, &session, &headers).await {
        Ok(shell) => shell,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let query = bounded(&asked.q);
    let groups = groups(&panel, &session, &shell.who, &query).await;
    let line = (!query.is_empty())
        .then(|| entry("search.find").map(|entry| cli_line(entry, &json!({ "query": query }))))
        .flatten();
    let heading = Heading {
        title: tell("search-title"),
        crumbs: vec![Crumb::new(tell("search-title"), "")],
        help: tell("search-help"),
        lines: line.into_iter().collect(),
        ..Heading::default()
    };
    panel.page(StatusCode::OK, "kit/search.html", &shell.page(heading, Results { query, groups }))
}

#[derive(Serialize)]
struct Part {
    now: i64,
    groups: Vec<Group>,
}

/// `GET /parts/palette?q=web`: the options of the palette.
pub async fn part(State(panel): State<Arc<Panel>>, session: Session, Query(asked): Query<Asked>) -> Response {
    let who = match shell::who(&session).await {
        Ok(who) => who,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let groups = groups(&panel, &session, &who, &bounded(&asked.q)).await;
    panel.page(StatusCode::OK, "kit/palette.html", &Part { now: panel::now().0, groups })
}

fn bounded(query: &str) -> String {
    query.trim().chars().take(MOST_CHARS).collect()
}

/// Everything that fits, with what was sought most often first: things, then pages, then actions.
async fn groups(panel: &Panel, session: &Session, who: &SessionView, query: &str) -> Vec<Group> {
    let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let tier = &*panel.tier;
    let (hits, last) = tokio::join!(hits(session, query), last_word(session, &words));
    let mut groups: Vec<Group> = HitKind::ALL.into_iter().map(|kind| things(tier, kind, &hits)).collect();
    let on_things = Group { title: tell("search-actions"), items: on_things(who, &words, &last) };
    groups.push(on_things);
    groups.push(Group { title: tell("search-pages"), items: pages(tier, who, &words) });
    groups.push(Group { title: tell("search-actions"), items: actions(who, &words) });
    groups.retain(|group| !group.items.is_empty());
    groups
}

/// What the Control Center finds. A search that fails leaves pages and actions.
async fn hits(session: &Session, query: &str) -> Vec<Hit> {
    if query.is_empty() {
        return Vec::new();
    }
    let input = SearchFindInput { query: query.to_owned(), limit: Some(HITS) };
    session.client.call::<SearchFind>(input).await.map(|page| page.items).unwrap_or_default()
}

/// Things that the last of several words names: "install r1-u07".
async fn last_word(session: &Session, words: &[String]) -> Vec<Hit> {
    match words {
        [_, .., last] => hits(session, last).await,
        _ => Vec::new(),
    }
}

fn things(tier: &dyn Tier, kind: HitKind, hits: &[Hit]) -> Group {
    let items = hits.iter().filter(|hit| hit.kind == kind).map(|hit| thing(tier, hit)).collect();
    Group { title: tell(&format!("kind-{}", kind.noun())), items }
}

fn thing(tier: &dyn Tier, hit: &Hit) -> Item {
    let noun = hit.kind.noun();
    let id: Option<i64> = hit.name.parse().ok();
    let item = json!({ "name": hit.name, "id": id });
    let (label, note) = match hit.kind {
        HitKind::Job => (hit.note.clone(), format!("#{}", hit.name)),
        _ => (hit.name.clone(), hit.note.clone()),
    };
    Item {
        label,
        note,
        icon: icon_of(hit.kind),
        href: tier.item_page(noun, &item).unwrap_or_else(|| tier.crumb(noun).href),
        state: state_of(hit),
        ..Item::default()
    }
}

/// The state as it is drawn: those of private servers have a mark before them.
fn state_of(hit: &Hit) -> String {
    let state = hit.state.clone().unwrap_or_default();
    if hit.kind == HitKind::PrivateServer && !state.is_empty() { format!("private-{state}") } else { state }
}

fn icon_of(kind: HitKind) -> &'static str {
    match kind {
        HitKind::Server => "server-2",
        HitKind::PrivateServer => "cube",
        HitKind::Job => "list-check",
        HitKind::Rack => "stack-2",
        HitKind::Image => "disc",
        HitKind::Profile => "file-settings",
        HitKind::Network => "topology-star-3",
        HitKind::Account => "building",
        HitKind::User => "user-circle",
    }
}

/// Whether every word stands in the text, in lower case.
fn fits(words: &[String], text: &str) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn pages(tier: &dyn Tier, who: &SessionView, words: &[String]) -> Vec<Item> {
    let open = |item: &&MenuItem| who.may(item.permission);
    let entries = tier.menu().iter().filter(open).map(|item| (item, item.label_for(who.tier)));
    entries
        .filter(|(item, label)| fits(words, &format!("{label} {}", item.topic)))
        .map(|(item, label)| Item {
            label,
            icon: item.icon,
            href: item.href.to_owned(),
            key: item.key,
            ..Item::default()
        })
        .collect()
}

/// What the person may do, as the catalogue lists it.
fn granted(who: &SessionView) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(|entry| who.may(entry.spec.permission) && has_form(entry))
}

/// Names by which an action is found: on screen, on the command line.
fn names_of(entry: &Entry) -> String {
    format!("{} {} {}", title(entry, ""), entry.spec.title, entry.spec.name.replace('.', " "))
}

fn actions(who: &SessionView, words: &[String]) -> Vec<Item> {
    granted(who)
        .filter(|entry| fits(words, &names_of(entry)))
        .map(|entry| Item {
            label: title(entry, ""),
            note: of_catalogue(entry.spec.summary).into_owned(),
            icon: if entry.spec.only_looks() { "table" } else { "arrow-right" },
            href: act_path(entry),
            destroys: entry.spec.effect == Effect::Destroy,
            ..Item::default()
        })
        .collect()
}

/// "install r1-u07": actions that the words before the last name, on the things that the last one names.
fn on_things(who: &SessionView, words: &[String], last: &[Hit]) -> Vec<Item> {
    let [before @ .., _] = words else { return Vec::new() };
    let mut items = Vec::new();
    for entry in granted(who).filter(|entry| is_about_a_thing(entry) && fits(before, &names_of(entry))) {
        let Some(main) = entry.spec.main else { continue };
        let from = (entry.input_schema)()["properties"][main]["x-from"].clone();
        for hit in last.iter().filter(|hit| from == hit.kind.list_action()) {
            let query: String =
                form_urlencoded::Serializer::new(String::new()).append_pair(main, &hit.name).finish();
            items.push(Item {
                label: title(entry, &hit.name),
                note: hit.note.clone(),
                icon: "bolt",
                href: format!("{}?{query}", act_path(entry)),
                destroys: entry.spec.effect == Effect::Destroy,
                ..Item::default()
            });
        }
    }
    items
}
