//! A posted form that was made by this session.
//!
//! Attacker's input: a body of any kind; at most [`MOST_BYTES`] are read, within [`BODY_TIME`].

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};

use crate::form::Typed;
use crate::panel::Panel;
use crate::refusal::Refusal;
use crate::session::{self, Session};

/// No form is larger: 64 keys of 8 kB and more than anybody types.
pub const MOST_BYTES: usize = 1 << 20;
/// Until a form is whole: one that trickles in holds a connection that others could have.
const BODY_TIME: Duration = Duration::from_secs(30);
/// The hidden input that carries the session's token.
pub const TOKEN_FIELD: &str = "_token";

/// The body of a form.
///
/// # Errors
/// That it is too large, or too slow.
pub(crate) async fn read(body: Body) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, MOST_BYTES)).await {
        Ok(whole) => whole.map_err(|_| Refusal::TooLarge),
        Err(_) => Err(Refusal::TooSlow),
    }
}

/// What was typed, and by whom.
pub struct Posted {
    pub session: Session,
    pub typed: Typed,
}

impl FromRequest<Arc<Panel>> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, panel: &Arc<Panel>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, panel).await?;
        let body = read(body).await?;
        let typed = Typed::parse(&body);
        let token = typed.get(TOKEN_FIELD).unwrap_or_default();
        if !session::same(token, &session.token) {
            return Err(Refusal::ForeignForm);
        }
        Ok(Self { session, typed })
    }
}
