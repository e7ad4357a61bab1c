//! Archives: made and unpacked by tar(1) inside, with the rights of whoever asks, in the cgroup of the private server. What is
//! made takes its place in one step when it is whole.

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{
    Answer, FileName, InsidePath, LoginName, UploadKey, Work, WorkFailure,
};

use super::script;
use super::visitor;

/// Becomes the login and calls the script with its home as `$1`.
const AS_LOGIN: &str = r#"
login=$1 script=$2; shift 2
home=$(getent passwd "$login" | cut -d: -f6); uid=$(id -u "$login") && gid=$(id -g "$login") || exit 74
[ "$uid" -gt 0 ] && [ -n "$home" ] || { echo "$login may not do it"; exit 1; }
exec setpriv --reuid "$uid" --regid "$gid" --init-groups --no-new-privs -- \
    /bin/sh -c "$script" sh "${home%/}" "$@""#;

const PACK: &str = r#"
top=$1 folder=$2 to=$3 part=$4; shift 4
[ ! -e "$top$to" ] && [ ! -L "$top$to" ] || { echo "$to is there already"; exit 73; }
trap 'rm -f -- "$top$part"' EXIT
cd -- "$top$folder" && tar -czf "$top$part" --exclude="./${part##*/}" --exclude="${part##*/}" -- "$@" 2>&1 &&
    ln -T -- "$top$part" "$top$to" 2>&1"#;

const UNPACK: &str = r#"
top=$1 archive=$2 to=$3 part=$4
[ ! -e "$top$to" ] && [ ! -L "$top$to" ] || { echo "$to is there already"; exit 73; }
trap 'rm -rf --one-file-system -- "$top$part"' EXIT
mkdir -- "$top$part" && tar -xf "$top$archive" -C "$top$part" --no-same-owner 2>&1 &&
    mv -nT -- "$top$part" "$top$to" 2>&1 && [ ! -e "$top$part" ]"#;

/// Packs or unpacks, and tells what was made.
///
/// # Errors
/// When something stands there already, or tar fails: nothing is left then.
pub fn work(number: Number, login: Option<&LoginName>, work: &Work) -> Result<Answer, WorkFailure> {
    let (script, words, to) = match work {
        Work::Pack { folder, names, to, key } => {
            let mut words = vec![of(folder), of(to), part(to, key)];
            words.extend(names.iter().map(FileName::to_string));
            (PACK, words, to)
        }
        Work::Unpack { archive, to, key } => (UNPACK, vec![of(archive), of(to), part(to, key)], to),
        _ => return visitor::send(number, login, work.clone()),
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let limit = script::limit(work);
    match login {
        Some(login) => {
            let words = [&[login.as_str(), script], words.as_slice()].concat();
            script::run(number, AS_LOGIN, &words, "", limit)?
        }
        None => script::run(number, script, &[&[""], words.as_slice()].concat(), "", limit)?,
    };
    visitor::send(number, login, Work::Facts { path: to.clone() })
}

/// A path behind that of the top.
fn of(path: &InsidePath) -> String {
    if path.is_top() { "/".to_owned() } else { path.to_string() }
}

/// Beside its place.
fn part(to: &InsidePath, key: &UploadKey) -> String {
    let folder = to.split().map(|(folder, _)| folder.to_string()).unwrap_or_default();
    format!("{}/.rackwright-{key}.part", folder.trim_end_matches('/'))
}
