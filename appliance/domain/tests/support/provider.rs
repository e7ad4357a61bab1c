//! A sign-in provider in the web: honest until a test makes it lie. It signs with ECDSA P-256 (RFC 7518 section 3.4).

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use rackwright_domain::ports::{Clock, Later, Web, WebAnswer, WebCall, WebError};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::FakeClock;

pub const ISSUER: &str = "https://login.example.com";

/// What the provider does with a call.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Honest,
    /// Signs with a key that it does not show.
    StrangeKey,
    /// Does not sign (RFC 7519 section 6).
    Unsigned,
    /// Signs with the client secret.
    SharedSecret,
    /// Refuses every code.
    Refuses,
    /// Answers with a page.
    Nonsense,
    Fails(Failure),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Unreachable,
    Slow,
    TooLarge,
}

pub struct Provider {
    clock: Arc<FakeClock>,
    mood: Mutex<Mood>,
    /// Laid over the claims of the next token.
    claims: Mutex<Value>,
    nonce: Mutex<String>,
    keys: Mutex<Vec<Arc<EcdsaKeyPair>>>,
    /// Every call, as it came.
    pub calls: Mutex<Vec<WebCall>>,
}

fn key() -> Arc<EcdsaKeyPair> {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
    Arc::new(pair.expect("a key"))
}

impl Provider {
    pub fn with_clock(clock: Arc<FakeClock>) -> Self {
        Self {
            clock,
            mood: Mutex::default(),
            claims: Mutex::new(json!({})),
            nonce: Mutex::default(),
            keys: Mutex::new(vec![key()]),
            calls: Mutex::default(),
        }
    }

    pub fn be(&self, mood: Mood) {
        *self.mood.lock().expect("whole") = mood;
    }

    /// Say this in the next tokens, in place of what an honest one says; null leaves a claim out.
    pub fn claim(&self, claims: Value) {
        *self.claims.lock().expect("whole") = claims;
    }

    /// Somebody signs in there: the provider sees the address to which the browser was sent.
    pub fn visited(&self, url: &str) {
        *self.nonce.lock().expect("whole") = parameter(url, "nonce").expect("a nonce");
    }

    /// Sign with a new key from now on, and show it.
    pub fn renew_key(&self) {
        *self.keys.lock().expect("whole") = vec![key()];
    }

    fn answer(&self, call: &WebCall) -> Value {
        match call.url.strip_prefix(ISSUER) {
            Some("/.well-known/openid-configuration") => json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
            }),
            Some("/keys") => {
                let keys = self.keys.lock().expect("whole");
                json!({"keys": keys.iter().map(|key| jwk(key)).collect::<Vec<_>>()})
            }
            Some("/token") => json!({"access_token": "at", "token_type": "Bearer", "id_token": self.token()}),
            _ => panic!("nobody should call {}", call.url),
        }
    }

    fn token(&self) -> String {
        let now = self.clock.now().0 / 1_000;
        let mut claims = json!({
            "iss": ISSUER, "sub": "248289761001", "aud": "rackwright", "iat": now, "exp": now + 300,
            "nonce": *self.nonce.lock().expect("whole"),
            "preferred_username": "robin", "email": "robin@example.com", "email_verified": true,
        });
        for (name, value) in self.claims.lock().expect("whole").as_object().expect("claims") {
            claims[name] = value.clone();
        }
        claims.as_object_mut().expect("claims").retain(|_, value| !value.is_null());
        let signed = |alg: &str| {
            format!("{}.{}", B64.encode(json!({"alg": alg}).to_string()), B64.encode(claims.to_string()))
        };
        let by = |key: &EcdsaKeyPair| {
            let text = signed("ES256");
            let mark = key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
            format!("{text}.{}", B64.encode(mark))
        };
        match *self.mood.lock().expect("whole") {
            Mood::StrangeKey => by(&key()),
            Mood::Unsigned => format!("{}.", signed("none")),
            Mood::SharedSecret => {
                let text = signed("HS256");
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"hush-hush-hush");
                format!("{text}.{}", B64.encode(ring::hmac::sign(&key, text.as_bytes())))
            }
            _ => by(&self.keys.lock().expect("whole")[0]),
        }
    }
}

/// RFC 7518 section 6.2.
fn jwk(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..])})
}

/// A parameter of an address.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
}

impl Web for Provider {
    fn call(&self, call: WebCall) -> Later<'_, Result<WebAnswer, WebError>> {
        self.calls.lock().expect("whole").push(call.clone());
        let (status, body) = match *self.mood.lock().expect("whole") {
            Mood::Fails(Failure::Unreachable) => {
                return Box::pin(async { Err(WebError::Unreachable("nobody is there".into())) });
            }
            Mood::Fails(Failure::Slow) => return Box::pin(async { Err(WebError::TimedOut) }),
            Mood::Fails(Failure::TooLarge) => return Box::pin(async { Err(WebError::TooLarge(1)) }),
            Mood::Nonsense => (200, "<html>".to_owned()),
            Mood::Refuses if call.post => (400, json!({"error": "invalid_grant"}).to_string()),
            _ => (200, String::new()),
        };
        let body = if body.is_empty() { self.answer(&call).to_string() } else { body };
        let content_type = Some("application/json".to_owned());
        Box::pin(async move { Ok(WebAnswer { status, content_type, body: body.into_bytes() }) })
    }
}
