//! What of the size of a private server becomes another.

use rackwright_model::private_server::Size;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A size in which nothing needs to be named; what is left out stays as it is. A whole size is one, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeChange {
    /// Least share of the server's processors, in thousandths of all of them. What others leave unused comes on top.
    #[schemars(range(min = 1, max = 900))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_permille: Option<u32>,
    /// Most memory, in MiB.
    #[schemars(range(min = 32, max = 4_194_304))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
    /// Most swap, in MiB. Servers have none unless somebody gave them some.
    #[schemars(range(max = 4_194_304))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap_mib: Option<u32>,
    /// Most disk, in MiB.
    #[schemars(range(min = 64, max = 67_108_864))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_mib: Option<u32>,
    /// Least bandwidth in each direction, in kbit/s. What others leave unused comes on top.
    #[schemars(range(min = 8, max = 400_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth_kbit: Option<u32>,
    /// Most bandwidth in each direction, in kbit/s; 0 takes this limit away, and the link is the limit.
    #[schemars(range(max = 400_000_000))]
    #[serde(default, deserialize_with = "ceiling", skip_serializing_if = "Option::is_none")]
    pub ceiling_kbit: Option<u32>,
    /// Most connections at one time that it begins, and as many that others begin.
    #[schemars(range(min = 16, max = 1_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u32>,
    /// Most processes and threads.
    #[schemars(range(min = 64, max = 1_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<u32>,
}

/// A whole size writes null where it has no ceiling; that takes one away like 0.
fn ceiling<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let given = Option::<u32>::deserialize(deserializer)?;
    Ok(Some(given.unwrap_or(0)))
}

impl SizeChange {
    /// The size that becomes of `size`.
    #[must_use]
    pub fn apply(&self, size: &Size) -> Size {
        let ceiling_kbit = match self.ceiling_kbit {
            Some(0) => None,
            Some(ceiling) => Some(ceiling),
            None => size.ceiling_kbit,
        };
        Size {
            cpu_permille: self.cpu_permille.unwrap_or(size.cpu_permille),
            memory_mib: self.memory_mib.unwrap_or(size.memory_mib),
            swap_mib: self.swap_mib.unwrap_or(size.swap_mib),
            disk_mib: self.disk_mib.unwrap_or(size.disk_mib),
            bandwidth_kbit: self.bandwidth_kbit.unwrap_or(size.bandwidth_kbit),
            ceiling_kbit,
            sessions: self.sessions.unwrap_or(size.sessions),
            processes: self.processes.unwrap_or(size.processes),
        }
    }
}

/// The change that ends in this size, whatever was there.
impl From<&Size> for SizeChange {
    fn from(size: &Size) -> Self {
        Self {
            cpu_permille: Some(size.cpu_permille),
            memory_mib: Some(size.memory_mib),
            swap_mib: Some(size.swap_mib),
            disk_mib: Some(size.disk_mib),
            bandwidth_kbit: Some(size.bandwidth_kbit),
            ceiling_kbit: Some(size.ceiling_kbit.unwrap_or(0)),
            sessions: Some(size.sessions),
            processes: Some(size.processes),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::view::sample_size;
    use super::*;

    fn change(input: Value) -> SizeChange {
        serde_json::from_value(input).expect("a change")
    }

    #[test]
    fn what_is_not_named_stays() {
        let before = Size { ceiling_kbit: Some(20_000), ..sample_size() };
        let after = change(json!({"memory_mib": 200})).apply(&before);
        assert_eq!(after, Size { memory_mib: 200, ..before });
        assert_eq!(change(json!({})).apply(&before), before);
    }

    #[test]
    fn a_ceiling_is_taken_away_by_nought_and_stays_when_it_is_left_out() {
        let before = Size { ceiling_kbit: Some(20_000), ..sample_size() };
        for (input, after) in [
            (json!({"ceiling_kbit": 0}), None),
            (json!({"ceiling_kbit": null}), None),
            (json!({"ceiling_kbit": 30_000}), Some(30_000)),
            (json!({"sessions": 16}), Some(20_000)),
        ] {
            assert_eq!(change(input.clone()).apply(&before).ceiling_kbit, after, "{input}");
        }
    }

    #[test]
    fn a_whole_size_is_a_change_that_ends_in_it() {
        let before = Size { ceiling_kbit: Some(20_000), memory_mib: 64, ..sample_size() };
        for whole in [sample_size(), Size { ceiling_kbit: Some(30_000), ..sample_size() }] {
            assert_eq!(SizeChange::from(&whole).apply(&before), whole);
            assert_eq!(change(json!(whole)).apply(&before), whole, "as it is written");
        }
    }

    #[test]
    fn its_bounds_are_those_of_a_size() {
        let (size, change) = (crate::schema::of::<Size>(), crate::schema::of::<SizeChange>());
        for (name, field) in size["properties"].as_object().expect("an object") {
            let other = &change["properties"][name];
            assert_eq!(field["maximum"], other["maximum"], "{name}");
            let least = if name == "ceiling_kbit" { json!(0) } else { field["minimum"].clone() };
            assert_eq!(least, other["minimum"], "{name}");
        }
    }

    #[test]
    fn what_is_not_named_is_not_written_either() {
        let written = json!(SizeChange { memory_mib: Some(200), ..SizeChange::default() });
        assert_eq!(written, json!({"memory_mib": 200}));
    }
}
