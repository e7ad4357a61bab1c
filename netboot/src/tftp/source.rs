//! The bytes of one transfer, read ahead in pieces so that a session holds little and blocks no other.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes held per session: more than the largest window of the largest blocks.
const PIECE: usize = 128 * 1024;

/// What a name in the list stands for.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Path(PathBuf),
    Text(Arc<str>),
}

/// An opened file or text of known size.
pub(crate) struct Source {
    bytes: Bytes,
    pub size: u64,
    piece: Vec<u8>,
    piece_at: u64,
}

enum Bytes {
    File(Arc<File>),
    Text(Arc<str>),
}

impl Source {
    /// # Errors
    /// When the file is missing, unreadable or not a regular file.
    pub async fn open(content: &Content) -> io::Result<Self> {
        let (bytes, size) = match content {
            Content::Text(text) => (Bytes::Text(Arc::clone(text)), text.len() as u64),
            Content::Path(path) => {
                let path = path.clone();
                let (file, size) = off_thread(move || open_regular(&path)).await?;
                (Bytes::File(Arc::new(file)), size)
            }
        };
        Ok(Self { bytes, size, piece: Vec::new(), piece_at: 0 })
    }

    /// Bytes `from..from + length`, fewer at the end.
    ///
    /// # Errors
    /// When the file cannot be read or became shorter meanwhile.
    pub async fn read(&mut self, from: u64, length: usize) -> io::Result<&[u8]> {
        let end = from.saturating_add(length as u64).min(self.size);
        let from = from.min(end);
        match &self.bytes {
            Bytes::Text(text) => Ok(&text.as_bytes()[from as usize..end as usize]),
            Bytes::File(file) => {
                let held = self.piece_at..self.piece_at + self.piece.len() as u64;
                if from < held.start || end > held.end {
                    let file = Arc::clone(file);
                    let mut piece = std::mem::take(&mut self.piece);
                    piece.resize((self.size - from).min(PIECE as u64) as usize, 0);
                    self.piece =
                        off_thread(move || file.read_exact_at(&mut piece, from).map(|()| piece)).await?;
                    self.piece_at = from;
                }
                Ok(&self.piece[(from - self.piece_at) as usize..(end - self.piece_at) as usize])
            }
        }
    }
}

fn open_regular(path: &std::path::Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok((file, meta.len()))
}

async fn off_thread<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
