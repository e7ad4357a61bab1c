//! The page around every page: menu, breadcrumb, job tray, who is signed in, status bar, command lines.

use axum::http::HeaderMap;
use rackwright_catalog::actions::session::{SessionShow, SessionView};
use rackwright_catalog::{Effect, Entry, Fault, Permission};
use rackwright_client::cli_line;
use rackwright_model::Tier;
use serde::Serialize;
use serde_json::Value;

use crate::act::is_about_a_thing;
use crate::brand::BrandView;
use crate::flash::Status;
use crate::language::{self, Language};
use crate::messages::{has, of_catalogue, tell};
use crate::panel::{self, Live, Panel};
use crate::session::Session;
use crate::tray::{Tray, tray};

/// An entry of the left menu.
#[derive(Debug, Clone, Copy)]
pub struct MenuItem {
    /// Names its messages: `menu-TOPIC`, `page-TOPIC`, `help-TOPIC`.
    pub topic: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    /// The message that heads the group which it begins; empty when it begins none.
    pub group: &'static str,
    /// The key that goes there after `g`; empty when none does.
    pub key: &'static str,
    /// The nouns of the actions that belong there.
    pub nouns: &'static [&'static str],
    /// Who sees it.
    pub permission: Permission,
}

impl MenuItem {
    /// What it is called, in the language of the request.
    #[must_use]
    pub fn label(&self) -> String {
        tell(&format!("menu-{}", self.topic))
    }

    /// What people of this tier call it: customers have their own only.
    #[must_use]
    pub fn label_for(&self, tier: Tier) -> String {
        let own = format!("menu-{}-{}", self.topic, tier.word());
        if has(&own) { tell(&own) } else { self.label() }
    }
}

/// A menu entry as the template draws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuView {
    pub label: String,
    pub href: &'static str,
    pub icon: &'static str,
    pub group: String,
    pub key: &'static str,
}

impl MenuView {
    fn of(item: &MenuItem, tier: Tier) -> Self {
        let group = if item.group.is_empty() { String::new() } else { tell(item.group) };
        Self { label: item.label_for(tier), href: item.href, icon: item.icon, group, key: item.key }
    }
}

/// A language to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageView {
    pub tag: &'static str,
    pub name: &'static str,
    pub current: bool,
}

/// The languages there are.
#[must_use]
pub fn languages() -> Vec<LanguageView> {
    let view = |language: Language| LanguageView {
        tag: language.tag(),
        name: language.name(),
        current: language == language::current(),
    };
    Language::ALL.map(view).to_vec()
}

/// The menu entry to which a path belongs.
#[must_use]
pub fn inside<'a>(menu: &'a [MenuItem], path: &str) -> Option<&'a MenuItem> {
    menu.iter().find(|item| {
        path == item.href || path.strip_prefix(item.href).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Who is signed in.
///
/// # Errors
/// The fault of `session.show`: above all, that nobody is signed in any more.
pub async fn who(session: &Session) -> Result<SessionView, Fault> {
    session.client.call::<SessionShow>(rackwright_catalog::actions::Nothing {}).await
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
    /// Its form opens over the page, because it is about a thing that is named already.
    pub dialog: bool,
    /// The command that does the same.
    pub line: String,
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
            label: of_catalogue(entry.spec.title).into_owned(),
            icon,
            path: act_path(entry),
            known: fields.map(|(name, value)| (name.clone(), text(value))).collect(),
            direct: false,
            destroys: entry.spec.effect == Effect::Destroy,
            main: false,
            dialog: names_its_thing(entry, &known),
            line: cli_line(entry, &known),
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

/// Whether an action changes a thing whose name is among what is known.
fn names_its_thing(entry: &Entry, known: &Value) -> bool {
    let named = entry.spec.main.is_some_and(|main| !known[main].is_null());
    named && entry.spec.effect != Effect::Read && is_about_a_thing(entry)
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

/// Everything around the page.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    pub panel: String,
    pub brand: BrandView,
    pub menu: Vec<MenuView>,
    /// The address of the menu entry that the page belongs to.
    pub here: String,
    pub who: SessionView,
    pub token: String,
    /// This page's address, to come back to.
    pub path: String,
    pub status: Option<Status>,
    pub tray: Live<Tray>,
    pub languages: Vec<LanguageView>,
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
        let (who, tray) = tokio::join!(who(session), tray(session));
        let who = who?;
        let granted = panel.tier.menu().iter().filter(|item| who.may(item.permission));
        let menu: Vec<MenuView> = granted.map(|item| MenuView::of(item, who.tier)).collect();
        let path = session.path.split('?').next().unwrap_or("/");
        let here = inside(panel.tier.menu(), path).map_or_else(String::new, |item| item.href.to_owned());
        Ok(Self {
            panel: panel::title(who.tier),
            brand: BrandView::from(&who.brand),
            here,
            menu,
            who,
            token: session.token.clone(),
            path: session.path.clone(),
            status: Status::left_in(headers),
            tray,
            languages: languages(),
        })
    }

    /// The page with `view` inside.
    pub fn page<T>(self, heading: Heading, view: T) -> Page<T> {
        Page { now: panel::now().0, shell: self, heading, view }
    }
}
