//! Actions called within this process: what the API and the panels stand on.

use std::sync::Arc;

use rackwright_client::{Answer, Caller, Credential, Origin, Transport};
use rackwright_domain::Domain;
use rackwright_domain::caller::{Credential as Proof, Origin as Way, Whence};
use serde_json::Value;

/// The way to the domain of this process.
pub struct InProcess {
    domain: Arc<Domain>,
    /// The user whom this process runs as.
    own_uid: u32,
}

impl InProcess {
    #[must_use]
    pub fn new(domain: Arc<Domain>) -> Self {
        Self { domain, own_uid: nix::unistd::geteuid().as_raw() }
    }
}

impl Transport for InProcess {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let proof = proof(&caller.credential, self.own_uid);
            let key = caller.idempotency_key.as_ref();
            self.domain.call_with_key(&proof, whence(caller), action, input, key).await
        })
    }
}

/// Root, and the user whom we run as, own this Control Center anyway: they can read its files.
fn proof(credential: &Credential, own_uid: u32) -> Proof {
    match credential {
        Credential::None => Proof::None,
        Credential::Bearer(text) => Proof::Bearer(text.clone()),
        Credential::Local { uid } if *uid == 0 || *uid == own_uid => Proof::LocalRoot,
        Credential::Local { .. } => Proof::None,
    }
}

fn whence(caller: &Caller) -> Whence {
    let origin = match caller.origin {
        Origin::Panel => Way::Panel,
        Origin::Api => Way::Api,
        Origin::Cli => Way::Cli,
    };
    Whence { origin, address: caller.address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_and_the_daemons_own_user_are_owners() {
        let local = |uid| proof(&Credential::Local { uid }, 990);
        assert!(local(0) == Proof::LocalRoot && local(990) == Proof::LocalRoot);
        assert!(local(1_000) == Proof::None);
        assert!(proof(&Credential::None, 0) == Proof::None);
    }
}
