//! What the panels say, in every language.
//!
//! Two catalogues: the panels' own messages by key, in `messages/LANGUAGE/*.ftl` (Project Fluent); and the texts of the
//! action catalogue, whose English stands there, by that English text in `messages/LANGUAGE/catalogue.toml`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue;

use crate::language::{self, Language};

type Bundle = FluentBundle<FluentResource>;

const ENGLISH: [&str; 6] = [
    include_str!("../messages/en/kit.ftl"),
    include_str!("../messages/en/admin.ftl"),
    include_str!("../messages/en/servers.ftl"),
    include_str!("../messages/en/inside.ftl"),
    include_str!("../messages/en/private.ftl"),
    include_str!("../messages/en/outside.ftl"),
];
const GERMAN: [&str; 6] = [
    include_str!("../messages/de/kit.ftl"),
    include_str!("../messages/de/admin.ftl"),
    include_str!("../messages/de/servers.ftl"),
    include_str!("../messages/de/inside.ftl"),
    include_str!("../messages/de/private.ftl"),
    include_str!("../messages/de/outside.ftl"),
];

static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| [bundle(Language::English, &ENGLISH), bundle(Language::German, &GERMAN)]);
static CATALOGUE: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../messages/de/catalogue.toml")).unwrap_or_default());

/// What is wrong in a file is left out here; a test of this crate sees it.
fn bundle(language: Language, sources: &[&str]) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Marks around what is filled in would end up in attributes and titles.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The message of this key, in the language of the present request.
#[must_use]
pub fn tell(key: &str) -> String {
    tell_with(key, &[])
}

/// The same with values filled in.
#[must_use]
pub fn tell_with(key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    let args: FluentArgs<'_> = values.iter().cloned().collect();
    say(language::current(), key, &args)
        .or_else(|| say(Language::English, key, &args))
        .unwrap_or_else(|| key.to_owned())
}

/// Whether there is a message of this key.
#[must_use]
pub fn has(key: &str) -> bool {
    BUNDLES[0].has_message(key)
}

fn say(language: Language, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    let bundle = &BUNDLES[usize::from(language == Language::German)];
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
}

/// A text of the action catalogue in the language of the present request.
#[must_use]
pub fn of_catalogue(text: &str) -> Cow<'_, str> {
    match language::current() {
        Language::English => Cow::Borrowed(text),
        Language::German => CATALOGUE.get(text).map_or(Cow::Borrowed(text), |told| Cow::Owned(told.clone())),
    }
}

/// Messages that the script of the panels says, as a JSON object; `%n` and the like stand where it fills in values.
#[must_use]
pub fn for_script() -> String {
    let values: Vec<(&str, FluentValue<'_>)> =
        ["n", "span", "name"].into_iter().zip(["%n", "%span", "%name"].map(FluentValue::from)).collect();
    let words: serde_json::Map<String, serde_json::Value> =
        SCRIPT_WORDS.iter().map(|key| ((*key).to_owned(), tell_with(key, &values).into())).collect();
    serde_json::Value::Object(words).to_string()
}

const SCRIPT_WORDS: [&str; 48] = [
    "live-on",
    "live-lost",
    "live-paused",
    "theme-auto",
    "theme-light",
    "theme-dark",
    "time-now",
    "time-s",
    "time-min",
    "time-h",
    "time-days",
    "time-ago",
    "time-in",
    "check-missing",
    "check-choose",
    "check-form",
    "check-short",
    "check-long",
    "check-least",
    "check-most",
    "check-whole",
    "check-repeat",
    "palette-count",
    "palette-none",
    "broken-off",
    "bulk-none",
    "bulk-selected-one",
    "bulk-selected",
    "bulk-none-private",
    "bulk-selected-one-private",
    "bulk-selected-private",
    "bulk-select-first",
    "chart-used",
    "chart-in",
    "chart-out",
    "months",
    "console-opening",
    "console-open",
    "console-lost",
    "console-ended",
    "console-input",
    "upload-going",
    "upload-done",
    "upload-failed",
    "upload-again",
    "upload-cancel",
    "upload-replace",
    "upload-lost",
];

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
