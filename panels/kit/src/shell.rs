//! The page around every page: menu, breadcrumb, job tray, who is signed in, status bar, command lines.

use axum::http::HeaderMap;
use rackwright_catalog::actions::job::{JobList, JobListInput, JobView};
use rackwright_catalog::actions::session::{SessionShow, SessionView};
use rackwright_catalog::{Entry, Fault, Permission};
use rackwright_client::cli_line;
use rackwright_model::job::JobState;
use serde::Serialize;
use serde_json::Value;

use crate::flash::Status;
use crate::panel::{self, Live, Panel};
use crate::session::Session;

/// An entry of the left menu.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MenuItem {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    /// The heading above it, when it begins a group.
    pub group: &'static str,
    /// Who sees it.
    #[serde(skip)]
    pub permission: Permission,
}

/// A step of the breadcrumb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crumb {
    pub label: String,
    /// Empty for the page itself.
    pub href: String,
}

impl Crumb {
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A button that leads to the form of an action, or does it at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    pub label: String,
    pub icon: &'static str,
    /// `/act/noun/verb`.
    pub path: String,
    /// The input's fields that are already known.
    pub known: Vec<(String, String)>,
    /// Carried out by the button itself, because nothing is left to ask.
    pub direct: bool,
    pub destroys: bool,
    pub main: bool,
    /// The command that does the same.
    pub line: String,
    pub summary: &'static str,
}

impl Button {
    /// A button for an action of the catalogue, or none when it is not allowed.
    #[must_use]
    pub fn of(session: &SessionView, action: &str, icon: &'static str, known: Value) -> Option<Self> {
        let entry = rackwright_catalog::entry(action)?;
        if !session.may(entry.spec.permission) {
            return None;
        }
        let fields = known.as_object().into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(Self {
            label: entry.spec.title.to_owned(),
            icon,
            path: act_path(entry),
            known: fields.map(|(name, value)| (name.clone(), text(value))).collect(),
            direct: false,
            destroys: entry.spec.effect == rackwright_catalog::Effect::Destroy,
            main: false,
            line: cli_line(entry, &known),
            summary: entry.spec.summary,
        })
    }

    #[must_use]
    pub fn labelled(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// Carried out at once.
    #[must_use]
    pub fn at_once(mut self) -> Self {
        self.direct = true;
        self
    }

    /// The one that most people want.
    #[must_use]
    pub fn first(mut self) -> Self {
        self.main = true;
        self
    }
}

/// `/act/noun/verb` of an action.
#[must_use]
pub fn act_path(entry: &Entry) -> String {
    format!("/act/{}/{}", entry.spec.noun(), entry.spec.verb())
}

/// What a page says of itself.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Heading {
    pub title: String,
    pub crumbs: Vec<Crumb>,
    /// Help for this page, in a sentence or two.
    pub help: String,
    pub buttons: Vec<Button>,
    /// The commands that give what this page shows.
    pub lines: Vec<String>,
}

/// Jobs that are under way.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tray {
    pub jobs: Vec<JobView>,
}

/// Everything around the page.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    pub panel: &'static str,
    pub menu: Vec<MenuItem>,
    /// The address of the menu entry that the page belongs to.
    pub here: String,
    pub who: SessionView,
    pub token: String,
    /// This page's address, to come back to.
    pub path: String,
    pub status: Option<Status>,
    pub tray: Live<Tray>,
}

/// A page and what stands around it.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    pub now: i64,
    pub shell: Shell,
    pub heading: Heading,
    #[serde(flatten)]
    pub view: T,
}

impl Shell {
    /// Ask who is signed in and what goes on.
    ///
    /// # Errors
    /// The fault of `session.show`: above all, that nobody is signed in any more.
    pub async fn around(panel: &Panel, session: &Session, headers: &HeaderMap) -> Result<Self, Fault> {
        let who = session.client.call::<SessionShow>(rackwright_catalog::actions::Nothing {}).await?;
        let menu: Vec<MenuItem> =
            panel.tier.menu().iter().filter(|item| who.may(item.permission)).copied().collect();
        let path = session.path.split('?').next().unwrap_or("/");
        let inside = |item: &&MenuItem| {
            path == item.href || path.strip_prefix(item.href).is_some_and(|rest| rest.starts_with('/'))
        };
        let here = menu.iter().find(inside).map_or_else(String::new, |item| item.href.to_owned());
        Ok(Self {
            panel: panel.tier.title(who.tier),
            here,
            menu,
            who,
            token: session.token.clone(),
            path: session.path.clone(),
            status: Status::left_in(headers),
            tray: tray(session).await,
        })
    }

    /// The page with `view` inside.
    pub fn page<T>(self, heading: Heading, view: T) -> Page<T> {
        Page { now: panel::now().0, shell: self, heading, view }
    }
}

/// The jobs under way. The tray is no reason to refuse a page: when they cannot be had, it is empty.
pub async fn tray(session: &Session) -> Live<Tray> {
    let running = JobListInput { state: Some(JobState::Running), ..JobListInput::default() };
    let jobs = session.client.call::<JobList>(running).await.map(|page| page.items).unwrap_or_default();
    Live::new(Tray { jobs })
}
