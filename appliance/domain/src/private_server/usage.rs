//! `private-server usage`.

use rackwright_catalog::actions::private_server::{
    PrivateServerUsage, PrivateServerUsageInput, UsageSeries, UsageSpan,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Millis;
use rackwright_model::sample::Range;
use rackwright_store::private_server::{Usage, private_server_usage_list};

use crate::{Caller, Domain};

impl Handle<PrivateServerUsage, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        PrivateServerUsageInput { private_server: name, range }: PrivateServerUsageInput,
    ) -> Result<UsageSeries, Fault> {
        let attempted = format!("show what {name} used");
        let (scope, phrase, wanted) = (caller.scope(), attempted.clone(), name.clone());
        let range = range.unwrap_or(Range::Day);
        let span_s = span_s(range);
        let until = self.now();
        let from = aligned(until.plus(-range.length_s() * 1_000), span_s);
        let usage = self
            .look(&attempted, move |tx| {
                let row = super::named(tx, &scope, &wanted, &phrase)?;
                Ok(private_server_usage_list(tx, row.id, from, until)?)
            })
            .await?;
        let items = spans(&usage, span_s);
        let sum = |part: fn(&UsageSpan) -> u64| items.iter().map(part).fold(0, u64::saturating_add);
        Ok(UsageSeries {
            private_server: name,
            span_s,
            cpu_ms: sum(|span| span.cpu_ms),
            memory_mib_hours: memory_mib_hours(&usage),
            in_bytes: sum(|span| span.in_bytes),
            out_bytes: sum(|span| span.out_bytes),
            items,
        })
    }
}

/// The spans that show a range: some three hundred of them.
fn span_s(range: Range) -> i64 {
    match range {
        Range::Hour | Range::Day => 300,
        Range::Week => 1_800,
        Range::Month => 7_200,
    }
}

fn aligned(at: Millis, span_s: i64) -> Millis {
    let span_ms = span_s * 1_000;
    Millis(at.0.div_euclid(span_ms) * span_ms)
}

/// Samples of five minutes, oldest first, put together to longer spans.
fn spans(usage: &[Usage], span_s: i64) -> Vec<UsageSpan> {
    let together = |one: &Usage, other: &Usage| aligned(one.at, span_s) == aligned(other.at, span_s);
    usage.chunk_by(together).map(|group| span(group, span_s)).collect()
}

fn span(group: &[Usage], span_s: i64) -> UsageSpan {
    let sum =
        |part: fn(&Usage) -> i64| group.iter().map(part).map(i64::unsigned_abs).fold(0, u64::saturating_add);
    let span_ms = sum(|usage| usage.span_ms);
    let memory = byte_ms(group) / u128::from(span_ms.max(1));
    UsageSpan {
        at: group.first().map_or(Millis(0), |first| aligned(first.at, span_s)),
        span_ms,
        cpu_ms: sum(|usage| usage.cpu_us) / 1_000,
        memory_bytes: u64::try_from(memory).unwrap_or(u64::MAX),
        disk_bytes: group.last().map_or(0, |last| last.disk_bytes.unsigned_abs()),
        in_bytes: sum(|usage| usage.in_bytes),
        out_bytes: sum(|usage| usage.out_bytes),
    }
}

fn byte_ms(usage: &[Usage]) -> u128 {
    let of = |usage: &Usage| {
        u128::from(usage.memory_bytes.unsigned_abs()) * u128::from(usage.span_ms.unsigned_abs())
    };
    usage.iter().map(of).sum()
}

fn memory_mib_hours(usage: &[Usage]) -> u64 {
    u64::try_from(byte_ms(usage) / (1 << 20) / 3_600_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(minute: i64, memory_mib: i64, span_ms: i64) -> Usage {
        Usage {
            at: Millis(minute * 60_000),
            span_ms,
            cpu_us: 1_500_000,
            memory_bytes: memory_mib << 20,
            disk_bytes: minute,
            in_bytes: 10,
            out_bytes: 20,
        }
    }

    #[test]
    fn spans_are_put_together_by_their_weight() {
        let samples = [usage(0, 100, 300_000), usage(5, 400, 100_000), usage(30, 64, 300_000)];
        let spans = spans(&samples, 1_800);
        assert_eq!(spans.len(), 2);
        assert_eq!((spans[0].at, spans[0].span_ms, spans[0].cpu_ms), (Millis(0), 400_000, 3_000));
        assert_eq!((spans[0].memory_bytes, spans[0].disk_bytes), (175 << 20, 5));
        assert_eq!(spans[1].at, Millis(1_800_000));
        let hours: Vec<Usage> = (0..24).map(|at| usage(at * 5, 1_024, 300_000)).collect();
        assert_eq!(memory_mib_hours(&hours), 2_048);
    }
}
