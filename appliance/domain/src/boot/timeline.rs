//! The boot timeline as the network servers see it.

use std::sync::Arc;

use rackwright_model::{BootRecord, BootStage, InstallPhase, MacAddr, ServerState};
use rackwright_store::boot_record::{boot_record_clear, boot_record_list, boot_record_put};
use rackwright_store::install::install_active_on;
use rackwright_store::server::server_of_mac;

use super::BootSilence;
use crate::Domain;

impl Domain {
    /// A station was passed. Returns at once; the record follows.
    pub fn boot_passed(self: &Arc<Self>, mac: MacAddr, stage: BootStage, detail: String) {
        let dhcp = matches!(stage, BootStage::DhcpOffer | BootStage::DhcpAck);
        if dhcp && !self.boots.with(|inner| inner.netboots.get(&mac).copied().unwrap_or(false)) {
            // An installed system renews its lease: that is no boot.
            return;
        }
        let record = BootRecord { stage, at: self.now(), detail };
        let domain = Arc::clone(self);
        tokio::spawn(async move { domain.boot_note(mac, record).await });
    }

    /// A machine that wanted to netboot was not answered. Returns at once.
    pub fn boot_silent(self: &Arc<Self>, mac: MacAddr, reason: String) {
        let at = self.now();
        self.boots.with(|inner| {
            inner.unanswered.insert(mac, BootSilence { at, reason: reason.clone() });
            inner.bound();
        });
        let domain = Arc::clone(self);
        tokio::spawn(async move {
            let server = domain.read(move |tx| Ok(server_of_mac(tx, mac)?)).await.ok().flatten();
            match server {
                Some(server) => domain.events.server(
                    at,
                    &server.name,
                    "boot",
                    format!("{} was not answered: {reason}", server.name),
                ),
                None => domain.events.system(at, &format!("The machine {mac} was not answered: {reason}")),
            }
        });
    }

    async fn boot_note(&self, mac: MacAddr, record: BootRecord) {
        let (kept, at) = (record.clone(), record.at);
        let noted = self
            .write(move |tx| {
                let Some(server) = server_of_mac(tx, mac)? else { return Ok(None) };
                boot_record_put(tx, server.id, &record)?;
                Ok(Some((server.name, record)))
            })
            .await;
        match noted {
            Ok(Some((name, record))) => {
                self.events.server(
                    at,
                    &name,
                    "boot",
                    format!("{name}: {}: {}", record.stage.title(), record.detail),
                );
            }
            Ok(None) => self.boots.with(|inner| {
                let records = inner.unknown.entry(mac).or_default();
                records.retain(|known| known.stage < kept.stage);
                records.push(kept);
                inner.bound();
            }),
            Err(error) => {
                tracing::warn!(server.mac = %mac, "a station of the boot timeline was not recorded: {error}")
            }
        }
    }

    /// A machine asks for an address: when firmware asks after a boot had run its course, a new boot begins.
    pub(super) async fn boot_asks(&self, mac: MacAddr, netboot: bool) {
        self.boots.with(|inner| {
            inner.netboots.insert(mac, netboot);
            inner.bound();
        });
        if !netboot {
            return;
        }
        let stale = self
            .read(move |tx| {
                let Some(server) = server_of_mac(tx, mac)? else { return Ok(None) };
                let restarting = match server.state {
                    // It only passes the network on its way to its disk.
                    ServerState::Online | ServerState::Unreachable => true,
                    ServerState::Installing => install_active_on(tx, server.id)?
                        .is_some_and(|install| install.phase >= InstallPhase::Writing),
                    _ => false,
                };
                let ran = boot_record_list(tx, server.id)?
                    .iter()
                    .any(|record| record.stage >= BootStage::Environment);
                Ok((ran && !restarting).then_some(server.id))
            })
            .await;
        if let Ok(Some(id)) = stale
            && let Err(error) = self.write(move |tx| Ok(boot_record_clear(tx, id)?)).await
        {
            tracing::warn!(server.id = %id, "the old boot timeline was not cleared: {error}");
        }
    }
}
