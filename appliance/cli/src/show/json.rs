//! JSON (RFC 8259) on one line.

use serde_json::Value;

/// A value as JSON. What could steer a terminal or reorder what is read stands only within texts, where it is written by
/// its number.
#[must_use]
pub fn json(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            other => text.push(other),
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_by_its_number() {
        let hostile = json!({"title": "a\u{1b}]0;b\u{7}\u{9b}31m\u{7f}\u{202e}ä"});
        assert_eq!(super::json(&hostile), "{\"title\":\"a\\u001b]0;b\\u0007\\u009b31m\\u007f\\u202eä\"}\n");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text: String) {
            let written = super::json(&json!({ "a": text }));
            let read: Value = serde_json::from_str(&written).expect("JSON");
            prop_assert_eq!(&read["a"], &json!(text));
            prop_assert!(!written.trim_end().contains(|c: char| c.is_control()));
        }
    }
}
