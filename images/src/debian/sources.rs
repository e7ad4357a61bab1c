//! The package sources of this machine that belong to the Debian archive, in either of apt's two forms
//! (sources.list(5)). Other vendors' sources stay out of images.

use std::path::{Path, PathBuf};

/// Where apt keeps what this module reads, below the root directory.
const LIST: &str = "etc/apt/sources.list";
const PARTS: &str = "etc/apt/sources.list.d";
/// How the keyrings of the Debian archive begin (package debian-archive-keyring).
const KEYRING: &str = "debian-archive-";

/// Package sources as apt reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Paragraphs in deb822 form, for a file ending in `.sources`.
    pub(crate) paragraphs: String,
    /// One-line entries, for a file ending in `.list`.
    pub(crate) lines: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    #[error("the package sources in {path} could not be read")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "{below} names no source of the Debian archive for {release}; add one there, with Signed-By naming a keyring of \
         the package debian-archive-keyring, or give the sources yourself"
    )]
    None { below: PathBuf, release: String },
}

impl Sources {
    /// The Debian sources of the machine whose root directory is `root`, for the release with this code name.
    ///
    /// # Errors
    /// [`SourcesError`] when a file cannot be read or no source is left.
    pub fn of_machine(root: &Path, release: &str) -> Result<Self, SourcesError> {
        let mut found = Self::default();
        for path in files(root)? {
            let read = |source| SourcesError::Read { path: path.clone(), source };
            let text = std::fs::read_to_string(&path).map_err(read)?;
            if path.extension().is_some_and(|ending| ending == "sources") {
                found.take_paragraphs(&text, release);
            } else {
                found.take_lines(&text, release);
            }
        }
        if found.is_empty() {
            return Err(SourcesError::None { below: root.join("etc/apt"), release: release.to_owned() });
        }
        Ok(found)
    }

    /// Sources as an operator wrote them, in either form. All of them are kept.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let one_line = |line: &str| line.starts_with("deb ") || line.starts_with("deb-src ");
        let text = format!("{}\n", text.trim_end());
        if text.lines().any(one_line) {
            Self { lines: text, ..Self::default() }
        } else {
            Self { paragraphs: text, ..Self::default() }
        }
    }

    /// Both forms, for a cache key.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.paragraphs, self.lines)
    }

    fn is_empty(&self) -> bool {
        self.paragraphs.is_empty() && self.lines.is_empty()
    }

    fn take_paragraphs(&mut self, text: &str, release: &str) {
        for paragraph in paragraphs(text) {
            if debian_paragraph(&paragraph, release) {
                if !self.paragraphs.is_empty() {
                    self.paragraphs.push('\n');
                }
                self.paragraphs.push_str(&paragraph);
            }
        }
    }

    fn take_lines(&mut self, text: &str, release: &str) {
        for line in text.lines().map(str::trim).filter(|line| debian_line(line, release)) {
            self.lines.push_str(line);
            self.lines.push('\n');
        }
    }
}

/// sources.list and the parts that apt reads, in apt's order.
fn files(root: &Path) -> Result<Vec<PathBuf>, SourcesError> {
    let directory = root.join(PARTS);
    let mut parts = Vec::new();
    match std::fs::read_dir(&directory) {
        Ok(entries) => {
            for entry in entries {
                let path =
                    entry.map_err(|source| SourcesError::Read { path: directory.clone(), source })?.path();
                let ending = path.extension().and_then(|ending| ending.to_str());
                if matches!(ending, Some("list" | "sources")) {
                    parts.push(path);
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(SourcesError::Read { path: directory, source }),
    }
    parts.sort();
    let list = root.join(LIST);
    if list.exists() {
        parts.insert(0, list);
    }
    Ok(parts)
}

/// Paragraphs without their comments, each line ended.
fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.trim().is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

fn debian_paragraph(paragraph: &str, release: &str) -> bool {
    let field = |name: &str| {
        paragraph.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let words = |name: &str| field(name).unwrap_or_default().split_whitespace();
    let binary = words("Types").any(|word| word == "deb");
    let enabled = !field("Enabled").is_some_and(|value| value.eq_ignore_ascii_case("no"));
    let fits = words("Suites").any(|suite| suite_of(suite, release));
    binary && enabled && fits && debian(field("Signed-By"), &words("URIs").collect::<Vec<_>>())
}

fn debian_line(line: &str, release: &str) -> bool {
    let Some(rest) = line.strip_prefix("deb ") else { return false };
    let rest = rest.trim_start();
    let (options, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((options, rest)) => (options, rest),
        None => ("", rest),
    };
    let mut words = rest.split_whitespace();
    let (Some(uri), Some(suite)) = (words.next(), words.next()) else { return false };
    let signed = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    suite_of(suite, release) && debian(signed, &[uri])
}

fn suite_of(suite: &str, release: &str) -> bool {
    suite.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '/']))
}

/// Signed by a key of the archive; or, where no key is named, laid out as mirrors of the archive are.
fn debian(signed_by: Option<&str>, uris: &[&str]) -> bool {
    match signed_by {
        Some(keyring) => Path::new(keyring)
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(KEYRING)),
        None => uris.iter().all(|uri| {
            let last = uri.trim_end_matches('/').rsplit('/').next();
            matches!(last, Some("debian" | "debian-security"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAGRAPHS: &str = "\
# a comment
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://vendor.example/node
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/vendor.gpg

Enabled: no
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
";

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("has one")).expect("directories");
            std::fs::write(path, text).expect("a file");
        }
        root
    }

    #[test]
    fn keeps_debian_and_leaves_vendors_and_disabled_ones_out() {
        let root = machine(&[("etc/apt/sources.list.d/all.sources", PARAGRAPHS)]);
        let found = Sources::of_machine(root.path(), "bookworm").expect("some");
        assert_eq!(found.paragraphs.matches("Types:").count(), 1, "{found:?}");
        assert!(found.paragraphs.contains("URIs: http://mirror.example/debian\n"), "{found:?}");
    }

    #[test]
    fn reads_one_line_entries() {
        let list = "\
# deb http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://any.example/x/ bookworm-security main
deb [signed-by=/etc/apt/keyrings/vendor.gpg] http://vendor.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian trixie main
deb http://vendor.example/tool bookworm main
";
        let root = machine(&[("etc/apt/sources.list", list)]);
        let found = Sources::of_machine(root.path(), "bookworm").expect("some");
        let uris: Vec<&str> = found.lines.lines().collect();
        assert_eq!(uris.len(), 2, "{uris:?}");
        assert!(uris[0].contains("bookworm main") && uris[1].contains("bookworm-security"), "{uris:?}");
    }

    #[test]
    fn files_that_apt_does_not_read_are_not_read() {
        let disabled = ("etc/apt/sources.list.d/debian.sources.disabled", PARAGRAPHS);
        let error = Sources::of_machine(machine(&[disabled]).path(), "bookworm").expect_err("none");
        assert!(error.to_string().contains("no source of the Debian archive for bookworm"), "{error}");
    }

    #[test]
    fn an_operators_text_is_taken_as_it_is() {
        assert!(Sources::of_text("deb http://vendor.example/tool bookworm main").lines.ends_with("main\n"));
        assert_eq!(Sources::of_text(PARAGRAPHS).paragraphs, PARAGRAPHS);
    }
}
