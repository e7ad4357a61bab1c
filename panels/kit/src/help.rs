//! Help for the page that one is on: what it is for, what can be done there, and the commands that do it.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{ENTRIES, Entry};
use serde::{Deserialize, Serialize};

use crate::act::{entry_of, has_form, title};
use crate::docs;
use crate::form::{self, Field, Kind};
use crate::messages::{has, of_catalogue, tell, tell_with};
use crate::panel::{self, Panel, Tier};
use crate::refusal;
use crate::session::Session;
use crate::shell::{self, Crumb, Heading, Shell, act_path};

/// The index of the reference.
const REFERENCE: &str = "/docs";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The path of the page.
    at: String,
}

/// What the help says of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HelpView {
    pub page: String,
    pub paragraphs: Vec<String>,
    pub actions: Vec<Told>,
    pub fields: Vec<Told>,
    /// Where the reference says more.
    pub reference: String,
}

/// A name and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub name: String,
    pub text: String,
    /// Where it leads; empty when nowhere.
    pub href: String,
    /// The command that does it.
    pub line: String,
}

#[derive(Serialize)]
struct HelpPage {
    help: HelpView,
}

/// `GET /help?at=/servers`
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
    let help = HelpView::of(&*panel.tier, &shell.who, &asked.at);
    let title = tell_with("help-for", &[("page", help.page.clone().into())]);
    let heading = Heading { crumbs: vec![Crumb::new(tell("help"), "")], title, ..Heading::default() };
    panel.page(StatusCode::OK, "kit/help-page.html", &shell.page(heading, HelpPage { help }))
}

/// `GET /parts/help?at=/servers`: what the drawer shows.
pub async fn part(State(panel): State<Arc<Panel>>, session: Session, Query(asked): Query<Asked>) -> Response {
    match shell::who(&session).await {
        Ok(who) => {
            let help = HelpView::of(&*panel.tier, &who, &asked.at);
            panel.page(StatusCode::OK, "kit/help.html", &HelpPage { help })
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

impl HelpView {
    /// The help for the page at `path`, as far as the person may go.
    #[must_use]
    pub fn of(tier: &dyn Tier, who: &SessionView, path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        action_at(path).map_or_else(|| Self::of_page(tier, who, path), Self::of_action)
    }

    fn of_action(entry: &'static Entry) -> Self {
        let mut fields = Vec::new();
        explain(form::fields(&(entry.input_schema)()), &mut fields);
        Self {
            page: title(entry, ""),
            paragraphs: vec![
                of_catalogue(entry.spec.summary).into_owned(),
                tell("help-action"),
                tell("help-more"),
            ],
            actions: Vec::new(),
            fields,
            reference: docs::address(entry.spec.name),
        }
    }

    fn of_page(tier: &dyn Tier, who: &SessionView, path: &str) -> Self {
        let Some(item) = shell::inside(tier.menu(), path) else {
            let paragraphs = vec![tell("search-help"), tell("help-more")];
            return Self {
                page: panel::title(who.tier),
                paragraphs,
                actions: Vec::new(),
                fields: Vec::new(),
                reference: REFERENCE.to_owned(),
            };
        };
        let keys = [format!("page-{}", item.topic), format!("help-{}", item.topic)];
        let text = keys.iter().filter(|key| has(key)).map(|key| tell(key)).collect::<Vec<_>>().join("\n\n");
        let mut paragraphs: Vec<String> =
            text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
        paragraphs.push(tell("help-more"));
        let actions = ENTRIES
            .iter()
            .filter(|entry| item.nouns.contains(&entry.spec.noun()) && who.may(entry.spec.permission))
            .filter(|entry| has_form(entry))
            .map(told)
            .collect();
        Self { page: item.label(), paragraphs, actions, fields: Vec::new(), reference: REFERENCE.to_owned() }
    }
}

/// What is to be known of each field, also of those inside others.
fn explain(fields: Vec<Field>, out: &mut Vec<Told>) {
    for field in fields {
        if let Some(text) = field.help {
            out.push(Told { name: field.label, text, href: String::new(), line: String::new() });
        }
        if let Kind::Group(inner) | Kind::Rows { fields: inner, .. } = field.kind {
            explain(inner, out);
        }
    }
}

fn told(entry: &Entry) -> Told {
    Told {
        name: title(entry, ""),
        text: of_catalogue(entry.spec.summary).into_owned(),
        href: act_path(entry),
        line: format!("rackwright {} {}", entry.spec.noun(), entry.spec.verb()),
    }
}

/// The action whose form stands at `/act/noun/verb`.
fn action_at(path: &str) -> Option<&'static Entry> {
    let (noun, verb) = path.strip_prefix("/act/")?.split_once('/')?;
    entry_of(noun, verb).ok()
}
