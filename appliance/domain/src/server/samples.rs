//! `server samples`.

use rackwright_catalog::actions::server::{SampleSeries, ServerSamples, ServerSamplesInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::sample::Range;
use rackwright_store::sample::sample_list;

use crate::{Caller, Domain};

impl Handle<ServerSamples, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerSamplesInput) -> Result<SampleSeries, Fault> {
        let attempted = format!("show samples of {}", input.server);
        let scope = caller.scope();
        let range = input.range.unwrap_or(Range::Hour);
        let (rung, until, fault) = (range.rung(), self.now(), attempted.clone());
        let from = until.plus(-range.length_s() * 1_000);
        let items = self
            .look(&attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                Ok(sample_list(tx, server.id, rung, from, until)?)
            })
            .await?;
        Ok(SampleSeries { range, span_s: rung.span_s, from, until, items })
    }
}
