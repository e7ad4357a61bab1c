//! Times, sizes and shares as people read them.

use jiff::Timestamp;
use jiff::fmt::strtime;
use rackwright_model::Millis;

use crate::language;
use crate::messages::{tell, tell_with};

/// `2026-03-01 14:05:09 UTC`; a dash for what is no time.
#[must_use]
pub fn instant(at: Millis) -> String {
    stamp(at, "%Y-%m-%d %H:%M:%S UTC")
}

/// RFC 3339, for the `datetime` attribute.
#[must_use]
pub fn machine(at: Millis) -> String {
    stamp(at, "%Y-%m-%dT%H:%M:%SZ")
}

/// `14:05:09`, for the lines of a log.
#[must_use]
pub fn clock(at: Millis) -> String {
    stamp(at, "%H:%M:%S")
}

fn stamp(at: Millis, form: &str) -> String {
    Timestamp::from_millisecond(at.0)
        .ok()
        .and_then(|time| strtime::format(form, time).ok())
        .unwrap_or_else(|| "–".to_owned())
}

/// `3 min ago`, `in 2 h`, `just now`.
#[must_use]
pub fn relative(at: Millis, now: Millis) -> String {
    let apart = now.since(at);
    let seconds = apart.unsigned_abs() / 1_000;
    let (unit, count) = match seconds {
        0..5 => return tell("time-now"),
        5..60 => ("time-s", seconds),
        60..3_600 => ("time-min", seconds / 60),
        3_600..172_800 => ("time-h", seconds / 3_600),
        172_800..5_184_000 => ("time-days", seconds / 86_400),
        _ => return stamp(at, "%Y-%m-%d"),
    };
    let span = tell_with(unit, &[("n", count.into())]);
    tell_with(if apart < 0 { "time-in" } else { "time-ago" }, &[("span", span.into())])
}

/// A length of time: `240 ms`, `12.3 s`, `2 min 05 s`, `3 h 20 min`, `4 days 3 h`.
#[must_use]
pub fn duration(milliseconds: i64) -> String {
    let ms = milliseconds.max(0);
    let seconds = ms / 1_000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{seconds}{}{} s", language::current().decimal_mark(), ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3_600_000..172_800_000 => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
        _ => {
            let values = [("days", (seconds / 86_400).into()), ("hours", (seconds / 3_600 % 24).into())];
            tell_with("time-days-hours", &values)
        }
    }
}

/// `141 MB`: decimal, as disks and files are sold.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    scaled(bytes, 1_000, ["B", "kB", "MB", "GB", "TB", "PB"])
}

/// `16 GiB`: binary, as memory is sold.
#[must_use]
pub fn memory(bytes: u64) -> String {
    scaled(bytes, 1_024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

fn scaled(bytes: u64, step: u64, units: [&str; 6]) -> String {
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < units.len() && bytes / scale >= step {
        scale *= step;
        unit += 1;
    }
    // Tenths, rounded; only small numbers show them.
    let tenths = (u128::from(bytes) * 10 + u128::from(scale) / 2) / u128::from(scale);
    if unit == 0 || tenths >= 1_000 || tenths % 10 == 0 {
        format!("{} {}", (tenths + 5) / 10, units[unit])
    } else {
        format!("{}{}{} {}", tenths / 10, language::current().decimal_mark(), tenths % 10, units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(141_000_000), "141 MB");
        assert_eq!(bytes(960_197_124_096), "960 GB");
        assert_eq!(bytes(1_500_000_000_000), "1.5 TB");
        assert_eq!(memory(128 << 30), "128 GiB");
        assert_eq!(memory(1_014_000 << 10), "990 MiB");
        assert_eq!(bytes(u64::MAX), "18447 PB");
    }

    #[test]
    fn times_are_told_from_now() {
        let now = Millis(1_764_000_000_000);
        assert_eq!(relative(now.plus(-1_000), now), "just now");
        assert_eq!(relative(now.plus(-200_000), now), "3 min ago");
        assert_eq!(relative(now.plus(7_200_000), now), "in 2 h");
        assert_eq!(relative(Millis(i64::MIN), now), "–");
        assert_eq!(instant(now), "2025-11-24 16:00:00 UTC");
        assert_eq!(duration(12_345), "12.3 s");
        assert_eq!(duration(125_000), "2 min 05 s");
    }
}
