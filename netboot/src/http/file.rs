//! A file as the body of a response, read ahead by one piece.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};
use std::time::{Instant, UNIX_EPOCH};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::task::JoinHandle;

/// Bytes read and sent at a time. A connection holds at most two pieces and hyper's own buffer.
const PIECE: u64 = 256 * 1024;

/// An opened file and what is known of it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub file: File,
    pub size: u64,
    /// Changes when the file does.
    pub tag: String,
}

/// Opens a regular file, off this thread.
///
/// # Errors
/// `NotFound` too for what is no regular file.
pub(crate) async fn open(path: PathBuf) -> io::Result<Opened> {
    tokio::task::spawn_blocking(move || open_now(&path)).await.map_err(io::Error::other)?
}

fn open_now(path: &Path) -> io::Result<Opened> {
    // Asked before opening: opening a pipe would wait for its writer.
    let meta = path.metadata()?;
    if !meta.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let file = File::open(path)?;
    let meta = file.metadata()?;
    let changed = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    Ok(Opened { file, size: meta.len(), tag: format!("\"{:x}-{changed:x}\"", meta.len()) })
}

/// What happens when the last byte was handed over.
pub(crate) type Sent = Box<dyn FnOnce(Instant) + Send>;

type Reading = JoinHandle<io::Result<(File, Bytes)>>;

/// A part of a file. Fails when the file became shorter meanwhile, so that the client sees a broken answer.
pub(crate) struct FileBody {
    file: Option<File>,
    reading: Option<Reading>,
    /// Not yet asked from the file.
    unread: u64,
    /// Not yet handed over.
    unsent: u64,
    begun: Instant,
    sent: Option<Sent>,
}

impl FileBody {
    /// `length` bytes from `first` on.
    ///
    /// # Errors
    /// When the file cannot be positioned.
    pub fn new(mut file: File, first: u64, length: u64, sent: Option<Sent>) -> io::Result<Self> {
        if first > 0 {
            file.seek(SeekFrom::Start(first))?;
        }
        Ok(Self {
            file: Some(file),
            reading: None,
            unread: length,
            unsent: length,
            begun: Instant::now(),
            sent,
        })
    }

    fn read_ahead(&mut self) {
        if self.unread == 0 {
            return;
        }
        if let Some(mut file) = self.file.take() {
            let length = self.unread.min(PIECE);
            self.unread -= length;
            self.reading = Some(tokio::task::spawn_blocking(move || {
                let mut piece = Vec::with_capacity(length as usize);
                (&mut file).take(length).read_to_end(&mut piece)?;
                if piece.len() as u64 == length {
                    Ok((file, piece.into()))
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                }
            }));
        }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.read_ahead();
        let Some(reading) = self.reading.as_mut() else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(task));
        self.reading = None;
        let (file, piece) = match read.map_err(io::Error::other).flatten() {
            Ok(read) => read,
            Err(error) => {
                (self.unread, self.sent) = (0, None);
                return Poll::Ready(Some(Err(error)));
            }
        };
        self.file = Some(file);
        self.unsent -= piece.len() as u64;
        self.read_ahead();
        if self.unsent == 0
            && let Some(sent) = self.sent.take()
        {
            sent(self.begun);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.unsent == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.unsent)
    }
}
