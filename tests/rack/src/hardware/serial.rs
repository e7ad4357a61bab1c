//! What a machine printed on its serial line, made readable.

/// Drops terminal control sequences and carriage returns; plain text and line ends stay.
pub fn plain_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut chars),
            '\u{8}' => {
                plain.pop();
            }
            '\n' | '\t' => plain.push(c),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

/// Skips what follows an escape: `[ … letter` (ECMA-48 CSI), or one character.
fn skip_sequence(chars: &mut std::str::Chars<'_>) {
    if chars.next() == Some('[') {
        chars.find(|c| ('\u{40}'..='\u{7e}').contains(c));
    }
}

/// The last lines that are not blank, oldest first.
pub fn tail(text: &str, lines: usize) -> String {
    let kept: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    kept[kept.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_vanish_and_words_stay() {
        let printed = b"\x1b[2J\x1b[01;01H\x1b[0miPXE\x1b[1m 1.0\r\nab\x08c\n";
        assert_eq!(plain_text(printed), "iPXE 1.0\nac\n");
    }

    #[test]
    fn a_sequence_cut_off_at_the_end_is_no_panic() {
        assert_eq!(plain_text(b"x\x1b["), "x");
        assert_eq!(plain_text(b"x\x1b"), "x");
    }

    #[test]
    fn the_tail_has_no_blank_lines() {
        assert_eq!(tail("a\n\nb  \nc\n\n", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
    }
}
