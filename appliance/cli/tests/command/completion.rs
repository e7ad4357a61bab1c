//! Completions, as a shell asks for them.

use crate::center::{Center, output};

/// What bash is offered for the last word of a line.
fn offered(center: &Center, words: &[&str]) -> Vec<String> {
    let mut command = center.command("");
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .arg("--")
        .args(words);
    output(&mut command).lines().map(str::to_owned).collect()
}

#[test]
fn nouns_verbs_and_flags_are_offered() {
    let center = Center::start([]);
    assert!(offered(&center, &["rackwright", "ser"]).contains(&"server".to_owned()));
    assert!(offered(&center, &["rackwright", "server", "in"]).contains(&"install".to_owned()));
    assert!(
        offered(&center, &["rackwright", "server", "install", "--pro"]).contains(&"--profile".to_owned())
    );
    assert!(
        offered(&center, &["rackwright", "server", "power", "r1", "--order", "cy"])
            .contains(&"cycle".to_owned())
    );
}

#[test]
fn names_come_from_the_control_center() {
    let center = Center::start([]);
    assert_eq!(offered(&center, &["rackwright", "server", "show", ""])[0], "r1-u07");
    assert_eq!(
        offered(&center, &["rackwright", "server", "install", "r1", "--profile", "deb"]),
        ["debian-12"]
    );
    assert_eq!(offered(&center, &["rackwright", "job", "show", ""])[0], "7");
}

#[test]
fn the_line_says_which_control_center_is_asked() {
    let (center, other) = (Center::start([]), Center::start([]));
    let socket = other.socket().display().to_string();
    assert_eq!(offered(&center, &["rackwright", "--socket", &socket, "server", "show", ""])[0], "r1-u07");
    assert_eq!((center.calls().len(), other.calls().len()), (0, 1));
}

#[test]
fn nobody_there_offers_nothing_and_says_nothing() {
    let center = Center::start([]);
    let offers = offered(&center, &["rackwright", "--socket", "/nonexistent", "server", "show", "r"]);
    assert!(offers.is_empty(), "{offers:?}");
}

#[test]
fn scripts_are_written_for_three_shells() {
    let center = Center::start([]);
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            output(&mut center.command(&format!("completions {shell}"))).contains("rackwright"),
            "{shell}"
        );
    }
}

#[test]
fn contexts_are_offered_by_name() {
    let (center, home) = (Center::start([]), tempfile::tempdir().expect("a folder"));
    let mut add =
        center.command(&format!("context add lab --url https://a:1 --fingerprint {}", "a".repeat(64)));
    output(add.env("XDG_CONFIG_HOME", home.path()));
    for words in [&["rackwright", "--context", ""][..], &["rackwright", "context", "use", ""]] {
        let mut command = center.command("");
        command
            .env("XDG_CONFIG_HOME", home.path())
            .env("COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
            .env("_CLAP_IFS", "\n")
            .env("_CLAP_COMPLETE_COMP_TYPE", "9")
            .arg("--")
            .args(words);
        let offers = output(&mut command);
        assert!(
            offers.lines().any(|offer| offer == "lab") && offers.contains("local"),
            "{words:?}: {offers}"
        );
    }
}
