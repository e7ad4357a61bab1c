//! From rows and presence to what a person sees.

use rackwright_catalog::Permission;
use rackwright_catalog::actions::server::{
    BmcView, DiskUseView, InstallView, LoadView, NicLease, ServerDetail, ServerSummary,
};
use rackwright_model::job::JobState;
use rackwright_model::{BootRecord, BootStage, Millis, Order, ServerState};
use rackwright_store::Connection;
use rackwright_store::boot_record::boot_record_list;
use rackwright_store::failover::failover_get;
use rackwright_store::install::{InstallRow, install_last};
use rackwright_store::job::{JobRow, job_page};
use rackwright_store::lease::lease_of_mac;
use rackwright_store::page::Ask;
use rackwright_store::server::Server;

use crate::boot::BootSilence;
use crate::caller::Actor;
use crate::presence::Seen;
use crate::{Domain, Refusal};

/// What [`Domain`] knows of a server beside the database.
pub(super) struct Now {
    pub seen: Seen,
    pub at: Millis,
    /// Why its last wish to netboot was not answered.
    pub unanswered: Option<BootSilence>,
}

impl Domain {
    pub(super) fn now_of(&self, server: &Server) -> Now {
        Now {
            seen: self.presence.of(server.id),
            at: self.now(),
            unanswered: self.boots.unanswered(&server.macs),
        }
    }
}

/// Where it stands, only those are told who look after the racks.
pub(crate) fn summary(
    server: &Server,
    running: Option<&JobRow>,
    seen: &Seen,
    actor: &Actor,
) -> ServerSummary {
    let last_sign = seen.heartbeat.as_ref().map(|(at, _)| *at).max(seen.echo).max(server.seen_at);
    let place = server.place.as_ref().filter(|_| actor.may(Permission::Inspect));
    ServerSummary {
        id: server.id,
        name: server.name.clone(),
        account: server.account_name.clone(),
        state: server.state,
        reason: server.reason.clone(),
        macs: server.macs.clone(),
        address: server.address,
        firmware: server.inventory.as_ref().map(|inventory| inventory.firmware),
        agent_connected: seen.connected,
        seen_at: last_sign,
        job: running.map(|job| job.id),
        progress: running.map(|job| job.progress_permille),
        profile: server.profile.clone(),
        rack: place.map(|place| place.rack.clone()),
        site: place.and_then(|place| place.site.clone()),
        unit: place.map(|place| place.unit),
        height: place.map(|place| place.height),
    }
}

/// Of the BMC, only those are told who look after the racks.
pub(super) fn detail(
    tx: &Connection,
    server: &Server,
    now: &Now,
    actor: &Actor,
) -> Result<ServerDetail, Refusal> {
    let jobs = job_page(tx, &actor.scope, None, Some(&server.name), &Ask::first(Order::Descending, 20))?.rows;
    let running = jobs.iter().find(|job| job.state == JobState::Running);
    // It says where the BMC is, and names what others have there.
    let failover = failover_get(tx, server.id)?.filter(|_| actor.may(Permission::Inspect));
    let failover = failover.map(|row| crate::failover::view(tx, row)).transpose()?;
    let timeline = boot_record_list(tx, server.id)?;
    let install = install_last(tx, server.id)?;
    let mut leases = Vec::new();
    for mac in &server.macs {
        leases.extend(lease_of_mac(tx, *mac)?.map(|row| NicLease {
            mac: row.mac,
            address: row.address,
            until: row.until,
        }));
    }
    Ok(ServerDetail {
        summary: summary(server, running, &now.seen, actor),
        inventory: server.inventory.clone(),
        inventory_at: server.inventory_at,
        bmc: server
            .bmc
            .as_ref()
            .filter(|_| actor.may(Permission::Inspect))
            .map(|bmc| BmcView { address: bmc.address, user: bmc.user.clone() }),
        leases,
        stopped: refused(&timeline, now)
            .or_else(|| stopped(server.state, &timeline, install.as_ref(), now.at)),
        timeline,
        install: install.map(install_view),
        load: load(server, &now.seen),
        failover,
        jobs: jobs.into_iter().map(|job| crate::job::view(&actor.scope, job)).collect(),
    })
}

/// The machine wanted to netboot after the last station, and was not answered.
fn refused(timeline: &[BootRecord], now: &Now) -> Option<String> {
    let silence = now.unanswered.as_ref()?;
    let later = timeline.last().is_none_or(|record| record.at < silence.at);
    later.then(|| {
        format!("It asked to netboot and was not answered: {}.", silence.reason.trim_end_matches('.'))
    })
}

/// Seconds without a further station after which a boot counts as stopped.
const STALLED_S: i64 = 120;

/// Where the boot stopped and what to do; none while it goes on, waits for an order, or is complete.
fn stopped(
    state: ServerState,
    timeline: &[BootRecord],
    install: Option<&InstallRow>,
    now: Millis,
) -> Option<String> {
    let last = timeline.last()?;
    let installing = state == ServerState::Installing;
    let waits_for_orders = last.stage == BootStage::Inventory && !installing;
    if last.stage == BootStage::Agent || (waits_for_orders && state != ServerState::Failed) {
        return None;
    }
    let silent_s = now.since(last.at) / 1_000;
    let failed =
        install.filter(|_| state == ServerState::Failed).and_then(|install| install.reason.as_deref());
    match failed {
        Some(reason) => {
            Some(format!("Stopped after {}: {reason} {}", last.stage.title(), last.stage.advice()))
        }
        None if silent_s >= STALLED_S && !writes_quietly(last.stage) => Some(format!(
            "Nothing was heard for {silent_s} s after {}. {}",
            last.stage.title(),
            last.stage.advice()
        )),
        None => None,
    }
}

/// Stations after which a long silence of the timeline is normal, because the job's progress tells.
fn writes_quietly(stage: BootStage) -> bool {
    matches!(stage, BootStage::Disk | BootStage::Image | BootStage::Configure)
}

fn install_view(install: InstallRow) -> InstallView {
    InstallView {
        job: install.job,
        phase: install.phase,
        profile: install.profile_name,
        image: install.image,
        reason: install.reason,
        started_at: install.started_at,
        ended_at: install.ended_at,
    }
}

fn load(server: &Server, seen: &Seen) -> Option<LoadView> {
    let (at, heartbeat) = seen.heartbeat.as_ref()?;
    let agent = server.agent.as_ref()?;
    let disks = heartbeat.disks.iter();
    Some(LoadView {
        at: *at,
        uptime_s: heartbeat.uptime_s,
        load_centi: heartbeat.load_centi,
        memory_kb: heartbeat.memory_kb,
        memory_available_kb: heartbeat.memory_available_kb,
        disks: disks
            .map(|disk| DiskUseView {
                mount: disk.mount.clone(),
                bytes: disk.bytes,
                free_bytes: disk.free_bytes,
            })
            .collect(),
        agent_version: agent.version.clone(),
        kernel: agent.kernel.clone(),
        os: agent.os.clone(),
    })
}
