//! What a client is told: the states of RFC 2131 section 4.3, with the boot plan deciding about addresses.

use std::net::Ipv4Addr;
use std::sync::atomic::AtomicU64;

use rackwright_model::BootStage;

use crate::context::{Context, NoAnswer};
use crate::counters::count;
use crate::dhcp::Port;
use crate::dhcp::ask::{Ask, Kind};
use crate::dhcp::boot::{self, BootFile};
use crate::dhcp::reply::Reply;
use crate::plan::{Grant, Lease, LeaseAsk};

/// Why a client gets no reply, and where that is counted.
pub(crate) struct Silent<'a> {
    pub reason: String,
    pub counter: &'a AtomicU64,
}

/// A reply, or none because none is due.
pub(crate) type Decision<'a> = Result<Option<Reply>, Silent<'a>>;

/// Decides about one message.
///
/// # Errors
/// [`Silent`] when the client asked for something and stays unanswered.
pub(crate) async fn decide<'a>(ask: &Ask, port: Port, context: &'a Context) -> Decision<'a> {
    if port == Port::Proxy {
        return boot_only(ask, context).await;
    }
    match ask.kind {
        Kind::Discover => discover(ask, context).await,
        Kind::Request => request(ask, context).await,
        Kind::Inform => inform(ask, context).await,
        Kind::Release => release(ask, context).await,
        Kind::Decline => decline(ask, context).await,
    }
}

async fn discover<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    let boot = boot_file(ask, context).await?;
    let grant = context.ask(context.plan.offer(lease_ask(ask, ask.wanted, context))).await;
    match grant.map_err(|none| silent(&none, context))? {
        Grant::Lease(lease) => Ok(Some(Reply::Offer { lease, boot })),
        Grant::Elsewhere => Ok(boot.map(|boot| Reply::ProxyOffer { boot })),
    }
}

async fn request<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    let counters = &context.counters;
    // SELECTING names a server and an address, INIT-REBOOT an address, RENEWING and REBINDING sit on `ciaddr`.
    if let Some(server) = ask.server.filter(|server| *server != context.config.address) {
        return elsewhere(ask, server, context).await;
    }
    let named = if ask.server.is_some() { ask.wanted.or(ask.ciaddr) } else { ask.ciaddr.or(ask.wanted) };
    let Some(address) = named else {
        let reason = "The machine asked for an address without naming one.".to_owned();
        return Err(Silent { reason, counter: &counters.dhcp_silent_senseless });
    };
    let boot = boot_file(ask, context).await?;
    match context.ask(context.plan.commit(lease_ask(ask, Some(address), context), address)).await {
        Ok(Grant::Elsewhere) => Ok(None),
        Ok(Grant::Lease(lease)) if lease.address == address => Ok(Some(Reply::Ack { lease, boot })),
        Ok(Grant::Lease(lease)) => {
            Ok(Some(nak(format!("{address} is not yours; ask again for {}", lease.address))))
        }
        Err(NoAnswer::Silence(silence)) if silence.refuse => Ok(Some(nak(silence.reason))),
        Err(none) => Err(silent(&none, context)),
    }
}

/// The client takes the offer of another server: no reply is due, and beside one (proxyDHCP) it is what should happen.
async fn elsewhere<'a>(ask: &Ask, server: Ipv4Addr, context: &'a Context) -> Decision<'a> {
    let other_server = || Silent {
        reason: "The machine took the offer of another DHCP server on this network.".to_owned(),
        counter: &context.counters.dhcp_silent_other_server,
    };
    let address = ask.wanted.ok_or_else(other_server)?;
    match context.ask(context.plan.elsewhere(lease_ask(ask, Some(address), context), address)).await {
        Ok(()) => {
            if ask.netboot() {
                let detail = format!("Took {address} from the DHCP server {server}.");
                context.timeline.dhcp(ask.mac, BootStage::DhcpAck, ask.ipxe.is_some(), detail);
            }
            Ok(None)
        }
        Err(NoAnswer::Silence(_)) => Err(other_server()),
        Err(none @ NoAnswer::Late) => Err(silent(&none, context)),
    }
}

