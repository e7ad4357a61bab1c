//! Every word that a panel says stands in the message catalogues: no template and no source of any tier has bare ones.

use std::fs;
use std::path::{Path, PathBuf};

/// Signs and names that are the same in every language.
const NAMES: [&str; 6] = ["Rackwright", "rackwright", "session", "close", "leave", "amp"];
/// Attributes whose value is read out or shown.
const SHOWN: [&str; 6] =
    ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\"", "label=\"", "data-title=\""];

fn panels() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files below a folder with this ending.
fn files(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("tests") {
                files(&path, ending, out);
            }
        } else if path.extension().is_some_and(|found| found == ending) {
            out.push(path);
        }
    }
}

/// The text outside and inside of `{{ }}` and `{% %}`.
fn split(template: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut rest = template;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        outside.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("{{") { "}}" } else { "%}" };
        let Some(length) = rest[at..].find(end) else { break };
        inside.push(rest[at + 2..at + length].to_owned());
        rest = &rest[at + length + 2..];
    }
    outside.push_str(rest);
    (outside, inside)
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphabetic())
        .filter(|word| word.chars().count() > 1 && !NAMES.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Texts of literals in an expression that are no name of a field, a class or a message.
fn sentences(expression: &str) -> Vec<String> {
    let literals = expression.split('"').skip(1).step_by(2);
    literals
        .filter(|text| text.contains(' ') || text.starts_with(char::is_uppercase))
        .flat_map(words)
        .collect()
}

/// Bare words of a template.
fn bare(template: &str) -> Vec<String> {
    // What it gives are attributes.
    let (before, after) = template.split_once("{% component describe").unwrap_or((template, ""));
    let after = after.split_once("endcomponent describe").map_or("", |(_, after)| after);
    let (outside, inside) = split(&format!("{before}{after}"));
    let mut found: Vec<String> = inside.iter().flat_map(|expression| sentences(expression)).collect();
    let mut rest = outside.as_str();
    while let Some(at) = rest.find('<') {
        found.extend(words(&rest[..at]));
        let Some(length) = rest[at..].find('>') else { break };
        let tag = &rest[at..=at + length];
        for name in SHOWN {
            // A value may follow the name of a longer attribute, such as `data-label`.
            let value = tag.split(name).nth(1).and_then(|value| value.split('"').next());
            found.extend(value.map(words).unwrap_or_default());
        }
        rest = &rest[at + length + 1..];
        if ["<kbd", "<code", "<pre"].iter().any(|code| tag.starts_with(code)) {
            rest = rest
                .split_once("</")
                .and_then(|(_, after)| after.split_once('>'))
                .map_or("", |(_, after)| after);
        }
    }
    found.extend(words(rest));
    found
}

#[test]
fn bare_words_are_found() {
    for (template, word) in [
        ("<p>Hello</p>", "Hello"),
        ("<a title=\"{{ x }} more\">", "more"),
        ("{{ x or \"Unknown maker\" }}", "Unknown"),
        ("{{ <progress label=\"Progress\" /> }}", "Progress"),
        ("{% if x %}yes{% endif %}", "yes"),
    ] {
        assert!(bare(template).iter().any(|found| found == word), "{template}: {:?}", bare(template));
    }
    assert_eq!(
        bare("<p class=\"a b\">{{ \"key-of\" | t(x=1) }} · <kbd>Ctrl</kbd></p>"),
        Vec::<String>::new()
    );
}

#[test]
fn no_template_has_a_bare_word() {
    let mut templates = Vec::new();
    files(&panels(), "html", &mut templates);
    assert!(templates.len() > 20, "{templates:?}");
    let mut found = Vec::new();
    for path in templates {
        let words = bare(&fs::read_to_string(&path).expect("a template"));
        if !words.is_empty() {
            found.push(format!("{}: {words:?}", path.display()));
        }
    }
    assert!(found.is_empty(), "put these into kit/messages:\n{}", found.join("\n"));
}

/// Literals of two words or more in a source, without comments and tests.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in code.lines().map(str::trim) {
        let silent = ["//", "tracing::", "#[", "r#\""].iter().any(|start| line.starts_with(start))
            || [".expect(", "Error::message(", "split_once", "starts_with("]
                .iter()
                .any(|call| line.contains(call));
        if silent {
            continue;
        }
        for literal in line.replace("\\\"", "'").split('"').skip(1).step_by(2) {
            let two =
                literal.split(' ').filter(|word| word.len() > 1 && word.chars().all(char::is_alphabetic));
            let same =
                literal == "Control Center" || literal.starts_with("rackwright ") || literal.starts_with('<');
            if two.count() > 1 && !same {
                found.push(literal.to_owned());
            }
        }
    }
    found
}

#[test]
fn no_source_has_a_bare_sentence() {
    let mut sources = Vec::new();
    files(&panels(), "rs", &mut sources);
    let mut found = Vec::new();
    for path in sources.into_iter().filter(|path| {
        !["build.rs", "messages_tests.rs", "sentences_tests.rs", "words.rs"]
            .iter()
            .any(|file| path.ends_with(file))
    }) {
        let texts = literals(&fs::read_to_string(&path).expect("a source"));
        found.extend(texts.into_iter().map(|text| format!("{}: {text}", path.display())));
    }
    assert!(found.is_empty(), "put these into kit/messages:\n{}", found.join("\n"));
}

/// Every key that a template or a source names is a message.
#[test]
fn every_key_that_is_asked_for_is_a_message() {
    let (mut paths, mut asked) = (Vec::new(), 0);
    files(&panels(), "html", &mut paths);
    files(&panels(), "rs", &mut paths);
    let mut lacking = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file");
        let templates = text.split("\" | t").filter_map(|before| before.rsplit('"').next());
        let calls = ["tell(\"", "tell_with(\""].into_iter().flat_map(|call| text.split(call).skip(1));
        let calls = calls.filter_map(|after| after.split('"').next());
        let is_html = path.extension().is_some_and(|ending| ending == "html");
        let keys: Vec<&str> = if is_html {
            let last = text.matches("\" | t").count();
            templates.take(last).collect()
        } else {
            calls.collect()
        };
        for key in keys.into_iter().filter(|key| !key.contains("there-is-no-such-key")) {
            asked += 1;
            if !rackwright_panel_kit::messages::has(key) {
                lacking.push(format!("{}: {key}", path.display()));
            }
        }
    }
    assert!(
        asked > 150 && lacking.is_empty(),
        "{asked} keys are asked for; no message of:\n{}",
        lacking.join("\n")
    );
}
