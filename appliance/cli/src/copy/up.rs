//! A file goes into a private server: piece by piece beside its place, which it takes when it is whole.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indicatif::ProgressBar;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileAbandon, PrivateServerFileAbandonInput, PrivateServerFileFinish,
    PrivateServerFileFinishInput, PrivateServerFileWrite, PrivateServerFileWriteInput, Written,
};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::Client;
use rackwright_model::Name;
use rackwright_model::private_server::inside::{InsidePath, PIECE, UploadKey};
use serde_json::json;
use tokio::sync::mpsc;

use super::bar;
use super::place::There;
use crate::format::Format;
use crate::input::InputError;
use crate::screen::{End, write};
use crate::show::one_line;

/// Send a file of this machine; `-` is standard input.
///
/// # Errors
/// It cannot be read, or the fault of the private server; nothing is left of it there then.
pub(super) async fn send(
    client: &Client,
    from: &str,
    to: There,
    replace: bool,
    format: Format,
) -> Result<(), End> {
    let unreadable = |error: std::io::Error| InputError(format!("{from} cannot be read: {error}"));
    let (source, bytes): (Box<dyn Read + Send>, _) = if from == "-" {
        (Box::new(std::io::stdin()), None)
    } else {
        let file = File::open(from).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            let advice = "is a folder; copy a file, such as an archive of it (tar)";
            return Err(InputError(format!("{from} {advice}")).into());
        }
        let bytes = about.is_file().then_some(about.len());
        (Box::new(file), bytes)
    };
    let name = Path::new(from).file_name().and_then(|name| name.to_str()).filter(|_| from != "-");
    let (server, path) = to.for_file(name)?;
    let upload = Upload { client, server, path, key: new_key()? };
    let bar = bar(bytes, format);
    let sent = tokio::select! {
        sent = upload.whole(read(source), from, replace, &bar) => sent,
        _ = tokio::signal::ctrl_c() => Err(End::Interrupted),
    };
    bar.finish_and_clear();
    let bytes = match sent {
        Ok(bytes) => bytes,
        Err(end) => {
            // Whoever presses Ctrl-C once more does not wait for a Control Center that is away.
            tokio::select! {
                () = upload.abandon() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return Err(end);
        }
    };
    let to = format!("{}:{}", upload.server, upload.path);
    write(&if format.is_for_people() {
        format!("{} has {bytes} bytes.\n", one_line(&to))
    } else {
        format.data(&[], &json!({ "to": to, "bytes": bytes }))
    })
}

/// At random: not a secret, only nobody else's.
fn new_key() -> Result<UploadKey, InputError> {
    let chance = RandomState::new().build_hasher().finish();
    format!("{chance:016x}").parse().map_err(|error| InputError(format!("{error}")))
}

/// The pieces of a source; only the last one is short. A read that waits for somebody to say something cannot be taken back:
/// the thread that waits in it ends with the process.
fn read(mut source: Box<dyn Read + Send>) -> mpsc::Receiver<std::io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::channel(1);
    thread::spawn(move || {
        loop {
            let mut piece = Vec::new();
            let read = source.by_ref().take(PIECE.into()).read_to_end(&mut piece).map(|_| piece);
            let goes_on = read.as_ref().is_ok_and(|piece| piece.len() == PIECE as usize);
            if send.blocking_send(read).is_err() || !goes_on {
                break;
            }
        }
    });
    receive
}

struct Upload<'a> {
    client: &'a Client,
    server: Name,
    path: InsidePath,
    key: UploadKey,
}

impl Upload<'_> {
    /// All pieces, and the end; how many bytes there were.
    async fn whole(
        &self,
        mut pieces: mpsc::Receiver<std::io::Result<Vec<u8>>>,
        from: &str,
        replace: bool,
        bar: &ProgressBar,
    ) -> Result<u64, End> {
        let mut offset = 0;
        loop {
            let read = pieces.recv().await.unwrap_or_else(|| Err(ErrorKind::UnexpectedEof.into()));
            let piece = read.map_err(|error| InputError(format!("{from} cannot be read: {error}")))?;
            // An empty file has one piece, too.
            if piece.is_empty() && offset > 0 {
                break;
            }
            self.piece(offset, &piece).await?;
            offset += piece.len() as u64;
            bar.set_position(offset);
            if piece.len() < PIECE as usize {
                break;
            }
        }
        let finish = PrivateServerFileFinishInput {
            private_server: self.server.clone(),
            path: self.path.clone(),
            upload: self.key.clone(),
            bytes: offset,
            replace,
            version: None,
        };
        self.client.call::<PrivateServerFileFinish>(finish).await?;
        Ok(offset)
    }

    /// One piece; it is sent again while the Control Center or the private server's server is away.
    async fn piece(&self, offset: u64, piece: &[u8]) -> Result<(), Fault> {
        let after = offset + piece.len() as u64;
        let input = PrivateServerFileWriteInput {
            private_server: self.server.clone(),
            path: self.path.clone(),
            upload: self.key.clone(),
            offset,
            base64: BASE64.encode(piece),
        };
        match self.client.call_patiently::<PrivateServerFileWrite>(input).await? {
            Written { taken: true, .. } => Ok(()),
            // The answer to a try before was lost.
            Written { bytes, .. } if bytes == after => Ok(()),
            Written { bytes, .. } => Err(broken(offset, bytes)),
        }
    }

    /// Takes away what is there of it; the private server would do so itself after some time.
    async fn abandon(&self) {
        let input = PrivateServerFileAbandonInput {
            private_server: self.server.clone(),
            path: self.path.clone(),
            upload: self.key.clone(),
        };
        drop(self.client.call::<PrivateServerFileAbandon>(input).await);
    }
}

fn broken(offset: u64, there: u64) -> Fault {
    Fault::new(
        FaultCode::Conflict,
        "copy a file",
        format!("{there} bytes of it are there, where {offset} were sent: somebody else changed it"),
        "Copy it once more.",
    )
}
