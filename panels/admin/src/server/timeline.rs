//! The boot timeline as a picture: the stations on the way from power to agent, when each was passed and how long it
//! took, and where the way ended.

use rackwright_catalog::actions::server::ServerDetail;
use rackwright_model::{BootRecord, BootStage, Millis, ServerState};
use rackwright_panel_kit::humane;
use rackwright_panel_kit::messages::{of_catalogue, tell};
use serde::Serialize;

/// A station of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Station {
    /// The stage as it is written on the wire.
    pub key: String,
    pub title: String,
    /// The heading above it, when a part of the way begins here.
    pub phase: String,
    /// `passed`, `current`, `stopped`, `skipped` or `ahead`.
    pub place: &'static str,
    /// What `place` is in a word, for who cannot see the mark.
    pub word: String,
    pub at: Option<Millis>,
    /// Time since power-on.
    pub since: String,
    /// Time since the station before.
    pub took: String,
    /// The bar of the time it took, in per mille of the whole way.
    pub from: u32,
    pub width: u32,
    pub detail: String,
}

/// The picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineView {
    pub stations: Vec<Station>,
    pub passed: usize,
    pub total: String,
    pub began: Option<Millis>,
    /// When the last station was passed, while the boot goes on.
    pub waiting_since: Option<Millis>,
    /// Where the boot stopped and what to do.
    pub stopped: Option<String>,
}

impl TimelineView {
    #[must_use]
    pub fn of(detail: &ServerDetail) -> Self {
        let records = &detail.timeline;
        let last = records.iter().map(|record| record.stage).max();
        let began = records.iter().map(|record| record.at).min();
        let end = records.iter().map(|record| record.at).max();
        let goes_on = detail.stopped.is_none()
            && detail.summary.state == ServerState::Installing
            && last < Some(BootStage::Agent);
        let mut drawing =
            Drawing { records, began, end, last, stopped: detail.stopped.is_some(), goes_on, before: began };
        let stations: Vec<Station> = BootStage::ALL.into_iter().map(|stage| drawing.station(stage)).collect();
        Self {
            passed: records.len(),
            stations,
            total: began.zip(end).map(|(began, end)| humane::duration(end.since(began))).unwrap_or_default(),
            began,
            waiting_since: end.filter(|_| goes_on),
            stopped: detail.stopped.as_deref().map(|told| of_catalogue(told).into_owned()),
        }
    }
}

struct Drawing<'a> {
    records: &'a [BootRecord],
    began: Option<Millis>,
    end: Option<Millis>,
    last: Option<BootStage>,
    stopped: bool,
    goes_on: bool,
    /// When the station before was passed.
    before: Option<Millis>,
}

impl Drawing<'_> {
    fn station(&mut self, stage: BootStage) -> Station {
        let record = self.records.iter().find(|record| record.stage == stage);
        let is_last = self.last == Some(stage);
        let place = match record {
            Some(_) if is_last && self.stopped => "stopped",
            Some(_) if is_last && self.goes_on => "current",
            Some(_) => "passed",
            None if self.last > Some(stage) => "skipped",
            None => "ahead",
        };
        let mut station = Station {
            key: key_of(stage),
            title: of_catalogue(stage.title()).into_owned(),
            phase: phase_of(stage).map(tell).unwrap_or_default(),
            place,
            word: tell(&format!("place-{place}")),
            at: None,
            since: String::new(),
            took: String::new(),
            from: 0,
            width: 0,
            detail: record.map(|record| record.detail.clone()).unwrap_or_default(),
        };
        if let (Some(record), Some(began), Some(end), Some(before)) =
            (record, self.began, self.end, self.before)
        {
            // Stations that are seen again move on their own: the way never runs backwards in the picture.
            let before = before.min(record.at);
            station.at = Some(record.at);
            station.since = humane::duration(record.at.since(began));
            station.took = if record.at == began {
                String::new()
            } else {
                format!("+{}", humane::duration(record.at.since(before)))
            };
            station.from = share(before.since(began), end.since(began)).min(996);
            station.width = share(record.at.since(before), end.since(began)).max(4);
            self.before = Some(record.at);
        }
        station
    }
}

/// Per mille of the whole.
fn share(part: i64, whole: i64) -> u32 {
    u32::try_from(i128::from(part.max(0)) * 1_000 / i128::from(whole.max(1))).unwrap_or(1_000).min(1_000)
}

fn key_of(stage: BootStage) -> String {
    serde_json::to_value(stage).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The message that names the part of the way which begins at this station.
fn phase_of(stage: BootStage) -> Option<&'static str> {
    match stage {
        BootStage::Power => Some("phase-netboot"),
        BootStage::Environment => Some("phase-installing"),
        BootStage::FirstBoot => Some("phase-installed"),
        _ => None,
    }
}
