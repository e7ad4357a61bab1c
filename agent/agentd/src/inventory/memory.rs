//! Memory, from /proc/meminfo.

/// A field of /proc/meminfo in kB; 0 when it is not there.
pub fn field_kb(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| {
            let (key, value) = line.split_once(':')?;
            if key != name {
                return None;
            }
            value.trim().trim_end_matches("kB").trim().parse().ok()
        })
        .unwrap_or(0)
}

/// Memory the kernel manages, in bytes.
pub fn total_bytes(text: &str) -> u64 {
    field_kb(text, "MemTotal").saturating_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_field_and_no_other() {
        let text = "MemTotal:        2014568 kB\nMemFree:          99 kB\nMemAvailable:    1500000 kB\n";
        assert_eq!(total_bytes(text), 2_014_568 * 1024);
        assert_eq!(field_kb(text, "MemAvailable"), 1_500_000);
        assert_eq!(field_kb(text, "SwapTotal"), 0);
    }
}
