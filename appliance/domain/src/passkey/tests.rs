//! Each check of a ceremony, and bytes that nobody made with good intent.

#[path = "../../tests/support/authenticator.rs"]
mod authenticator;

use ciborium::Value;
use proptest::prelude::*;

use super::*;
use authenticator::{
    ATTESTED, Authenticator, PRESENT, VERIFIED, attestation, authenticator_data as data, cbor, client_data,
    encode,
};

const BACKED_UP: u8 = 1 << 4;
const EXTENDED: u8 = 1 << 7;

const CHALLENGE: &str = "q3Zb1x";
const ORIGIN: &str = "https://center.example.com:8443";
const HOST: &str = "center.example.com";
const EXPECTED: Expected<'_> = Expected { challenge: CHALLENGE, origin: ORIGIN, rp_id: HOST, verified: true };

/// An answer, checked against the public key of a new authenticator.
fn answer(change: impl FnOnce(&mut Authenticator) -> (String, String, String)) -> Result<u32, Unfit> {
    let mut key = Authenticator::new(b"one");
    let (client, raw, signature) = change(&mut key);
    let answer = Answer { client_data: &client, authenticator_data: &raw, signature: &signature };
    answered(&answer, &encode(&key.public_key()), &EXPECTED)
}

/// What comes of client data, over a right signature.
fn with_client(client: &str) -> Result<u32, Unfit> {
    answer(|key| {
        let raw = data(HOST, PRESENT | VERIFIED, 1, &[]);
        (client.to_owned(), encode(&raw), key.sign(&raw, client))
    })
}

/// What comes of authenticator data, over a right signature.
fn with_data(raw: &[u8]) -> Result<u32, Unfit> {
    answer(|key| {
        let client = client_data("webauthn.get", CHALLENGE, ORIGIN);
        (client.clone(), encode(raw), key.sign(raw, &client))
    })
}

#[test]
fn a_right_answer_is_taken_and_tells_the_counter() {
    assert_eq!(with_data(&data(HOST, PRESENT | VERIFIED, 7, &[])), Ok(7));
    let extensions = cbor(&Value::Map(vec![("credProps".into(), true.into())]));
    assert_eq!(with_data(&data(HOST, PRESENT | VERIFIED | EXTENDED, 8, &extensions)), Ok(8));
}

#[test]
fn client_data_of_another_ceremony_challenge_or_address_is_refused() {
    let client = |kind, challenge, origin| with_client(&client_data(kind, challenge, origin));
    assert_eq!(client("webauthn.get", CHALLENGE, ORIGIN), Ok(1));
    assert_eq!(client("webauthn.create", CHALLENGE, ORIGIN), Err(Unfit::Ceremony));
    assert_eq!(client("webauthn.get", "another", ORIGIN), Err(Unfit::Challenge));
    for origin in ["https://evil.example", "https://center.example.com", "http://center.example.com:8443"] {
        assert_eq!(client("webauthn.get", CHALLENGE, origin), Err(Unfit::Origin), "{origin}");
    }
    let framed = serde_json::json!({"type": "webauthn.get", "challenge": CHALLENGE, "origin": ORIGIN, "crossOrigin": true});
    assert_eq!(with_client(&encode(framed.to_string().as_bytes())), Err(Unfit::Framed));
    assert_eq!(with_client(&encode(b"[]")), Err(Unfit::ClientData));
}

#[test]
fn authenticator_data_of_another_host_or_without_its_user_is_refused() {
    let flags = PRESENT | VERIFIED;
    assert_eq!(with_data(&data("evil.example", flags, 1, &[])), Err(Unfit::HostName));
    assert_eq!(with_data(&data(HOST, VERIFIED, 1, &[])), Err(Unfit::Absent));
    assert_eq!(with_data(&data(HOST, PRESENT, 1, &[])), Err(Unfit::Unverified));
    assert_eq!(with_data(&data(HOST, flags | BACKED_UP, 1, &[])), Err(Unfit::Flags));
    assert_eq!(with_data(&data(HOST, flags, 1, b"more")), Err(Unfit::AuthenticatorData));
    assert_eq!(with_data(&data(HOST, flags | EXTENDED, 1, &[])), Err(Unfit::AuthenticatorData));
    assert_eq!(with_data(&data(HOST, flags, 1, &[])[..36]), Err(Unfit::AuthenticatorData));
}

#[test]
fn a_signature_must_be_of_the_key_and_over_what_came() {
    let of_another = answer(|_| Authenticator::new(b"two").get(CHALLENGE, ORIGIN, HOST));
    assert_eq!(of_another, Err(Unfit::Signature));
    let over_another_counter = answer(|key| {
        let (client, _, signature) = key.get(CHALLENGE, ORIGIN, HOST);
        (client, encode(&data(HOST, PRESENT | VERIFIED, 9, &[])), signature)
    });
    assert_eq!(over_another_counter, Err(Unfit::Signature));
    let garbled = answer(|key| {
        let (client, raw, _) = key.get(CHALLENGE, ORIGIN, HOST);
        (client, raw, "not base64url!".to_owned())
    });
    assert_eq!(garbled, Err(Unfit::Encoding("signature")));
}

