//! What a server reported of itself over a span of time, and how long spans are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Means over one span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// When the span began.
    pub at: Millis,
    /// Share of all processors that was busy; none where the agent does not tell, or the machine was restarted.
    pub cpu_permille: Option<i64>,
    pub memory_bytes: i64,
    pub memory_used_bytes: i64,
    /// Over all reported file systems.
    pub disk_bytes: i64,
    pub disk_used_bytes: i64,
    /// Bytes received per second, over all network cards.
    pub net_in_bytes_per_s: Option<i64>,
    /// Bytes sent per second, over all network cards.
    pub net_out_bytes_per_s: Option<i64>,
}

/// The largest number in a sample. A span holds at most 480 of the shortest, so a sum of products stays in 64 bits.
pub const MOST: i64 = 1 << 53;

/// Spans of one length, and how long they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    pub span_s: i64,
    pub kept_s: i64,
}

/// The ladder: 1,836 spans of a server at most.
pub const RUNGS: [Rung; 4] = [
    Rung { span_s: 15, kept_s: 2 * 3_600 },
    Rung { span_s: 300, kept_s: 2 * 86_400 },
    Rung { span_s: 1_800, kept_s: 8 * 86_400 },
    Rung { span_s: 7_200, kept_s: 32 * 86_400 },
];

impl Rung {
    #[must_use]
    pub fn span_ms(self) -> i64 {
        self.span_s * 1_000
    }

    #[must_use]
    pub fn kept_ms(self) -> i64 {
        self.kept_s * 1_000
    }
}

/// How far back one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    Hour,
    Day,
    Week,
    Month,
}

impl Range {
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.word() == word)
    }

    #[must_use]
    pub fn length_s(self) -> i64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 31 * 86_400,
        }
    }

    /// The spans that show it.
    #[must_use]
    pub fn rung(self) -> Rung {
        match self {
            Self::Hour => RUNGS[0],
            Self::Day => RUNGS[1],
            Self::Week => RUNGS[2],
            Self::Month => RUNGS[3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rung_divides_the_next_and_outlives_it_until_it_is_made() {
        for pair in RUNGS.windows(2) {
            assert_eq!(pair[1].span_s % pair[0].span_s, 0);
            assert!(pair[0].kept_s >= pair[1].span_s);
        }
        assert!(i64::try_from(i128::from(MOST) * i128::from(RUNGS[3].span_s / RUNGS[0].span_s)).is_ok());
    }

    #[test]
    fn a_range_fits_its_rung() {
        for range in Range::ALL {
            assert!(range.length_s() <= range.rung().kept_s, "{}", range.word());
            assert_eq!(Range::from_word(range.word()), Some(range));
        }
    }
}
