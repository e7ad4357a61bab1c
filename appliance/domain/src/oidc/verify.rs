//! From the code of a provider to a person whom it vouches for (OpenID Connect Core 1.0 sections 3.1.3 and 5.3).

use std::time::Duration;

use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ConfigurationError, Nonce, OAuth2TokenResponse,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, SignatureVerificationError, TokenResponse,
};
use rackwright_store::oidc::OidcRow;

use super::outward::{Client, reach};
use super::ticket::Ticket;
use super::trouble::{Kind, Trouble};
use crate::Domain;
use crate::refusal::chain;

/// How far the clock of a provider may be off.
const SKEW_S: i64 = 120;
/// Exchanging a code, or asking who somebody is.
const PATIENCE: Duration = Duration::from_secs(15);
/// Characters of what a provider calls somebody.
const CALLED: usize = 254;
/// Characters of a subject (OpenID Connect Core 1.0 section 2).
const SUBJECT: usize = 255;

/// Signatures that only the provider can make. Those with the client secret are none, and neither is "none".
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Somebody whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    pub subject: String,
    pub username: Option<String>,
    /// Only one that the provider has verified.
    pub email: Option<String>,
}

impl Vouched {
    /// What people call the person.
    pub(super) fn known_as(&self) -> Option<String> {
        self.username.clone().or_else(|| self.email.clone())
    }
}

impl Domain {
    /// Exchange the code, and check what comes of it against the ticket.
    pub(super) async fn vouched(
        &self,
        row: &OidcRow,
        ticket: &Ticket,
        code: String,
    ) -> Result<Vouched, Trouble> {
        let said = self.known(row, false).await?;
        let client = self.client_of(row, &said, ticket)?;
        let answer = self.exchange(&client, row, ticket, code).await?;
        let token = answer.id_token().ok_or_else(|| Trouble::new(Kind::Nonsense, "there is no ID token"))?;
        let nonce = Nonce::new(ticket.nonce.clone());
        let claims = match self.claims(&client, token, &nonce) {
            // It may have new keys since it was asked (OpenID Connect Core 1.0 section 10.1.1).
            Err(trouble) if trouble.kind == Kind::Signature => {
                let said = self.known(row, true).await?;
                let renewed = self.client_of(row, &said, ticket)?;
                self.claims(&renewed, token, &nonce)?
            }
            claims => claims?,
        };
        let mut vouched = read(&claims)?;
        if vouched.username.is_none() && vouched.email.is_none() {
            self.ask(&client, row, &answer, &claims, &mut vouched).await;
        }
        Ok(vouched)
    }

    fn client_of(
        &self,
        row: &OidcRow,
        said: &CoreProviderMetadata,
        ticket: &Ticket,
    ) -> Result<Client, Trouble> {
        let redirect = RedirectUrl::new(ticket.redirect.clone());
        let redirect = redirect.map_err(|error| Trouble::new(Kind::Nonsense, error.to_string()))?;
        self.client(row, said, redirect)
    }

    async fn exchange(
        &self,
        client: &Client,
        row: &OidcRow,
        ticket: &Ticket,
        code: String,
    ) -> Result<CoreTokenResponse, Trouble> {
        let nowhere = |error: ConfigurationError| Trouble::new(Kind::Nonsense, error.to_string());
        let way = self.way(reach(row.account));
        let exchange = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(nowhere)?
            .set_pkce_verifier(PkceCodeVerifier::new(ticket.verifier.clone()))
            .request_async(&way);
        let answer = tokio::time::timeout(PATIENCE, exchange).await;
        let slow = |_| Trouble::new(Kind::Slow, "it did not exchange the code in time");
        answer.map_err(slow)?.map_err(|error| match error {
            RequestTokenError::Request(error) => error.into(),
            RequestTokenError::ServerResponse(said) => {
                Trouble::new(Kind::Refused, plain(&said.to_string(), CALLED))
            }
            // What it sent stays out of the log: it may hold a token.
            RequestTokenError::Parse(error, _) => Trouble::new(Kind::Nonsense, error.to_string()),
            RequestTokenError::Other(detail) => Trouble::new(Kind::Nonsense, plain(&detail, CALLED)),
        })
    }

    /// The claims of a token that is signed by the provider, for this Control Center and this sign-in, and valid now.
    fn claims(
        &self,
        client: &Client,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, Trouble> {
        let now = self.now().0 / 1_000;
        let from_the_future = move |issued: chrono::DateTime<chrono::Utc>| {
            if issued.timestamp() > now + SKEW_S { Err(FUTURE.to_owned()) } else { Ok(()) }
        };
        let verifier: CoreIdTokenVerifier<'_> = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || chrono::DateTime::from_timestamp(now - SKEW_S, 0).unwrap_or_default())
            .set_issue_time_verifier_fn(from_the_future);
        token.claims(&verifier, nonce).cloned().map_err(trouble)
    }

    /// Ask the provider what it calls the person, if it did not say so yet. Not being told is no reason not to sign in.
    async fn ask(
        &self,
        client: &Client,
        row: &OidcRow,
        answer: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
        vouched: &mut Vouched,
    ) {
        let subject = Some(claims.subject().clone());
        let Ok(question) = client.user_info(answer.access_token().clone(), subject) else { return };
        let way = self.way(reach(row.account));
        let asking = question.request_async(&way);
        let told: Result<CoreUserInfoClaims, _> = match tokio::time::timeout(PATIENCE, asking).await {
            Ok(told) => told,
            Err(_) => return,
        };
        match told {
            Ok(told) => {
                vouched.username = told.preferred_username().map(|name| plain(name, CALLED));
                vouched.email = told
                    .email()
                    .filter(|_| told.email_verified() == Some(true))
                    .map(|email| plain(email, CALLED));
            }
            Err(error) => tracing::warn!("A sign-in provider did not tell who somebody is: {error}"),
        }
    }
}

const FUTURE: &str = "it was issued in the future";

fn trouble(error: ClaimsVerificationError) -> Trouble {
    let kind = match &error {
        ClaimsVerificationError::Expired(_) | ClaimsVerificationError::InvalidAuthTime(_) => Kind::Time,
        ClaimsVerificationError::InvalidAudience(_) => Kind::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Kind::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Kind::Nonce,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::Other(_)) => {
            Kind::Nonsense
        }
        ClaimsVerificationError::SignatureVerification(_) => Kind::Signature,
        ClaimsVerificationError::Other(detail) if detail.contains(FUTURE) => Kind::Time,
        _ => Kind::Nonsense,
    };
    Trouble::new(kind, plain(&chain(&error), CALLED))
}

fn read(claims: &CoreIdTokenClaims) -> Result<Vouched, Trouble> {
    let subject = claims.subject().as_str();
    if subject.is_empty()
        || subject.len() > SUBJECT
        || !subject.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    {
        return Err(Trouble::new(Kind::Nonsense, "the subject is empty, too long or not ASCII"));
    }
    let verified = claims.email_verified() == Some(true);
    Ok(Vouched {
        subject: subject.to_owned(),
        username: claims.preferred_username().map(|name| plain(name, CALLED)),
        email: claims.email().filter(|_| verified).map(|email| plain(email, CALLED)),
    })
}

/// A text of a provider, short and without control characters.
pub(super) fn plain(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(most).collect()
}
