//! Wrong words from the operator.

use serde_json::{Value, json};

use crate::story::Story;

/// Every wrong field is named, not only the first.
pub fn all_wrong_fields_are_named(story: &Story) {
    let input = json!({
        "name": "Not A Name",
        "macs": ["52:54:00:12:34:56", "no address"],
        "bmc": {"address": "10.77.1.300", "user": "admin", "password": "a password of more than twenty letters"},
        "colour": "red",
    });
    let refused = story.act.refused(&["server", "add", "--input", "-"], &input.to_string());
    assert_eq!(refused.exit_code, 1, "{refused:?}");
    assert_eq!(refused.fault["code"], "invalid_input", "{refused:?}");
    let fields = refused.fault["fields"].as_array().cloned().unwrap_or_default();
    let named: Vec<&str> = fields.iter().filter_map(|one| one["field"].as_str()).collect();
    for field in ["name", "macs.1", "bmc.address", "bmc.password", "colour"] {
        assert!(named.contains(&field), "{field} is not among {named:?}");
    }
    assert!(
        fields.iter().all(|one| one["problem"].as_str().is_some_and(|why| !why.is_empty())),
        "{fields:?}"
    );
    let told = Value::Array(fields).to_string();
    assert!(!told.contains("more than twenty letters"), "the password stands in its refusal: {told}");
}

/// Objects that are not there, and commands that make no sense, end with a sentence each.
pub fn unknown_names_are_refused(story: &Story) {
    let words = ["server", "install", "nobody", "--profile", rackwright_rack::prepare::IMAGE];
    let refused = story.act.refused(&words, "");
    assert_eq!(refused.fault["code"], "not_found", "{refused:?}");
    let unknown = story.act.refused(&["server", "teleport", "nobody"], "");
    assert_eq!(unknown.exit_code, 2, "{unknown:?}");
}
