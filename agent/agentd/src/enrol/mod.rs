//! From the one-time token to a certificate.
//!
//! The key is made and kept before the token is shown to anybody, so a second attempt after a lost answer presents the same key
//! and the Control Center can hand out the same server's certificate again. The token goes away last.

pub mod request;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_proto::order::SEED_PATH;
use rackwright_proto::{AgentSeed, FromMachine, ToMachine, VERSION};
use rustls::ClientConfig;

use crate::files::{self, FileError};
use crate::managed::identity::{AUTHORITY, CERTIFICATE, KEY, SETTINGS, Settings};
use crate::session::tls::{self, TlsError};
use crate::session::{Backoff, Event, Link, LinkError, explain};

/// How long one start of the program goes on trying; systemd starts it again.
const LIMIT: Duration = Duration::from_secs(240);
/// How long the Control Center may think about a request.
const ANSWER: Duration = Duration::from_secs(20);
/// The longest pause between two attempts that a refusal can impose.
const LONGEST_PAUSE: u32 = 60;

/// Enrolment did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} is not an enrolment: {why}", path.display())]
    Seed { path: PathBuf, why: String },
    #[error("no key or request could be made")]
    Key(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the Control Center did not answer the enrolment within {} s", ANSWER.as_secs())]
    NoAnswer,
    #[error("the Control Center refused the enrolment: {reason}")]
    Refused { reason: String, retry_after_s: u32 },
    #[error("the Control Center answered the enrolment with something else")]
    Unexpected,
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// What `rackwright-agent enrol` does.
///
/// # Errors
/// [`EnrolError`] of the last attempt when the time is up, or of a damaged file at once.
pub fn start() -> Result<(), EnrolError> {
    carry_out(Path::new(SEED_PATH), LIMIT)
}

/// Redeems the token in the file `seed` and leaves certificate, key and authority beside it. Without that file: nothing to do.
///
/// # Errors
/// As [`start`].
pub fn carry_out(seed: &Path, limit: Duration) -> Result<(), EnrolError> {
    let Some(text) = files::read_if_there(seed)? else { return Ok(()) };
    let bad = |why: String| EnrolError::Seed { path: seed.to_owned(), why };
    // The reason leaves the text out: it holds the token.
    let parsed: AgentSeed = serde_json::from_str(&text)
        .map_err(|why| bad(format!("malformed JSON at line {}, column {}", why.line(), why.column())))?;
    let center: SocketAddr =
        parsed.center.parse().map_err(|_| bad(format!("{:?} is no IP address and port", parsed.center)))?;
    let directory = seed.parent().unwrap_or(Path::new("/"));
    let key = request::key(&directory.join(KEY))?;
    let ask =
        FromMachine::Enrol { version: VERSION, token: parsed.token.clone(), csr_pem: request::sign(&key)? };
    let config = tls::anonymous(&parsed.authority_pem)?;

    let answer = insist(center, &config, &ask, Instant::now() + limit)?;
    store(directory, center, &answer)?;
    files::remove(seed)?;
    eprintln!("enrolled with the Control Center at {center} as server {}", answer.settings.server);
    Ok(())
}

struct Answer {
    settings: Settings,
    certificate_pem: String,
    authority_pem: String,
}

fn insist(
    center: SocketAddr,
    config: &Arc<ClientConfig>,
    ask: &FromMachine,
    deadline: Instant,
) -> Result<Answer, EnrolError> {
    let mut backoff = Backoff::default();
    loop {
        let why = match attempt(center, Arc::clone(config), ask) {
            Ok(answer) => return Ok(answer),
            Err(why) => why,
        };
        let wait = match &why {
            EnrolError::Refused { retry_after_s, .. } => {
                Duration::from_secs(u64::from((*retry_after_s).clamp(1, LONGEST_PAUSE)))
            }
            _ => backoff.next_wait(),
        };
        if Instant::now() + wait >= deadline {
            return Err(why);
        }
        eprintln!("not enrolled yet: {}; next attempt in {:.1} s", explain(&why), wait.as_secs_f32());
        thread::sleep(wait);
    }
}

fn attempt(center: SocketAddr, config: Arc<ClientConfig>, ask: &FromMachine) -> Result<Answer, EnrolError> {
    let mut link = Link::open(center, config)?;
    link.send(ask)?;
    let until = Instant::now() + ANSWER;
    loop {
        match link.receive(until, None)? {
            Event::Message(ToMachine::Enrolled { server, certificate_pem, authority_pem }) => {
                return Ok(Answer { settings: Settings { server, center }, certificate_pem, authority_pem });
            }
            Event::Message(ToMachine::Refused { reason, retry_after_s }) => {
                return Err(EnrolError::Refused { reason, retry_after_s });
            }
            Event::Message(ToMachine::Wait | ToMachine::Welcome { .. }) | Event::Woken => {}
            Event::Message(_) => return Err(EnrolError::Unexpected),
            Event::TimedOut => return Err(EnrolError::NoAnswer),
        }
    }
}

/// The certificate comes last: its presence says that everything else is there.
fn store(directory: &Path, center: SocketAddr, answer: &Answer) -> Result<(), EnrolError> {
    let settings = serde_json::to_vec(&answer.settings).map_err(|why| EnrolError::Seed {
        path: directory.join(SETTINGS),
        why: format!("{center}: {why}"),
    })?;
    files::replace(&directory.join(AUTHORITY), answer.authority_pem.as_bytes(), 0o644)?;
    files::replace(&directory.join(SETTINGS), &settings, 0o644)?;
    files::replace(&directory.join(CERTIFICATE), answer.certificate_pem.as_bytes(), 0o644)?;
    Ok(())
}

#[cfg(test)]
mod tests;
