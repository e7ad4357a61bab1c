//! Why a provider is of no use just now. The details go to the log, or to the owner who sets the provider; a visitor of
//! the sign-in page learns no more than which kind of trouble it is.

use rackwright_catalog::{Fault, FaultCode};

use crate::ports::WebError;

/// What went wrong with a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub kind: Kind,
    /// For the log.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No connection, or it broke.
    Unreachable,
    /// It took too long.
    Slow,
    /// Its certificate is not trusted.
    Untrusted,
    /// It answered with something that is no answer of a provider, or too much of it.
    Nonsense,
    /// It refused the code, or does not know this Control Center.
    Refused,
    /// Its signature does not hold.
    Signature,
    /// It speaks for another issuer.
    Issuer,
    /// Its token is meant for somebody else.
    Audience,
    /// Its token was made for another sign-in.
    Nonce,
    /// Its token is too old, or from the future.
    Time,
}

impl Trouble {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// What a visitor is told.
    pub(super) fn told(&self, title: &str, attempted: &str) -> Fault {
        let code = match self.kind {
            Kind::Unreachable | Kind::Untrusted | Kind::Nonsense => FaultCode::Unavailable,
            Kind::Slow => FaultCode::TimedOut,
            Kind::Refused | Kind::Signature | Kind::Issuer | Kind::Audience | Kind::Nonce | Kind::Time => {
                FaultCode::NotSignedIn
            }
        };
        tracing::warn!(oidc.title = title, "A sign-in provider is of no use: {}", self.detail);
        Fault::new(code, attempted, self.reason(title), self.advice())
    }

    /// What the owner is told who sets the provider.
    pub(super) fn told_to_owner(&self, issuer: &str, attempted: &str) -> Fault {
        let code = if self.kind == Kind::Slow { FaultCode::TimedOut } else { FaultCode::Unavailable };
        let reason = format!("{}: {}", self.reason(issuer), self.detail);
        let advice = "Check that the issuer is written exactly as the provider calls itself, and that it answers at \
                      ISSUER/.well-known/openid-configuration";
        Fault::new(code, attempted, reason, advice)
    }

    fn reason(&self, title: &str) -> String {
        match self.kind {
            Kind::Unreachable => format!("{title} cannot be reached"),
            Kind::Slow => format!("{title} does not answer in time"),
            Kind::Untrusted => format!("{title} shows a certificate that is not trusted"),
            Kind::Nonsense => format!("{title} answers with something that no sign-in provider says"),
            Kind::Refused => format!("{title} does not confirm the sign-in"),
            Kind::Signature => format!("{title} signed its answer with a key that is not its own"),
            Kind::Issuer => format!("{title} answers in the name of another provider"),
            Kind::Audience => {
                format!("{title} gave an answer that is meant for somebody else than this Control Center")
            }
            Kind::Nonce => format!("{title} gave an answer that belongs to another sign-in"),
            Kind::Time => format!(
                "{title} gave an answer that is not valid now: its clock and that of the Control Center differ"
            ),
        }
    }

    fn advice(&self) -> &'static str {
        match self.kind {
            Kind::Unreachable | Kind::Slow => {
                "Try again in a minute, or sign in with name and password. The Control Center's log says more."
            }
            Kind::Refused | Kind::Nonce => "Try again. If it stays so, ask whoever runs the provider.",
            Kind::Time => "Set both clocks, or ask whoever runs the provider.",
            Kind::Untrusted | Kind::Nonsense | Kind::Signature | Kind::Issuer | Kind::Audience => {
                "Nobody was signed in. Tell whoever runs this Control Center: its log says more."
            }
        }
    }
}

impl From<WebError> for Trouble {
    fn from(error: WebError) -> Self {
        let kind = match &error {
            WebError::Unreachable(_) | WebError::Forbidden(_) => Kind::Unreachable,
            WebError::TimedOut => Kind::Slow,
            WebError::Untrusted(_) => Kind::Untrusted,
            WebError::TooLarge(_) | WebError::NotHttp(_) => Kind::Nonsense,
        };
        Self::new(kind, error.to_string())
    }
}
