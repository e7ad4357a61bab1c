//! A token becomes a certificate, once. The same key may ask again, because the answer may have been lost.

use rackwright_model::{BootRecord, BootStage, InstallPhase};
use rackwright_proto::ToMachine;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::certificate::{certificate_insert, certificate_revoke};
use rackwright_store::install::{install_of_token, install_set_certificate};
use rackwright_store::job::job_log;
use rackwright_store::server::server_get;

use crate::refusal::{conflict, not_found};
use crate::secret::fingerprint;
use crate::{Domain, Refusal};

const ATTEMPTED: &str = "give an agent its certificate";
const ADVICE: &str = "Install the server again.";

impl Domain {
    /// Redeem an enrolment token.
    ///
    /// # Errors
    /// When the token is unknown, expired, or was redeemed by another key.
    pub async fn enrol(&self, token: &str, csr_pem: &str) -> Result<ToMachine, Refusal> {
        let refuse = |reason: String| Refusal::from(conflict(ATTEMPTED, reason, ADVICE));
        let key = self.ports.authority.key_of(csr_pem).map_err(refuse)?;
        let hash = fingerprint(token);
        let at = self.now();
        let lookup = hash.clone();
        let install = self
            .read(move |tx| Ok(install_of_token(tx, &lookup)?))
            .await?
            .ok_or_else(|| refuse("the token is not known".to_owned()))?;
        if let (Some(used_by), Some(certificate_pem)) = (&install.token_key, &install.certificate) {
            if *used_by != key {
                return Err(refuse("the token was used before, with another key".to_owned()));
            }
            return Ok(self.enrolled(install.server, certificate_pem.clone()));
        }
        if install.phase != InstallPhase::Restarting
            || install.token_expires_at.is_none_or(|until| until <= at)
        {
            return Err(refuse("the token has expired".to_owned()));
        }
        let issued = self.ports.authority.issue(install.server, csr_pem).map_err(refuse)?;
        let certificate_pem = issued.certificate_pem.clone();
        let id = install.server;
        let name = self
            .write(move |tx| {
                // Two requests at once: the first one counts.
                let now = install_of_token(tx, &hash)?;
                if now.is_none_or(|install| install.token_key.is_some() || install.ended_at.is_some()) {
                    return Err(conflict(ATTEMPTED, "the token was used just now", ADVICE).into());
                }
                install_set_certificate(tx, install.id, &issued.key, &issued.certificate_pem)?;
                certificate_revoke(tx, id, at)?;
                certificate_insert(tx, &issued.fingerprint, id, at)?;
                let detail = format!("certificate {} issued", &issued.fingerprint[..16]);
                job_log(tx, install.job, at, &detail)?;
                boot_record_put(tx, id, &BootRecord { stage: BootStage::Enrol, at, detail })?;
                Ok(server_get(tx, id)?.ok_or_else(|| not_found(ATTEMPTED, "server", &id))?.name)
            })
            .await?;
        self.events.server(at, &name, "boot", format!("{name}: {}.", BootStage::Enrol.title()));
        Ok(self.enrolled(id, certificate_pem))
    }

    fn enrolled(&self, server: rackwright_model::ServerId, certificate_pem: String) -> ToMachine {
        ToMachine::Enrolled { server, certificate_pem, authority_pem: self.ports.authority.certificate_pem() }
    }
}
