//! Talking to a provider.
//!
//! Attacker's input: every answer. The port bounds its size and its time; here it is read as what it should be or not at
//! all. What is an address in it is called only if it may be: over HTTPS, and for the provider of a reseller never within
//! the networks of the Control Center.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenResponse,
};
use openidconnect::url::Url;
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EmptyAdditionalClaims, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, RedirectUrl, StandardErrorResponse,
    http,
};
use rackwright_catalog::{Fault, FieldProblem};
use rackwright_model::{AccountId, Millis};
use rackwright_store::oidc::OidcRow;

use super::purpose;
use super::trouble::{Kind, Trouble};
use crate::Domain;
use crate::ports::{Later, Web, WebCall, WebError, WebReach};

/// How long is taken as said what a provider says of itself.
const KNOWN_MS: i64 = 10 * 60_000;
/// A provider that is down is not asked again by every visitor.
const PAUSE_MS: i64 = 5_000;
/// Two calls, each with the limit of the port.
const PATIENCE: Duration = Duration::from_secs(25);

/// This Control Center as a client of a provider whose endpoints are known.
pub(super) type Client = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CoreTokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider said of itself, or why it could not.
struct Said {
    at: Millis,
    issuer: String,
    what: Result<Arc<CoreProviderMetadata>, Trouble>,
}

impl Said {
    fn lasts(&self, issuer: &str, now: Millis) -> bool {
        let for_ms = if self.what.is_ok() { KNOWN_MS } else { PAUSE_MS };
        self.issuer == issuer && (0..for_ms).contains(&now.since(self.at))
    }
}

/// What providers said of themselves, by their ids. One question at a time to each.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<i64, Arc<tokio::sync::Mutex<Option<Said>>>>>);

impl Known {
    fn of(&self, provider: i64) -> Arc<tokio::sync::Mutex<Option<Said>>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(provider).or_default())
    }
}

