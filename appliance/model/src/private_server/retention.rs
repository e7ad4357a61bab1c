//! Which backups are kept.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Millis;

const DAY_MS: i64 = 86_400_000;

/// The span that a day since 1970-01-01 is in.
type Span = fn(i64) -> i64;

/// How many backups are kept: a backup stays while one of the rules keeps it. The newest one always stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The newest ones.
    #[schemars(range(min = 1, max = 100))]
    pub last: u32,
    /// The newest one of each of so many days, as UTC counts them.
    #[schemars(range(max = 366))]
    pub daily: u32,
    /// Of each of so many weeks; they begin on Monday.
    #[schemars(range(max = 520))]
    pub weekly: u32,
    /// Of each of so many months.
    #[schemars(range(max = 120))]
    pub monthly: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { last: 3, daily: 7, weekly: 4, monthly: 6 }
    }
}

impl Retention {
    /// The times of those that stay.
    #[must_use]
    pub fn kept(&self, all: &[Millis]) -> BTreeSet<Millis> {
        let mut newest: Vec<Millis> = all.to_vec();
        newest.sort_unstable();
        newest.reverse();
        let mut kept: BTreeSet<Millis> = newest.iter().take(count(self.last.max(1))).copied().collect();
        let rules: [(u32, Span); 3] =
            [(self.daily, |day| day), (self.weekly, |day| (day + 3).div_euclid(7)), (self.monthly, month)];
        for (most, span) in rules {
            let mut spans = BTreeSet::new();
            for at in &newest {
                let span = span(at.0.div_euclid(DAY_MS));
                if spans.contains(&span) {
                    continue;
                }
                if spans.len() >= count(most) {
                    break;
                }
                spans.insert(span);
                kept.insert(*at);
            }
        }
        kept
    }
}

fn count(most: u32) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// The month of a day since 1970-01-01, counted from the year 0 of the proleptic Gregorian calendar; years begin with March,
/// so that the day which leap years add is the last one.
fn month(day: i64) -> i64 {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * of_year + 2) / 153
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: &[i64]) -> Vec<Millis> {
        days.iter().map(|day| Millis(day * DAY_MS + 3_600_000)).collect()
    }

    #[test]
    fn months_begin_on_their_first_day() {
        // 2024-02-28, 2024-02-29, 2024-03-01, 2024-12-31, 2025-01-01.
        let [feb28, feb29, mar1, dec31, jan1] = [19_781, 19_782, 19_783, 20_088, 20_089].map(month);
        assert_eq!((feb28, mar1, jan1), (feb29, feb29 + 1, dec31 + 1));
        assert_eq!(jan1 - mar1, 10);
    }

    #[test]
    fn the_newest_of_each_span_stays() {
        let rule = Retention { last: 1, daily: 2, weekly: 2, monthly: 0 };
        // 2024-01-01 is a Monday: day 19 723.
        let all = days(&[19_716, 19_718, 19_723, 19_724, 19_725]);
        let kept: Vec<Millis> = rule.kept(&all).into_iter().collect();
        assert_eq!(kept, days(&[19_718, 19_724, 19_725]));
    }

    #[test]
    fn the_newest_stays_whatever_the_rules_say() {
        let rule = Retention { last: 0, daily: 0, weekly: 0, monthly: 0 };
        assert_eq!(rule.kept(&days(&[3, 9, 5])).into_iter().collect::<Vec<_>>(), days(&[9]));
        assert!(rule.kept(&[]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_rule_keeps_more_than_it_says(at in proptest::collection::vec(-1_000_000_000_000..4_000_000_000_000_i64, 0..60),
            last in 1_u32..5, daily in 0_u32..9, weekly in 0_u32..9, monthly in 0_u32..9) {
            let all: Vec<Millis> = at.into_iter().map(Millis).collect();
            let rule = Retention { last, daily, weekly, monthly };
            let kept = rule.kept(&all);
            proptest::prop_assert!(kept.len() <= (last + daily + weekly + monthly) as usize);
            proptest::prop_assert!(kept.iter().all(|at| all.contains(at)));
            proptest::prop_assert_eq!(kept.last().copied(), all.iter().max().copied());
            // What stays is kept by the same rules among itself.
            let again: Vec<Millis> = kept.iter().copied().collect();
            proptest::prop_assert_eq!(rule.kept(&again), kept);
        }
    }
}
