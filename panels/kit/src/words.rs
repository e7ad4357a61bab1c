//! Words on screen that are made from names in a schema.

use crate::messages;

/// Words that are not written as they are spelt in a field name.
const SPECIAL: [(&str, &str); 32] = [
    ("bmc", "BMC"),
    ("nas", "NAS"),
    ("mib", "MiB"),
    ("ssh", "SSH"),
    ("dns", "DNS servers"),
    ("cidr", "Network"),
    ("macs", "MAC addresses"),
    ("mac", "MAC address"),
    ("sha256", "SHA-256"),
    ("os", "OS"),
    ("uri", "URI"),
    ("id", "No."),
    ("at", "When"),
    ("by", "Through"),
    ("cpu", "CPU"),
    ("progress_permille", "Progress"),
    ("added_at", "Added"),
    ("created_at", "Created"),
    ("started_at", "Started"),
    ("expires_at", "Expires"),
    ("used_at", "Last used"),
    ("seen_at", "Last heard"),
    ("signed_in_at", "Last sign-in"),
    ("delivered_at", "Last accepted"),
    ("tried_at", "Last try"),
    ("next_at", "Next try"),
    ("paused_at", "Paused"),
    ("cpu_permille", "CPU"),
    ("address_v6", "IPv6 address"),
    ("net_in_bytes_per_s", "Network in"),
    ("net_out_bytes_per_s", "Network out"),
    ("lease_s", "Lease time (seconds)"),
];

/// A label from a field name, in the language of the request: `pool_first` becomes "Pool first".
#[must_use]
pub fn label(name: &str) -> String {
    messages::of_catalogue(&english(name)).into_owned()
}

/// The English label, by which other languages know it.
#[must_use]
pub fn english(name: &str) -> String {
    if let Some((_, label)) = SPECIAL.iter().find(|(key, _)| *key == name) {
        return (*label).to_owned();
    }
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let (words, unit) = match words.as_slice() {
        [head @ .., "s"] if !head.is_empty() => (head, " (seconds)"),
        [head @ .., "ms"] if !head.is_empty() => (head, " (ms)"),
        [head @ .., "mib"] if !head.is_empty() => (head, " (MiB)"),
        [head @ .., "kbit"] if !head.is_empty() => (head, " (kbit/s)"),
        all => (all, ""),
    };
    let mut label = words
        .iter()
        .map(|word| {
            SPECIAL
                .iter()
                .find(|(key, text)| key == word && text.len() == word.len())
                .map_or(*word, |(_, text)| *text)
        })
        .collect::<Vec<_>>()
        .join(" ");
    if let Some(first) = label.get(..1).map(str::to_uppercase) {
        label.replace_range(..1, &first);
    }
    label + unit
}

/// What actions are about, in the language of the request: `private-server` is written "private server".
#[must_use]
pub fn noun(name: &str) -> String {
    match messages::of_catalogue(name).into_owned() {
        told if told == name => name.replace('-', " "),
        told => told,
    }
}

/// A schema's pattern as HTML wants it: matching the whole text, and valid under the `v` flag, which allows no bare
/// hyphen at the edge of a character class.
#[must_use]
pub fn html_pattern(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    if !pattern.starts_with('^') {
        out.push_str(".*");
    }
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                out.push('\\');
                out.extend(characters.next());
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if characters.next_if_eq(&'-').is_some() {
                    out.push_str("\\-");
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '-' if in_class && characters.peek() == Some(&']') => out.push_str("\\-"),
            '/' if in_class => out.push_str("\\/"),
            other => out.push(other),
        }
    }
    if !pattern.ends_with('$') {
        out.push_str(".*");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_like_words() {
        for (name, shown) in [
            ("pool_first", "Pool first"),
            ("root_mib", "Root (MiB)"),
            ("ceiling_kbit", "Ceiling (kbit/s)"),
            ("lease_s", "Lease time (seconds)"),
            ("ssh_keys", "SSH keys"),
            ("bmc", "BMC"),
            ("nas", "NAS"),
            ("wait_s", "Wait (seconds)"),
            ("sha256", "SHA-256"),
        ] {
            assert_eq!(label(name), shown);
        }
    }

    #[test]
    fn patterns_are_anchored_and_escape_edge_hyphens() {
        assert_eq!(html_pattern("^[a-z0-9+.-]{1,3}$"), "^[a-z0-9+.\\-]{1,3}$");
        assert_eq!(html_pattern("^/"), "^/.*");
        assert_eq!(html_pattern("^[ -~]+$"), "^[ -~]+$");
        assert_eq!(html_pattern("([:-][0-9])"), ".*([:\\-][0-9]).*");
    }
}
