//! The language of an answer: the person's choice, else what the browser asks for, else English.
//!
//! Every request is answered within [`scope`], so that whatever draws a page can ask for [`current`].

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, REFERER};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::act::local_path;
use crate::form::Typed;
use crate::panel::Panel;
use crate::posted;
use crate::session;

/// Keeps the choice. It says nothing about the person, so it outlives the session.
const COOKIE_NAME: &str = "__Host-rackwright-language";
const YEAR_S: i64 = 31_536_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    German,
}

tokio::task_local! {
    static CHOSEN: Language;
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in the language itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// What stands before tenths.
    #[must_use]
    pub fn decimal_mark(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }

    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language of an answer to a request with these headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        session::cookie(headers, COOKIE_NAME)
            .and_then(|tag| Self::from_tag(&tag))
            .or_else(|| headers.get(ACCEPT_LANGUAGE).and_then(|value| preferred(value.to_str().ok()?)))
            .unwrap_or(Self::English)
    }
}

/// The first language of `de-CH, en;q=0.7` that there is (RFC 9110 section 12.5.4).
fn preferred(accepted: &str) -> Option<Language> {
    let mut ranges: Vec<(f32, Language)> = accepted
        .split(',')
        .take(32)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let language = Language::from_tag(parts.next()?)?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse).ok()?;
            (weight > 0.0).then_some((weight, language))
        })
        .collect();
    // Stable: of equal weights the first one wins.
    ranges.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    ranges.first().map(|(_, language)| *language)
}

/// The language in which the present request is answered.
#[must_use]
pub fn current() -> Language {
    CHOSEN.try_with(|language| *language).unwrap_or(Language::English)
}

/// Carry out `work` in a language.
pub async fn within<T>(language: Language, work: impl Future<Output = T>) -> T {
    CHOSEN.scope(language, work).await
}

/// Answers in the language of the request.
pub async fn scope(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let mut response = within(language, next.run(request)).await;
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response
}

/// `POST /language`: keeps the choice. It is made before signing in as well, so no token ties it to a session; the worst
/// that another site could do is refused by the origin check.
pub async fn choose(State(_): State<Arc<Panel>>, request: Request) -> Response {
    let back = request.headers().get(REFERER).and_then(|value| value.to_str().ok()).and_then(came_from);
    let body = match posted::read(request.into_body()).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let typed = Typed::parse(&body);
    let chosen = typed.get("language").and_then(Language::from_tag).unwrap_or(Language::English);
    let cookie = session::set_cookie(COOKIE_NAME, chosen.tag(), YEAR_S);
    ([cookie], Redirect::to(&back.unwrap_or_else(|| "/".to_owned()))).into_response()
}

/// The path of the page that holds the switch.
fn came_from(referer: &str) -> Option<String> {
    let address: Uri = referer.parse().ok()?;
    local_path(address.path_and_query()?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_heard_and_the_choice_wins() {
        let heard = |accepted: &'static str| {
            Language::of(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]))
        };
        assert_eq!(heard("de-AT,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(heard("fr, en;q=0.5, de;q=0.6"), Language::German);
        assert_eq!(heard("de;q=0, en;q=0.1"), Language::English);
        assert_eq!(heard("fr"), Language::English);
        assert_eq!(heard("de;q=x, ;;,*"), Language::English);
        let cookie = HeaderValue::from_static("__Host-rackwright-language=en");
        let both = [(ACCEPT_LANGUAGE, HeaderValue::from_static("de")), (axum::http::header::COOKIE, cookie)];
        assert_eq!(Language::of(&HeaderMap::from_iter(both)), Language::English);
    }

    #[test]
    fn one_comes_back_to_a_path_of_this_panel() {
        assert_eq!(came_from("https://c:8443/servers?view=table"), Some("/servers?view=table".into()));
        assert_eq!(came_from("https://c:8443//evil.example"), None);
        assert_eq!(came_from("not an address\r\n"), None);
    }
}
