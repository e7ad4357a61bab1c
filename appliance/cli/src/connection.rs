//! The way to the Control Center that the global flags describe.

use std::sync::Arc;

use clap::ArgMatches;
use rackwright_client::{
    Caller, Client, Credential, HttpsTransport, Limits, Origin, Transport, Trust, UnixTransport,
};

use crate::input::InputError;
use crate::tree::{CA, FINGERPRINT, SOCKET, TOKEN_FILE, URL};

/// Holds a token when no file does.
const TOKEN_VARIABLE: &str = "RACKWRIGHT_TOKEN";

/// A client that goes the way of the flags.
///
/// # Errors
/// [`InputError`] when an address, a fingerprint or a token file is not one.
pub(crate) fn client(matches: &ArgMatches, limits: Limits) -> Result<Client, InputError> {
    let text = |id: &str| matches.try_get_one::<String>(id).ok().flatten().map(String::as_str);
    let token_file = text(TOKEN_FILE).map(token_of).transpose()?;
    let (transport, token): (Arc<dyn Transport>, Option<String>) = match text(URL) {
        Some(url) => {
            let transport = HttpsTransport::new(url, trust(text(CA), text(FINGERPRINT))?)
                .map_err(|error| InputError(format!("--url: {error}")))?;
            let token = token_file
                .or_else(|| std::env::var(TOKEN_VARIABLE).ok().map(|token| token.trim().to_owned()));
            (Arc::new(transport.with_limits(limits)), token)
        }
        // The token of another machine is no use here, so only one that is named on the line counts.
        None => {
            let path = text(SOCKET).unwrap_or(rackwright_client::unix::DEFAULT_PATH);
            (Arc::new(UnixTransport::new(path).with_limits(limits)), token_file)
        }
    };
    let credential = token.map_or(Credential::None, Credential::Bearer);
    Ok(Client::new(transport, Caller::new(credential, Origin::Cli)))
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

fn token_of(file: &str) -> Result<String, InputError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| InputError(format!("--token-file {file}: {error}")))?;
    match text.lines().next().map(str::trim) {
        Some(token) if !token.is_empty() => Ok(token.to_owned()),
        _ => Err(InputError(format!("--token-file {file}: its first line holds no token"))),
    }
}
