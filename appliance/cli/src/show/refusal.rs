//! A fault: what was attempted, why it failed, what to do.

use rackwright_catalog::{Entry, Fault, FieldProblem};
use rackwright_client::command::{Flag, Secrecy, flags};

use super::value::{lines, one_line};

/// A fault as text. Fields are named with the flags that fill them.
#[must_use]
pub fn fault(entry: Option<&Entry>, fault: &Fault) -> String {
    let flags = entry.map(flags).unwrap_or_default();
    let line = |FieldProblem { field, problem }: &FieldProblem| {
        let named = entry.and_then(|entry| flag(entry, &flags, field)).unwrap_or_else(|| one_line(field));
        format!("{named}: {}", one_line(problem))
    };
    // The reason of a single wrong field is that field's problem.
    let (reason, fields) = match fault.fields.as_slice() {
        [only] if fault.reason == format!("{}: {}", only.field, only.problem) => (line(only), &[][..]),
        fields => (one_line(&fault.reason), fields),
    };
    let mut text = format!("error: could not {}\n  why:         {reason}\n", one_line(&fault.attempted));
    for field in fields {
        text.push_str(&format!("    {}\n", line(field)));
    }
    for (at, line) in lines(&fault.advice).iter().enumerate() {
        text.push_str(&format!("  {:<12} {line}\n", if at == 0 { "what to do:" } else { "" }));
    }
    text
}

/// The field with its flag: `bmc.password (--bmc-password-file)`.
fn flag(entry: &Entry, flags: &[Flag], field: &str) -> Option<String> {
    let flag = flags.iter().find(|flag| {
        let whole = flag.field();
        // A problem inside an array names the place in it: `macs.0`.
        field == whole || field.strip_prefix(&whole).is_some_and(|rest| rest.starts_with('.'))
    })?;
    if flag.is_main(entry) {
        return Some(one_line(field));
    }
    let long = match flag.secrecy {
        Secrecy::Secret => flag.file_long(),
        Secrecy::Open | Secrecy::Partly => flag.long.clone(),
    };
    Some(format!("{} (--{long})", one_line(field)))
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::entry;

    use super::*;

    #[test]
    fn a_single_wrong_field_is_said_once() {
        let entry = entry("server.add");
        let one = Fault::invalid("add r1", vec![FieldProblem::new("macs.0", "is wrong")]);
        assert_eq!(
            fault(entry, &one),
            "error: could not add r1\n  why:         macs.0 (--macs): is wrong\n  what to do:  Correct the named fields and \
             try again.\n"
        );
        let told = fault(entry, &Fault { reason: "it is not to be had".into(), ..one });
        assert!(
            told.contains("it is not to be had") && told.contains("    macs.0 (--macs): is wrong"),
            "{told}"
        );
    }

    #[test]
    fn what_why_and_what_to_do_each_have_a_line() {
        let problems =
            vec![FieldProblem::new("macs.0", "is wrong"), FieldProblem::new("bmc.password", "is missing")];
        let told = fault(entry("server.add"), &Fault::invalid("carry out server add", problems));
        assert_eq!(
            told,
            "error: could not carry out server add\n  why:         2 fields are wrong\n    macs.0 (--macs): is wrong\n    \
             bmc.password (--bmc-password-file): is missing\n  what to do:  Correct the named fields and try again.\n"
        );
    }
}
