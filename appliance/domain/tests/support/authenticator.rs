//! An authenticator in software, and the browser before it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

pub const PRESENT: u8 = 1;
pub const VERIFIED: u8 = 1 << 2;
pub const ATTESTED: u8 = 1 << 6;

/// One credential with its key (ES256).
pub struct Authenticator {
    key: EcdsaKeyPair,
    pub credential: Vec<u8>,
    pub counter: u32,
    /// Of the next answers.
    pub flags: u8,
}

impl Authenticator {
    pub fn new(credential: &[u8]) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random);
        Self {
            key: key.expect("its own"),
            credential: credential.to_vec(),
            counter: 0,
            flags: PRESENT | VERIFIED,
        }
    }

    pub fn id(&self) -> String {
        encode(&self.credential)
    }

    /// The public key as a COSE_Key.
    pub fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        cbor(&Value::Map(vec![
            (1.into(), 2.into()),
            (3.into(), (-7).into()),
            ((-1).into(), 1.into()),
            ((-2).into(), Value::Bytes(x.to_vec())),
            ((-3).into(), Value::Bytes(y.to_vec())),
        ]))
    }

    /// What follows the counter when a credential is made.
    pub fn fresh(&self) -> Vec<u8> {
        let length = u16::try_from(self.credential.len()).expect("short");
        [&[0; 16], length.to_be_bytes().as_slice(), &self.credential, &self.public_key()].concat()
    }

    /// `clientDataJSON` and `attestationObject` of a new passkey.
    pub fn create(&self, challenge: &str, origin: &str, rp_id: &str) -> (String, String) {
        let data = authenticator_data(rp_id, self.flags | ATTESTED, self.counter, &self.fresh());
        (client_data("webauthn.create", challenge, origin), attestation("none", &[], &data))
    }

    /// `clientDataJSON`, `authenticatorData` and the signature of an answer.
    pub fn get(&mut self, challenge: &str, origin: &str, rp_id: &str) -> (String, String, String) {
        let client = client_data("webauthn.get", challenge, origin);
        let data = authenticator_data(rp_id, self.flags, self.counter, &[]);
        let signature = self.sign(&data, &client);
        (client, encode(&data), signature)
    }

    pub fn sign(&self, authenticator_data: &[u8], client_data: &str) -> String {
        let client = URL_SAFE_NO_PAD.decode(client_data).expect("base64url");
        let signed = [authenticator_data, digest(&SHA256, &client).as_ref()].concat();
        encode(self.key.sign(&SystemRandom::new(), &signed).expect("signs").as_ref())
    }
}

pub fn client_data(kind: &str, challenge: &str, origin: &str) -> String {
    let text =
        serde_json::json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false});
    encode(text.to_string().as_bytes())
}

pub fn authenticator_data(rp_id: &str, flags: u8, counter: u32, rest: &[u8]) -> Vec<u8> {
    [digest(&SHA256, rp_id.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes(), rest].concat()
}

pub fn attestation(format: &str, statement: &[(&str, &str)], data: &[u8]) -> String {
    let statement = statement.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    encode(&cbor(&Value::Map(vec![
        ("fmt".into(), format.into()),
        ("attStmt".into(), Value::Map(statement)),
        ("authData".into(), Value::Bytes(data.to_vec())),
    ])))
}

pub fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("into memory");
    bytes
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
