//! The sentences of the Control Center in the language of whoever reads them: why something failed, what to do, what is
//! true now. The code writes them in English; `messages/LANGUAGE/sentences.toml` has each by that English, with the same
//! holes. What is not there stays English; a test names it.
//!
//! Attacker's input: names that stand in sentences. They are moved, never looked into, and a match costs one pass.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::language::{self, Language};
use crate::messages::of_catalogue;

static GERMAN: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::read(include_str!("../messages/de/sentences.toml")));

/// A sentence within a sentence within a sentence.
const DEEP: u8 = 2;

/// All sentences of one language.
#[derive(Default)]
struct Sentences {
    whole: HashMap<String, String>,
    /// Those with holes, the most said first.
    holed: Vec<(Vec<Part>, Vec<Part>)>,
}

/// A part of a sentence: text, or a hole by its name; holes without a name are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(String),
}

/// A sentence in the language of the present request.
#[must_use]
pub fn of_sentence(text: &str) -> Cow<'_, str> {
    match language::current() {
        Language::English => Cow::Borrowed(text),
        Language::German => GERMAN.tell(text, DEEP).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

impl Sentences {
    /// What is wrong in the file is left out here; a test of this crate sees it.
    fn read(text: &str) -> Self {
        let read: HashMap<String, String> = toml::from_str(text).unwrap_or_default();
        let mut sentences = Self::default();
        for (english, told) in read {
            let parts = parts(&english);
            if parts.iter().any(|part| matches!(part, Part::Hole(_))) {
                sentences.holed.push((parts, self::parts(&told)));
            } else {
                sentences.whole.insert(english, told);
            }
        }
        sentences.holed.sort_by_key(|(parts, _)| Reverse(said(parts)));
        sentences
    }

    fn tell(&self, text: &str, deep: u8) -> Option<String> {
        if let Some(told) = self.whole.get(text) {
            return Some(told.clone());
        }
        if let Some(told) = self.holed.iter().find_map(|(english, told)| {
            let found = held(english, text)?;
            Some(self.filled(told, &found, deep))
        }) {
            return Some(told);
        }
        self.joined(text, ". ", deep).or_else(|| self.joined(text, ": ", deep))
    }

    fn filled(&self, told: &[Part], found: &[(&str, &str)], deep: u8) -> String {
        let mut text = String::new();
        for part in told {
            match part {
                Part::Text(more) => text.push_str(more),
                Part::Hole(hole) => {
                    let value = found.iter().find(|(name, _)| name == hole).map_or("", |(_, value)| *value);
                    // The words of a command are the same in every language.
                    let noun = matches!(hole.as_str(), "noun" | "what") && !text.ends_with("rackwright ");
                    text.push_str(&self.value(value, noun, deep));
                }
            }
        }
        text
    }

    /// What stands in a hole: a sentence of its own, a word of the catalogue, or a name, which stays.
    fn value<'a>(&self, value: &'a str, noun: bool, deep: u8) -> Cow<'a, str> {
        // Names have no spaces, sentences do.
        let sentence = value.contains(' ');
        let inner = deep.checked_sub(1).filter(|_| sentence);
        match inner.and_then(|deep| self.tell(value, deep)) {
            Some(told) => Cow::Owned(told),
            None if sentence || noun => of_catalogue(value),
            None => Cow::Borrowed(value),
        }
    }

    /// Sentences one after the other, of which one at least is known.
    fn joined(&self, text: &str, by: &str, deep: u8) -> Option<String> {
        let (left, right) = text.split_once(by)?;
        let deep = deep.checked_sub(1)?;
        // The dot belongs to the sentence.
        let left = format!("{left}{}", by.trim_end().trim_end_matches(':'));
        let (one, other) = (self.tell(&left, deep), self.tell(right, deep));
        if one.is_none() && other.is_none() {
            return None;
        }
        let between = if by == ": " { ": " } else { " " };
        Some(format!("{}{between}{}", one.unwrap_or(left), other.unwrap_or_else(|| right.to_owned())))
    }
}

/// Letters that a sentence has beside its holes.
fn said(parts: &[Part]) -> usize {
    let letters = |part: &Part| match part {
        Part::Text(text) => text.chars().filter(|letter| letter.is_alphabetic()).count(),
        Part::Hole(_) => 0,
    };
    parts.iter().map(letters).sum()
}

/// A template as the code has it in `format!`: `{name}`, or `{}`, which are numbered.
fn parts(template: &str) -> Vec<Part> {
    let (mut parts, mut rest, mut number) = (Vec::new(), template, 0);
    while let Some((text, (hole, after))) =
        rest.split_once('{').and_then(|(text, after)| Some((text, after.split_once('}')?)))
    {
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        let name = hole.split(':').next().unwrap_or_default();
        parts.push(Part::Hole(if name.is_empty() { number.to_string() } else { name.to_owned() }));
        number += u32::from(name.is_empty());
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    parts
}

/// What stands in the holes, if the text is this sentence. A hole ends where the text behind it first stands.
fn held<'a>(parts: &'a [Part], text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let (mut found, mut rest, mut open): (Vec<(&str, &str)>, &str, Option<&str>) = (Vec::new(), text, None);
    for (at, part) in parts.iter().enumerate() {
        match (part, open) {
            (Part::Text(text), None) => rest = rest.strip_prefix(text.as_str())?,
            (Part::Text(text), Some(hole)) => {
                let last = at + 1 == parts.len();
                let end =
                    if last { rest.strip_suffix(text.as_str())?.len() } else { rest.find(text.as_str())? };
                found.push((hole, rest.get(..end)?));
                rest = rest.get(end + text.len()..)?;
                open = None;
            }
            (Part::Hole(hole), _) => open = Some(hole),
        }
    }
    match open {
        Some(hole) => found.push((hole, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    found.iter().all(|(_, value)| !value.is_empty()).then_some(found)
}

#[cfg(test)]
#[path = "sentences_tests.rs"]
mod tests;
