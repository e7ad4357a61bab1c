//! A posted form that was made by this session.
//!
//! Attacker's input: a body of any kind; at most [`MOST_BYTES`] are read, for as long as the listener lets them come.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::form::Typed;
use crate::panel::Panel;
use crate::refusal::Refusal;
use crate::session::{self, Session};

/// No form is larger: 64 keys of 8 kB and more than anybody types.
pub const MOST_BYTES: usize = 1 << 20;
/// The hidden input that carries the session's token.
pub const TOKEN_FIELD: &str = "_token";

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
        let typed = typed(body).await?;
        let token = typed.get(TOKEN_FIELD).unwrap_or_default();
        if !session::same(token, &session.token) {
            return Err(Refusal::ForeignForm);
        }
        Ok(Self { session, typed })
    }
}

/// What stands in the body of a form. The listener limits its time.
///
/// # Errors
/// [`Refusal::TooLarge`]; [`Refusal::BrokenOff`] when it does not arrive whole.
pub async fn typed(body: Body) -> Result<Typed, Refusal> {
    match Limited::new(body, MOST_BYTES).collect().await {
        Ok(body) => Ok(Typed::parse(&body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Err(_) => Err(Refusal::BrokenOff),
    }
}
