//! What is wanted of private servers, told to the agents of their servers. Telling it again does no harm; what could not be
//! told is told when the agent connects.

use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use rackwright_model::ServerId;
use rackwright_model::private_server::{Intent, MoveStage, Origin, Power, Template, Wanted};
use rackwright_proto::private::A_FRAME;
use rackwright_proto::{ToMachine, frame};
use rackwright_store::network::Network;
use rackwright_store::private_server::{
    PrivateServer, TemplateFacts, private_server_away_on, private_server_on,
};

use super::ground::Ground;
use crate::refusal::chain;
use crate::{Domain, Site};

/// Bytes of what is wanted in one frame: well below what a frame may have.
const FRAME_BYTES: usize = frame::MAX / 2;

impl Domain {
    /// Tell the server of a private server what is wanted of it.
    pub(crate) async fn tell_private_server(&self, row: &PrivateServer) {
        self.tell_private_servers(row.wanted.server, vec![row.clone()]).await;
    }

    /// Tell an agent what is wanted of all private servers on its server.
    pub async fn tell_all_private_servers(&self, server: ServerId) {
        match self.read(move |tx| Ok(private_server_on(tx, server)?)).await {
            Ok(rows) => {
                self.tell_private_servers(server, rows).await;
                self.tell_away(server).await;
            }
            Err(error) => {
                tracing::warn!(server.id = %server, "private servers could not be read for their server: {}", chain(&error));
            }
        }
    }

    /// Tell an agent what is wanted of these.
    pub(crate) async fn tell_private_servers(&self, server: ServerId, rows: Vec<PrivateServer>) {
        if rows.is_empty() {
            return;
        }
        let ground = match self.read(Ground::read).await {
            Ok(ground) => ground,
            Err(error) => {
                tracing::warn!("networks and NAS could not be read for private servers: {}", chain(&error));
                return;
            }
        };
        let wanted: Vec<Wanted> = rows.into_iter().map(|row| wanted(&self.site, row, &ground)).collect();
        self.send_wanted(server, wanted);
    }

    /// Tell an agent what is wanted of what lies on its server and does not belong there.
    pub(crate) async fn tell_away(&self, server: ServerId) {
        match self.read(move |tx| Ok(private_server_away_on(tx, server)?)).await {
            Ok(away) => self.send_wanted(server, away.into_iter().map(|away| away.wanted).collect()),
            Err(error) => {
                tracing::warn!(server.id = %server, "files left on a server could not be read: {}", chain(&error));
            }
        }
    }

    pub(crate) fn send_wanted(&self, server: ServerId, wanted: Vec<Wanted>) {
        for wanted in frames(wanted) {
            if !self.ports.machines.send_to_agent(server, ToMachine::PrivateServers { wanted }) {
                return;
            }
        }
    }
}

/// As many as a frame takes, by number and by length: keys of root may be long.
fn frames(wanted: Vec<Wanted>) -> Vec<Vec<Wanted>> {
    let (mut frames, mut last, mut bytes) = (Vec::new(), Vec::new(), 0);
    for one in wanted {
        let length = serde_json::to_vec(&one).map_or(0, |text| text.len());
        if last.len() == A_FRAME || bytes + length > FRAME_BYTES {
            frames.push(std::mem::take(&mut last));
            bytes = 0;
        }
        bytes += length;
        last.push(one);
    }
    frames.push(last);
    frames.retain(|frame| !frame.is_empty());
    frames
}

/// What is wanted of one, where it stands.
pub(crate) fn wanted(site: &Site, row: PrivateServer, ground: &Ground) -> Wanted {
    let generation = row.generation;
    let (nas, shares) = (ground.disk(&row), ground.shares(&row));
    let held = row.moving.is_some_and(MoveStage::holds_the_source);
    let draft = row.wanted;
    let intent = match (draft.removing, draft.suspended || held, draft.power) {
        (true, _, _) => Intent::Gone,
        (false, false, Power::On) => Intent::On,
        (false, true, _) | (false, false, Power::Off) => Intent::Off,
    };
    Wanted {
        number: draft.number,
        generation,
        intent,
        name: draft.name,
        size: draft.size,
        v4: draft.address,
        v6: draft.address_v6,
        mac: draft.mac,
        dns: draft.address.map(|address| name_servers(address, &ground.networks)).unwrap_or_default(),
        template: template_of(site, draft.template),
        access: draft.access,
        edition: draft.edition,
        boots: draft.boots,
        quarantine: draft.quarantine,
        operator: center(site).into_iter().map(IpAddr::V4).collect(),
        nas,
        shares,
        origin: draft.origin.map(|number| Origin { number }),
    }
}

/// A template, and where servers fetch it.
pub(crate) fn template_of(site: &Site, facts: TemplateFacts) -> Template {
    Template {
        url: format!("{}/images/{}.tar.zst", site.http_base, facts.sha256),
        name: facts.name,
        sha256: facts.sha256,
        bytes: facts.bytes,
        unpacked_bytes: facts.unpacked_bytes,
    }
}

/// Those that the network of the address hands out.
fn name_servers(address: Ipv4Addr, networks: &[Network]) -> Vec<IpAddr> {
    let network = networks.iter().find(|network| network.subnet.cidr.contains(address));
    network.map(|network| network.subnet.dns.iter().copied().map(IpAddr::V4).collect()).unwrap_or_default()
}

/// The Control Center's own address on the racks' network.
pub(super) fn center(site: &Site) -> Option<Ipv4Addr> {
    site.agent_endpoint.parse::<SocketAddrV4>().ok().map(|endpoint| *endpoint.ip())
}
