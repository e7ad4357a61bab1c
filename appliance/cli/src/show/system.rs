//! The health of the Control Center, what is missing first.

use rackwright_catalog::actions::system::{SystemView, Warning};
use serde_json::Value;

use super::detail::detail;
use super::value::one_line;

/// The status as text. `output` is the same as `status`.
pub(super) fn system(status: &SystemView, output: &Value) -> String {
    let mut text = String::new();
    for Warning { problem, advice, .. } in &status.warnings {
        text.push_str(&format!("warning: {}\n  what to do: {}\n", one_line(problem), one_line(advice)));
    }
    let rest = output.as_object().into_iter().flatten().filter(|(name, _)| *name != "warnings");
    text.push_str(&detail(&rest.map(|(name, field)| (name.clone(), field.clone())).collect()));
    text
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::Action;
    use rackwright_catalog::actions::system::SystemStatus;

    use super::*;

    #[test]
    fn what_is_missing_stands_first_with_what_to_do() {
        let sample = SystemStatus::sample_output();
        let text = system(&sample, &serde_json::to_value(&sample).expect("JSON"));
        assert!(
            text.starts_with(
                "warning: There is no image: no server can be installed.\n  what to do: Build one with: rackwright image \
                 build debian-12 --recipe debian-12\n"
            ),
            "{text}"
        );
        assert!(text.contains("agents connected: 2") && !text.contains("warnings:"), "{text}");
    }
}