#[test]
fn a_counter_that_stands_still_tells_of_a_copy() {
    for (stored, now, copied) in
        [(0, 0, false), (0, 1, false), (1, 2, false), (2, 2, true), (2, 1, true), (2, 0, true)]
    {
        assert_eq!(is_copied(stored, now), copied, "{stored} {now}");
    }
}

#[test]
fn a_new_passkey_is_taken_with_its_key() {
    let key = Authenticator::new(b"one");
    let (client, object) = key.create(CHALLENGE, ORIGIN, HOST);
    let taken = made(&client, &object, &EXPECTED).expect("is right");
    let wanted = Made { credential: key.id(), public_key: encode(&key.public_key()), counter: 0 };
    assert_eq!(taken, wanted);
}

#[test]
fn what_is_no_new_passkey_is_refused() {
    let key = Authenticator::new(b"one");
    let client = client_data("webauthn.create", CHALLENGE, ORIGIN);
    let flags = PRESENT | VERIFIED | ATTESTED;
    let right = data(HOST, flags, 0, &key.fresh());
    let with = |object: &str| made(&client, object, &EXPECTED).expect_err("is refused");
    assert_eq!(with(&attestation("packed", &[], &right)), Unfit::Attested);
    assert_eq!(with(&attestation("none", &[("sig", "x")], &right)), Unfit::Attestation);
    assert_eq!(with(&encode(&cbor(&Value::Array(vec![])))), Unfit::Attestation);
    assert_eq!(with(&encode(b"\xff")), Unfit::Attestation);
    let none = |raw: &[u8]| with(&attestation("none", &[], raw));
    assert_eq!(none(&data(HOST, PRESENT | VERIFIED, 0, &[])), Unfit::AuthenticatorData, "no credential");
    assert_eq!(none(&data("evil.example", flags, 0, &key.fresh())), Unfit::HostName);
    assert_eq!(none(&right[..right.len() - 1]), Unfit::AuthenticatorData);
    assert_eq!(none(&data(HOST, flags, 0, &Authenticator::new(b"").fresh())), Unfit::AuthenticatorData);
    let long = Authenticator::new(&[7; MOST_ID_BYTES + 1]);
    assert_eq!(none(&data(HOST, flags, 0, &long.fresh())), Unfit::AuthenticatorData);
    let odd = [&[0; 16], [0, 1, 7].as_slice(), &cbor(&Value::Map(vec![(1.into(), 4.into())]))].concat();
    assert_eq!(none(&data(HOST, flags, 0, &odd)), Unfit::Key);
    let (asked, object) = (client_data("webauthn.get", CHALLENGE, ORIGIN), attestation("none", &[], &right));
    assert_eq!(made(&asked, &object, &EXPECTED), Err(Unfit::Ceremony));
}

/// A key of RSA and its signature (PKCS #1 1.5 with SHA-256), made by OpenSSL.
const RSA_N: &str = concat!(
    "91ddbb346669460ef730de294244495702cc3841fbb44a89517d70c3c98706e6ab3d68122cb6790a",
    "121449e0bb68512364347f976475c2f8baea5de93c4df59fb8a3e77c8445202a7f0d0b391fee5304",
    "40fbd711b3dcd373a2560914306784bc3acc78e5c924031956e696d1d983ec0022314b2438c52bdd",
    "4ccaa2852485d3290c4e4601f7fdd1d9828c82f869ebf7dd00ee88ee4c92fa619ecf330665d69bde",
    "dd57ec5a4a11d6f2b4cd13cf5dd2fdca5ec209a972f3ce09854e6bfc6f9d5f3660db771f5eb140fa",
    "82a6b56eff00c78ec032a042274e34d0e7739a52e88c8d4f9868741372d9c195f0680149ddc6ec8c",
    "88f667bd7076b89b3d7b7611c8974573",
);
const RSA_SIGNATURE: &str = concat!(
    "417f74c130055741ccdf14053a40bb2084942a2cef33d65d6c8426dc68fa13add9d79d16987b5a13",
    "96a25c0f05488b9e1019853cd411f0c5c0901473e1e2484e4a60299ddb239c4db2e0d9d9135fdb01",
    "d6387db8404a6d54be8d19738e8245bcba4b5226a778feabf421d17d7d47b77ecea191074c09ab00",
    "ba85a7e7b4b480bb9a8c97eb62851567efdeb339a468afcd086a9cbac976a516952921f90536d5a6",
    "4d980b08a3d02022a16e8149413ff5989d208e9c1184bc8dc12823b60464489b44749665d93bb6b9",
    "20a4cc97023d49d0f56b74f40bc1f00ff19dbbc348754bf04318a14a83aaa511dd5b593950fc2f1a",
    "a2e10a34d128b946ccd2445c9581b2cc",
);

