//! Bytes of a file.

use std::io::{Read as _, Seek as _, SeekFrom};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rackwright_model::private_server::inside::{FilePiece, InsidePath, PIECE, WorkFailure};

use super::list::version;
use super::tree::{Tree, io_failure};

/// At most [`PIECE`] bytes; fewer only at the end of the file.
///
/// # Errors
/// When it is no file that may be read.
pub fn piece(tree: &Tree, path: &InsidePath, offset: u64, length: u32) -> Result<FilePiece, WorkFailure> {
    let spot = tree.spot(path)?;
    let (mut file, stat) = spot.file()?;
    let failed = |why: std::io::Error| io_failure(spot.name, &why);
    file.seek(SeekFrom::Start(offset.min(i64::MAX.unsigned_abs()))).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(u64::from(length.min(PIECE))).read_to_end(&mut bytes).map_err(failed)?;
    Ok(FilePiece {
        base64: STANDARD.encode(bytes),
        bytes: stat.st_size.unsigned_abs(),
        version: version(&stat),
    })
}
