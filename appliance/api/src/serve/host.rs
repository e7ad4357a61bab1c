//! The host that a request is for. A request that leaves a doubt about it is not served: whoever stands between a browser
//! and us could have read it otherwise.
//!
//! Attacker's input: the target and the head of a request.

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{Method, Request, Version};

/// Whether the request names its host once and soundly (RFC 9112 section 3.2), and its target no other one. Whoever asks for
/// a tunnel means a proxy.
pub(super) fn is_clear<B>(request: &Request<B>) -> bool {
    if request.method() == Method::CONNECT {
        return false;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => return request.version() == Version::HTTP_10 && request.uri().authority().is_none(),
        (Some(_), Some(_)) => return false,
        (Some(only), None) => only.to_str().ok().and_then(|text| text.parse::<Authority>().ok()),
    };
    let Some(host) = host.filter(|host| !host.as_str().contains('@')) else { return false };
    request.uri().authority().is_none_or(|target| *target == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear(target: &str, version: Version, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(target).version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        is_clear(&request.body(()).expect("a request"))
    }

    #[test]
    fn a_host_stands_once_and_agrees_with_the_target() {
        for hosts in [&["c:8443"][..], &["10.77.0.1"], &["[2001:db8::1]:8443"], &["localhost"]] {
            assert!(clear("/", Version::HTTP_11, hosts), "{hosts:?}");
        }
        assert!(clear("https://c:8443/", Version::HTTP_11, &["c:8443"]));
        assert!(clear("https://C:8443/", Version::HTTP_11, &["c:8443"]));
        assert!(clear("/", Version::HTTP_10, &[]));
        for hosts in [&[][..], &["a", "a"], &["a", "b"], &[""], &["a b"], &["a@b"], &["a/b"]] {
            assert!(!clear("/", Version::HTTP_11, hosts), "{hosts:?}");
        }
        assert!(!clear("https://evil.example/", Version::HTTP_11, &["c:8443"]));
        assert!(!clear("https://evil.example/", Version::HTTP_10, &[]));
    }
}
