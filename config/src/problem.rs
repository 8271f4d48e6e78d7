//! What is wrong with a settings file, said so that it can be put right without reading the code.

use std::fmt;

/// One thing wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: the path of the field, such as `stack.nat.default` or `policy.grant[1].verbs[0]`. Empty when the
    /// text is not TOML at all; the name of the file or of the environment variable when that is what is wrong.
    pub path: String,
    /// What is wrong and what would be right. Never holds a secret.
    pub message: String,
    /// The line of the file, counted from 1; for something missing, the line of the section it is missing
    /// from. `None` when the file has no such section.
    pub line: Option<usize>,
}

impl Problem {
    /// A problem that belongs to no line of the file.
    pub(crate) fn without_line(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), line: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

/// Everything wrong with the settings, in the order of the file; what is missing from it altogether comes
/// last. Never empty. Displayed one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
