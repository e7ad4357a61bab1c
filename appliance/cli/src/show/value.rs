//! Single values. Names of fields end with their unit (`_at`, `_bytes`, `_s` …); that is how a value is read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rackwright_model::Millis;
use rackwright_model::private_server::inside::severity_word;
use serde_json::Value;

/// Text without line breaks and without anything that could steer a terminal or reorder what is read.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { harmless(c) }).collect()
}

/// The same, with its line breaks.
#[must_use]
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.chars().map(|c| if c == '\t' { ' ' } else { harmless(c) }).collect())
        .collect()
}

fn harmless(c: char) -> char {
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || reorders { '\u{fffd}' } else { c }
}

/// A time of this machine's zone, in RFC 3339.
#[must_use]
pub fn time(at: Millis) -> String {
    match Timestamp::from_millisecond(at.0) {
        Ok(instant) => instant.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        Err(_) => at.0.to_string(),
    }
}

/// What a field is called before a person: its name without the unit, which stands with the value.
#[must_use]
pub(super) fn title(name: &str) -> String {
    let units = ["_bytes_per_s", "_permille", "_bytes", "_kb", "_mib", "_s", "_centi", "_mbps", "_kbit"];
    let bare = units.iter().find_map(|unit| name.strip_suffix(unit)).unwrap_or(name);
    match bare {
        "at" => "time".to_owned(),
        "bytes" => "size".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A value on one line, in the unit that its field's name says.
#[must_use]
pub fn value(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.to_string(), |whole| self::number(name, whole))
        }
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => one_line(text),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) if items.iter().all(is_plain) => {
            items.iter().map(|item| self::value(name, item)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) if fields.is_empty() => "-".to_owned(),
        // Amounts alone, such as the room of a server, read as words with their units.
        Value::Object(fields) if fields.values().all(is_amount) => fields
            .iter()
            .map(|(key, field)| one_line(&format!("{} {}", title(key), self::value(key, field))))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(fields) if fields.values().all(is_plain) => fields
            .iter()
            .map(|(key, field)| one_line(&format!("{key}={}", self::value(key, field))))
            .collect::<Vec<_>>()
            .join(" "),
        Value::Array(_) | Value::Object(_) => one_line(&value.to_string()),
    }
}

/// Whether a value needs no lines of its own.
pub(super) fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn is_amount(value: &Value) -> bool {
    value.is_number() || value.is_null()
}

fn number(name: &str, number: i64) -> String {
    let is = |unit: &str| name.strip_suffix(unit).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'));
    if is("at") || is("until") || name == "now" {
        time(Millis(number))
    } else if is("bytes_per_s") {
        format!("{}/s", size(number))
    } else if is("bytes") {
        size(number)
    } else if is("kb") {
        size(number.saturating_mul(1 << 10))
    } else if is("mib") {
        size(number.saturating_mul(1 << 20))
    } else if is("permille") {
        format!("{}.{} %", number / 10, (number % 10).abs())
    } else if is("centi") {
        format!("{}.{:02}", number / 100, (number % 100).abs())
    } else if is("mbps") {
        format!("{number} Mbit/s")
    } else if is("kbit") {
        rate(number)
    } else if is("severity") {
        let word = u64::try_from(number).ok().and_then(severity_word);
        word.map_or_else(|| number.to_string(), str::to_owned)
    } else if name.ends_with("_s") {
        duration(number)
    } else {
        number.to_string()
    }
}

/// Bytes in the largest binary unit that leaves a number of at least one.
fn size(bytes: i64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes.unsigned_abs() < 1_024 {
        return format!("{bytes} B");
    }
    let mut tenths = i128::from(bytes) * 10 / 1_024;
    let mut at = 0;
    while tenths.abs() >= 10_240 && at + 1 < units.len() {
        tenths /= 1_024;
        at += 1;
    }
    format!("{}.{} {}", tenths / 10, (tenths % 10).abs(), units[at])
}

/// kbit/s in the largest decimal unit that leaves a number of at least one.
fn rate(kbit: i64) -> String {
    match kbit.unsigned_abs() {
        0..1_000 => format!("{kbit} kbit/s"),
        1_000..1_000_000 => format!("{}.{} Mbit/s", kbit / 1_000, (kbit / 100 % 10).abs()),
        1_000_000.. => format!("{}.{} Gbit/s", kbit / 1_000_000, (kbit / 100_000 % 10).abs()),
    }
}

/// Seconds as days, hours, minutes: the two largest that are not zero.
fn duration(seconds: i64) -> String {
    if seconds < 60 {
        return format!("{seconds} s");
    }
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn units_come_from_names() {
        for (name, given, shown) in [
            ("bytes", json!(141_000_000), "134.4 MiB"),
            ("data_free_bytes", json!(429_496_729_600_i64), "400.0 GiB"),
            ("bytes", json!(1_023), "1023 B"),
            ("net_in_bytes_per_s", json!(2_048), "2.0 KiB/s"),
            ("memory_kb", json!(1_048_576), "1.0 GiB"),
            ("root_mib", json!(3_072), "3.0 GiB"),
            ("progress_permille", json!(425), "42.5 %"),
            ("load_centi", json!([12, 108, 5]), "0.12, 1.08, 0.05"),
            ("uptime_s", json!(86_461), "1 d"),
            ("lease_s", json!(5_400), "1 h 30 min"),
            ("wait_s", json!(20), "20 s"),
            ("speed_mbps", json!(10_000), "10000 Mbit/s"),
            ("bandwidth_kbit", json!(512), "512 kbit/s"),
            ("bandwidth_kbit", json!(12_500), "12.5 Mbit/s"),
            ("severity", json!(6), "info"),
            ("severity", json!(9), "9"),
            (
                "free",
                json!({"cpu_permille": 750, "memory_mib": 1_434, "bandwidth_kbit": 1_000_000, "ceiling_kbit": null}),
                "cpu 75.0 %, memory 1.4 GiB, bandwidth 1.0 Gbit/s, ceiling -",
            ),
            ("cores", json!(32), "32"),
            ("agents", json!(2), "2"),
            ("reason", Value::Null, "-"),
            ("agent_connected", json!(true), "yes"),
            ("macs", json!([]), "-"),
            ("input", json!({"server": "r1", "order": "on"}), "server=r1 order=on"),
            ("input", json!({"users": [{}]}), "{\"users\":[{}]}"),
        ] {
            assert_eq!(value(name, &given), shown, "{name}");
        }
    }

    #[test]
    fn times_are_of_this_zone() {
        let shown = time(Millis(1_764_000_000_000));
        let back: Timestamp = shown.parse().expect("RFC 3339");
        assert_eq!(back.as_millisecond(), 1_764_000_000_000);
        assert_eq!(value("seen_at", &json!(1_764_000_000_000_i64)), shown);
        assert_eq!(value("until", &json!(1_764_000_000_000_i64)), shown);
    }

    #[test]
    fn a_terminal_is_not_steered() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc\u{9b}d\u{202e}e"), "a\u{fffd}[2Jb c\u{fffd}d\u{fffd}e");
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(name in "[a-z_]{0,12}(_at|_bytes|_s|_kb|_mib|_permille|_centi|_kbit)?", number: i64, text: String) {
            let shown = value(&name, &json!(number));
            prop_assert!(!shown.is_empty() && !shown.contains('\n'));
            prop_assert!(!value(&name, &json!([text])).chars().any(char::is_control));
        }
    }
}
