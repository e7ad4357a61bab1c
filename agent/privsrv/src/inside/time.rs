//! The clock is the server's; what a private server has of its own is the time zone.

use rackwright_model::Millis;
use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, FailureKind, TimeInside, Work, WorkFailure};

use super::script::{self, Heard};

const LOOK: &str = "date +%s; date +%z; readlink /etc/localtime || true";
const SET: &str = r#"
[ -f "/usr/share/zoneinfo/$1" ] || { echo "there is no time zone $1 inside"; exit 74; }
ln -sfnT -- "/usr/share/zoneinfo/$1" /etc/localtime 2>&1 && printf '%s\n' "$1" >/etc/timezone"#;

/// # Errors
/// When date(1) does not answer.
pub fn look(number: Number) -> Result<Answer, WorkFailure> {
    let Heard { text, .. } = script::run(number, LOOK, &[], "", script::limit(&Work::Time))?;
    read(&text)
        .map(Answer::Time)
        .ok_or_else(|| WorkFailure::new(FailureKind::Broken, "date inside answers something else"))
}

fn read(text: &str) -> Option<TimeInside> {
    let mut lines = text.lines();
    let seconds: i64 = lines.next()?.trim().parse().ok()?;
    let offset = lines.next()?.trim();
    let is_offset = offset.len() == 5
        && offset.starts_with(['+', '-'])
        && offset[1..].bytes().all(|byte| byte.is_ascii_digit());
    let zone = lines.next().and_then(|link| link.split_once("/zoneinfo/")).map(|(_, zone)| zone.trim());
    Some(TimeInside {
        at: Millis(seconds.saturating_mul(1_000)),
        zone: zone.filter(|zone| is_zone(zone)).map(str::to_owned),
        offset: Some(offset).filter(|_| is_offset)?.to_owned(),
    })
}

/// Sets the time zone; services take it on when they are started anew.
///
/// # Errors
/// When there is none of that name.
pub fn set_zone(number: Number, zone: &str) -> Result<Answer, WorkFailure> {
    if !is_zone(zone) {
        return Err(WorkFailure::new(FailureKind::Unsuitable, "this is no name of a time zone"));
    }
    script::run(number, SET, &[zone], "", script::limit(&Work::Time)).map(|_| Answer::Done)
}

fn is_zone(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    text.len() <= 64 && text.split('/').all(part)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_zone_is_what_the_link_leads_to() {
        let time = read("1764000000\n+0100\n/usr/share/zoneinfo/Europe/Berlin\n").expect("is one");
        assert_eq!(
            (time.zone.as_deref(), time.offset.as_str(), time.at.0),
            (Some("Europe/Berlin"), "+0100", 1_764_000_000_000)
        );
        assert_eq!(read("1764000000\n+0000\n").expect("is one").zone, None);
        assert!(!is_zone("../../etc/passwd") && !is_zone("/etc") && is_zone("Etc/GMT+1"));
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read(text in ".{0,60}\n.{0,10}\n.{0,60}") {
            read(&text);
        }
    }
}
