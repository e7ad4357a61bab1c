//! What extended headers of a tar say of the entry behind them (POSIX.1-2017 pax, "pax Extended Header").

/// What extended headers say of the next entry.
#[derive(Default)]
pub(super) struct Extension {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
}

impl Extension {
    /// Records of the form `LENGTH KEY=VALUE\n`. Keys that are not needed, and anything malformed, are passed over: the
    /// plain header then counts.
    pub(super) fn take_pax(&mut self, mut records: &[u8]) {
        while let Some(space) = records.iter().position(|byte| *byte == b' ') {
            let length =
                std::str::from_utf8(&records[..space]).ok().and_then(|text| text.parse::<usize>().ok());
            let Some(length) = length.filter(|length| (space + 2..=records.len()).contains(length)) else {
                return;
            };
            let record = &records[space + 1..length - 1];
            records = &records[length..];
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
            let value = &record[equals + 1..];
            match &record[..equals] {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()),
                _ => {}
            }
        }
    }
}

/// The name in a GNU long name entry.
pub(super) fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = name.iter().position(|byte| *byte == 0) {
        name.truncate(end);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_what_is_needed() {
        let mut extension = Extension::default();
        extension.take_pax(b"20 SCHILY.xattr.x=y\n13 path=a/b\n\n11 size=77\n");
        assert_eq!((extension.path.as_deref(), extension.size), (Some(&b"a/b\n"[..]), Some(77)));
        extension.take_pax(b"14 linkpath=c\n");
        assert_eq!(extension.link.as_deref(), Some(&b"c"[..]));
    }

    proptest! {
        #[test]
        fn any_records_are_answered(records in proptest::collection::vec(any::<u8>(), 0..300)) {
            Extension::default().take_pax(&records);
        }

        #[test]
        fn any_length_is_answered(length: u64, rest in "[ -~]{0,40}") {
            Extension::default().take_pax(format!("{length} {rest}\n").as_bytes());
        }
    }
}
