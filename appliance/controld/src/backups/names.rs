//! What a path of the REST protocol names (restic, "REST Backend").

/// Digits of a folder's name.
pub const FOLDER: usize = 32;
/// Digits of a file's name: its SHA-256.
const NAME: usize = 64;

/// The kinds of files in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Data,
    Keys,
    Locks,
    Snapshots,
    Index,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Data, Self::Keys, Self::Locks, Self::Snapshots, Self::Index];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Keys => "keys",
            Self::Locks => "locks",
            Self::Snapshots => "snapshots",
            Self::Index => "index",
        }
    }

    /// Bytes of one file: a pack is at most 128 MiB and what was begun before that was reached.
    #[must_use]
    pub fn most(self) -> u64 {
        match self {
            Self::Data | Self::Index => 160 << 20,
            Self::Keys | Self::Locks | Self::Snapshots => 1 << 20,
        }
    }
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All of a folder.
    Folder(String),
    Config(String),
    /// All files of a kind.
    List(String, Kind),
    File(String, Kind, String),
}

impl Target {
    #[must_use]
    pub fn folder(&self) -> &str {
        match self {
            Self::Folder(folder)
            | Self::Config(folder)
            | Self::List(folder, _)
            | Self::File(folder, _, _) => folder,
        }
    }
}

/// Reads the path of a request; none when it names nothing that there can be.
#[must_use]
pub fn target(path: &str) -> Option<Target> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let folder = parts.next().filter(|folder| is_hex(folder, FOLDER))?.to_owned();
    let (kind, name, more) = (parts.next()?, parts.next(), parts.next());
    if more.is_some() {
        return None;
    }
    match (kind, name) {
        ("", None) => Some(Target::Folder(folder)),
        ("config", None) => Some(Target::Config(folder)),
        (kind, Some(name)) => {
            let kind = Kind::ALL.into_iter().find(|known| known.word() == kind)?;
            match name {
                "" => Some(Target::List(folder, kind)),
                name if is_hex(name, NAME) => Some(Target::File(folder, kind, name.to_owned())),
                _ => None,
            }
        }
        (_, None) => None,
    }
}

/// So many digits, in lower case.
#[must_use]
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> String {
        "0a".repeat(16)
    }

    #[test]
    fn only_what_there_can_be_is_named() {
        let (folder, name) = (folder(), "ab".repeat(32));
        assert_eq!(target(&format!("/{folder}/")), Some(Target::Folder(folder.clone())));
        assert_eq!(target(&format!("/{folder}/config")), Some(Target::Config(folder.clone())));
        assert_eq!(target(&format!("/{folder}/data/")), Some(Target::List(folder.clone(), Kind::Data)));
        let file = Target::File(folder.clone(), Kind::Locks, name.clone());
        assert_eq!(target(&format!("/{folder}/locks/{name}")), Some(file));
        for bad in [
            String::new(),
            "/".into(),
            "//".into(),
            format!("/{folder}"),
            format!("//{folder}/"),
            format!("/{folder}/config/"),
            format!("/{folder}/config/{name}"),
            format!("/{folder}/data"),
            format!("/{folder}/tmp/{name}"),
            format!("/{folder}/data/../config"),
            format!("/{folder}/data/{}", name.to_uppercase()),
            format!("/{folder}/data/{name}/"),
            format!("/{folder}/data/{name}x"),
            format!("/{folder}/data/%2e%2e"),
            format!("/{}/", folder.to_uppercase()),
            format!("/../{folder}/"),
        ] {
            assert_eq!(target(&bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_leads_out_of_a_folder(path in "(/|[0-9a-f]{32}|[0-9a-f]{64}|data|keys|config|\\.|\\.\\.|%2f|.){0,9}") {
            if let Some(target) = target(&path) {
                proptest::prop_assert!(is_hex(target.folder(), 32));
                if let Target::File(_, _, name) = &target {
                    proptest::prop_assert!(is_hex(name, 64));
                }
                proptest::prop_assert!(!path.contains(".."));
            }
        }
    }
}
