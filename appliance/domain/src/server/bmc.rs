//! BMC credentials: sealed in the database, opened for the moment of a call.

use rackwright_catalog::actions::server::BmcInput;
use rackwright_catalog::{Fault, FaultCode};
use rackwright_store::server::{BmcRow, Server};

use crate::Domain;
use crate::ports::BmcAccess;

/// What a sealed BMC password is bound to.
const PURPOSE: &str = "bmc password";

impl Domain {
    pub(super) fn seal_bmc(&self, bmc: &BmcInput) -> BmcRow {
        BmcRow {
            address: bmc.address,
            user: bmc.user.clone(),
            secret: self.secrets.seal(self.ports.chance.as_ref(), PURPOSE, &bmc.password),
        }
    }
}

/// The opened credentials of a server's BMC.
///
/// # Errors
/// A sentence when there is no BMC on record, or its password cannot be opened.
pub(crate) fn access(domain: &Domain, server: &Server, attempted: &str) -> Result<BmcAccess, Fault> {
    let Some(bmc) = &server.bmc else {
        return Err(Fault::new(
            FaultCode::Conflict,
            attempted,
            format!("no BMC is on record for {}", server.name),
            format!(
                "Set it with: rackwright server set-bmc {} --bmc-address ADDRESS --bmc-user USER",
                server.name
            ),
        ));
    };
    let password = domain.secrets.open(PURPOSE, &bmc.secret).map_err(|error| {
        let advice = format!("Set the BMC again with: rackwright server set-bmc {}", server.name);
        Fault::new(FaultCode::Internal, attempted, error.to_string(), advice)
    })?;
    Ok(BmcAccess { address: bmc.address, user: bmc.user.clone(), password })
}
