//! `/act/{noun}/{verb}`: any action of the catalogue as a form. Pages link here with what they know already; they can
//! add no action of their own.

mod outcome;
pub mod room;
mod show;
mod submit;
mod view;

pub use outcome::go_back;
pub use show::show;
pub use submit::{line, submit};
pub use view::{ActView, ResultView, is_about_a_thing, title};

use rackwright_catalog::{Entry, Fault, FaultCode};

use crate::messages::{tell, tell_with};

/// Whether the action is carried out from a form that is made of its input. The way in and out has pages of its own.
#[must_use]
pub fn has_form(entry: &Entry) -> bool {
    !matches!(
        entry.spec.name,
        "session.open"
            | "session.open-passkey"
            | "session.passkey-begin"
            | "session.second-begin"
            | "session.close"
            | "user.forgot"
            | "user.reset"
    )
}

/// The entry behind a path.
///
/// # Errors
/// That there is no such action.
pub(crate) fn entry_of(noun: &str, verb: &str) -> Result<&'static Entry, Fault> {
    let name = format!("{noun}.{verb}");
    rackwright_catalog::entry(&name).filter(|entry| has_form(entry)).ok_or_else(|| {
        let name: String = name.chars().take(64).collect();
        Fault::new(
            FaultCode::NotFound,
            tell_with("fault-no-action-attempted", &[("name", name.into())]),
            tell("fault-no-action"),
            tell("fault-no-action-advice"),
        )
    })
}

/// That the person's role does not allow the action, said before anything is typed.
fn not_granted(entry: &Entry) -> Fault {
    Fault::new(
        FaultCode::Forbidden,
        tell_with("fault-no-action-attempted", &[("name", entry.spec.name.into())]),
        tell("fault-not-granted"),
        tell("fault-not-granted-advice"),
    )
}

/// A path on this panel, never an address elsewhere.
#[must_use]
pub fn local_path(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let local = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (local && plain && text.len() <= 2_048).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(local_path("/servers/a?x=1"), Some("/servers/a?x=1".into()));
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "javascript:1",
            "/a b",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
