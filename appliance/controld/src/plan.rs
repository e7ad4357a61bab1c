//! The boot plan: what netboot asks, answered by the domain.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rackwright_domain::Domain;
use rackwright_domain::boot::{Choice, Grant as Given, Granted, Silent};
use rackwright_model::MacAddr;
use rackwright_netboot::plan::{Answer, BootChoice, BootFact, BootPlan, Grant, Lease, LeaseAsk, Silence};

/// Answers of the Control Center to machines that netboot.
pub struct Plan {
    pub domain: Arc<Domain>,
    /// Extra words for the kernel of the provisioning environment.
    pub kernel_args: String,
}

impl BootPlan for Plan {
    fn offer(&self, ask: LeaseAsk) -> Answer<'_, Grant> {
        Box::pin(async move {
            let given =
                self.domain.lease_offer(ask.mac, ask.wanted, ask.link, ask.host_name, ask.netboot).await;
            given.map(grant).map_err(silence)
        })
    }

    fn commit(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, Grant> {
        Box::pin(async move {
            let given = self.domain.lease_commit(ask.mac, address, ask.link, ask.host_name).await;
            given.map(grant).map_err(silence)
        })
    }

    fn elsewhere(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, ()> {
        Box::pin(
            async move { self.domain.lease_elsewhere(ask.mac, address, ask.link).await.map_err(silence) },
        )
    }

    fn release(&self, mac: MacAddr, address: Ipv4Addr) -> Answer<'_, ()> {
        Box::pin(async move { self.domain.lease_release(mac, address).await.map_err(silence) })
    }

    fn decline(&self, mac: MacAddr, address: Ipv4Addr) -> Answer<'_, ()> {
        Box::pin(async move { self.domain.lease_decline(mac, address).await.map_err(silence) })
    }

    fn may_netboot(&self, mac: MacAddr) -> Answer<'_, ()> {
        Box::pin(async move { self.domain.may_netboot(mac).await.map_err(silence) })
    }

    fn choose(&self, mac: MacAddr) -> Answer<'_, BootChoice> {
        Box::pin(async move {
            match self.domain.boot_choice(mac).await.map_err(silence)? {
                Choice::Provision { nonce } => Ok(BootChoice::Provision {
                    nonce,
                    flavour: self.domain.site.boot_flavour.clone(),
                    kernel_args: self.kernel_args.clone(),
                }),
                Choice::Disk => Ok(BootChoice::Disk),
            }
        })
    }

    fn holder(&self, address: Ipv4Addr) -> Answer<'_, MacAddr> {
        Box::pin(async move { self.domain.lease_holder(address).await.map_err(silence) })
    }

    fn passed(&self, fact: BootFact) {
        self.domain.boot_passed(fact.mac, fact.stage, fact.detail);
    }

    fn silent(&self, mac: MacAddr, reason: &str) {
        tracing::info!(machine.mac = %mac, "A machine that netboots got no answer: {reason}");
        self.domain.boot_silent(mac, reason.to_owned());
    }
}

fn grant(given: Given) -> Grant {
    match given {
        Given::Lease(Granted { address, subnet, seconds, host_name }) => {
            Grant::Lease(Lease { address, subnet, seconds, host_name })
        }
        Given::Elsewhere => Grant::Elsewhere,
    }
}

fn silence(silent: Silent) -> Silence {
    let Silent { reason, refuse } = silent;
    Silence { reason, refuse }
}
