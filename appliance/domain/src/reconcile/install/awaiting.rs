//! Wait for the machine's environment and its inventory, then give the order: once, and durable before it is sent.

use rackwright_model::{InstallEvent, Millis};
use rackwright_proto::ToMachine;
use rackwright_proto::order::{AgentSeed, ImageSource, NetworkSettings, Order};
use rackwright_store::Connection;
use rackwright_store::image::{ImageRow, image_named};
use rackwright_store::install::{InstallRow, install_get, install_set_order, install_set_phase};
use rackwright_store::job::{job_log, job_step};
use rackwright_store::lease::lease_of_mac;
use rackwright_store::network::network_list;
use rackwright_store::server::Server;

use super::{Outcome, checking};
use crate::boot::Environment;
use crate::refusal::{conflict, not_found};
use crate::secret::{credential, fingerprint};
use crate::{Domain, Refusal};

/// How long the installed system may take to redeem its token.
const TOKEN_MS: i64 = 2 * 3_600_000;

pub(super) async fn step(domain: &Domain, install: &InstallRow, server: &Server) -> Result<Outcome, Refusal> {
    match domain.boots.environment_of(server.id) {
        Some(session) if session.inventoried => give(domain, install, server, &session).await,
        Some(_) | None => Ok(Outcome::Wait),
    }
}

/// Give the order to this session; also when an earlier one never reached the machine.
pub(super) async fn give(
    domain: &Domain,
    install: &InstallRow,
    server: &Server,
    session: &Environment,
) -> Result<Outcome, Refusal> {
    let Some(inventory) = &server.inventory else { return Ok(Outcome::Wait) };
    let (image_name, macs) = (install.image.clone(), server.macs.clone());
    let (image, network) = domain
        .read(move |tx| {
            let image = image_named(tx, &image_name)?
                .ok_or_else(|| not_found("give the order", "image", &image_name))?;
            Ok((image, settings(tx, &macs)?))
        })
        .await?;
    let disk =
        match rackwright_images::profile::target_disk(&install.profile, inventory, image.unpacked_bytes) {
            Ok(disk) => disk.name.clone(),
            Err(problems) => return Ok(checking::misfit(&problems)),
        };
    let token = credential(domain.ports.chance.as_ref(), "rwe");
    let order = order(domain, install, server, &image, disk, network, token.clone());
    let log = format!("ordered to install {} on {} as {}", image.name, order.disk, order.host_name);
    note(domain, install, session, &token, log).await?;
    if domain.ports.machines.send_to_boot(&session.boot, ToMachine::Install(Box::new(order))) {
        domain.boots.environment_ordered(server.id, install.id);
        domain.events.server(
            domain.now(),
            &server.name,
            "job",
            format!("{} has its install order.", server.name),
        );
    }
    // Not sent: the machine opens a new session, and the phase `writing` gives the order again.
    Ok(Outcome::Wait)
}

/// The order is on record before the machine has it.
async fn note(
    domain: &Domain,
    install: &InstallRow,
    session: &Environment,
    token: &str,
    log: String,
) -> Result<(), Refusal> {
    let (id, boot, hash, at) = (install.id, session.boot.clone(), fingerprint(token), domain.now());
    domain
        .write(move |tx| {
            let Some(install) = install_get(tx, id)? else { return Ok(()) };
            if let Ok(next) = install.phase.apply(InstallEvent::Ordered) {
                install_set_phase(tx, id, next, None, at)?;
                job_step(tx, install.job, "Disks", 120)?;
            }
            install_set_order(tx, id, &boot, &hash, at.plus(TOKEN_MS))?;
            Ok(job_log(tx, install.job, at, &log)?)
        })
        .await
}

fn order(
    domain: &Domain,
    install: &InstallRow,
    server: &Server,
    image: &ImageRow,
    disk: String,
    network: NetworkSettings,
    token: String,
) -> Order {
    Order {
        install: install.id,
        host_name: server.name.to_string(),
        disk,
        image: ImageSource {
            url: format!("{}/images/{}.tar.zst", domain.site.http_base, image.sha256),
            format: image.format,
            sha256: image.sha256.clone(),
            bytes: image.bytes,
            unpacked_bytes: image.unpacked_bytes,
        },
        profile: install.profile.clone(),
        network,
        agent: AgentSeed {
            server: server.id,
            center: domain.site.agent_endpoint.clone(),
            authority_pem: domain.ports.authority.certificate_pem(),
            token,
        },
    }
}

/// The network of the machine's lease.
fn settings(tx: &Connection, macs: &[rackwright_model::MacAddr]) -> Result<NetworkSettings, Refusal> {
    let mut newest: Option<(Millis, NetworkSettings)> = None;
    for mac in macs {
        let Some(lease) = lease_of_mac(tx, *mac)? else { continue };
        let Some(network) = network_list(tx)?.into_iter().find(|network| network.id == lease.network) else {
            continue;
        };
        let subnet = network.subnet;
        if newest.as_ref().is_none_or(|(until, _)| *until < lease.until) {
            let settings = NetworkSettings {
                address: lease.address,
                prefix: subnet.cidr.prefix,
                router: subnet.router,
                dns: subnet.dns,
            };
            newest = Some((lease.until, settings));
        }
    }
    newest.map(|(_, settings)| settings).ok_or_else(|| {
        conflict("give the order", "the machine holds no lease", "Power it on again to netboot.").into()
    })
}
