//! The way to the Control Center that the global flags, the environment or a context describe.

use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;
use rackwright_catalog::IdempotencyKey;
use rackwright_client::{
    Caller, Client, Credential, HttpsTransport, Limits, Origin, Transport, Trust, UnixTransport,
};

use crate::context::book::{self, Context};
use crate::context::{LOCAL, trust_command};
use crate::input::InputError;
use crate::private::read_private;
use crate::tree::{CA, CONTEXT, FINGERPRINT, KEY, SOCKET, TOKEN_FILE, URL};

/// Holds a token when no file does.
const TOKEN_VARIABLE: &str = "RACKWRIGHT_TOKEN";
/// Bytes of a file with a token.
const TOKEN_BYTES: u64 = 64 << 10;

/// Which Control Center is meant.
enum Target {
    /// The one whose socket is at this path.
    Socket(String),
    Url(String),
    Context(String, Context),
}

/// A client that goes the way of the flags.
///
/// # Errors
/// [`InputError`] when an address, a fingerprint, a token file or a context is not one.
pub(crate) fn client(matches: &ArgMatches, limits: Limits) -> Result<Client, InputError> {
    let token_file = text(matches, TOKEN_FILE).map(token_of).transpose()?;
    let (transport, token): (Arc<dyn Transport>, Option<String>) = match target(matches)? {
        Target::Url(url) => {
            let way = https(&url, trust(text(matches, CA), text(matches, FINGERPRINT))?)?;
            (Arc::new(way.with_limits(limits)), token_file.or_else(token_of_environment))
        }
        Target::Context(name, context) => {
            // The environment describes another Control Center; only what stands on the line goes before the context.
            let (ca, fingerprint) = (on_line(matches, CA), on_line(matches, FINGERPRINT));
            let trust =
                if ca.or(fingerprint).is_some() { trust(ca, fingerprint)? } else { context.trust()? };
            let way = https(&context.url, trust)?.trusted_by(trust_command(&name));
            let token = token_file.or(context.token).or_else(token_of_environment);
            (Arc::new(way.with_limits(limits)), token)
        }
        // The token of another machine is no use here, so only one that is named on the line counts.
        Target::Socket(path) => (Arc::new(UnixTransport::new(path).with_limits(limits)), token_file),
    };
    let credential = token.map_or(Credential::None, Credential::Bearer);
    let key = matches.try_get_one::<IdempotencyKey>(KEY).ok().flatten().cloned();
    Ok(Client::new(transport, Caller::new(credential, Origin::Cli).keyed(key)))
}

/// What is said closest to the command decides: the line, then the environment, then the context in use, then the socket.
fn target(matches: &ArgMatches) -> Result<Target, InputError> {
    for source in [ValueSource::CommandLine, ValueSource::EnvVariable] {
        let said = |id| text(matches, id).filter(|_| matches.value_source(id) == Some(source));
        let names = [CONTEXT, URL, SOCKET].into_iter().filter(|id| said(id).is_some());
        if source == ValueSource::CommandLine && names.clone().count() > 1 {
            let flags: Vec<String> = names.map(|id| format!("--{}", &id[1..])).collect();
            return Err(InputError(format!(
                "{} name different Control Centers; give one",
                flags.join(" and ")
            )));
        }
        if let Some(name) = said(CONTEXT) {
            return named(matches, name);
        }
        if let Some(url) = said(URL) {
            return Ok(Target::Url(url.to_owned()));
        }
        if let Some(path) = said(SOCKET) {
            return Ok(Target::Socket(path.to_owned()));
        }
    }
    let in_use = book::place().map(|place| book::read(&place)).transpose()?.and_then(|book| book.current);
    named(matches, in_use.as_deref().unwrap_or(LOCAL))
}

fn named(matches: &ArgMatches, name: &str) -> Result<Target, InputError> {
    if name == LOCAL {
        let path = text(matches, SOCKET).unwrap_or(rackwright_client::unix::DEFAULT_PATH);
        return Ok(Target::Socket(path.to_owned()));
    }
    let mut book = book::place().map(|place| book::read(&place)).transpose()?.unwrap_or_default();
    match book.contexts.remove(name) {
        Some(context) => Ok(Target::Context(name.to_owned(), context)),
        None => Err(crate::context::unknown(name)),
    }
}

fn text<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a str> {
    matches.try_get_one::<String>(id).ok().flatten().map(String::as_str)
}

fn on_line<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a str> {
    text(matches, id).filter(|_| matches.value_source(id) == Some(ValueSource::CommandLine))
}

/// The way to a URL.
///
/// # Errors
/// [`InputError`] when it is not the address of a Control Center.
pub(crate) fn https(url: &str, trust: Trust) -> Result<HttpsTransport, InputError> {
    HttpsTransport::new(url, trust).map_err(|error| InputError(format!("--url: {error}")))
}

fn trust(ca: Option<&str>, fingerprint: Option<&str>) -> Result<Trust, InputError> {
    match (ca, fingerprint) {
        (_, Some(text)) => text
            .parse()
            .map(Trust::Fingerprint)
            .map_err(|error| InputError(format!("--fingerprint: {error}"))),
        (Some(file), None) => Ok(Trust::CaFile(file.into())),
        (None, None) => Ok(Trust::Unknown),
    }
}

fn token_of_environment() -> Option<String> {
    std::env::var(TOKEN_VARIABLE).ok().map(|token| token.trim().to_owned())
}

/// The token in a file: its first line.
///
/// # Errors
/// [`InputError`] when there is none, or others may read the file.
pub(crate) fn token_of(file: &str) -> Result<String, InputError> {
    let text = read_private(Path::new(file), TOKEN_BYTES)
        .map_err(|error| InputError(format!("--token-file {file}: {error}")))?;
    first_line(&text).ok_or_else(|| InputError(format!("--token-file {file}: its first line holds no token")))
}

fn first_line(text: &str) -> Option<String> {
    text.lines().next().map(str::trim).filter(|token| !token.is_empty()).map(str::to_owned)
}
