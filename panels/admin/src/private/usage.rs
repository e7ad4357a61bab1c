//! What a private server used over time, drawn like the load of a server.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::private_server::{
    PrivateServerUsage, PrivateServerUsageInput, UsageSeries, UsageSpan,
};
use rackwright_catalog::actions::server::SampleSeries;
use rackwright_model::private_server::Size;
use rackwright_model::sample::{Range, Sample};
use rackwright_model::{Millis, Name};
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Panel, Session, refusal, render};
use serde::Serialize;

use super::one::detail;
use crate::server::charts::{ChartsView, Choice, Place};

#[derive(Serialize)]
struct UsagePart {
    now: i64,
    charts: Live<ChartsView>,
}

/// The charts of a private server of this size; those of a day when no range is chosen.
pub async fn charts(
    session: &Session,
    name: &Name,
    size: &Size,
    choice: &Choice,
) -> Result<Live<ChartsView>, Fault> {
    let range = Range::from_word(&choice.range).unwrap_or(Range::Day);
    let input = PrivateServerUsageInput { private_server: name.clone(), range: Some(range) };
    let usage = session.client.call::<PrivateServerUsage>(input).await?;
    let digest = render::digest(&(range, &usage.items));
    let place = Place {
        page: format!("/private-servers/{name}"),
        part: format!("/parts/private-server/{name}/usage"),
        trigger: "every 60s, sse:sync".to_owned(),
        nothing: tell("usage-nothing"),
        binary_disks: true,
        cpu_title: tell("chart-cpu-of-one"),
    };
    Ok(Live { digest, view: ChartsView::of(&series(&usage, size, range, now()), place) })
}

/// `GET /parts/private-server/{name}/usage?range=hour|day|week|month`
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let asked = async {
        let one = detail(&session, &name).await?.summary;
        charts(&session, &one.name, &one.size, &choice).await
    };
    match asked.await {
        Ok(charts) => {
            let digest = charts.digest.clone();
            panel.part(shown(&headers), &digest, "parts/charts.html", &UsagePart { now: now().0, charts })
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// Usage as means over each span. A whole processor is 1,000 per mille, so several of them are more.
fn series(usage: &UsageSeries, size: &Size, range: Range, until: Millis) -> SampleSeries {
    let mib = |of: u32| i64::from(of) << 20;
    let sample = |span: &UsageSpan| {
        let per = |amount: u64, unit: u64| {
            let scaled = u128::from(amount) * u128::from(unit);
            scaled.checked_div(u128::from(span.span_ms)).and_then(|mean| i64::try_from(mean).ok())
        };
        let bytes = |of: u64| i64::try_from(of).unwrap_or(i64::MAX);
        Sample {
            at: span.at,
            cpu_permille: per(span.cpu_ms, 1_000),
            memory_bytes: mib(size.memory_mib),
            memory_used_bytes: bytes(span.memory_bytes),
            disk_bytes: mib(size.disk_mib),
            disk_used_bytes: bytes(span.disk_bytes),
            net_in_bytes_per_s: per(span.in_bytes, 1_000),
            net_out_bytes_per_s: per(span.out_bytes, 1_000),
        }
    };
    SampleSeries {
        range,
        span_s: usage.span_s,
        from: Millis(until.0 - seconds(range) * 1_000),
        until,
        items: usage.items.iter().map(sample).collect(),
    }
}

fn seconds(range: Range) -> i64 {
    match range {
        Range::Hour => 3_600,
        Range::Day => 86_400,
        Range::Week => 7 * 86_400,
        Range::Month => 30 * 86_400,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_in_a_span_is_a_mean_of_that_span() {
        let entry = rackwright_catalog::entry("private-server.usage").expect("in the catalogue");
        let mut usage: UsageSeries =
            serde_json::from_value((entry.sample_output)()).expect("the sample is one");
        (usage.items[0].span_ms, usage.items[0].cpu_ms) = (300_000, 450_000);
        usage.items[0].in_bytes = 30_000_000;
        let show = rackwright_catalog::entry("private-server.show").expect("in the catalogue");
        let size: Size =
            serde_json::from_value((show.sample_output)()["summary"]["size"].clone()).expect("a size");
        let series = series(&usage, &size, Range::Hour, Millis(4_000_000));
        assert_eq!(series.from, Millis(400_000));
        let sample = &series.items[0];
        assert_eq!((sample.cpu_permille, sample.net_in_bytes_per_s), (Some(1_500), Some(100_000)));
        assert_eq!(sample.memory_bytes, 512 << 20);
        usage.items[0].span_ms = 0;
        assert_eq!(super::series(&usage, &size, Range::Hour, Millis(0)).items[0].cpu_permille, None);
    }
}
