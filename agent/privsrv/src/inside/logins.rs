//! Users inside: made, changed and removed by the programs of the private server itself (useradd(8), usermod(8), userdel(8),
//! chpasswd(8)), so that its own rules hold.

use std::time::Duration;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, FailureKind, LoginName, Work, WorkFailure};

use super::script;

const ADD: &str = r#"
login=$1 groups=$2
! getent passwd "$login" >/dev/null || { echo "there is a login $login already"; exit 73; }
set -- --create-home --shell /bin/bash
[ -z "$groups" ] || set -- "$@" --groups "$groups"
useradd "$@" -- "$login" 2>&1"#;
const REMOVE: &str = r#"
getent passwd "$1" >/dev/null || { echo "there is no login $1"; exit 74; }
[ "$(id -u "$1")" -ne 0 ] || { echo "root cannot be removed"; exit 1; }
if [ "$2" = files ]; then exec userdel --remove -- "$1" 2>&1; else exec userdel -- "$1" 2>&1; fi"#;
const GROUPS: &str = r#"
getent passwd "$1" >/dev/null || { echo "there is no login $1"; exit 74; }
usermod --groups "$2" -- "$1" 2>&1"#;
const PASSWORD: &str = r#"
getent passwd "$1" >/dev/null || { echo "there is no login $1"; exit 74; }
exec chpasswd 2>&1"#;

fn limit() -> Duration {
    script::limit(&Work::Logins)
}

fn joined(groups: &[LoginName]) -> String {
    groups.iter().map(LoginName::as_str).collect::<Vec<_>>().join(",")
}

/// Makes a login with a home.
///
/// # Errors
/// When there is one of that name, or the private server refuses.
pub fn add(
    number: Number,
    login: &LoginName,
    groups: &[LoginName],
    password: Option<&str>,
) -> Result<Answer, WorkFailure> {
    script::run(number, ADD, &[login.as_str(), &joined(groups)], "", limit())?;
    password.map_or(Ok(Answer::Done), |password| set_password(number, login, password))
}

/// Removes a login; with its home when `files`.
///
/// # Errors
/// When there is none, or it is in use.
pub fn remove(number: Number, login: &LoginName, files: bool) -> Result<Answer, WorkFailure> {
    let limit = script::limit(&Work::RemoveLogin { login: login.clone(), files });
    let files = if files { "files" } else { "" };
    script::run(number, REMOVE, &[login.as_str(), files], "", limit).map(|_| Answer::Done)
}

/// # Errors
/// When there is no such login or group.
pub fn set_groups(number: Number, login: &LoginName, groups: &[LoginName]) -> Result<Answer, WorkFailure> {
    script::run(number, GROUPS, &[login.as_str(), &joined(groups)], "", limit()).map(|_| Answer::Done)
}

/// The password stands in no list of processes.
///
/// # Errors
/// When there is no such login.
pub fn set_password(number: Number, login: &LoginName, password: &str) -> Result<Answer, WorkFailure> {
    if password.chars().any(char::is_control) {
        return Err(WorkFailure::new(FailureKind::Unsuitable, "a password cannot hold control characters"));
    }
    let line = format!("{login}:{password}\n");
    script::run(number, PASSWORD, &[login.as_str()], &line, limit()).map(|_| Answer::Done)
}