impl Domain {
    /// What the provider says of itself and which keys it signs with; from memory if it said so lately, unless it shall
    /// be `anew`.
    pub(super) async fn known(
        &self,
        row: &OidcRow,
        anew: bool,
    ) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        let (said, issuer) = (self.outside.known.of(row.id), &row.draft.issuer);
        let slow = |_| Trouble::new(Kind::Slow, format!("{issuer} has not answered yet"));
        let mut said = tokio::time::timeout(PATIENCE, said.lock_owned()).await.map_err(slow)?;
        let now = self.now();
        // Nobody makes it ask more often than every few seconds.
        let pause = |said: &Said| (0..PAUSE_MS).contains(&now.since(said.at));
        if let Some(said) = said.as_ref().filter(|said| said.lasts(issuer, now) && (!anew || pause(said))) {
            return said.what.clone();
        }
        let what = self.discover(issuer, reach(row.account)).await.map(Arc::new);
        *said = Some(Said { at: self.now(), issuer: issuer.clone(), what: what.clone() });
        what
    }

    /// Ask a provider what it is (OpenID Connect Discovery 1.0 section 4) and for its keys.
    pub(super) async fn discover(
        &self,
        issuer: &str,
        reach: WebReach,
    ) -> Result<CoreProviderMetadata, Trouble> {
        let url = IssuerUrl::new(issuer.to_owned())
            .map_err(|error| Trouble::new(Kind::Nonsense, error.to_string()))?;
        let way = self.way(reach);
        let asking = CoreProviderMetadata::discover_async(url, &way);
        let answer = tokio::time::timeout(PATIENCE, asking).await;
        let slow = |_| Trouble::new(Kind::Slow, "it sent its description too slowly");
        let said = answer.map_err(slow)?.map_err(|error| match error {
            openidconnect::DiscoveryError::Request(error) => error.into(),
            openidconnect::DiscoveryError::Validation(detail) => Trouble::new(Kind::Issuer, detail),
            other => Trouble::new(Kind::Nonsense, crate::refusal::chain(&other)),
        })?;
        let authorize = said.authorization_endpoint().url();
        if !may_be_called(authorize, reach) {
            let detail = format!("it sends people to {authorize}, which is not HTTPS");
            return Err(Trouble::new(Kind::Nonsense, detail));
        }
        Ok(said)
    }

    /// This Control Center as a client of the provider.
    pub(super) fn client(
        &self,
        row: &OidcRow,
        said: &CoreProviderMetadata,
        redirect: RedirectUrl,
    ) -> Result<Client, Trouble> {
        let secret = row.draft.client_secret.as_ref().map(|sealed| {
            let purpose = purpose(row.account, &row.draft.name, &row.draft.issuer);
            self.secrets.open(&purpose, sealed).map(ClientSecret::new)
        });
        let secret = secret.transpose().map_err(|error| Trouble::new(Kind::Refused, error.to_string()))?;
        let id = ClientId::new(row.draft.client_id.clone());
        let client = Client::from_provider_metadata(said.clone(), id, secret).set_redirect_uri(redirect);
        // Basic is what every provider knows, unless it says otherwise (RFC 8414 section 2).
        let methods = said.token_endpoint_auth_methods_supported();
        let only_post = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        Ok(if only_post { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    pub(super) fn way(&self, reach: WebReach) -> Way {
        Way { web: Arc::clone(&self.ports.web), reach }
    }
}

/// What the providers of an account may be: a reseller's is out in the world, not within the provider's networks.
pub(super) fn reach(account: AccountId) -> WebReach {
    if account == AccountId::PROVIDER { WebReach::Anywhere } else { WebReach::World }
}

/// Whether the issuer is an address that may be called.
///
/// # Errors
/// What is wrong with it, at its field.
pub(super) fn issuer(text: &str, reach: WebReach, attempted: &str) -> Result<(), Fault> {
    let problem = match Url::parse(text) {
        Err(error) => format!("is no address: {error}"),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => "ends before the ? or #".to_owned(),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => "holds a user name".to_owned(),
        Ok(url) if !may_be_called(&url, reach) => "must begin with https://".to_owned(),
        Ok(_) => return Ok(()),
    };
    Err(Fault::invalid(attempted, vec![FieldProblem::new("issuer", problem)]))
}

/// HTTPS; without it only on this machine, where nobody can listen.
fn may_be_called(url: &Url, reach: WebReach) -> bool {
    let here = || matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    url.scheme() == "https" || (reach == WebReach::Anywhere && url.scheme() == "http" && here())
}

/// The way to a provider, as the protocol's library wants it.
pub(super) struct Way {
    web: Arc<dyn Web>,
    reach: WebReach,
}

impl<'c> AsyncHttpClient<'c> for Way {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let text = parts.uri.to_string();
            let url = Url::parse(&text).map_err(|error| WebError::Forbidden(format!("{text}: {error}")))?;
            if !may_be_called(&url, self.reach) {
                return Err(WebError::Forbidden(format!("{url} is not HTTPS")));
            }
            let headers = parts.headers.iter().filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            });
            let call = WebCall {
                post: parts.method == http::Method::POST,
                url: text,
                headers: headers.collect(),
                body,
                reach: self.reach,
            };
            let answering: Later<'_, _> = self.web.call(call);
            let answer = answering.await?;
            let mut response = http::Response::builder().status(answer.status);
            if let Some(kind) = &answer.content_type {
                response = response.header(http::header::CONTENT_TYPE, kind);
            }
            response.body(answer.body).map_err(|error| WebError::NotHttp(error.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_https_address_or_on_this_machine() {
        let problem =
            |text: &str, reach| issuer(text, reach, "set").err().map(|fault| fault.fields[0].problem.clone());
        for good in
            ["https://login.example.com", "https://login.example.com/realms/a", "http://127.0.0.1:5000"]
        {
            assert_eq!(problem(good, WebReach::Anywhere), None, "{good}");
        }
        for bad in [
            "http://login.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://",
            "https://a.example?x=1",
            "https://a.example#x",
            "https://me@a.example",
        ] {
            assert!(problem(bad, WebReach::Anywhere).is_some(), "{bad}");
        }
        assert!(problem("http://127.0.0.1:5000", WebReach::World).is_some());
    }
}
