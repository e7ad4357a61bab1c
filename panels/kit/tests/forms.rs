//! Forms of every action: what stands in them becomes the same input again, and no text breaks them.

use proptest::prelude::*;
use rackwright_catalog::{ENTRIES, FieldProblem, entry};
use rackwright_panel_kit::form::view::Drawing;
use rackwright_panel_kit::form::{Choices, FormView, Typed, decode, fields, fill};
use serde_json::{Value, json};

/// Without what a form does not say because it is so anyway: nothing, empty lists, and switches that are off.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(all) => {
            let kept = all.iter().map(|(key, value)| (key.clone(), bare(value)));
            Value::Object(
                kept.filter(|(_, value)| !value.is_null() && *value != json!([]) && *value != json!(false))
                    .collect(),
            )
        }
        Value::Array(all) => Value::Array(all.iter().map(bare).collect()),
        other => other.clone(),
    }
}

#[track_caller]
fn comes_back(name: &str, input: &Value) {
    let fields = fields(&(entry(name).expect("in the catalogue").input_schema)());
    let typed = fill(&fields, input).renumbered(&fields);
    assert_eq!(bare(&decode(&fields, &typed)), bare(input), "{name}");
}

#[test]
fn every_sample_comes_back_from_its_form() {
    for entry in ENTRIES {
        comes_back(entry.spec.name, &(entry.sample_input)());
    }
}

#[test]
fn lists_of_objects_and_nested_objects_come_back() {
    let users = json!([
        {"name": "ops", "ssh_keys": ["ssh-ed25519 AAAA… a", "ssh-ed25519 AAAA… b"], "password_hash": "$y$x", "sudo": true},
        {"name": "web", "ssh_keys": [], "password_hash": null, "sudo": false},
    ]);
    let disk = json!({"target": "largest", "root_mib": 9_000, "data": "ext4"});
    let run = ["echo 'x y'"];
    let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----";
    let source =
        json!({"uri": "http://a/b", "suite": "x", "components": ["main"], "key": key, "unsigned": false});
    let input = json!({
        "name": "a", "image": "b", "disk": disk, "users": users, "network": "static", "post_install": run,
        "package_sources": [source],
    });
    comes_back("profile.create", &input);
}

#[test]
fn a_blank_optional_object_is_left_out_and_a_started_one_is_not() {
    let fields = fields(&(entry("server.add").expect("in the catalogue").input_schema)());
    let blank = Typed::parse(b"name=a&macs=52:54:00:12:34:56&bmc.address=&bmc.user=&bmc.password=");
    assert_eq!(decode(&fields, &blank), json!({"name": "a", "macs": ["52:54:00:12:34:56"]}));
    let begun = Typed::parse(b"name=a&macs=&bmc.address=10.0.0.1");
    assert_eq!(decode(&fields, &begun), json!({"name": "a", "bmc": {"address": "10.0.0.1"}}));
}

#[test]
fn text_that_is_no_number_is_left_for_the_check_to_name() {
    let fields = fields(&(entry("token.create").expect("in the catalogue").input_schema)());
    assert_eq!(
        decode(&fields, &Typed::parse(b"name=ci&days=ninety")),
        json!({"name": "ci", "days": "ninety"})
    );
}

#[test]
fn text_of_several_lines_loses_only_the_line_ends_of_the_browser() {
    let fields = fields(&(entry("profile.create").expect("in the catalogue").input_schema)());
    let typed = Typed::parse(b"name=a&package_sources.0.key=one%0D%0A%0D%0Atwo%0D%0A");
    assert_eq!(decode(&fields, &typed)["package_sources"][0]["key"], "one\n\ntwo");
}

#[test]
fn every_problem_is_shown_once_at_its_own_field() {
    let fields = fields(&(entry("profile.create").expect("in the catalogue").input_schema)());
    let typed = Typed::parse(b"name=a&users.3.name=x&root_keys=one%0Atwo");
    let typed = typed.renumbered(&fields);
    let problems: Vec<FieldProblem> = ["disk.root_mib", "users.0.name", "root_keys.1", "elsewhere"]
        .map(|field| FieldProblem::new(field, format!("wrong at {field}")))
        .to_vec();
    let choices = Choices::default();
    let drawing = Drawing {
        typed: &typed,
        problems: &problems,
        choices: &choices,
        echo_secrets: false,
        fixed: None,
        grow: None,
    };
    let form = FormView::draw(&fields, &drawing);
    let drawn = serde_json::to_string(&form).expect("a view is JSON");
    for field in ["disk.root_mib", "users.0.name", "elsewhere"] {
        assert_eq!(drawn.matches(&format!("wrong at {field}\"")).count(), 1, "{field} in {drawn}");
    }
    assert!(drawn.contains("line 2: wrong at root_keys.1"), "{drawn}");
    assert_eq!(form.loose.len(), 1);
    assert_eq!(form.wrong, 3);
}

#[test]
fn a_password_is_not_shown_again() {
    let fields = fields(&(entry("server.set-bmc").expect("in the catalogue").input_schema)());
    let typed = Typed::parse(b"server=a&bmc.user=root&bmc.password=hush-hush");
    let choices = Choices::default();
    let drawing = Drawing {
        typed: &typed,
        problems: &[],
        choices: &choices,
        echo_secrets: false,
        fixed: None,
        grow: None,
    };
    let drawn = serde_json::to_string(&FormView::draw(&fields, &drawing)).expect("a view is JSON");
    assert!(drawn.contains("\"root\"") && !drawn.contains("hush-hush"), "{drawn}");
}

proptest! {
    #[test]
    fn no_text_breaks_a_form(body in proptest::collection::vec(any::<u8>(), 0..400), names in proptest::collection::vec("(users|disk|bmc|macs)(\\.[0-9]{0,9}){0,3}(\\.[a-z]{0,5})?=.{0,9}", 0..8)) {
        let encoded = [body, names.join("&").into_bytes()].join(&b'&');
        for entry in ENTRIES {
            let fields = fields(&(entry.input_schema)());
            let typed = Typed::parse(&encoded).renumbered(&fields);
            let input = decode(&fields, &typed);
            prop_assert!(input.is_object());
            let again = decode(&fields, &fill(&fields, &input));
            prop_assert!(again.is_object());
        }
    }
}
