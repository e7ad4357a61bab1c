//! Work inside one private server.
//!
//! Attacker's input: everything inside. What is done with files is done by a process of our own that first goes into the
//! private server ([`enter`]): there the kernel gives it no more than whoever it works for has, and no link, race or mount
//! leads out. Services, users and the journal are asked of the programs inside ([`script`]), in the cgroup of the private
//! server. Everything that is read is bounded, and every wait is limited from outside.

mod all;
mod archive;
mod change;
mod enter;
mod journal;
mod keys;
mod list;
mod logins;
mod names;
mod network;
mod processes;
mod read;
mod remove;
mod script;
mod services;
#[cfg(test)]
mod tests;
mod time;
mod tree;
mod upload;
mod visitor;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, FailureKind, LoginName, Work, WorkFailure};

pub use enter::visit;

use tree::Tree;

/// Carries out one piece of work, as root inside or with the rights of a login.
///
/// # Errors
/// Why it was not done.
pub fn work(number: Number, login: Option<&LoginName>, work: Work) -> Result<Answer, WorkFailure> {
    match work {
        Work::List { .. }
        | Work::Facts { .. }
        | Work::Read { .. }
        | Work::Write { .. }
        | Work::Finish { .. }
        | Work::Abandon { .. }
        | Work::MakeFolder { .. }
        | Work::Rename { .. }
        | Work::Remove { .. }
        | Work::Permit { .. } => visitor::send(number, login, work),
        Work::Pack { .. } | Work::Unpack { .. } => archive::work(number, login, &work),
        _ if login.is_some() => {
            Err(WorkFailure::new(FailureKind::Denied, "a login may only work on its own files"))
        }
        Work::Give { .. } | Work::Processes | Work::Logins => visitor::send(number, None, work),
        Work::Keys { ref login } | Work::SetKeys { ref login, .. } => {
            let login = login.clone();
            visitor::send(number, Some(&login), work)
        }
        Work::Services => services::list(number),
        Work::Do { service, deed } => services::act(number, &service, deed),
        Work::End { process, force } => script::end_process(number, process, force),
        Work::AddLogin { login, groups, password } => {
            logins::add(number, &login, &groups, password.as_deref())
        }
        Work::RemoveLogin { login, files } => logins::remove(number, &login, files),
        Work::SetPassword { login, password } => logins::set_password(number, &login, &password),
        Work::SetGroups { login, groups } => logins::set_groups(number, &login, &groups),
        Work::Journal { service, since_s, lines, after } => {
            journal::read(number, service.as_ref(), since_s, lines, after.as_ref())
        }
        Work::Network => network::look(number),
        Work::Time => time::look(number),
        Work::SetZone { zone } => time::set_zone(number, &zone),
    }
}

/// Carries out work on files, in a tree that the person sees from its top.
fn on_files(tree: &Tree, work: Work) -> Result<Answer, WorkFailure> {
    match work {
        Work::List { path, after } => list::page(tree, &path, after.as_deref()).map(Answer::Page),
        Work::Facts { path } => list::facts(tree, &path).map(Answer::Entry),
        Work::Read { path, offset, length } => read::piece(tree, &path, offset, length).map(Answer::Piece),
        Work::Write { path, upload, offset, base64 } => {
            upload::write(tree, &path, &upload, offset, &base64).map(Answer::Written)
        }
        Work::Finish { path, upload, bytes, over } => {
            upload::finish(tree, &path, &upload, bytes, &over).map(Answer::Entry)
        }
        Work::Abandon { path, upload } => upload::abandon(tree, &path, &upload).map(|()| Answer::Done),
        Work::MakeFolder { path } => change::make_folder(tree, &path).map(Answer::Entry),
        Work::Rename { path, to } => change::rename(tree, &path, &to).map(Answer::Entry),
        Work::Remove { path } => remove::remove(tree, &path).map(|()| Answer::Done),
        Work::Permit { path, mode, all: false } => change::permit(tree, &path, mode).map(Answer::Entry),
        Work::Permit { path, mode, all: true } => all::permit(tree, &path, mode).map(Answer::Changed),
        Work::Give { path, owner, group, all: false } => {
            change::give(tree, &path, &owner, &group).map(Answer::Entry)
        }
        Work::Give { path, owner, group, all: true } => {
            all::give(tree, &path, &owner, &group).map(Answer::Changed)
        }
        Work::Keys { .. } => keys::list(tree).map(Answer::Keys),
        Work::SetKeys { keys, .. } => keys::set(tree, &keys).map(Answer::Keys),
        Work::Processes => processes::list(tree).map(Answer::Processes),
        Work::Logins => names::logins(tree).map(Answer::Logins),
        Work::Pack { .. }
        | Work::Unpack { .. }
        | Work::Services
        | Work::Do { .. }
        | Work::End { .. }
        | Work::AddLogin { .. }
        | Work::RemoveLogin { .. }
        | Work::SetPassword { .. }
        | Work::SetGroups { .. }
        | Work::Journal { .. }
        | Work::Network
        | Work::Time
        | Work::SetZone { .. } => {
            Err(WorkFailure::new(FailureKind::Broken, "this work is not done by a visitor"))
        }
    }
}
