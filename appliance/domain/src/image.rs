//! Operating system images: the record is in the database, the file in the repository.

mod build;
pub(crate) mod file;
mod import;
mod list;
mod remove;
mod show;
mod source;
mod start;
mod verify;

use rackwright_catalog::actions::image::ImageView;
use rackwright_store::image::ImageRow;

/// What a person sees of an image.
fn view(row: ImageRow) -> ImageView {
    ImageView {
        id: row.id,
        name: row.name,
        os: row.os,
        arch: row.arch,
        format: row.format,
        purpose: row.purpose,
        sha256: row.sha256,
        bytes: row.bytes,
        unpacked_bytes: row.unpacked_bytes,
        added_at: row.added_at,
        verified_at: row.verified_at,
        broken: row.broken,
    }
}
