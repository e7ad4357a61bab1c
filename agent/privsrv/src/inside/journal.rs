//! Lines of the journal inside, as journalctl(1) tells them in JSON.

use rackwright_model::Millis;
use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{
    Answer, Journal, JournalLine, LINES, UnitName, Work, WorkFailure,
};
use serde_json::Value;

use super::script::{self, Heard};

/// Letters of a line that are told.
const TEXT: usize = 2_000;
/// Bytes of all lines.
const ALL: usize = 600_000;

const READ: &str = r#"
lines=$1 since=$2 unit=$3
set -- --no-pager --quiet --reverse --output=json --lines="$lines" \
    --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT
[ -z "$since" ] || set -- "$@" --since="-${since}s"
[ -z "$unit" ] || set -- "$@" --unit="$unit"
exec journalctl "$@" 2>/dev/null"#;

/// The newest lines first.
///
/// # Errors
/// When journalctl does not answer.
pub fn read(
    number: Number,
    service: Option<&UnitName>,
    since_s: Option<u32>,
    lines: u32,
) -> Result<Answer, WorkFailure> {
    let lines = lines.clamp(1, LINES);
    let since = since_s.map(|since| since.to_string()).unwrap_or_default();
    let unit = service.map(UnitName::as_str).unwrap_or_default();
    let limit = script::limit(&Work::Journal { service: None, since_s, lines });
    let Heard { text, cut } = script::run(number, READ, &[&lines.to_string(), &since, unit], "", limit)?;
    Ok(Answer::Journal(parse(&text, cut)))
}

fn parse(text: &str, cut: bool) -> Journal {
    let mut journal = Journal { items: Vec::new(), cut };
    let mut bytes = 0;
    for line in text.lines().take(LINES as usize) {
        let Some(line) = line_of(line) else {
            // The last one, when there was more than is kept.
            journal.cut = true;
            continue;
        };
        bytes += line.text.len() + line.from.len();
        if bytes > ALL {
            journal.cut = true;
            break;
        }
        journal.items.push(line);
    }
    journal
}

fn line_of(line: &str) -> Option<JournalLine> {
    let fields: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| fields.get(name).map(words).unwrap_or_default();
    let micros: i64 = fields.get("__REALTIME_TIMESTAMP")?.as_str()?.parse().ok()?;
    let (unit, identifier) = (text("_SYSTEMD_UNIT"), text("SYSLOG_IDENTIFIER"));
    let from = if identifier.is_empty() { unit } else { identifier };
    Some(JournalLine {
        at: Millis(micros / 1_000),
        from: from.chars().take(80).collect(),
        severity: text("PRIORITY").parse().ok().filter(|severity| *severity <= 7).unwrap_or(6),
        text: text("MESSAGE").chars().take(TEXT).collect(),
    })
}

/// A field is a text, or the numbers of its bytes where it is none.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(bytes) => {
            let bytes: Vec<u8> =
                bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).take(4 * TEXT).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn lines_are_read_and_a_broken_one_says_that_there_is_more() {
        let text = concat!(
            r#"{"__REALTIME_TIMESTAMP":"1764000000123456","MESSAGE":"Started.","PRIORITY":"6","_SYSTEMD_UNIT":"init.scope","SYSLOG_IDENTIFIER":"systemd"}"#,
            "\n",
            r#"{"__REALTIME_TIMESTAMP":"1764000000000000","MESSAGE":[104,105,27],"PRIORITY":"3","_SYSTEMD_UNIT":"a.service"}"#,
            "\n",
            r#"{"__REALTIME_TIMEST"#,
        );
        let journal = parse(text, false);
        assert!(journal.cut);
        let seen: Vec<_> = journal
            .items
            .iter()
            .map(|line| (line.at.0, line.from.as_str(), line.severity, line.text.as_str()))
            .collect();
        assert_eq!(
            seen,
            [(1_764_000_000_123, "systemd", 6, "Started."), (1_764_000_000_000, "a.service", 3, "hi\u{1b}")]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read(line in "[\\[\\]{}\":,_A-Z0-9a-z]{0,300}") {
            line_of(&line);
        }
    }
}
