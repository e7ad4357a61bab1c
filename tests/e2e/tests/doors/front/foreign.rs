//! What other sites can make a browser send: nothing of it is carried out, and nothing is told to them.

use std::sync::Arc;

use rackwright_api::ServeLimits;
use rackwright_catalog::ENTRIES;
use rackwright_controld::front;
use rackwright_panel_kit::session::{COOKIE_NAME, token_of};

use super::listener::{Heard, Listener};
use crate::door::act_path;
use crate::recorder::{Recorder, recorder};

const SESSION: &str = "rws_of_the_victim";

/// So many answers find room on their way while nobody listens yet.
const AT_ONCE: usize = 100;

struct Site {
    listener: Listener,
    recorder: Arc<Recorder>,
}

impl Site {
    async fn serve() -> Self {
        let (recorder, transport) = recorder();
        Self { listener: Listener::serve(front::app(&transport), ServeLimits::default()).await, recorder }
    }

    /// The requests, each with these header lines and this body.
    async fn post(&self, paths: &[String], headers: &str, body: &str) -> Vec<Heard> {
        self.recorder.take();
        let mut heard = Vec::new();
        for some in paths.chunks(AT_ONCE) {
            heard.extend(self.post_at_once(some, headers, body).await);
        }
        heard
    }

    /// One after the other on one connection.
    async fn post_at_once(&self, paths: &[String], headers: &str, body: &str) -> Vec<Heard> {
        let request = |(at, path): (usize, &String)| {
            let last = if at + 1 == paths.len() { "Connection: close\r\n" } else { "" };
            format!(
                "POST {path} HTTP/1.1\r\nHost: center\r\nCookie: {COOKIE_NAME}={SESSION}\r\n{headers}\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{last}\r\n{body}",
                body.len()
            )
        };
        let said: String = paths.iter().enumerate().map(request).collect();
        let heard = self.listener.tell(said.as_bytes()).await;
        assert_eq!(heard.len(), paths.len(), "{headers}: {:?}", heard.last());
        heard
    }

    #[track_caller]
    fn nothing_was_done(&self, what: &str) {
        assert_eq!(self.recorder.take(), [], "{what}");
    }
}

/// Every address of the panel that takes a form of somebody who is signed in.
fn posts() -> Vec<String> {
    let mut paths = vec!["/sign-out".to_owned()];
    for entry in ENTRIES.iter().filter(|entry| !matches!(entry.spec.name, "session.open" | "session.close")) {
        paths.push(act_path(entry));
        paths.push(format!("{}/line", act_path(entry)));
    }
    for verb in ["power", "install", "retire"] {
        paths.push(format!("/bulk/server/{verb}"));
        paths.push(format!("/bulk/server/{verb}/lines"));
    }
    let put = "files/put?path=/root/x&upload=0123456789abcdef&offset=0";
    let below = ["console", "file", put, "files/finish", "files/abandon"];
    paths.extend(below.map(|path| format!("/private-servers/web1/{path}")));
    paths.extend(["type", "resize", "close"].map(|deed| format!("/parts/console/1/{deed}")));
    paths
}

const OURS: &str = "Origin: https://center\r\nSec-Fetch-Site: same-origin\r\n";
const FOREIGN: [&str; 11] = [
    "",
    "Origin: https://evil.example\r\n",
    "Origin: null\r\n",
    "Origin: https://center.evil.example\r\n",
    "Origin: https://center@evil.example\r\n",
    "Origin: http://center\r\n",
    "Origin: https://center:444\r\n",
    "Origin: https://center\r\nSec-Fetch-Site: cross-site\r\n",
    "Origin: https://center\r\nSec-Fetch-Site: same-site\r\n",
    "Sec-Fetch-Site: none\r\n",
    "Referer: https://center/\r\n",
];

#[tokio::test]
async fn a_form_of_another_site_is_refused_even_with_the_token() {
    let site = Site::serve().await;
    let body = format!("server=r1-u07&order=off&user=a&password=b&language=de&_token={}", token_of(SESSION));
    let mut paths = posts();
    paths.extend(["/sign-in", "/sign-in/code", "/language"].map(str::to_owned));
    for headers in FOREIGN {
        for (path, one) in paths.iter().zip(site.post(&paths, headers, &body).await) {
            assert_eq!(one.status, 403, "{path} with {headers:?}: {one:?}");
            assert_eq!(one.cookies().count(), 0, "{path} with {headers:?}: {one:?}");
        }
        site.nothing_was_done(headers);
    }
}

#[tokio::test]
async fn a_form_of_another_session_is_refused() {
    let site = Site::serve().await;
    let paths = posts();
    for token in [
        "",
        "_token=",
        "_token=0000",
        &format!("_token={}", token_of("rws_of_the_attacker")),
        &format!("_token={SESSION}"),
    ] {
        let body = format!("server=r1-u07&order=off&{token}");
        for (path, one) in paths.iter().zip(site.post(&paths, OURS, &body).await) {
            assert_eq!(one.status, 403, "{path} with {token:?}: {one:?}");
        }
        site.nothing_was_done(token);
    }
    // The same form with its token is carried out: what refused it was the token.
    let body = format!("server=r1-u07&order=off&_token={}", token_of(SESSION));
    let heard = site.post(&["/act/server/power".to_owned()], OURS, &body).await;
    assert_eq!((heard[0].status, site.recorder.take_of("server.power").len()), (303, 1), "{heard:?}");
}

/// The API takes no cookie, and no body that a form of another site could send.
#[tokio::test]
async fn the_api_heeds_no_cookie() {
    let site = Site::serve().await;
    let paths: Vec<String> =
        ENTRIES.iter().map(|entry| format!("/api/v1/{}", entry.spec.name.replace('.', "/"))).collect();
    for headers in [OURS, "Origin: https://evil.example\r\n"] {
        for (path, one) in paths.iter().zip(site.post(&paths, headers, "{\"server\":\"r1-u07\"}").await) {
            assert_eq!(one.status, 415, "{path}: {one:?}");
        }
        site.nothing_was_done(headers);
    }
}

/// Neither a page nor an event nor an answer may be read by another site, and none may send what needs asking first.
#[tokio::test]
async fn nothing_is_told_to_another_site() {
    let site = Site::serve().await;
    for path in [
        "/servers",
        "/live",
        "/parts/palette?q=r",
        "/brand.css?accent=0a57c2",
        "/api/openapi.json",
        "/api/v1/events",
        "/api/v1/server/list",
    ] {
        for method in ["GET", "OPTIONS"] {
            let said = format!(
                "{method} {path} HTTP/1.1\r\nHost: center\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n\
                 Cookie: {COOKIE_NAME}=rws_\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: authorization, content-type\r\nConnection: close\r\n\r\n"
            );
            let mut stream = site.listener.connect().await;
            let head = super::listener::head_of(&mut stream, said.as_bytes()).await.to_lowercase();
            assert!(!head.contains("access-control-"), "{method} {path}: {head}");
            assert!(!(method == "OPTIONS" && head.starts_with("http/1.1 2")), "{method} {path}: {head}");
        }
    }
}
