//! Rules that hold for every action, so that a new one cannot break a screen, a command or the audit trail.

use std::collections::HashSet;

use rackwright_catalog::{ENTRIES, Effect};
use serde_json::Value;

#[test]
fn names_are_noun_verb_and_unique() {
    let mut seen = HashSet::new();
    for entry in ENTRIES {
        let name = entry.spec.name;
        assert_eq!(name.split('.').count(), 2, "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'-'), "{name}");
        assert!(seen.insert(name), "{name} is registered twice");
        assert!(entry.spec.summary.ends_with('.'), "{name}: the summary is a sentence");
    }
}

#[test]
fn schemas_stand_alone_and_close() {
    for entry in ENTRIES {
        let schema = (entry.input_schema)();
        assert!(!schema.to_string().contains("$ref"), "{}: {schema}", entry.spec.name);
        assert_eq!(schema["type"], "object", "{}", entry.spec.name);
        assert_eq!(
            schema.get("additionalProperties").or(schema.get("unevaluatedProperties")),
            Some(&Value::Bool(false)),
            "{}: unknown fields must be refused",
            entry.spec.name
        );
    }
}

#[test]
fn samples_pass_their_own_schemas() {
    for entry in ENTRIES {
        for (schema, sample) in [
            ((entry.input_schema)(), (entry.sample_input)()),
            ((entry.output_schema)(), (entry.sample_output)()),
        ] {
            let validator = jsonschema::validator_for(&schema).expect("a valid schema");
            let errors: Vec<String> = validator.iter_errors(&sample).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?} in {sample}", entry.spec.name);
        }
    }
}

#[test]
fn main_fields_and_columns_exist() {
    for entry in ENTRIES {
        let name = entry.spec.name;
        if let Some(main) = entry.spec.main {
            assert!((entry.input_schema)()["properties"].get(main).is_some(), "{name}: no field {main}");
        }
        let output = (entry.sample_output)();
        for column in entry.spec.columns {
            assert!(output["items"][0].get(column).is_some(), "{name}: no column {column} in {output}");
        }
    }
}

#[test]
fn reading_never_asks_for_a_confirmation() {
    for entry in ENTRIES.iter().filter(|entry| entry.spec.effect == Effect::Read) {
        assert!((entry.input_schema)()["properties"].get("confirm").is_none(), "{}", entry.spec.name);
    }
}

#[test]
fn a_wrong_address_is_named_beside_every_other_wrong_field() {
    let input = serde_json::json!({
        "name": "Not A Name",
        "macs": ["52:54:00:12:34:56"],
        "bmc": {"address": "10.77.1.300", "user": "admin", "password": "secret"},
    });
    let fault = rackwright_catalog::validate::input::<rackwright_catalog::actions::server::ServerAdd>(input)
        .expect_err("two fields are wrong");
    let mut named: Vec<&str> = fault.fields.iter().map(|wrong| wrong.field.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["bmc.address", "name"], "{fault}");
}

#[test]
fn a_text_of_a_wrong_form_is_answered_with_the_right_one() {
    use rackwright_catalog::actions::private_server::inside::{
        PrivateServerFilePermit, PrivateServerServiceDo,
    };
    use rackwright_catalog::actions::server::ServerAdd;
    use rackwright_catalog::validate::input;
    use serde_json::json;

    let named = json!({"name": "Web_2", "macs": ["52:54:00:12:34:56"]});
    let fault = input::<ServerAdd>(named).expect_err("no underscore");
    assert!(fault.reason.contains("\"Web_2\" cannot be a name; use 1 to 63 lower-case letters"), "{fault}");
    let mode = json!({"private_server": "web1", "path": "/srv", "mode": "999"});
    let fault = input::<PrivateServerFilePermit>(mode).expect_err("not octal");
    assert_eq!(fault.reason, "mode: \"999\" is not in the form it must have, for example 640");
    let service = json!({"private_server": "web1", "service": "cron", "deed": "restart"});
    let fault = input::<PrivateServerServiceDo>(service).expect_err("no unit");
    let expected = "service: \"cron\" is not in the form it must have, for example ssh.service";
    assert_eq!(fault.reason, expected);
    let mac = json!({"name": "web2", "macs": ["52:54:00:12:34:56", "00"]});
    let fault = input::<ServerAdd>(mac).expect_err("too short");
    assert!(fault.reason.contains("for example 52:54:00"), "{fault}");
    let secret = json!({
        "name": "web2",
        "macs": ["52:54:00:12:34:56"],
        "bmc": {"address": "10.0.9.7", "user": "admin", "password": "hush\u{7}"},
    });
    let fault = input::<ServerAdd>(secret).expect_err("not printable");
    assert!(fault.reason.ends_with("the value is not in the form it must have"), "{fault}");
}

#[test]
fn of_a_flood_of_problems_few_are_named() {
    use rackwright_catalog::actions::token::TokenCreate;
    use rackwright_catalog::validate::input;
    use serde_json::{Map, Value, json};

    for many in [90, 400, 2_000, 400_000] {
        let list = json!({"name": "ci", "permissions": vec![1; many]});
        let fields: Map<String, Value> = (0..many).map(|at| (format!("f{at}"), json!(at))).collect();
        for flood in [list, Value::Object(fields)] {
            let fault = input::<TokenCreate>(flood).expect_err("nothing in it is right");
            assert!((1..=100).contains(&fault.fields.len()), "{many}: {}", fault.fields.len());
            assert!(fault.fields.iter().all(|wrong| wrong.problem.len() < 2_000), "{many}");
        }
    }
}
