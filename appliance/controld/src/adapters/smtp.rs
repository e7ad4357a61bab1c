//! Mail over the operator's SMTP server (RFC 5321), a connection for each letter.

use std::path::Path;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rackwright_domain::ports::{Later, Letter, Post, PostError};
use rackwright_domain::refusal::chain;
use tokio::time::timeout;

use crate::config::{Mail, MailTls};

/// For one answer of the server.
const PATIENCE: Duration = Duration::from_secs(30);
/// For all of one letter.
const WHOLE: Duration = Duration::from_secs(80);

/// The mail server cannot be used: what was attempted, and why it failed.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("could not read the password of the mail server from {path}; check mail.password_file")]
    Password {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("could not set up TLS with the mail server {host}; check mail.host and mail.tls")]
    Tls {
        host: String,
        #[source]
        source: SmtpError,
    },
}

/// The operator's SMTP server.
#[derive(Debug)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// `NAME:PORT`, for what people are told.
    server: String,
}

impl Smtp {
    /// # Errors
    /// When the password's file cannot be read or TLS cannot be set up. The server is not called yet.
    pub fn open(mail: &Mail) -> Result<Self, MailError> {
        Ok(Self {
            transport: transport(mail)?,
            from: mail.from.clone(),
            server: format!("{}:{}", mail.host, mail.port),
        })
    }

    /// The letter as RFC 5322 has it.
    fn message(&self, letter: Letter) -> Result<Message, PostError> {
        let unfit = |why: &dyn std::error::Error| PostError {
            cause: format!("a letter could not be written: {}", chain(why)),
            for_good: true,
        };
        let to: Mailbox = letter.to.parse().map_err(|error: AddressError| unfit(&error))?;
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)
            .map_err(|error| unfit(&error))
    }

    fn failed(&self, error: &SmtpError) -> PostError {
        PostError {
            cause: format!("the mail server {} did not take a letter: {}", self.server, chain(error)),
            for_good: error.is_permanent(),
        }
    }
}

fn transport(mail: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    type Transport = AsyncSmtpTransport<Tokio1Executor>;
    let tls = |source| MailError::Tls { host: mail.host.clone(), source };
    let builder = match mail.tls {
        MailTls::Whole => Transport::relay(&mail.host).map_err(tls)?,
        MailTls::Start => Transport::starttls_relay(&mail.host).map_err(tls)?,
        MailTls::None => Transport::builder_dangerous(&mail.host),
    };
    let builder = builder.port(mail.port).timeout(Some(PATIENCE));
    Ok(match &mail.login {
        Some((user, file)) => builder.credentials(Credentials::new(user.clone(), password(file)?)).build(),
        None => builder.build(),
    })
}

fn password(file: &Path) -> Result<String, MailError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| MailError::Password { path: file.display().to_string(), source })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Post for Smtp {
    fn send(&self, letter: Letter) -> Later<'_, Result<String, PostError>> {
        Box::pin(async move {
            let message = self.message(letter)?;
            match timeout(WHOLE, self.transport.send(message)).await {
                Ok(Ok(answer)) => {
                    let said: Vec<&str> = answer.message().collect();
                    Ok(format!("{} {}", answer.code(), said.join(" ")))
                }
                Ok(Err(error)) => Err(self.failed(&error)),
                Err(_) => Err(PostError {
                    cause: format!(
                        "the mail server {} did not answer within {} s",
                        self.server,
                        WHOLE.as_secs()
                    ),
                    for_good: false,
                }),
            }
        })
    }
}

/// For when no mail server is configured; no action sends anything then.
#[derive(Debug)]
pub struct NoPost;

impl Post for NoPost {
    fn send(&self, _: Letter) -> Later<'_, Result<String, PostError>> {
        let cause = "this Control Center has no mail server".to_owned();
        Box::pin(async { Err(PostError { cause, for_good: false }) })
    }
}
