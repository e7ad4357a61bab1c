//! Signing in by a provider outside: the buttons of the sign-in page, the way out and the way back.
//!
//! The ticket lies in a cookie that comes along when the browser returns from the provider (`SameSite=Lax`). The session's
//! own cookie never does so (`Strict`); therefore the way back ends on a page of ours that leads on from here.
//!
//! Attacker's input: whatever stands in the address of the way back, and the cookie. Both are judged by the action.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::Fault;
use rackwright_catalog::actions::oidc::{
    OidcBegin, OidcBeginInput, OidcFinish, OidcFinishInput, OidcOffered, OidcOfferedInput,
};
use rackwright_client::Credential;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Back, page};
use crate::act::local_path;
use crate::brand::{self, BrandView};
use crate::flash::{Ending, Status};
use crate::messages::{tell, tell_with};
use crate::panel::{self, Panel};
use crate::session::{self, address_of};

const COOKIE_NAME: &str = "__Host-rackwright-outside";
/// As long as a ticket is good.
const LASTS_S: i64 = 600;
/// Characters of the page to come back to; a longer one is forgotten, so that the cookie stays small.
const BACK: usize = 400;
/// Where links of people are listed.
const LINKS: &str = "/identities";

/// A provider on the sign-in page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Offer {
    label: String,
    href: String,
}

/// What the page shows that leads on.
#[derive(Serialize)]
struct Onward {
    panel: String,
    brand: BrandView,
    message: String,
    href: String,
}

/// The address of the panel as the browser wrote it, such as `https://panel.example.com:8443`.
#[must_use]
pub fn own_address(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
    (plain && !host.is_empty() && host.len() <= 260).then(|| format!("https://{host}"))
}

/// The providers to sign in by at this address; none when they cannot be had.
pub(super) async fn offers(panel: &Panel, headers: &HeaderMap, back: &str) -> Vec<Offer> {
    let Some(base) = own_address(headers) else { return Vec::new() };
    let asked = panel.client(Credential::None, None).call::<OidcOffered>(OidcOfferedInput { base }).await;
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    let offer = |offer: rackwright_catalog::actions::oidc::OidcOffer| Offer {
        label: tell_with("sign-in-by", &[("title", offer.title.into())]),
        href: format!("/sign-in/with/{}?{query}", offer.name),
    };
    asked.map(|page| page.items.into_iter().map(offer).collect()).unwrap_or_default()
}

/// `GET /sign-in/with/NAME?back=PATH`: to the provider. A link and no form, because a form may lead nowhere but here.
pub async fn leave(
    State(panel): State<Arc<Panel>>,
    Path(name): Path<String>,
    Query(query): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let (Some(base), Ok(name)) = (own_address(&headers), name.parse()) else {
        return Redirect::to("/sign-in").into_response();
    };
    match panel.client(Credential::None, None).call::<OidcBegin>(OidcBeginInput { name, base }).await {
        Ok(begun) => {
            let back = local_path(&query.back).filter(|back| back.len() <= BACK).unwrap_or_default();
            ([keep(&begun.ticket, &back)], Redirect::to(&begun.url)).into_response()
        }
        Err(fault) => page(&panel, &headers, (query.back, String::new()), Some(fault)).await,
    }
}

/// To the provider, to make a link. `output` is what the action gave.
pub(crate) async fn leave_to_link(
    panel: &Panel,
    headers: &HeaderMap,
    output: &Value,
    by_script: bool,
) -> Option<Response> {
    let text = |key: &str| output.get(key).and_then(Value::as_str);
    let (url, ticket) = (text("url")?, text("ticket")?);
    let cookie = keep(ticket, LINKS);
    if by_script {
        let go = HeaderValue::from_str(url).ok()?;
        let mut headers = HeaderMap::new();
        headers.insert(cookie.0, cookie.1);
        headers.insert(HeaderName::from_static("rackwright-go"), go);
        return Some((StatusCode::NO_CONTENT, headers).into_response());
    }
    // A form may not be answered with the way to another site, but a page may lead there.
    let mut response = onward(panel, headers, tell("sign-in-leaving"), url.to_owned()).await;
    response.headers_mut().append(cookie.0, cookie.1);
    Some(response)
}

