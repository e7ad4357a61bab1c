//! Processor, memory, disks and network over time: the drawn charts, a sentence on each, and a table for whoever reads
//! numbers better.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::server::{SampleSeries, ServerSamples, ServerSamplesInput};
use rackwright_model::sample::{Range, Sample};
use rackwright_model::{Millis, Name};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Panel, Session, humane, language, refusal, render};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How far back is looked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub range: String,
}

/// Where charts stand.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// Address of the page, and of the charts without the page around them.
    pub page: String,
    pub part: String,
    /// What makes the browser fetch them again.
    pub trigger: String,
    /// What is said where nothing was reported.
    pub nothing: String,
    /// Whether disks count in powers of 1,024, as limits of private servers do.
    pub binary_disks: bool,
    /// What stands over the chart of the processors: of what they are a share.
    pub cpu_title: String,
}

/// The charts of one range.
#[derive(Debug, Clone, Serialize)]
pub struct ChartsView {
    range: &'static str,
    ranges: Vec<(&'static str, bool)>,
    figures: Vec<Figure>,
    /// The series as JSON, for the script that draws them.
    data: String,
    rows: Vec<Row>,
    /// What a row of the table covers, such as "1 min".
    step: String,
    #[serde(flatten)]
    place: Place,
}

/// One chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    key: &'static str,
    title: String,
    /// What the chart shows, in words.
    summary: String,
    /// The last value, to stand large beside the title.
    last: String,
}

/// Means over one step of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    at: Millis,
    cells: [String; 5],
}

#[derive(Serialize)]
struct ChartsPart {
    now: i64,
    charts: Live<ChartsView>,
}

/// The series of a server.
pub async fn charts(session: &Session, name: &str, choice: &Choice) -> Result<Live<ChartsView>, Fault> {
    let server: Name = name.parse().map_err(|_| super::no_such(name))?;
    let range = Range::from_word(&choice.range).unwrap_or(Range::Hour);
    let place = Place {
        page: format!("/servers/{server}"),
        part: format!("/parts/server/{server}/charts"),
        trigger: format!("sse:load-{server} throttle:5s, sse:sync"),
        nothing: tell_with(
            "charts-nothing",
            &[("range", tell(&format!("in-range-{}", range.word())).into())],
        ),
        binary_disks: false,
        cpu_title: tell("chart-cpu"),
    };
    let input = ServerSamplesInput { server, range: Some(range) };
    let series = session.client.call::<ServerSamples>(input).await?;
    // The range moves on with the clock; a new picture is due when there is a new sample.
    let digest = render::digest(&(series.range, &series.items));
    Ok(Live { digest, view: ChartsView::of(&series, place) })
}

