//! What a browser needs to ask for a passkey. It is the same for everybody, so it tells nothing of anybody.

use rackwright_catalog::actions::session::{PasskeyAsked, SessionPasskeyBegin, SessionPasskeyBeginInput};
use rackwright_catalog::{Fault, Handle};

use crate::passkey::Purpose;
use crate::{Caller, Domain};

impl Handle<SessionPasskeyBegin, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: SessionPasskeyBeginInput) -> Result<PasskeyAsked, Fault> {
        let rp_id = self.relying_party(&input.origin, "sign in with a passkey").await?;
        Ok(PasskeyAsked {
            challenge: self.challenge(Purpose::SignIn, &input.origin),
            rp_id,
            allow: Vec::new(),
            verified: true,
        })
    }
}
