//! `private-server file-read`, `file-write`, `file-finish`, `file-abandon`.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileAbandon, PrivateServerFileAbandonInput, PrivateServerFileFinish,
    PrivateServerFileFinishInput, PrivateServerFileRead, PrivateServerFileReadInput, PrivateServerFileWrite,
    PrivateServerFileWriteInput, Written,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::inside::{
    Answer, FailureKind, FileEntry, FilePiece, Over, PIECE, Work, WorkFailure,
};

use super::{NotDone, fault_of, taken};
use crate::{Caller, Domain};

impl Handle<PrivateServerFileRead, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileReadInput) -> Result<FilePiece, Fault> {
        let attempted = format!("read {} in {}", input.path, input.private_server);
        let length = input.length.unwrap_or(PIECE);
        let work = Work::Read { path: input.path, offset: input.offset, length };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Piece(piece) => piece, &attempted)
    }
}

impl Handle<PrivateServerFileWrite, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileWriteInput) -> Result<Written, Fault> {
        let attempted = format!("upload {} to {}", input.path, input.private_server);
        let PrivateServerFileWriteInput { private_server, path, upload, offset, base64 } = input;
        let work = Work::Write { path, upload, offset, base64 };
        match self.ask_inside(caller, &private_server, &attempted, work).await {
            Ok(answer) => {
                taken!(answer, Answer::Written(bytes) => Written { bytes, taken: true }, &attempted)
            }
            Err(NotDone::Inside(WorkFailure { kind: FailureKind::Elsewhere, at: Some(bytes), .. })) => {
                Ok(Written { bytes, taken: false })
            }
            Err(NotDone::Inside(failure)) => Err(fault_of(failure, &attempted)),
            Err(NotDone::Fault(fault)) => Err(fault),
        }
    }
}

impl Handle<PrivateServerFileFinish, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileFinishInput) -> Result<FileEntry, Fault> {
        let attempted = format!("put {} in its place in {}", input.path, input.private_server);
        let over = match (input.version, input.replace) {
            (Some(version), _) => Over::Version(version),
            (None, true) => Over::Anything,
            (None, false) => Over::Nothing,
        };
        let work = Work::Finish { path: input.path, upload: input.upload, bytes: input.bytes, over };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

impl Handle<PrivateServerFileAbandon, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileAbandonInput) -> Result<Done, Fault> {
        let attempted = format!("abandon the upload of {} to {}", input.path, input.private_server);
        let work = Work::Abandon { path: input.path, upload: input.upload };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Done => Done::new("Nothing is left of the upload."), &attempted)
    }
}