#[test]
fn keys_of_three_kinds_verify_and_no_others() {
    let map = |pairs: &[(i64, Value)]| {
        cbor(&Value::Map(pairs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect()))
    };
    let bytes = |hex: &str| Value::Bytes(hex::decode(hex).expect("hex"));
    let rsa = map(&[(1, 3.into()), (3, (-257).into()), (-1, bytes(RSA_N)), (-2, bytes("010001"))]);
    let rsa = PublicKey::read(&rsa).expect("RS256");
    let signature = hex::decode(RSA_SIGNATURE).expect("hex");
    assert_eq!(rsa.verify(b"signed by an RSA key", &signature), Ok(()));
    assert_eq!(rsa.verify(b"signed by another key", &signature), Err(Unfit::Signature));
    // RFC 8032, section 7.1, test 2.
    let ed = |x: &str| map(&[(1, 1.into()), (3, (-8).into()), (-1, 6.into()), (-2, bytes(x))]);
    let x = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let signature = hex::decode(signature).expect("hex");
    let key = PublicKey::read(&ed(x)).expect("EdDSA");
    assert_eq!(key.verify(&[0x72], &signature), Ok(()));
    assert_eq!(key.verify(&[0x73], &signature), Err(Unfit::Signature));
    for unfit in [
        ed("3d40"),
        // P-384 under the name of ES256; a short modulus; HMAC; no algorithm.
        map(&[(1, 2.into()), (3, (-7).into()), (-1, 2.into()), (-2, bytes(x)), (-3, bytes(x))]),
        map(&[(1, 3.into()), (3, (-257).into()), (-1, bytes(x)), (-2, bytes("010001"))]),
        map(&[(1, 4.into()), (3, 5.into()), (-1, bytes(x))]),
        map(&[(1, 1.into()), (-1, 6.into()), (-2, bytes(x))]),
        vec![],
    ] {
        assert!(PublicKey::read(&unfit).is_err(), "{}", hex::encode(unfit));
    }
}

#[test]
fn cbor_that_claims_more_than_there_is_costs_nothing() {
    // An array and a byte string of 2^60, and levels without end.
    for claim in ["9b1000000000000000", "5b1000000000000000", "bb1000000000000000"] {
        let bytes = hex::decode(claim).expect("hex");
        assert!(attestation::authenticator_data(&bytes).is_err());
        assert!(PublicKey::read(&bytes).is_err());
    }
    let deep = vec![0x81; 6_000];
    assert!(attestation::authenticator_data(&deep).is_err());
    assert!(PublicKey::read(&deep).is_err());
    assert!(AuthenticatorData::read(&data(HOST, PRESENT | EXTENDED, 0, &deep)).is_err());
}

proptest! {
    #[test]
    fn foreign_bytes_are_refused_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let text = encode(&bytes);
        prop_assert!(made(&text, &text, &EXPECTED).is_err());
        let answer = Answer { client_data: &text, authenticator_data: &text, signature: &text };
        prop_assert!(answered(&answer, &text, &EXPECTED).is_err());
        let _ = attestation::authenticator_data(&bytes);
        let _ = AuthenticatorData::read(&bytes);
        let _ = PublicKey::read(&bytes);
    }

    /// Any byte changed, in what is signed or in the signature, and it is refused.
    #[test]
    fn a_changed_byte_is_noticed(at in any::<proptest::sample::Index>(), by in 1..=255_u8, which in 0..3_usize) {
        let mut key = Authenticator::new(b"one");
        let (client, raw, signature) = key.get(CHALLENGE, ORIGIN, HOST);
        let mut parts = [client, raw, signature];
        let mut bytes = URL_SAFE_NO_PAD.decode(&parts[which]).expect("ours");
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        parts[which] = encode(&bytes);
        let [client, raw, signature] = &parts;
        let answer = Answer { client_data: client, authenticator_data: raw, signature };
        prop_assert!(answered(&answer, &encode(&key.public_key()), &EXPECTED).is_err());
    }

    #[test]
    fn any_text_as_client_data_is_refused_or_read(text in ".{0,400}") {
        let _ = challenge_in(&text);
        let _ = challenge_in(&encode(text.as_bytes()));
    }

    #[test]
    fn a_credential_of_any_length_is_read_whole(credential in proptest::collection::vec(any::<u8>(), 1..200)) {
        let key = Authenticator::new(&credential);
        let (client, object) = key.create(CHALLENGE, ORIGIN, HOST);
        prop_assert_eq!(made(&client, &object, &EXPECTED).expect("is right").credential, encode(&credential));
    }
}
