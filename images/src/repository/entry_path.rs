//! Paths in an archive from a stranger.

use super::archive::ArchiveError;

/// PATH_MAX of Linux.
const NAME_BYTES: usize = 4_096;

/// The path without `./` in front and `/` behind, if it stays below the directory that the archive is unpacked in.
pub(super) fn checked(raw: &[u8]) -> Result<String, ArchiveError> {
    let refuse = |why| ArchiveError::Path { path: shown(raw), why };
    if raw.is_empty() || raw.len() > NAME_BYTES || raw.contains(&0) {
        return Err(refuse("is empty, longer than 4096 bytes or holds a NUL"));
    }
    if raw[0] == b'/' {
        return Err(refuse("is absolute"));
    }
    let path = String::from_utf8(raw.to_vec()).map_err(|_| refuse("is not UTF-8"))?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return Err(refuse("leaves the archive with .."));
    }
    Ok(parts.join("/"))
}

/// A path for a message: short and printable.
pub(super) fn shown(raw: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(raw).chars().take(120).collect();
    format!("{text:?}")
}

pub(super) fn through_link(path: &str) -> ArchiveError {
    ArchiveError::Path { path: shown(path.as_bytes()), why: "passes through a symbolic link" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_made_plain() {
        for (raw, plain) in [("./a/b/", "a/b"), ("./", ""), ("a//./b", "a/b"), ("a..b/..c", "a..b/..c")] {
            assert_eq!(checked(raw.as_bytes()).expect(raw), plain);
        }
    }

    #[test]
    fn others_are_refused() {
        let long = "a".repeat(5_000);
        for raw in ["", "/", "/a", "..", "a/../b", "a/..", "a\0b", long.as_str()] {
            assert!(checked(raw.as_bytes()).is_err(), "{raw:?}");
        }
        assert!(checked(b"a\xff").is_err());
    }

    proptest! {
        #[test]
        fn no_path_leads_out(raw in "[a./]{0,20}") {
            if let Ok(path) = checked(raw.as_bytes()) {
                prop_assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."));
            }
        }
    }
}
