//! The attestation object (section 6.5.4). What it attests is not asked for; a statement that comes all the same is not
//! taken, because nobody would have checked it.

use ciborium::Value;

use super::Unfit;

/// Levels of CBOR that are followed.
const DEPTH: usize = 8;

/// The authenticator data in it.
pub(super) fn authenticator_data(bytes: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut rest = bytes;
    let whole: Value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH).map_err(|_| Unfit::Attestation)?;
    let Value::Map(entries) = whole else { return Err(Unfit::Attestation) };
    if !rest.is_empty() {
        return Err(Unfit::Attestation);
    }
    let find =
        |key: &str| entries.iter().find(|(name, _)| name.as_text() == Some(key)).map(|(_, value)| value);
    match find("fmt").and_then(Value::as_text) {
        Some("none") => {}
        Some(_) => return Err(Unfit::Attested),
        None => return Err(Unfit::Attestation),
    }
    // Section 8.7: the statement is an empty map.
    if find("attStmt").and_then(Value::as_map).is_none_or(|statement| !statement.is_empty()) {
        return Err(Unfit::Attestation);
    }
    find("authData").and_then(Value::as_bytes).cloned().ok_or(Unfit::Attestation)
}
