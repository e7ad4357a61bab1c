//! Reads a `Range` header (RFC 9110 section 14): one range of bytes.
//!
//! Attacker's input: the header. What cannot be read is ignored, as the RFC allows: the whole file is always an answer.

/// The part of a file to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// From the first byte, this many; never empty and inside the file.
    Range {
        first: u64,
        length: u64,
    },
    /// The range starts behind the end.
    Unsatisfiable,
}

/// The part of a file of `size` bytes that a header asks for. Several ranges at once count as none.
pub(crate) fn parse(header: &str, size: u64) -> Part {
    let Some((unit, range)) = header.split_once('=') else { return Part::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    match (first.trim(), last.trim()) {
        ("", suffix) => match number(suffix) {
            None => Part::Whole,
            Some(0) => Part::Unsatisfiable,
            Some(_) if size == 0 => Part::Unsatisfiable,
            Some(length) => {
                let length = length.min(size);
                Part::Range { first: size - length, length }
            }
        },
        (first, last) => {
            let last_number = number(last);
            let (Some(first), true) = (number(first), last.is_empty() || last_number.is_some()) else {
                return Part::Whole;
            };
            if last_number.is_some_and(|last| last < first) {
                return Part::Whole;
            }
            if first >= size {
                return Part::Unsatisfiable;
            }
            let last = last_number.unwrap_or(u64::MAX).min(size - 1);
            Part::Range { first, length: last - first + 1 }
        }
    }
}

/// Digits only; a number too large for a file is the largest.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn single_ranges() {
        let range = |first, length| Part::Range { first, length };
        for (header, part) in [
            ("bytes=0-0", range(0, 1)),
            ("bytes=10-19", range(10, 10)),
            ("bytes=90-", range(90, 10)),
            ("bytes=90-1000", range(90, 10)),
            ("bytes=-5", range(95, 5)),
            ("bytes=-500", range(0, 100)),
            ("Bytes = 1 - 2 ", range(1, 2)),
            ("bytes=100-", Part::Unsatisfiable),
            ("bytes=99999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
        ] {
            assert_eq!(parse(header, 100), part, "{header}");
        }
        assert_eq!(parse("bytes=0-", 0), Part::Unsatisfiable);
        assert_eq!(parse("bytes=-1", 0), Part::Unsatisfiable);
    }

    #[test]
    fn what_cannot_be_read_means_the_whole_file() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "lines=1-2",
            "bytes=5-4",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "bytes=+1-2",
        ] {
            assert_eq!(parse(header, 100), Part::Whole, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_range_lies_in_the_file(header in "(bytes=)?[0-9]{0,20}-[0-9]{0,20}[,0-9-]{0,4}|\\PC*", size: u64) {
            if let Part::Range { first, length } = parse(&header, size) {
                prop_assert!(length > 0 && first.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }
}
