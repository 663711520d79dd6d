//! What a command prints for people, line by line, so that a saved report can be printed again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    pub kind: LineKind,
    /// The text, which may have several lines.
    pub text: String,
}

/// The kind of a message, which decides its label and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// The heading of a step.
    Title,
    /// What was done or found.
    Text,
    /// The outcome of a task.
    Task,
    /// A detail, which is printed with `--verbose` only.
    Detail,
    /// A success.
    Ok,
    /// Information without effect on the outcome.
    Note,
    Warning,
    Error,
    /// The reason for the error before it.
    Cause,
    /// The next step.
    Hint,
    /// A finding that stops the copy.
    Blocks,
    /// A finding that changes values.
    Changes,
    /// A finding for information.
    Remark,
}

impl Line {
    #[must_use]
    pub fn new(kind: LineKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What was done or found.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(LineKind::Text, text)
    }

    /// A success.
    #[must_use]
    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(LineKind::Ok, text)
    }

    #[must_use]
    pub fn warning(text: impl Into<String>) -> Self {
        Self::new(LineKind::Warning, text)
    }

    /// The next step.
    #[must_use]
    pub fn hint(text: impl Into<String>) -> Self {
        Self::new(LineKind::Hint, text)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Line;

    /// Each line after its kind.
    pub(crate) fn printed(lines: &[Line]) -> String {
        let line = |line: &Line| format!("{:?}: {}", line.kind, line.text);
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
