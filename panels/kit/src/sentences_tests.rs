use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// Texts of the domain that nobody reads as a sentence of its own: purposes of keys, and joints of sentences that are
/// told part by part.
const NO_SENTENCES: [&str; 24] = [
    "Temporary failure resolving",
    "it was issued in the future",
    "read the power state of",
    "oidc {account} {name} {issuer}",
    "oidc {}",
    "oidc ticket",
    " (what fails next within ten minutes is not on record)",
    " at {address}",
    " by {behind}",
    " limited to {}",
    "user {user:?}",
    "could not {}: {}",
    "user {}",
    "{own} by {behind}",
    "answer {}\\0{}",
    "totp {}",
    "rackwright input mac",
    "bmc password",
    "{} account {name}",
    "{} image {}",
    "{} image {} is job {job}.{then}",
    "Job {} ({}) {}.",
    "Installing {} {word}: {text}",
    "{units} of rack {} {} taken by {}",
];

/// The string literals with a space in a Rust source, up to its tests, without comments, attributes, logs and `expect`.
fn literals(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let (mut found, mut at) = (BTreeSet::new(), 0);
    while let Some(next) = source.get(at..).unwrap_or_default().find(['"', '/', '\'']).map(|next| at + next) {
        let rest = &source[next..];
        if rest.starts_with("//") {
            at = next + rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("'\"'") {
            at = next + 3;
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = quoted.find(|letter: char| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            });
            let literal = &quoted[..end.unwrap_or(quoted.len())];
            let statement = source[..next].rsplit([';', '}']).next().unwrap_or_default();
            let log = statement.contains("tracing::") || statement.trim_end().ends_with(".expect(");
            let mark = statement
                .rsplit("#[")
                .next()
                .is_some_and(|tail| tail != statement && !tail.contains(']') && !tail.starts_with("error("));
            let text = plain(literal);
            let says = said(&parts(&text)) > 1;
            if text.trim().contains(' ') && says && !log && !mark {
                found.insert(text);
            }
            at = next + literal.len() + 2;
        } else {
            at = next + 1;
        }
    }
    found
}

/// A literal as the program has it: lines that go on, quotes.
fn plain(literal: &str) -> String {
    let mut text = String::new();
    for (at, line) in literal.split("\\\n").enumerate() {
        text.push_str(if at == 0 { line } else { line.trim_start() });
    }
    text.replace("\\\"", "\"").replace("\\n", "\n")
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_sentence_of_the_domain_is_in_every_language() {
    let mut files = Vec::new();
    for part in ["domain", "model"] {
        let folder = format!("{}/../../appliance/{part}/src", env!("CARGO_MANIFEST_DIR"));
        sources(Path::new(&folder), &mut files);
    }
    // The actions themselves are in the catalogue's own file.
    for part in ["fault", "idempotency", "registry", "validate"] {
        files.push(format!("{}/../../appliance/catalog/src/{part}.rs", env!("CARGO_MANIFEST_DIR")).into());
    }
    let written: BTreeSet<String> =
        files.iter().flat_map(|file| literals(&std::fs::read_to_string(file).expect("a source"))).collect();
    assert!(written.len() > 400, "only {} sentences were found in the sources", written.len());
    // The stations of a boot stand in the catalogue.
    let catalogue = include_str!("../messages/de/catalogue.toml");
    let told: BTreeMap<String, String> = [catalogue, include_str!("../messages/de/sentences.toml")]
        .into_iter()
        .flat_map(|file| toml::from_str::<BTreeMap<String, String>>(file).expect("well formed"))
        .collect();
    let missing: Vec<&String> = written
        .iter()
        .filter(|text| !told.contains_key(*text) && !NO_SENTENCES.contains(&text.as_str()))
        .collect();
    assert!(missing.is_empty(), "add to kit/messages/de/sentences.toml:\n{missing:#?}");
}

#[test]
fn a_sentence_has_the_same_holes_in_every_language_and_says_something() {
    let told: BTreeMap<String, String> =
        toml::from_str(include_str!("../messages/de/sentences.toml")).expect("well formed");
    let holes = |text: &str| -> BTreeSet<String> {
        let hole = |part| match part {
            Part::Hole(name) => Some(name),
            Part::Text(_) => None,
        };
        parts(text).into_iter().filter_map(hole).collect()
    };
    for (english, german) in &told {
        assert_eq!(holes(english), holes(german), "{english}");
        assert!(said(&parts(english)) >= 3, "{english:?} says too little to be known again");
    }
}

async fn german(text: &str) -> String {
    language::within(Language::German, async { of_sentence(text).into_owned() }).await
}

#[tokio::test]
async fn sentences_are_known_again_with_what_stands_in_them() {
    for (english, expected) in [
        ("nobody is signed in", "niemand ist angemeldet"),
        ("there is a rack r1 already", "ein Rack r1 gibt es schon"),
        ("it holds 3 servers and 0 accounts", "es enthält 3 Server und 0 Konten"),
        ("there is no server r1-u07", "Server r1-u07 gibt es nicht"),
        ("there is no private server web9", "einen privaten Server web9 gibt es nicht"),
        (
            "none of your servers has room for it: h1 lacks CPU: 10.0 % is free, less than 40.0 %. \
             h1 lacks memory: 600 MiB is free, less than 1.5 GiB",
            "keiner Ihrer Server hat Platz für ihn: h1 hat zu wenig CPU: 10.0 % ist frei, weniger als 40.0 %. \
             h1 hat zu wenig Arbeitsspeicher: 600 MiB ist frei, weniger als 1.5 GiB",
        ),
        ("install r1-u07 with debian-12", "r1-u07 mit debian-12 installieren"),
        (
            "r1 was not answered: no served network contains 10.0.0.1",
            "r1 bekam keine Antwort: kein bedientes Netz enthält 10.0.0.1",
        ),
        (
            "it was cancelled. The disk was not touched.",
            "sie wurde abgebrochen. Die Platte wurde nicht angetastet.",
        ),
        ("https://a.example cannot be reached: refused", "https://a.example ist nicht zu erreichen: refused"),
        ("Nobody wrote this down.", "Nobody wrote this down."),
        ("there is a rack  already", "there is a rack  already"),
    ] {
        assert_eq!(german(english).await, expected);
        assert_eq!(of_sentence(english), english, "English stays English");
    }
}
