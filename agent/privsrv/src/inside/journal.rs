//! Lines of the journal inside, as journalctl(1) tells them in JSON.

use rackwright_model::Millis;
use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{
    Answer, Journal, JournalLine, JournalPlace, LINES, UnitName, Work, WorkFailure,
};
use serde_json::Value;

use super::script::{self, Heard};

/// Letters of a line that are told.
const TEXT: usize = 2_000;
/// Bytes of all lines.
const ALL: usize = 600_000;

/// From a place on, lines come the oldest first, and `--lines` ends them; journalctl takes no `--since` beside it.
const READ: &str = r#"
lines=$1 since=$2 unit=$3 after=$4
set -- --no-pager --quiet --output=json --lines="$lines" \
    --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT
if [ -n "$after" ]; then set -- "$@" --after-cursor="$after"
else
    set -- "$@" --reverse
    [ -z "$since" ] || set -- "$@" --since="-${since}s"
fi
[ -z "$unit" ] || set -- "$@" --unit="$unit"
exec journalctl "$@" 2>/dev/null"#;

/// The newest lines first. Of those that follow a place the oldest ones are told, so that whoever goes on from the newest of
/// them misses none.
///
/// # Errors
/// When journalctl does not answer.
pub fn read(
    number: Number,
    service: Option<&UnitName>,
    since_s: Option<u32>,
    lines: u32,
    after: Option<&JournalPlace>,
) -> Result<Answer, WorkFailure> {
    let lines = lines.clamp(1, LINES);
    let since = since_s.map(|since| since.to_string()).unwrap_or_default();
    let unit = service.map(UnitName::as_str).unwrap_or_default();
    let place = after.map(JournalPlace::as_str).unwrap_or_default();
    let limit = script::limit(&Work::Journal { service: None, since_s, lines, after: None });
    let Heard { text, cut } =
        script::run(number, READ, &[&lines.to_string(), &since, unit, place], "", limit)?;
    Ok(Answer::Journal(parse(&text, cut, after)))
}

fn parse(text: &str, mut cut: bool, after: Option<&JournalPlace>) -> Journal {
    let mut told = Vec::new();
    let mut bytes = 0;
    for line in text.lines().take(LINES as usize) {
        let Some(line) = line_of(line) else {
            // The last one, when there was more than is kept.
            cut = true;
            continue;
        };
        bytes += line.0.text.len() + line.0.from.len();
        if bytes > ALL {
            cut = true;
            break;
        }
        told.push(line);
    }
    if after.is_some() {
        told.reverse();
        // Those that are missing are newer, and told when somebody asks on.
        cut = false;
    }
    let newest = told.iter().find_map(|(_, place)| place.clone()).or_else(|| after.cloned());
    Journal { items: told.into_iter().map(|(line, _)| line).collect(), cut, newest }
}

fn line_of(line: &str) -> Option<(JournalLine, Option<JournalPlace>)> {
    let fields: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| fields.get(name).map(words).unwrap_or_default();
    let micros: i64 = fields.get("__REALTIME_TIMESTAMP")?.as_str()?.parse().ok()?;
    let (unit, identifier) = (text("_SYSTEMD_UNIT"), text("SYSLOG_IDENTIFIER"));
    let from = if identifier.is_empty() { unit } else { identifier };
    let told = JournalLine {
        at: Millis(micros / 1_000),
        from: from.chars().take(80).collect(),
        severity: text("PRIORITY").parse().ok().filter(|severity| *severity <= 7).unwrap_or(6),
        text: text("MESSAGE").chars().take(TEXT).collect(),
    };
    Some((told, text("__CURSOR").parse().ok()))
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
        let journal = parse(text, false, None);
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

    #[test]
    fn whoever_goes_on_from_the_newest_line_misses_none() {
        let line = |place: &str, at: u32| {
            format!(
                r#"{{"__CURSOR":"{place}","__REALTIME_TIMESTAMP":"{at}000000","MESSAGE":"line {at}","PRIORITY":"6"}}"#
            )
        };
        let at = |place: &str| place.parse::<JournalPlace>().expect("a place");
        // As journalctl tells them: the newest first, and from a place on the oldest first.
        let first = parse(&[line("s=1;i=2", 2), line("s=1;i=1", 1)].join("\n"), false, None);
        assert_eq!(first.newest, Some(at("s=1;i=2")));
        let text = format!("{}\n{}\n{{\"__CURS", line("s=1;i=3", 3), line("s=1;i=4", 4));
        let next = parse(&text, true, first.newest.as_ref());
        let seen: Vec<_> = next.items.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(seen, ["line 4", "line 3"]);
        assert_eq!((next.newest, next.cut), (Some(at("s=1;i=4")), false));
        // Nothing new: it stays where it was. A place that is none is no place.
        let none = parse("", false, Some(&at("s=1;i=4")));
        assert_eq!(none.newest, Some(at("s=1;i=4")));
        assert_eq!(parse(&line("s=1 --rotate", 5), false, None).newest, None);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read(line in "[\\[\\]{}\":,_A-Z0-9a-z]{0,300}") {
            line_of(&line);
        }
    }
}
