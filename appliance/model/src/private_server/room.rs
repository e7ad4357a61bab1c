//! Admission: guarantees are promised only while there is room for them (white paper, section 5.5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Size;

/// What a server can promise. The agent and the system keep a tenth of the processors and of the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Room {
    pub cpu_permille: u64,
    pub memory_mib: u64,
    pub disk_mib: u64,
    pub bandwidth_kbit: u64,
}

/// Thousandths of the processors that private servers may be promised together.
pub const CPU_PROMISED: u64 = 900;

/// Something of which there is only so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    Cpu,
    Memory,
    Disk,
    Bandwidth,
}

/// A placement that would break a guarantee, with the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Short {
    pub resource: Resource,
    /// What is promised already.
    pub promised: u64,
    pub asked: u64,
    /// All that can be promised.
    pub whole: u64,
}

impl Short {
    fn sentence(&self) -> String {
        let [promised, asked, whole] = [self.promised, self.asked, self.whole].map(|of| self.amount(of));
        match self.resource {
            Resource::Cpu => {
                format!("CPU is short: {promised} is promised, {asked} is asked for, and there is {whole}")
            }
            Resource::Memory => {
                format!("memory is short: {promised} is promised, {asked} is asked for, and there is {whole}")
            }
            Resource::Disk => {
                format!("disk is short: {promised} is promised, {asked} is asked for, and there is {whole}")
            }
            Resource::Bandwidth => {
                format!(
                    "bandwidth is short: {promised} is promised, {asked} is asked for, and there is {whole}"
                )
            }
        }
    }

    /// What of it is free, in the unit that people read; rounded down.
    #[must_use]
    pub fn free(&self) -> String {
        self.readable(self.whole.saturating_sub(self.promised), |of, unit| of * 10 / unit)
    }

    /// What is asked for, in the unit that people read; rounded up, so that it never reads like what is free.
    #[must_use]
    pub fn wanted(&self) -> String {
        self.readable(self.asked, |of, unit| (of * 10).div_ceil(unit))
    }

    /// An amount in the largest unit of which there is one; `tenths` rounds it.
    fn readable(&self, of: u64, tenths: impl Fn(u64, u64) -> u64) -> String {
        let in_unit = |unit: u64, name: &str| {
            let tenths = tenths(of, unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        };
        match (self.resource, of) {
            (Resource::Memory | Resource::Disk, 1_024..) => in_unit(1_024, "GiB"),
            (Resource::Bandwidth, 1_000_000..) => in_unit(1_000_000, "Gbit/s"),
            (Resource::Bandwidth, 1_000..) => in_unit(1_000, "Mbit/s"),
            (Resource::Cpu | Resource::Memory | Resource::Disk | Resource::Bandwidth, _) => self.amount(of),
        }
    }

    fn amount(&self, of: u64) -> String {
        match self.resource {
            Resource::Cpu => format!("{}.{} %", of / 10, of % 10),
            Resource::Memory | Resource::Disk => format!("{of} MiB"),
            Resource::Bandwidth => format!("{of} kbit/s"),
        }
    }
}

impl Room {
    /// What a server of this size can promise.
    #[must_use]
    pub fn of(memory_mib: u64, disk_mib: u64, link_kbit: u64) -> Self {
        Self {
            cpu_permille: CPU_PROMISED,
            memory_mib: memory_mib - memory_mib / 10,
            disk_mib,
            bandwidth_kbit: link_kbit,
        }
    }

    /// Whether `asked` fits beside those that stand here.
    ///
    /// # Errors
    /// [`Short`] for each resource of which there is too little.
    pub fn admit<'a>(
        &self,
        standing: impl IntoIterator<Item = &'a Size>,
        asked: &Size,
    ) -> Result<(), Vec<Short>> {
        let mut promised = [0_u64; 4];
        for size in standing {
            for (sum, part) in promised.iter_mut().zip(amounts(size)) {
                *sum += part;
            }
        }
        let short: Vec<Short> = [
            (Resource::Cpu, self.cpu_permille),
            (Resource::Memory, self.memory_mib),
            (Resource::Disk, self.disk_mib),
            (Resource::Bandwidth, self.bandwidth_kbit),
        ]
        .into_iter()
        .zip(promised.into_iter().zip(amounts(asked)))
        .filter(|((_, whole), (promised, asked))| promised + asked > *whole)
        .map(|((resource, whole), (promised, asked))| Short { resource, promised, asked, whole })
        .collect();
        if short.is_empty() { Ok(()) } else { Err(short) }
    }
}

/// In the order of [`Resource`].
fn amounts(size: &Size) -> [u64; 4] {
    [size.cpu_permille, size.memory_mib, size.disk_mib, size.bandwidth_kbit].map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(cpu_permille: u32, memory_mib: u32) -> Size {
        Size {
            cpu_permille,
            memory_mib,
            swap_mib: 0,
            disk_mib: 1_000,
            bandwidth_kbit: 1_000,
            ceiling_kbit: None,
            sessions: 1_000,
            processes: 1_000,
        }
    }

    #[test]
    fn promises_are_summed_and_a_tenth_is_kept_back() {
        let room = Room::of(4_000, 10_000, 1_000_000);
        let standing = [size(300, 1_000), size(300, 1_000)];
        assert_eq!(room.admit(&standing, &size(300, 1_600)), Ok(()));
        let short = room.admit(&standing, &size(301, 1_601)).expect_err("too much");
        let sentences: Vec<String> = short.iter().map(ToString::to_string).collect();
        assert_eq!(
            sentences,
            [
                "CPU is short: 60.0 % is promised, 30.1 % is asked for, and there is 90.0 %",
                "memory is short: 2000 MiB is promised, 1601 MiB is asked for, and there is 3600 MiB",
            ]
        );
    }

    #[test]
    fn what_is_free_reads_like_less_than_what_is_asked_for() {
        for (resource, promised, asked, whole, free, wanted) in [
            (Resource::Cpu, 600, 301, 900, "30.0 %", "30.1 %"),
            (Resource::Memory, 3_000, 1_500, 3_600, "600 MiB", "1.5 GiB"),
            (Resource::Disk, 0, 5_120, 4_999, "4.8 GiB", "5.0 GiB"),
            (Resource::Disk, 0, 5_120, 5_119, "4.9 GiB", "5.0 GiB"),
            (Resource::Disk, 6_000, 512, 5_000, "0 MiB", "512 MiB"),
            (Resource::Bandwidth, 0, 1_500_000, 12_500, "12.5 Mbit/s", "1.5 Gbit/s"),
            (Resource::Bandwidth, 100, 1_001, 1_000, "900 kbit/s", "1.1 Mbit/s"),
        ] {
            let short = Short { resource, promised, asked, whole };
            assert_eq!((short.free().as_str(), short.wanted().as_str()), (free, wanted), "{short}");
        }
    }
}
