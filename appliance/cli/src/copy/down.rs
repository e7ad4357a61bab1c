//! A file comes out of a private server, into a file that stands in its place only when it is whole.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indicatif::ProgressBar;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileRead, PrivateServerFileReadInput,
};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::Client;
use serde_json::json;
use tempfile::NamedTempFile;

use super::bar;
use super::place::There;
use crate::format::Format;
use crate::input::InputError;
use crate::screen::{End, write};
use crate::show::one_line;

/// Fetch a file into a path of this machine; `-` is standard output.
///
/// # Errors
/// The fault of the private server, or it cannot be written here; nothing is left of it then.
pub(super) async fn fetch(
    client: &Client,
    from: There,
    to: &str,
    replace: bool,
    format: Format,
) -> Result<(), End> {
    if from.is_folder {
        let advice =
            "a folder cannot be copied; copy a file, such as an archive: rackwright private-server file-pack";
        return Err(InputError(advice.to_owned()).into());
    }
    let fetched = async {
        if to == "-" {
            return pieces(client, &from, &mut std::io::stdout().lock(), &ProgressBar::hidden()).await;
        }
        into_file(client, &from, to, replace, format).await
    };
    tokio::select! {
        fetched = fetched => fetched.map(drop),
        _ = tokio::signal::ctrl_c() => Err(End::Interrupted),
    }
}

async fn into_file(
    client: &Client,
    from: &There,
    to: &str,
    replace: bool,
    format: Format,
) -> Result<u64, End> {
    let place = place(from, to);
    let shown = place.display();
    if !replace && place.symlink_metadata().is_ok() {
        return Err(InputError(format!("{shown} is there already; to take its place, add --replace")).into());
    }
    if place.symlink_metadata().is_ok_and(|about| !about.is_file()) {
        let problem = format!(
            "{shown} is no file; to write into it, pipe standard output: rackwright copy … - > {shown}"
        );
        return Err(InputError(problem).into());
    }
    let unwritable = |error: std::io::Error| InputError(format!("{shown} cannot be written: {error}"));
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = new_file(folder).map_err(unwritable)?;
    let bar = bar(Some(0), format);
    let fetched = pieces(client, from, file.as_file_mut(), &bar).await;
    bar.finish_and_clear();
    let bytes = fetched?;
    let kept = if replace { file.persist(&place) } else { file.persist_noclobber(&place) };
    kept.map_err(|error| unwritable(error.error))?;
    write(&if format.is_for_people() {
        format!("{} has {bytes} bytes.\n", one_line(&shown.to_string()))
    } else {
        format.data(&[], &json!({ "to": shown.to_string(), "bytes": bytes }))
    })?;
    Ok(bytes)
}

/// With the rights that any new file has, and gone when it is not kept.
fn new_file(folder: &Path) -> std::io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(".copy-")
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// In a folder it keeps its name.
fn place(from: &There, to: &str) -> PathBuf {
    let to = PathBuf::from(to);
    match from.path.split() {
        Some((_, name)) if to.is_dir() => to.join(name),
        _ => to,
    }
}

/// All pieces, of one version of the file; how many bytes there were.
async fn pieces(client: &Client, from: &There, to: &mut dyn Write, bar: &ProgressBar) -> Result<u64, End> {
    let mut offset = 0;
    let mut version = None;
    loop {
        let input = PrivateServerFileReadInput {
            private_server: from.server.clone(),
            path: from.path.clone(),
            offset,
            length: None,
        };
        // Who is away from the start is told of at once.
        let read = match offset {
            0 => client.call::<PrivateServerFileRead>(input).await?,
            _ => client.call_patiently::<PrivateServerFileRead>(input).await?,
        };
        if *version.get_or_insert_with(|| read.version.clone()) != read.version {
            return Err(changed().into());
        }
        let piece = BASE64.decode(&read.base64).map_err(|_| changed())?;
        to.write_all(&piece).map_err(|error| InputError(format!("it cannot be written: {error}")))?;
        offset += piece.len() as u64;
        bar.set_length(read.bytes);
        bar.set_position(offset);
        // Files of the kernel have no length.
        if offset >= read.bytes {
            to.flush().map_err(|error| InputError(format!("it cannot be written: {error}")))?;
            return Ok(offset);
        }
        if piece.is_empty() {
            return Err(changed().into());
        }
    }
}

fn changed() -> Fault {
    Fault::new(
        FaultCode::Conflict,
        "copy a file",
        "it was changed while it was read",
        "Copy it once more; of a log that grows, copy a copy.",
    )
}
