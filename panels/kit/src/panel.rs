//! A panel: a way to the Control Center, the templates, and what one tier adds.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use rackwright_catalog::{Entry, Fault};
use rackwright_client::{Caller, Client, Credential, Origin, Transport};
use rackwright_model::Millis;
use serde::Serialize;
use serde_json::Value;

use crate::language::{self, Language};
use crate::messages::{tell, tell_with};
use crate::render::{self, Templates};
use crate::second_step::Waiting;
use crate::shell::{Crumb, MenuItem};
use crate::spoken::Spoken;

/// What a tier adds to the kit.
pub trait Tier: Send + Sync + 'static {
    /// The left menu, from top to bottom.
    fn menu(&self) -> &'static [MenuItem];

    /// Where the things of a noun are listed: the crumb above the form of an action.
    fn crumb(&self, noun: &str) -> Crumb;

    /// The page that shows the object which an action was about, given its input and, once it succeeded, its output.
    fn home_of(&self, entry: &Entry, input: &Value, output: Option<&Value>) -> String;

    /// The page of one item of a list, if there is one.
    fn item_page(&self, noun: &str, item: &Value) -> Option<String>;
}

/// What the panel of people in accounts of this tier is called, such as "Control Center".
#[must_use]
pub fn title(of: rackwright_model::Tier) -> String {
    tell(&format!("title-{}", of.word()))
}

/// Everything that a request is answered with.
pub struct Panel {
    transport: Arc<dyn Transport>,
    templates: Templates,
    /// People between the password and the code.
    pub(crate) waiting: Waiting,
    pub tier: Box<dyn Tier>,
}

impl Panel {
    /// A panel with the kit's templates and those of the tier.
    ///
    /// # Errors
    /// What the template engine says of a template that is not well formed.
    pub fn new(
        transport: Arc<dyn Transport>,
        tier: Box<dyn Tier>,
        templates: &[(&'static str, &'static str)],
    ) -> Result<Self, tera::Error> {
        Ok(Self { transport, templates: Templates::new(templates)?, waiting: Waiting::default(), tier })
    }

    /// Calls with this credential, for a browser at this address.
    #[must_use]
    pub fn client(&self, credential: Credential, address: Option<IpAddr>) -> Client {
        let transport = Arc::clone(&self.transport);
        let transport: Arc<dyn Transport> = match language::current() {
            Language::English => transport,
            language @ Language::German => Arc::new(Spoken { transport, language }),
        };
        Client::new(transport, Caller::new(credential, Origin::Panel).at(address))
    }

    /// A page, with a status.
    #[must_use]
    pub fn page<T: Serialize + ?Sized>(&self, status: StatusCode, template: &str, context: &T) -> Response {
        match self.templates.render(template, context) {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(template, error = describe(&error), "a page could not be rendered");
                (StatusCode::INTERNAL_SERVER_ERROR, tell("refused-drawing")).into_response()
            }
        }
    }

    /// A part of a page; nothing when the browser already shows it.
    #[must_use]
    pub fn part<T: Serialize + ?Sized>(
        &self,
        shown: Option<&str>,
        digest: &str,
        template: &str,
        context: &T,
    ) -> Response {
        if shown == Some(digest) {
            return StatusCode::NO_CONTENT.into_response();
        }
        self.page(StatusCode::OK, template, context)
    }

    /// The text of a template, for tests and parts.
    ///
    /// # Errors
    /// What the template engine says.
    pub fn text<T: Serialize + ?Sized>(&self, template: &str, context: &T) -> Result<String, tera::Error> {
        self.templates.render(template, context)
    }
}

/// An error with its causes, in one line.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// A part of a page that renews itself: what it shows, and the hash of that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Live<T> {
    pub digest: String,
    #[serde(flatten)]
    pub view: T,
}

impl<T: Serialize> Live<T> {
    pub fn new(view: T) -> Self {
        Self { digest: render::digest(&view), view }
    }
}

/// The time at which a page is drawn.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Carry out an action so that it ends even when the browser goes away.
///
/// # Errors
/// The fault of the action.
pub async fn carry_out(client: &Client, action: &'static str, input: Value) -> Result<Value, Fault> {
    let client = client.clone();
    let work = tokio::spawn(async move { client.call_named(action, input).await });
    work.await.unwrap_or_else(|error| {
        Err(Fault::new(
            rackwright_catalog::FaultCode::Internal,
            rackwright_catalog::validate::attempt(action),
            tell_with("fault-broke-off", &[("error", error.to_string().into())]),
            tell("fault-broke-off-advice"),
        ))
    })
}
