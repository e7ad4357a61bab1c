//! The way out. Nothing is kept here: see [`super::ticket`].

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use rackwright_catalog::actions::oidc::{OidcBegin, OidcBeginInput, OidcBegun};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::oidc::{OidcRow, oidc_named};

use super::ticket::{LASTS_MS, Link, Ticket};
use crate::{Caller, Domain, secret};

impl Handle<OidcBegin, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: OidcBeginInput) -> Result<OidcBegun, Fault> {
        let attempted = "begin to sign in";
        let (name, base) = (input.name.clone(), input.base.clone());
        let row = self
            .look(attempted, move |tx| {
                let account = super::at(tx, &base)?;
                Ok(oidc_named(tx, account, &name)?.ok_or_else(|| super::unknown(attempted, &name))?)
            })
            .await?;
        self.way_out(&row, &input.base, None, attempted).await
    }
}

impl Domain {
    /// The address at the provider to which the browser goes, and the ticket with which it comes back.
    pub(super) async fn way_out(
        &self,
        row: &OidcRow,
        base: &str,
        link: Option<Link>,
        attempted: &str,
    ) -> Result<OidcBegun, Fault> {
        let redirect = RedirectUrl::new(format!("{base}/sign-in/return")).map_err(|error| {
            Fault::invalid(attempted, vec![FieldProblem::new("base", format!("is no address: {error}"))])
        })?;
        let told = |trouble: super::trouble::Trouble| trouble.told(&row.draft.title, attempted);
        let said = self.known(row, false).await.map_err(told)?;
        let client = self.client(row, &said, redirect.clone()).map_err(told)?;
        let random = || secret::credential(&*self.ports.chance, "rwo");
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
        let (given_state, given_nonce) = (CsrfToken::new(state.clone()), Nonce::new(nonce.clone()));
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || given_state,
                move || given_nonce,
            )
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let ticket = self.seal_ticket(&Ticket {
            provider: row.id,
            issuer: row.draft.issuer.clone(),
            state,
            nonce,
            verifier,
            redirect: redirect.to_string(),
            until: self.now().plus(LASTS_MS),
            link,
        });
        let message = format!("Go to {} and sign in there.", row.draft.title);
        Ok(OidcBegun { url: url.to_string(), ticket, message })
    }

    /// The same for somebody who is signed in and makes a link.
    pub(crate) async fn way_to_link(
        &self,
        row: &OidcRow,
        base: &str,
        (person, session): (rackwright_model::UserId, Option<String>),
        attempted: &str,
    ) -> Result<OidcBegun, Fault> {
        self.way_out(row, base, Some(Link { person, session }), attempted).await
    }
}
