//! What is wanted of private servers beside their own records: the networks of their addresses, and the exports of their NAS.

use std::collections::HashMap;

use rackwright_model::NasId;
use rackwright_model::nas::{NasDisk, Share};
use rackwright_store::Connection;
use rackwright_store::nas::{Nas, ShareRow, nas_list, share_list};
use rackwright_store::network::{Network, network_list};
use rackwright_store::private_server::PrivateServer;

use crate::Refusal;

/// Read at one time.
pub(crate) struct Ground {
    pub networks: Vec<Network>,
    nas: HashMap<NasId, Nas>,
    shares: Vec<ShareRow>,
}

impl Ground {
    /// # Errors
    /// When the database fails.
    pub(crate) fn read(tx: &Connection) -> Result<Self, Refusal> {
        let nas = nas_list(tx)?.into_iter().map(|nas| (nas.id, nas)).collect();
        Ok(Self { networks: network_list(tx)?, nas, shares: share_list(tx)? })
    }

    /// Its disk on a NAS, in the epoch of the server that it belongs to.
    pub(super) fn disk(&self, row: &PrivateServer) -> Option<NasDisk> {
        let nas = self.nas.get(&row.wanted.nas?)?;
        Some(nas.disk(row.epoch, row.wanted.server))
    }

    pub(super) fn shares(&self, row: &PrivateServer) -> Vec<Share> {
        let own = self.shares.iter().filter(|share| share.private_server == row.id);
        own.filter_map(|share| Some(share.share(self.nas.get(&share.nas)?))).collect()
    }
}
