//! The first person who may sign in.

use std::path::Path;

use rackwright_domain::Domain;

use super::StartError;
use crate::files;

/// Name of the file in the run folder that holds the one-time password, mode 0600.
pub const PASSWORD_FILE: &str = "admin-password";

/// Makes `admin` when nobody can sign in yet, and leaves the password in the run folder. It is never logged.
pub(super) async fn first(domain: &Domain, run_dir: &Path) -> Result<Option<String>, StartError> {
    let Some(password) = domain.first_admin().await.map_err(StartError::Admin)? else { return Ok(None) };
    let path = run_dir.join(PASSWORD_FILE);
    tracing::info!("The user admin was made; its one-time password is in {}.", path.display());
    files::replace(&path, format!("{password}\n").as_bytes(), 0o600).map_err(|source| StartError::File {
        what: "write",
        path,
        source,
    })?;
    Ok(Some(password))
}
