//! The credential of a session is made by us, and is another one after every change of who acts.

use std::collections::BTreeSet;

use rackwright_catalog::Role;
use rackwright_panel_kit::session::{COOKIE_NAME, token_of};
use serde_json::json;

use super::listener::{Heard, Listener, impatient};
use crate::center::Center;

const PASSWORD: &str = "correct horse battery";

struct Visit {
    center: Center,
    listener: Listener,
}

impl Visit {
    async fn begin() -> Self {
        let center = Center::start();
        let robin = json!({"user": "robin", "role": "owner", "password": PASSWORD});
        center.world.done("user.create", robin).await;
        let listener = Listener::serve(center.front.0.clone(), impatient()).await;
        Self { center, listener }
    }

    /// A form from a page of the panel, by a browser that holds this cookie.
    async fn post(&self, path: &str, cookie: &str, body: &str) -> Heard {
        let said = format!(
            "POST {path} HTTP/1.1\r\nHost: center\r\nOrigin: https://center\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {COOKIE_NAME}={cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        self.listener.tell(said.as_bytes()).await.remove(0)
    }

    /// Signs in with a browser that holds this cookie already; gives the one that it holds then.
    async fn sign_in(&self, cookie: &str) -> String {
        let heard = self
            .post("/sign-in", cookie, &format!("user=robin&password={}", PASSWORD.replace(' ', "+")))
            .await;
        assert_eq!(heard.status, 303, "{heard:?}");
        session_of(&heard).expect("a session")
    }

    /// Whose panel a cookie opens: the status of a page.
    async fn opens(&self, cookie: &str) -> u16 {
        self.center.front.open(cookie, "/sessions", false).await.status
    }
}

/// The session that a response hands out.
fn session_of(heard: &Heard) -> Option<String> {
    let start = format!("{COOKIE_NAME}=");
    let value = heard.cookies().find_map(|cookie| cookie.strip_prefix(&start))?;
    value.split(';').next().filter(|value| !value.is_empty()).map(str::to_owned)
}

#[tokio::test]
async fn a_cookie_from_before_is_not_taken_over() {
    let visit = Visit::begin().await;
    let mut known = BTreeSet::new();
    for planted in ["rws_planted_by_somebody", "rws_", "x", ""] {
        let session = visit.sign_in(planted).await;
        assert!(session.starts_with("rws_") && session.len() > 40 && session != planted, "{session}");
        assert_eq!(visit.opens(&session).await, 200);
        assert_ne!(visit.opens("rws_planted_by_somebody").await, 200, "what was planted opens nothing");
        assert!(known.insert(session), "every sign-in has a session of its own");
    }
    // Somebody who is signed in signs in again: the session is another one.
    let first = visit.sign_in("").await;
    let second = visit.sign_in(&first).await;
    assert_ne!(first, second);
    let heard = visit.post("/sign-out", &second, &format!("_token={}", token_of(&second))).await;
    assert_eq!(heard.status, 303);
    assert_ne!(visit.opens(&second).await, 200, "whoever signed out is out");
}

#[tokio::test]
async fn whoever_enters_a_panel_and_returns_gets_another_session_each_time() {
    let visit = Visit::begin().await;
    visit.center.world.session_in("acme", "acme-kim", Role::Reseller).await;
    let own = visit.sign_in("").await;
    let heard =
        visit.post("/act/session/enter", &own, &format!("user=acme-kim&_token={}", token_of(&own))).await;
    assert_eq!((heard.status, heard.header("location")), (303, Some("/")), "{heard:?}");
    let there = session_of(&heard).expect("another session");
    assert_ne!(there, own);
    assert_ne!(visit.opens(&own).await, 200, "the session before is over");
    assert_eq!(visit.opens(&there).await, 200);
    // A form that was open in another tab belongs to the session before.
    let stale = visit.post("/act/session/leave", &there, &format!("_token={}", token_of(&own))).await;
    assert_eq!(stale.status, 403, "{stale:?}");
    let heard = visit.post("/act/session/leave", &there, &format!("_token={}", token_of(&there))).await;
    let back = session_of(&heard).expect("another session");
    assert!(back != own && back != there && heard.status == 303, "{heard:?}");
    assert_ne!(visit.opens(&there).await, 200);
    assert_eq!(visit.opens(&back).await, 200);
    let text = format!("{}{}", heard.head, heard.body);
    assert_eq!(text.matches(&back).count(), 1, "the session stands in its cookie and nowhere else: {text}");
}
