//! Advice names commands that there are.

use std::path::{Path, PathBuf};

use rackwright_catalog::entry;

/// The sources of the domain, with strings that go on in a further line made whole.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
            let path = file.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("a source");
                let whole = text.split("\\\n").map(str::trim_start).collect::<Vec<_>>().concat();
                found.push((path, whole));
            }
        }
    }
    found
}

#[test]
fn every_command_that_advice_names_is_an_action() {
    let mut seen = 0;
    for (path, source) in sources() {
        for told in source.split(": rackwright ").skip(1) {
            let line = told.split(['"', '\\', ';']).next().unwrap_or_default();
            let mut words = line.split(' ').map(|word| word.trim_end_matches([',', '.']));
            let (noun, verb) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if noun == "{noun}" || noun.starts_with("--") {
                continue;
            }
            assert!(entry(&format!("{noun}.{verb}")).is_some(), "{}: {noun} {verb}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} commands were found in the sources");
}

#[test]
fn what_is_not_found_is_listed_by_the_action_that_is_named() {
    let mut seen = 0;
    for (path, source) in sources() {
        for call in source.split("not_found(").skip(1) {
            let noun = call.split(',').nth(1).unwrap_or_default().trim();
            if noun.starts_with("noun:") {
                continue;
            }
            let noun = noun.trim_matches('"');
            assert!(entry(&format!("{noun}.list")).is_some(), "{}: {noun} list", path.display());
            seen += 1;
        }
    }
    assert!(seen > 25, "only {seen} calls were found in the sources");
}
