//! The image phase: fetch and hash, decompress, unpack straight to the target, each on its own thread, with bounded memory
//! between them. Nothing is stored twice.

mod chunks;
mod fetch;
mod head;
mod members;
mod place;

use std::io::{self, Read};
use std::path::Path;
use std::thread;

use chunks::{Chunks, Filler};
use fetch::Fetch;
pub use fetch::{FetchError, Source, Watch};
use members::Members;
use place::Root;

use crate::command::Cancel;

/// The largest window a compressed image may ask for: 128 MiB (zstd --long).
const WINDOW_LOG_MAX: u32 = 27;

/// The image is not on the target.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the image has the SHA-256 {found}, but the order says {expected}")]
    Hash { expected: String, found: String },
    #[error("the image is whole but cannot be decompressed: {0}")]
    Decompress(io::Error),
    #[error("the image cannot be unpacked: {0}")]
    Unpack(io::Error),
    #[error("the {0} thread ended without a result")]
    Thread(&'static str),
}

/// What becomes of the lists of access (acl(5)) of an image's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    Kept,
    LeftOut,
}

/// How the attributes with them begin.
const LIST: &[u8] = b"system.posix_acl_";

/// Puts the image at `source` under `root` while it arrives.
///
/// # Errors
/// [`ImageError`]. A wrong hash is told before what it did to the decompressor or the unpacker.
pub fn stream(
    source: &Source,
    sha256: &str,
    root: &Path,
    lists: Lists,
    cancel: &Cancel,
    watch: &mut dyn Watch,
) -> Result<u64, ImageError> {
    let (compressed_in, compressed) = chunks::stream();
    let (plain_in, plain) = chunks::stream();
    let (fetched, decompressed, unpacked) = thread::scope(|scope| {
        let decompress = scope.spawn(move || decompress(compressed, &plain_in));
        let unpack = scope.spawn(move || unpack(plain, root, lists));
        let fetched = Fetch::new(source, cancel, watch, compressed_in).carry_out();
        (fetched, decompress.join(), unpack.join())
    });
    let found = fetched?;
    if found != sha256 {
        return Err(ImageError::Hash { expected: sha256.to_owned(), found });
    }
    // When the unpacker fails, the decompressor only learns that nobody reads: the unpacker's word comes first.
    let files = unpacked.map_err(|_| ImageError::Thread("unpacking"))?;
    let decompressed = decompressed.map_err(|_| ImageError::Thread("decompressing"))?;
    match (files, decompressed) {
        (_, Err(why)) => Err(ImageError::Decompress(why)),
        (Err(why), Ok(())) => Err(ImageError::Unpack(why)),
        (Ok(files), Ok(())) => Ok(files),
    }
}

fn decompress(input: Chunks, output: &Filler) -> io::Result<()> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
    decoder.window_log_max(WINDOW_LOG_MAX)?;
    loop {
        let mut chunk = output.chunk();
        while chunk.len < chunk.bytes.len() {
            match decoder.read(&mut chunk.bytes[chunk.len..])? {
                0 => break,
                count => chunk.len += count,
            }
        }
        if chunk.len == 0 || output.send(chunk).is_err() {
            return Ok(());
        }
    }
}

/// The number of members put in place.
fn unpack(input: Chunks, root: &Path, lists: Lists) -> io::Result<u64> {
    let mut root = Root::open(root)?;
    let mut members = Members::new(input);
    let mut count = 0;
    while let Some(mut member) = members.next_member()? {
        if lists == Lists::LeftOut {
            member.attributes.retain(|(name, _)| !name.starts_with(LIST));
        }
        root.place(&member, &mut members)?;
        count += 1;
    }
    root.finish()?;
    members.drain()?;
    Ok(count)
}

#[cfg(test)]
mod tests;