/// What the provider appends to the address of the way back (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207).
#[derive(Debug, Deserialize)]
pub struct Answer {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// `GET /sign-in/return?state=…&code=…`
pub async fn come_back(
    State(panel): State<Arc<Panel>>,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
    extensions: axum::http::Extensions,
) -> Response {
    let Some((ticket, back)) = kept(&headers) else {
        let fault = Fault::new(
            rackwright_catalog::FaultCode::NotSignedIn,
            tell("sign-in"),
            tell("sign-in-elsewhere"),
            tell("sign-in-elsewhere-advice"),
        );
        return page(&panel, &headers, (String::new(), String::new()), Some(fault)).await;
    };
    let Answer { state, code, error, iss } = answer;
    let input = OidcFinishInput { ticket, state, code, iss, error };
    let mut response =
        match panel.client(Credential::None, address_of(&extensions)).call::<OidcFinish>(input).await {
            Ok(finished) => {
                let home = if back.is_empty() { "/".to_owned() } else { back };
                let mut response = onward(&panel, &headers, finished.message.clone(), home).await;
                let cookie = match finished.opened {
                    Some(opened) => {
                        let seconds = session::seconds_until(opened.expires_at, panel::now());
                        session::set_cookie(session::COOKIE_NAME, &opened.session, seconds)
                    }
                    None => status(Ending::Successful, finished.message, String::new()),
                };
                response.headers_mut().append(cookie.0, cookie.1);
                response
            }
            // Whoever makes a link is signed in, and reads it on the page of links.
            Err(fault) if back == LINKS => {
                let cookie = status(Ending::Failed, fault.reason.clone(), fault.advice);
                let mut response = onward(&panel, &headers, fault.reason, back).await;
                response.headers_mut().append(cookie.0, cookie.1);
                response
            }
            Err(fault) => page(&panel, &headers, (back, String::new()), Some(fault)).await,
        };
    let gone = session::returning_cookie(COOKIE_NAME, "", 0);
    response.headers_mut().append(gone.0, gone.1);
    response
}

fn status(ending: Ending, message: String, advice: String) -> (HeaderName, HeaderValue) {
    Status { ending, message, advice, job: None, line: String::new(), undo: None }.keep()
}

/// A page of ours that leads on at once: only what a page of ours asks for comes with the session's cookie.
async fn onward(panel: &Panel, headers: &HeaderMap, message: String, href: String) -> Response {
    let view = Onward {
        panel: panel::title(rackwright_model::Tier::Provider),
        brand: brand::of_host(panel, headers).await,
        message,
        href,
    };
    panel.page(StatusCode::OK, "kit/onward.html", &view)
}

/// The ticket is base64, which has no `|`.
fn keep(ticket: &str, back: &str) -> (HeaderName, HeaderValue) {
    session::returning_cookie(COOKIE_NAME, &format!("{ticket}|{back}"), LASTS_S)
}

fn kept(headers: &HeaderMap) -> Option<(String, String)> {
    let text = session::cookie(headers, COOKIE_NAME)?;
    let (ticket, back) = text.split_once('|')?;
    Some((ticket.to_owned(), local_path(back).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_what_the_browser_wrote_or_nothing() {
        let of = |host: &'static str| {
            let headers = [(HOST, HeaderValue::from_static(host))].into_iter().collect::<HeaderMap>();
            own_address(&headers)
        };
        assert_eq!(of("panel.example.com:8443").as_deref(), Some("https://panel.example.com:8443"));
        assert_eq!(of("[::1]:8443").as_deref(), Some("https://[::1]:8443"));
        for bad in ["", "a/b", "a b", "me@a", "a?b"] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_cookie_returns_from_elsewhere_and_holds_ticket_and_page() {
        let (_, value) = keep("a+/=", "/servers?x=1");
        let text = value.to_str().expect("text");
        assert!(
            text.contains("SameSite=Lax") && text.contains("HttpOnly") && text.contains("Secure"),
            "{text}"
        );
        let sent = HeaderValue::from_str(text.split(';').next().expect("a pair")).expect("a header");
        let headers = [(axum::http::header::COOKIE, sent)].into_iter().collect::<HeaderMap>();
        assert_eq!(kept(&headers), Some(("a+/=".to_owned(), "/servers?x=1".to_owned())));
    }
}
