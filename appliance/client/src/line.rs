//! The command line that does the same as a form or a call.

use rackwright_catalog::{Entry, schema};
use serde_json::Value;

use crate::command::{Flag, Secrecy, flags};

/// The line of `rackwright` that carries out the action with this input, quoted for a POSIX shell (IEEE Std 1003.1
/// section 2.2). Secrets are not in it: their flags read standard input (`--bmc-password-file -`), one line each, in
/// the order of the flags. What equals its default is left out; what is required and missing stands as its name in capitals.
#[must_use]
pub fn cli_line(entry: &Entry, input: &Value) -> String {
    let mut words = vec!["rackwright".to_owned(), entry.spec.noun().to_owned(), entry.spec.verb().to_owned()];
    let mut last = Vec::new();
    for flag in flags(entry) {
        let Some(value) = at(input, &flag.path).filter(|value| !value.is_null()) else {
            if flag.required {
                placeholder(&flag, entry, &mut words);
            }
            continue;
        };
        if flag.is_main(entry) {
            let texts: Vec<String> = singles(&flag, value).map(text).collect();
            if texts.iter().any(|text| text.starts_with('-')) {
                last.push("--".to_owned());
                last.extend(texts);
            } else {
                words.splice(3..3, texts);
            }
        } else if !(flag.droppable && flag.default.as_ref() == Some(value)) {
            push(&flag, value, &mut words);
        }
    }
    words.extend(last);
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    quoted.join(" ")
}

/// Stands for what is still missing, so that the line shows what to fill in.
fn placeholder(flag: &Flag, entry: &Entry, words: &mut Vec<String>) {
    let name = flag.long.to_uppercase().replace('-', "_");
    if flag.is_main(entry) {
        words.insert(3, name);
    } else if flag.secrecy == Secrecy::Open {
        words.extend([format!("--{}", flag.long), name]);
    } else {
        words.extend([format!("--{}", flag.file_long()), "-".to_owned()]);
    }
}

/// The value at a path of an input, if it is there.
#[must_use]
pub fn at<'a>(input: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(input, |value, key| value.get(key))
}

fn push(flag: &Flag, value: &Value, words: &mut Vec<String>) {
    let hidden = match flag.secrecy {
        Secrecy::Open => false,
        Secrecy::Secret => true,
        Secrecy::Partly => schema::redact(&flag.schema, value) != *value,
    };
    if hidden {
        words.extend([format!("--{}", flag.file_long()), "-".to_owned()]);
        return;
    }
    for single in singles(flag, value) {
        let text = text(single);
        if text.starts_with('-') || single.is_boolean() {
            words.push(format!("--{}={text}", flag.long));
        } else {
            words.extend([format!("--{}", flag.long), text]);
        }
    }
}

/// The values that stand behind the flag, one after the other.
fn singles<'a>(flag: &Flag, value: &'a Value) -> impl Iterator<Item = &'a Value> {
    match value {
        Value::Array(items) if flag.many => items.iter(),
        single => std::slice::from_ref(single).iter(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn quote(word: &str) -> String {
    // No argument can hold a NUL.
    let word = word.replace('\0', "");
    shlex::try_quote(&word).map_or_else(|_| String::from("''"), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rackwright_catalog::{ENTRIES, entry};
    use serde_json::json;

    use super::*;

    fn line(action: &str, input: Value) -> String {
        cli_line(entry(action).expect("in the catalogue"), &input)
    }

    #[test]
    fn the_main_field_stands_without_a_flag() {
        assert_eq!(
            line("server.install", json!({"server": "r1", "profile": "debian-12", "confirm_wipe": null})),
            "rackwright server install r1 --profile debian-12"
        );
    }

    #[test]
    fn what_equals_its_default_is_left_out() {
        let disk = json!({"target": "first", "root_mib": 8192, "data": "xfs"});
        let input =
            json!({"name": "a", "image": "b", "disk": disk, "users": [], "packages": ["htop", "vim"]});
        assert_eq!(
            line("profile.create", input),
            "rackwright profile create a --image b --disk-root-mib 8192 --packages htop --packages vim"
        );
    }

    #[test]
    fn values_are_quoted_and_never_taken_for_flags() {
        let input = json!({"name": "a", "image": "b", "post_install": ["-x", "echo 'it is' > /tmp/$HOME"]});
        assert_eq!(
            shlex::split(&line("profile.create", input)).expect("quoted well")[4..],
            ["--image", "b", "--post-install=-x", "--post-install", "echo 'it is' > /tmp/$HOME"]
        );
        assert_eq!(
            line("session.open", json!({"user": "-rf", "password": "hush"})),
            "rackwright session open --password-file - -- -rf"
        );
    }

    #[test]
    fn people_with_a_hash_come_from_a_file_and_others_do_not() {
        let with = |hash: Value| {
            line(
                "profile.create",
                json!({"name": "a", "image": "b", "users": [{"name": "ops", "password_hash": hash}]}),
            )
        };
        assert_eq!(with(json!("$y$hush")), "rackwright profile create a --image b --users-file -");
        assert!(with(Value::Null).contains("--users '{"), "{}", with(Value::Null));
    }

    #[test]
    fn no_secret_of_any_sample_is_on_its_line() {
        for entry in ENTRIES {
            let input = (entry.sample_input)();
            let line = cli_line(entry, &input);
            for flag in flags(entry).iter().filter(|flag| flag.secrecy == Secrecy::Secret) {
                let Some(secret) = at(&input, &flag.path).and_then(Value::as_str) else { continue };
                assert!(!line.contains(secret), "{line}");
                assert!(line.contains(&format!("--{} -", flag.file_long())), "{line}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_the_shell(text in "\\PC{1,40}", other in any::<String>()) {
            let input = json!({"user": "a", "action": text, "after": other});
            let words = shlex::split(&line("audit.list", input)).expect("quoted well");
            for value in [text, other.replace('\0', "")] {
                let found = words.iter().any(|word| *word == value || word.ends_with(&format!("={value}")));
                prop_assert!(found, "{value:?} in {words:?}");
            }
        }
    }
}
