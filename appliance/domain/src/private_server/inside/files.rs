//! `private-server file-…`: what is done with whole files and folders.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::private_server::inside::{
    FilesChanged, OneFile, PrivateServerFileFolder, PrivateServerFileGive, PrivateServerFileGiveInput,
    PrivateServerFileList, PrivateServerFileListInput, PrivateServerFilePack, PrivateServerFilePackInput,
    PrivateServerFilePermit, PrivateServerFilePermitInput, PrivateServerFileRemove,
    PrivateServerFileRemoveInput, PrivateServerFileRename, PrivateServerFileRenameInput,
    PrivateServerFileShow, PrivateServerFileUnpack, PrivateServerFileUnpackInput,
};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::private_server::inside::{
    Answer, Changed, FileEntry, FilePage, InsidePath, UploadKey, Work,
};

use super::taken;
use crate::refusal::confirmed;
use crate::{Caller, Domain};

impl Handle<PrivateServerFileList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileListInput) -> Result<FilePage, Fault> {
        let path = input.path.unwrap_or_else(InsidePath::top);
        let attempted = format!("list {path} in {}", input.private_server);
        let work = Work::List { path, after: input.after };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Page(page) => page, &attempted)
    }
}

impl Handle<PrivateServerFileShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneFile) -> Result<FileEntry, Fault> {
        let attempted = format!("look at {} in {}", input.path, input.private_server);
        let work = Work::Facts { path: input.path };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

impl Handle<PrivateServerFileFolder, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneFile) -> Result<FileEntry, Fault> {
        let attempted = format!("make the folder {} in {}", input.path, input.private_server);
        let work = Work::MakeFolder { path: input.path };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

impl Handle<PrivateServerFileRename, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileRenameInput) -> Result<FileEntry, Fault> {
        let attempted = format!("move {} in {}", input.path, input.private_server);
        let work = Work::Rename { path: input.path, to: input.to };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

impl Handle<PrivateServerFileRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileRemoveInput) -> Result<Done, Fault> {
        let attempted = format!("delete {} in {}", input.path, input.private_server);
        let Some((_, name)) = input.path.split() else {
            let problem = FieldProblem::new("path", "is the top folder, which cannot be deleted");
            return Err(Fault::invalid(attempted, vec![problem]));
        };
        let reason = "it would be destroyed, with all that it holds";
        if let Err(fault) = confirmed(&attempted, reason, "confirm", name, input.confirm.as_deref()) {
            // Whoever may not even see the private server learns nothing by asking.
            self.running_private_server(caller, &input.private_server, &attempted).await?;
            return Err(fault);
        }
        let work = Work::Remove { path: input.path.clone() };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Done => Done::new(format!("{} is deleted.", input.path)), &attempted)
    }
}

impl Handle<PrivateServerFilePermit, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerFilePermitInput,
    ) -> Result<FilesChanged, Fault> {
        let attempted = format!("set the permissions of {} in {}", input.path, input.private_server);
        let mode = u32::from_str_radix(&input.mode, 8).map_err(|_| {
            Fault::invalid(&attempted, vec![FieldProblem::new("mode", "is no octal number, such as 644")])
        })?;
        let work = Work::Permit { path: input.path.clone(), mode, all: input.recursive };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        changed(answer, &input.path, input.recursive, &attempted)
    }
}

impl Handle<PrivateServerFileGive, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerFileGiveInput,
    ) -> Result<FilesChanged, Fault> {
        let attempted = format!("give {} in {} to {}", input.path, input.private_server, input.owner);
        let PrivateServerFileGiveInput { private_server, path, owner, group, recursive } = input;
        let work = Work::Give { path: path.clone(), owner, group, all: recursive };
        let answer = self.inside(caller, &private_server, &attempted, work).await?;
        changed(answer, &path, recursive, &attempted)
    }
}

impl Handle<PrivateServerFilePack, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFilePackInput) -> Result<FileEntry, Fault> {
        let attempted = format!("pack {} in {}", input.to, input.private_server);
        let key = self.upload_key(&attempted)?;
        let work = Work::Pack { folder: input.folder, names: input.names, to: input.to, key };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

impl Handle<PrivateServerFileUnpack, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerFileUnpackInput) -> Result<FileEntry, Fault> {
        let attempted = format!("unpack {} in {}", input.path, input.private_server);
        let key = self.upload_key(&attempted)?;
        let work = Work::Unpack { archive: input.path, to: input.to, key };
        let answer = self.inside(caller, &input.private_server, &attempted, work).await?;
        taken!(answer, Answer::Entry(entry) => entry, &attempted)
    }
}

/// An agent that does not know of everything in a folder changes the folder alone, and says so by its answer.
fn changed(answer: Answer, path: &InsidePath, all: bool, attempted: &str) -> Result<FilesChanged, Fault> {
    let (file, changed) = match answer {
        Answer::Entry(entry) if !all => (entry, 1),
        Answer::Changed(Changed { entry, count }) if all => (entry, count),
        _ => return Err(super::other(attempted)),
    };
    let message = if changed == 1 {
        format!("{path} is changed.")
    } else {
        format!("{changed} files and folders are changed, {path} among them.")
    };
    Ok(FilesChanged { file, changed, message })
}

impl Domain {
    /// Names what is made until it has its place.
    fn upload_key(&self, attempted: &str) -> Result<UploadKey, Fault> {
        let mut bytes = [0; 8];
        self.ports.chance.fill(&mut bytes);
        format!("{:016x}", u64::from_be_bytes(bytes)).parse().map_err(|_| super::other(attempted))
    }
}
