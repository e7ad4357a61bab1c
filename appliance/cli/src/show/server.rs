//! One server, with its boot timeline.

use rackwright_catalog::actions::server::ServerDetail;
use rackwright_model::boot::{BootRecord, BootStage};
use serde_json::Value;

use super::detail::detail;
use super::value::{one_line, time};

/// Columns that the name of a stage takes.
const STAGE: usize = 26;

/// Fields of a server that have a form of their own here.
const APART: [&str; 3] = ["summary", "timeline", "stopped"];

/// A server as text. `output` is the same as `server`, for what is shown without further thought.
pub(super) fn server(server: &ServerDetail, output: &Value) -> String {
    let mut text = detail(&output["summary"]);
    let rest = output.as_object().into_iter().flatten().filter(|(name, _)| !APART.contains(&name.as_str()));
    text.push_str(&detail(&rest.map(|(name, field)| (name.clone(), field.clone())).collect()));
    text.push_str(&timeline(&server.timeline));
    if let Some(stopped) = &server.stopped {
        text.push_str(&format!("  stopped: {}\n", one_line(stopped)));
    }
    text
}

/// The stations of a boot, with the seconds since its first.
fn timeline(records: &[BootRecord]) -> String {
    let Some(first) = records.iter().find(|record| record.stage == BootStage::Power).or(records.first())
    else {
        return "boot timeline: -\n".to_owned();
    };
    let mut text = format!("boot timeline from {}:\n", time(first.at));
    for record in records {
        let tenths = record.at.since(first.at) / 100;
        let sign = if tenths < 0 { '-' } else { '+' };
        let after = format!("{sign}{}.{} s", (tenths / 10).abs(), (tenths % 10).abs());
        let line = format!("{after:>12}  {:<STAGE$} {}", record.stage.title(), one_line(&record.detail));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::Action;
    use rackwright_catalog::actions::server::ServerShow;
    use rackwright_model::Millis;

    use super::*;

    #[test]
    fn times_count_from_power_on_and_the_stop_is_said() {
        let mut sample = ServerShow::sample_output();
        let start = Millis(1_764_000_000_000);
        let record =
            |stage, after, detail: &str| BootRecord { stage, at: start.plus(after), detail: detail.into() };
        sample.timeline = vec![
            record(BootStage::Power, 0, "over IPMI"),
            record(BootStage::DhcpOffer, 2_140, "10.77.0.50"),
            record(BootStage::Kernel, 61_000, "vmlinuz\u{1b}"),
        ];
        sample.stopped = Some("The kernel was fetched but not the RAM disk.".into());
        let output = serde_json::to_value(&sample).expect("JSON");
        let text = server(&sample, &output);
        for line in [
            "      +0.0 s  Power on                   over IPMI",
            "      +2.1 s  DHCP offer                 10.77.0.50",
            "     +61.0 s  Kernel                     vmlinuz\u{fffd}",
            "  stopped: The kernel was fetched but not the RAM disk.",
        ] {
            assert!(text.lines().any(|found| found == line), "no line {line:?} in\n{text}");
        }
        assert!(!text.contains("\ntimeline:"), "{text}");
    }
}
