//! Templates: parsed once, rendered with a typed context.
//!
//! Filters and functions that give HTML escape every text they are handed.

use rackwright_model::Millis;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Filter, Function, Kwargs, State, Tera, TeraResult, escape_html};

use crate::messages::FluentValue;
use crate::{asset, humane, icon, language, messages, words};

/// Templates of the kit, by name.
const OURS: &[(&str, &str)] = &[
    ("kit/shell.html", include_str!("../templates/kit/shell.html")),
    ("kit/docs-events.html", include_str!("../templates/kit/docs-events.html")),
    ("kit/status.html", include_str!("../templates/kit/status.html")),
    ("kit/job-tray.html", include_str!("../templates/kit/job-tray.html")),
    ("kit/components.html", include_str!("../templates/kit/components.html")),
    ("kit/sign-in.html", include_str!("../templates/kit/sign-in.html")),
    ("kit/door-brand.html", include_str!("../templates/kit/door-brand.html")),
    ("kit/door-problem.html", include_str!("../templates/kit/door-problem.html")),
    ("kit/onward.html", include_str!("../templates/kit/onward.html")),
    ("kit/head.html", include_str!("../templates/kit/head.html")),
    ("kit/sign-in-code.html", include_str!("../templates/kit/sign-in-code.html")),
    ("kit/passkey.html", include_str!("../templates/kit/passkey.html")),
    ("kit/forgot.html", include_str!("../templates/kit/forgot.html")),
    ("kit/reset.html", include_str!("../templates/kit/reset.html")),
    ("kit/act.html", include_str!("../templates/kit/act.html")),
    ("kit/act-form.html", include_str!("../templates/kit/act-form.html")),
    ("kit/room.html", include_str!("../templates/kit/room.html")),
    ("kit/refusal.html", include_str!("../templates/kit/refusal.html")),
    ("kit/search.html", include_str!("../templates/kit/search.html")),
    ("kit/palette.html", include_str!("../templates/kit/palette.html")),
    ("kit/help.html", include_str!("../templates/kit/help.html")),
    ("kit/help-page.html", include_str!("../templates/kit/help-page.html")),
    ("kit/docs-shell.html", include_str!("../templates/kit/docs-shell.html")),
    ("kit/docs.html", include_str!("../templates/kit/docs.html")),
    ("kit/docs-action.html", include_str!("../templates/kit/docs-action.html")),
    ("kit/languages.html", include_str!("../templates/kit/languages.html")),
    ("kit/dialogs.html", include_str!("../templates/kit/dialogs.html")),
];

/// Every template of a panel.
pub struct Templates(Tera);

impl Templates {
    /// The templates of the kit and of one tier.
    ///
    /// # Errors
    /// What the template engine says of a template that is not well formed.
    pub fn new(tier: &[(&'static str, &'static str)]) -> Result<Self, tera::Error> {
        let mut tera = Tera::new();
        register(&mut tera);
        tera.add_raw_templates(OURS.iter().chain(tier).map(|(name, text)| (*name, *text)))?;
        Ok(Self(tera))
    }

    /// The template with `context` filled in.
    ///
    /// # Errors
    /// What the template engine says, such as a name that the context lacks.
    pub fn render<T: Serialize + ?Sized>(&self, template: &str, context: &T) -> Result<String, tera::Error> {
        self.0.render(template, &Context::from_serialize(context)?)
    }
}

/// A short hash of what a part of a page shows, so that an unchanged part is not sent again.
#[must_use]
pub fn digest<T: Serialize + ?Sized>(view: &T) -> String {
    let json = serde_json::to_vec(view).unwrap_or_default();
    hex::encode(&Sha256::digest(json)[..8])
}