/// Settings for a client that has its address from elsewhere. The plan's offer says which subnet it is in.
async fn inform<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    if ask.ciaddr.is_none() {
        let reason = "The machine asked for settings without naming its address.".to_owned();
        return Err(Silent { reason, counter: &context.counters.dhcp_silent_senseless });
    }
    let boot = boot_file(ask, context).await?;
    let grant = context.ask(context.plan.offer(lease_ask(ask, ask.ciaddr, context))).await;
    match grant.map_err(|none| silent(&none, context))? {
        Grant::Lease(lease) => Ok(Some(Reply::Settings { lease, boot })),
        Grant::Elsewhere => Ok(boot.map(|boot| Reply::BootOnly { boot })),
    }
}

/// Port 4011, where firmware goes that wants to hear about its boot file once more.
async fn boot_only<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    if !matches!(ask.kind, Kind::Request | Kind::Inform) || !ask.netboot() {
        let reason = "The machine sent to port 4011 what belongs to port 67.".to_owned();
        return Err(Silent { reason, counter: &context.counters.dhcp_silent_senseless });
    }
    Ok(boot_file(ask, context).await?.map(|boot| Reply::BootOnly { boot }))
}

async fn release<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    count(&context.counters.dhcp_releases);
    if let Some(address) = ask.ciaddr.filter(|_| is_for_us(ask, context)) {
        context.ask(context.plan.release(ask.mac, address)).await.map_err(|none| silent(&none, context))?;
    }
    Ok(None)
}

async fn decline<'a>(ask: &Ask, context: &'a Context) -> Decision<'a> {
    count(&context.counters.dhcp_declines);
    if let Some(address) = ask.wanted.filter(|_| is_for_us(ask, context)) {
        tracing::warn!(machine.mac = %ask.mac, %address, "A machine found its address in use by another.");
        context.ask(context.plan.decline(ask.mac, address)).await.map_err(|none| silent(&none, context))?;
    }
    Ok(None)
}

fn is_for_us(ask: &Ask, context: &Context) -> bool {
    ask.server.is_none_or(|server| server == context.config.address)
}

/// The boot file, when the client is to netboot and may.
async fn boot_file<'a>(ask: &Ask, context: &'a Context) -> Result<Option<BootFile>, Silent<'a>> {
    if !ask.netboot() {
        return Ok(None);
    }
    context.ask(context.plan.may_netboot(ask.mac)).await.map_err(|none| silent(&none, context))?;
    let counter = &context.counters.dhcp_silent_arch;
    boot::choose(ask, context).map_err(|reason| Silent { reason, counter })
}

fn lease_ask(ask: &Ask, wanted: Option<Ipv4Addr>, context: &Context) -> LeaseAsk {
    LeaseAsk {
        mac: ask.mac,
        wanted,
        link: ask.giaddr.unwrap_or(context.config.address),
        host_name: ask.host_name.clone(),
        netboot: ask.netboot(),
    }
}

fn silent<'a>(none: &NoAnswer, context: &'a Context) -> Silent<'a> {
    let counter = match none {
        NoAnswer::Silence(_) => &context.counters.dhcp_silent_plan,
        NoAnswer::Late => &context.counters.dhcp_silent_late,
    };
    Silent { reason: none.reason(), counter }
}

fn nak(reason: String) -> Reply {
    Reply::Nak { reason }
}

/// The lease of a reply, for the timeline.
pub(crate) fn leased(reply: &Reply) -> Option<&Lease> {
    match reply {
        Reply::Offer { lease, .. } | Reply::Ack { lease, .. } => Some(lease),
        Reply::ProxyOffer { .. } | Reply::Settings { .. } | Reply::BootOnly { .. } | Reply::Nak { .. } => {
            None
        }
    }
}
