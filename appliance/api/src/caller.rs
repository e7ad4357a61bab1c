//! Who calls: a bearer of a session or token (RFC 6750 section 2.1), or a peer of the unix socket. Cookies are never
//! read here, so that no other web site can make a browser call an action.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rackwright_catalog::{BadKey, Fault, FaultCode, FieldProblem, IdempotencyKey};
use rackwright_client::{Caller, Credential, KEY_HEADER, ORIGIN_HEADER, Origin};

/// The peer of a unix socket as the kernel names it (`SO_PEERCRED`, unix(7)). Only the listener puts it on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalPeer {
    pub uid: u32,
}

/// Longer than any credential we make.
const LONGEST: usize = 256;

/// The caller of a request.
///
/// # Errors
/// [`FaultCode::NotSignedIn`] when an `Authorization` header is there but holds no credential of ours;
/// [`FaultCode::InvalidInput`] when the `Idempotency-Key` is none.
pub(crate) fn caller(parts: &Parts, attempted: &str) -> Result<Caller, Fault> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let credential = match (headers.next(), headers.next()) {
        (None, _) => match parts.extensions.get::<LocalPeer>() {
            Some(peer) => Credential::Local { uid: peer.uid },
            None => Credential::None,
        },
        (Some(header), None) => bearer(header.as_bytes()).ok_or_else(|| unreadable(attempted))?,
        (Some(_), Some(_)) => return Err(unreadable(attempted)),
    };
    let says_cli = parts.headers.get(ORIGIN_HEADER).is_some_and(|value| value.as_bytes() == b"cli");
    let origin = if says_cli { Origin::Cli } else { Origin::Api };
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    Ok(Caller::new(credential, origin).at(address).keyed(key(parts, attempted)?))
}

/// The key of the call, if it has one.
fn key(parts: &Parts, attempted: &str) -> Result<Option<IdempotencyKey>, Fault> {
    let mut headers = parts.headers.get_all(KEY_HEADER).iter();
    let key = match (headers.next(), headers.next()) {
        (None, _) => return Ok(None),
        (Some(only), None) => only.to_str().map_err(|_| BadKey).and_then(str::parse),
        (Some(_), Some(_)) => Err(BadKey),
    };
    key.map(Some).map_err(|error| {
        Fault::invalid(attempted, vec![FieldProblem::new("Idempotency-Key", error.to_string())])
    })
}

fn bearer(header: &[u8]) -> Option<Credential> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim_matches(' ');
    let ours = token.starts_with("rws_") || token.starts_with("rwt_");
    let sound = token.len() <= LONGEST && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && ours && sound).then(|| Credential::Bearer(token.to_owned()))
}

fn unreadable(attempted: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        "the Authorization header holds no session or token",
        "Send one header: Authorization: Bearer rwt_… with a token made by: rackwright token create NAME",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use proptest::prelude::*;

    use super::*;

    fn of(headers: &[(&str, &[u8])], peer: Option<u32>) -> Result<Caller, Fault> {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).expect("a request").into_parts().0;
        if let Some(uid) = peer {
            parts.extensions.insert(LocalPeer { uid });
        }
        caller(&parts, "try")
    }

    #[test]
    fn a_bearer_goes_before_the_socket_and_nothing_is_nobody() {
        let token = Credential::Bearer("rwt_a".into());
        assert_eq!(of(&[("authorization", b"bearer rwt_a")], Some(0)).expect("a caller").credential, token);
        assert_eq!(of(&[], Some(7)).expect("a caller").credential, Credential::Local { uid: 7 });
        assert_eq!(of(&[("cookie", b"session=rws_a")], None).expect("a caller").credential, Credential::None);
    }

    #[test]
    fn only_the_command_is_a_command() {
        assert_eq!(of(&[("x-rackwright-origin", b"cli")], None).expect("a caller").origin, Origin::Cli);
        assert_eq!(of(&[("x-rackwright-origin", b"panel")], None).expect("a caller").origin, Origin::Api);
    }

    #[test]
    fn other_credentials_are_refused_and_never_fall_back() {
        for headers in [
            &[("authorization", &b"Basic cm9vdDo="[..])][..],
            &[("authorization", b"Bearer eyJhbGciOi")],
            &[("authorization", b"Bearer rwt_a"), ("authorization", b"Bearer rwt_b")],
            &[("authorization", b"")],
        ] {
            assert_eq!(of(headers, Some(0)).expect_err("refused").code, FaultCode::NotSignedIn);
        }
    }

    #[test]
    fn a_key_stands_once_and_is_visible() {
        let key = of(&[("idempotency-key", b"8e03978e-40d5")], None).expect("a caller").idempotency_key;
        assert_eq!(key.expect("a key").as_str(), "8e03978e-40d5");
        let long = [b'a'; 256];
        for headers in [
            &[("idempotency-key", &b""[..])][..],
            &[("idempotency-key", b"a b")],
            &[("idempotency-key", &long)],
            &[("idempotency-key", b"\xff")],
            &[("idempotency-key", b"a"), ("idempotency-key", b"a")],
        ] {
            let fault = of(headers, None).expect_err("refused");
            assert_eq!(
                (fault.code, fault.fields[0].field.as_str()),
                (FaultCode::InvalidInput, "Idempotency-Key")
            );
        }
    }

    proptest! {
        #[test]
        fn only_our_tokens_come_through(bytes in "[ -~]{0,20}|Bearer rwt_\\PC{0,300}") {
            if let Some(Credential::Bearer(token)) = bearer(bytes.as_bytes()) {
                prop_assert!(token.len() <= LONGEST && token.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(token.starts_with("rw"));
            }
        }
    }
}