fn register(tera: &mut Tera) {
    tera.register_function("icon", Icon);
    tera.register_function("asset", |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let name = kwargs.must_get::<String>("name")?;
        asset::address(&name).ok_or_else(|| tera::Error::message(format!("there is no asset {name}")))
    });
    tera.register_function("language", |_: Kwargs, _: &State| language::current().tag());
    tera.register_function("script_words", |_: Kwargs, _: &State| messages::for_script());
    tera.register_filter("t", told);
    tera.register_filter("state_word", |word: &str, _: Kwargs, _: &State| state_word(word));
    tera.register_filter("ago", Ago);
    tera.register_filter("state", StateMark);
    tera.register_filter("prose", Prose);
    tera.register_filter("clock", |at: i64, _: Kwargs, _: &State| humane::clock(Millis(at)));
    tera.register_filter("machine", |at: i64, _: Kwargs, _: &State| humane::machine(Millis(at)));
    tera.register_filter("urlencoded", |text: &str, _: Kwargs, _: &State| {
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
    });
    tera.register_filter("instant", |at: i64, _: Kwargs, _: &State| humane::instant(Millis(at)));
    tera.register_filter("duration", |ms: i64, _: Kwargs, _: &State| humane::duration(ms));
    tera.register_filter("bytes", |bytes: u64, _: Kwargs, _: &State| humane::bytes(bytes));
    tera.register_filter("memory", |bytes: u64, _: Kwargs, _: &State| humane::memory(bytes));
    tera.register_filter("label", |name: &str, _: Kwargs, _: &State| words::label(name));
}

/// `"tray-running" | t(count=3)`: a message, with values filled in.
fn told(key: &str, kwargs: Kwargs, _: &State) -> String {
    let values: Vec<(&str, FluentValue<'_>)> = kwargs
        .iter()
        .filter_map(|(name, value)| {
            let filled = match value.as_i64() {
                Some(number) => number.into(),
                None => value.as_str().map_or_else(|| value.to_string(), str::to_owned).into(),
            };
            Some((name.as_str()?, filled))
        })
        .collect();
    messages::tell_with(key, &values)
}

/// A state in the language of the request; a word that is no state stays as it is.
fn state_word(word: &str) -> String {
    let key = format!("state-{word}");
    if messages::has(&key) { messages::tell(&key) } else { word.to_owned() }
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    // Writing to memory cannot fail.
    if escape_html(text, &mut out).is_err() {
        return String::new();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// An icon of the sprite. It says nothing to a screen reader: a word always stands beside it.
#[must_use]
pub fn icon_html(name: &str, class: &str) -> String {
    let sprite = asset::address("icons.svg").unwrap_or_default();
    format!(
        "<svg class=\"icon {}\" width=\"24\" height=\"24\" aria-hidden=\"true\"><use href=\"{sprite}#{}\"></use></svg>",
        escaped(class),
        escaped(name)
    )
}

/// `icon(name="server-2")`.
struct Icon;

impl Function<TeraResult<String>> for Icon {
    fn call(&self, kwargs: Kwargs, _: &State) -> TeraResult<String> {
        let class = kwargs.get::<String>("class")?.unwrap_or_default();
        Ok(icon_html(&kwargs.must_get::<String>("name")?, &class))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// `1764000000000 | ago`: a `<time>` with the relative time, which a script keeps true, and the full one as its title.
struct Ago;

impl Filter<i64, TeraResult<String>> for Ago {
    fn call(&self, at: i64, _: Kwargs, state: &State) -> TeraResult<String> {
        let now = Millis(state.get::<i64>("now")?.unwrap_or(at));
        let at = Millis(at);
        Ok(format!(
            "<time datetime=\"{}\" title=\"{}\">{}</time>",
            humane::machine(at),
            humane::instant(at),
            humane::relative(at, now)
        ))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// `"online" | state`: icon and word.
struct StateMark;

impl Filter<String, String> for StateMark {
    fn call(&self, word: String, _: Kwargs, _: &State) -> String {
        let (name, tone) = icon::of_state(&word);
        format!(
            "<span class=\"state {}\">{}{}</span>",
            tone.class(),
            icon_html(name, ""),
            escaped(&state_word(&word))
        )
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// "`vda` or `sda`" with what stands in backticks as code.
struct Prose;

impl Filter<String, String> for Prose {
    fn call(&self, text: String, _: Kwargs, _: &State) -> String {
        let parts = text.split('`').enumerate();
        parts
            .map(
                |(at, part)| {
                    if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }
                },
            )
            .collect()
    }

    fn is_safe(&self) -> bool {
        true
    }
}
