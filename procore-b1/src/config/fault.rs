//! What is wrong with a configuration: where, which key, what, and what would be right.

use std::{
    cell::RefCell,
    fmt,
    path::{Path, PathBuf},
};

/// Where a value of the configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file, and its line where one can be named.
    File {
        /// The file.
        file: PathBuf,
        /// The line, from 1; in a CSV table the header is line 1.
        line: Option<usize>,
    },
    /// An environment variable.
    Variable(String),
}

impl Place {
    /// A line of a file.
    pub(crate) fn line(file: &Path, line: usize) -> Self {
        Self::File { file: file.to_owned(), line: Some(line) }
    }

    /// A file as a whole.
    pub(crate) fn file(file: &Path) -> Self {
        Self::File { file: file.to_owned(), line: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line: Some(line) } => write!(f, "{}:{line}", file.display()),
            Self::File { file, line: None } => write!(f, "{}", file.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where.
    pub place: Place,
    /// The key with its sections, or the column of a table; empty where no key can be named.
    pub key: String,
    /// What is wrong. Never the value of a secret.
    pub problem: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.problem)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a configuration and its tables, at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The faults, in the order of files and lines; never empty.
    pub faults: Vec<ConfigFault>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

/// Gathers faults while a configuration is read to its end.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: RefCell<Vec<ConfigFault>>,
    broken: bool,
}

impl Faults {
    /// Faults of a file whose syntax is broken: a key may only seem to be missing there.
    pub(crate) fn of_broken_file() -> Self {
        Self { list: RefCell::default(), broken: true }
    }

    pub(crate) fn add(
        &self,
        place: &Place,
        key: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.list.borrow_mut().push(ConfigFault {
            place: place.clone(),
            key: key.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// A key that must be there and is not.
    pub(crate) fn missing(&self, place: &Place, key: String, remedy: &str) {
        if !self.broken {
            self.add(place, key, "is missing", remedy);
        }
    }

    /// The value if nothing is wrong.
    pub(crate) fn into_result<T>(self, value: Option<T>) -> Result<T, ConfigError> {
        let mut faults = self.list.into_inner();
        match value {
            Some(value) if faults.is_empty() => Ok(value),
            _ => {
                faults.sort_by(|a, b| a.place.cmp(&b.place));
                faults.dedup();
                Err(ConfigError { faults })
            }
        }
    }
}

/// The known name that is nearest to a mistyped one.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
