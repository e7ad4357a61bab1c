//! What the projects of private servers take of the disk (xfs_quota(8)).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::places::Places;
use crate::tool::{self, ToolError};

/// Bytes of a report: some 60 for each of two projects of the most private servers of one server.
const REPORT: u64 = 16 << 20;

const LIMIT: Duration = Duration::from_secs(60);

/// Bytes that each project takes ("report").
///
/// # Errors
/// [`ToolError`]
pub fn used(places: &Places) -> Result<BTreeMap<u32, u64>, ToolError> {
    ask(places, "report -pnN -b").map(|text| parse_report(&text))
}

fn ask(places: &Places, command: &str) -> Result<String, ToolError> {
    let named = |source| ToolError::Speak { program: "xfs_quota".to_owned(), source };
    let data = Places::text(&places.data).map_err(named)?;
    tool::ask("xfs_quota", &["-f", "-x", "-c", command, data], "", LIMIT, REPORT)
}

/// "#42 1024 0 10240 00 [--------]", in KiB.
fn parse_report(text: &str) -> BTreeMap<u32, u64> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let number: u32 = words.next()?.strip_prefix('#')?.parse().ok()?;
        Some((number, words.next()?.parse::<u64>().ok()?.saturating_mul(1024)))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_quotas_is_read() {
        let text = "#0                 12          0          0     00 [--------]\n#42              1024          0      10240     00 [--------]\n\n";
        assert_eq!(parse_report(text), BTreeMap::from([(0, 12 * 1024), (42, 1 << 20)]));
    }
}
