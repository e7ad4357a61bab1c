//! What is wrong with a configuration file: all of it at once.

use std::fmt;
use std::path::PathBuf;

/// One wrong key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; none for a key that is missing.
    pub line: Option<usize>,
    pub key: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("could not read the configuration {}: {source}; correct the path after --config, or its permissions", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the configuration {} is not TOML:\n{problem}", path.display())]
    Toml { path: PathBuf, problem: String },
    #[error(transparent)]
    Wrong(#[from] Problems),
}

/// Every wrong key of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems {
    pub path: PathBuf,
    pub problems: Vec<Problem>,
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = if self.problems.len() == 1 { "one key is" } else { "these keys are" };
        write!(f, "the configuration {} cannot be used; {keys} wrong:", self.path.display())?;
        for Problem { line, key, problem } in &self.problems {
            let place = line.map(|line| format!("line {line}, ")).unwrap_or_default();
            write!(f, "\n  {place}{key}: {problem}")?;
        }
        Ok(())
    }
}
