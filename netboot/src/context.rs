//! What every server of this crate shares.

use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::MacAddr;

use crate::config::Config;
use crate::counters::Counters;
use crate::plan::{BootPlan, Silence};
use crate::timeline::Timeline;

/// Firmware asks again after two to four seconds; an answer that is later than this is of no use to it.
const PLAN_LIMIT: Duration = Duration::from_secs(5);

pub(crate) struct Context {
    pub config: Config,
    /// Host and, where it is not 80, port of the boot file server: `10.77.0.1` or `10.77.0.1:8080`.
    pub http_host: String,
    pub plan: Arc<dyn BootPlan>,
    pub counters: Arc<Counters>,
    pub timeline: Timeline,
}

/// Why the plan gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Silence(Silence),
    Late,
}

impl NoAnswer {
    pub fn reason(&self) -> String {
        match self {
            Self::Silence(silence) => silence.reason.clone(),
            Self::Late => format!("The boot plan did not answer within {} s.", PLAN_LIMIT.as_secs()),
        }
    }
}

impl Context {
    /// Asks the plan, and gives up after [`PLAN_LIMIT`].
    pub async fn ask<T>(&self, answer: impl Future<Output = Result<T, Silence>>) -> Result<T, NoAnswer> {
        match tokio::time::timeout(PLAN_LIMIT, answer).await {
            Ok(answer) => answer.map_err(NoAnswer::Silence),
            Err(_) => Err(NoAnswer::Late),
        }
    }

    /// The machine that holds this address, if the plan knows it.
    pub async fn holder(&self, address: Ipv4Addr) -> Option<MacAddr> {
        self.ask(self.plan.holder(address)).await.ok()
    }

    /// Where a machine's boot script is.
    pub fn script_url(&self, mac: MacAddr) -> String {
        format!("http://{}/boot/script/{}", self.http_host, mac.to_string().replace(':', "-"))
    }
}