/// `GET /parts/server/{name}/charts?range=hour|day|week|month`
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    match charts(&session, &name, &choice).await {
        Ok(charts) => {
            let digest = charts.digest.clone();
            let part = ChartsPart { now: now().0, charts };
            panel.part(shown(&headers), &digest, "parts/charts.html", &part)
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// What a chart is made of.
type Read = fn(&Sample) -> Option<i64>;
/// How a value is written.
type Show = fn(i64) -> String;

const CPU: Read = |sample| sample.cpu_permille;
const MEMORY: Read = |sample| Some(sample.memory_used_bytes);
const DISK: Read = |sample| Some(sample.disk_used_bytes);
const IN: Read = |sample| sample.net_in_bytes_per_s;
const OUT: Read = |sample| sample.net_out_bytes_per_s;

impl Place {
    fn disks(&self) -> Show {
        if self.binary_disks { memory } else { bytes }
    }
}

impl ChartsView {
    pub fn of(series: &SampleSeries, place: Place) -> Self {
        let items = &series.items;
        let step_s = match series.range {
            Range::Hour => 60,
            Range::Day => 3_600,
            Range::Week => 21_600,
            Range::Month => 86_400,
        };
        Self {
            range: series.range.word(),
            ranges: Range::ALL.map(|range| (range.word(), range == series.range)).to_vec(),
            figures: figures(items, place.disks(), &place.cpu_title),
            data: data(series, place.binary_disks),
            rows: rows(items, step_s * 1_000, place.disks()),
            step: tell(&format!("step-{}", series.range.word())),
            place,
        }
    }
}

fn figures(items: &[Sample], disks: Show, cpu_title: &str) -> Vec<Figure> {
    let Some(last) = items.last() else { return Vec::new() };
    let (memory_size, disk_size) = (memory(last.memory_bytes), disks(last.disk_bytes));
    let one = |key, show: Show, read: Read, whole: &str| Figure {
        key,
        title: tell(&format!("chart-{key}")),
        summary: words(items, show, read, whole),
        last: read(last).map_or_else(|| "–".to_owned(), show),
    };
    let mut network = one("network", rate, IN, "");
    let ways = [("in", words(items, rate, IN, "").into()), ("out", words(items, rate, OUT, "").into())];
    network.summary = tell_with("chart-network-words", &ways);
    network.last = tell_with("chart-network-last", &[("value", network.last.into())]);
    vec![
        Figure { title: cpu_title.to_owned(), ..one("cpu", percent, CPU, "") },
        one("memory", memory, MEMORY, &memory_size),
        one("disk", disks, DISK, &disk_size),
        network,
    ]
}

/// "4.2 % now, 3.9 % on average, 12.0 % at most."
fn words(items: &[Sample], show: Show, read: Read, whole: &str) -> String {
    let values: Vec<i64> = items.iter().filter_map(read).collect();
    let (Some(last), Some(most), Some(mean)) = (values.last(), values.iter().max(), mean(&values)) else {
        return tell("chart-unknown");
    };
    let values = [
        ("last", show(*last).into()),
        ("whole", whole.into()),
        ("mean", show(mean).into()),
        ("most", show(*most).into()),
    ];
    tell_with(if whole.is_empty() { "chart-words" } else { "chart-words-of" }, &values)
}

fn mean(values: &[i64]) -> Option<i64> {
    let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
    let count = i128::try_from(values.len()).ok().filter(|count| *count > 0)?;
    i64::try_from(sum / count).ok()
}

/// Columns of numbers, as the drawing library takes them; times in seconds.
fn data(series: &SampleSeries, binary_disks: bool) -> String {
    let column = |read: Read| series.items.iter().map(read).collect::<Vec<_>>();
    let most = |read: fn(&Sample) -> i64| series.items.iter().map(read).max().unwrap_or(0);
    json!({
        "from": series.from.0 / 1_000,
        "until": series.until.0 / 1_000,
        "span": series.span_s,
        "at": series.items.iter().map(|sample| sample.at.0 / 1_000).collect::<Vec<_>>(),
        "cpu": column(CPU),
        "cpuMost": most(|sample| sample.cpu_permille.unwrap_or(0)).max(1_000),
        "memory": column(MEMORY),
        "memoryMost": most(|sample| sample.memory_bytes),
        "disk": column(DISK),
        "binaryDisks": binary_disks,
        "diskMost": most(|sample| sample.disk_bytes),
        "in": column(IN),
        "out": column(OUT),
    })
    .to_string()
}

/// Newest first, in steps that make a table of some dozens of rows.
fn rows(items: &[Sample], step_ms: i64, disks: Show) -> Vec<Row> {
    let mut rows: Vec<Row> = items
        .chunk_by(|a, b| a.at.0.div_euclid(step_ms) == b.at.0.div_euclid(step_ms))
        .map(|chunk| {
            let cell = |show: Show, read: Read| {
                let values: Vec<i64> = chunk.iter().filter_map(read).collect();
                mean(&values).map_or_else(|| "–".to_owned(), show)
            };
            Row {
                at: Millis(chunk[0].at.0.div_euclid(step_ms) * step_ms),
                cells: [
                    cell(percent, CPU),
                    cell(memory, MEMORY),
                    cell(disks, DISK),
                    cell(rate, IN),
                    cell(rate, OUT),
                ],
            }
        })
        .collect();
    rows.reverse();
    rows
}

fn percent(permille: i64) -> String {
    format!("{}{}{} %", permille / 10, language::current().decimal_mark(), permille % 10)
}

fn memory(bytes: i64) -> String {
    humane::memory(bytes.unsigned_abs())
}

fn bytes(bytes: i64) -> String {
    humane::bytes(bytes.unsigned_abs())
}

fn rate(bytes: i64) -> String {
    format!("{}/s", humane::bytes(bytes.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: i64, cpu: Option<i64>) -> Sample {
        Sample {
            at: Millis(at),
            cpu_permille: cpu,
            memory_bytes: 4 << 30,
            memory_used_bytes: 1 << 30,
            disk_bytes: 10_000_000_000,
            disk_used_bytes: 2_500_000_000,
            net_in_bytes_per_s: Some(1_000),
            net_out_bytes_per_s: None,
        }
    }

    #[test]
    fn each_chart_is_told_in_words() {
        let samples = [sample(0, Some(100)), sample(15_000, None), sample(30_000, Some(50))];
        let figures = figures(&samples, bytes, "CPU");
        assert_eq!(figures[0].title, "CPU");
        let told: Vec<_> = figures.iter().map(|figure| figure.summary.as_str()).collect();
        assert_eq!(
            told,
            [
                "5.0 % last, 7.5 % on average, 10.0 % at most.",
                "1 GiB of 4 GiB last, 1 GiB on average, 1 GiB at most.",
                "2.5 GB of 10 GB last, 2.5 GB on average, 2.5 GB at most.",
                "In: 1 kB/s last, 1 kB/s on average, 1 kB/s at most. Out: not reported by this agent.",
            ]
        );
    }

    #[test]
    fn the_table_has_a_row_a_step_newest_first() {
        let rows =
            rows(&[sample(0, Some(100)), sample(45_000, Some(200)), sample(60_000, None)], 60_000, bytes);
        assert_eq!(rows.iter().map(|row| row.at.0).collect::<Vec<_>>(), [60_000, 0]);
        assert_eq!((rows[1].cells[0].as_str(), rows[0].cells[0].as_str()), ("15.0 %", "–"));
    }
}
