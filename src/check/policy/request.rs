//! `--on-overflow TABLE.COLUMN=ACTION`: a person's own decision for one column.

use std::str::FromStr;

use super::Overflow;
use super::overflow::NEVER_DELETED;

/// What is to be done with text that is too long for a column, instead of the policy's own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The table, whatever its case.
    pub table: String,
    /// The column, whatever its case.
    pub column: String,
    /// What is to be done.
    pub overflow: Overflow,
}

/// Why such a decision cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOverride {
    /// It has another form.
    #[error("`{0}` is not of the form TABLE.COLUMN=ACTION")]
    Form(String),
    /// There is no such action.
    #[error("`{0}` is none of delete, truncate, null, keep")]
    Action(String),
    /// Rows of that table are never deleted.
    #[error("rows of `{0}` are never deleted")]
    NeverDeleted(String),
}

impl Override {
    /// Whether it is about that column.
    #[must_use]
    pub fn is_for(&self, table: &str, column: &str) -> bool {
        self.table.eq_ignore_ascii_case(table) && self.column.eq_ignore_ascii_case(column)
    }
}

impl FromStr for Override {
    type Err = BadOverride;

    fn from_str(text: &str) -> Result<Self, BadOverride> {
        let parts = text.rsplit_once('=').and_then(|(place, action)| {
            let (table, column) = place.split_once('.')?;
            (!table.is_empty() && !column.is_empty()).then_some((table, column, action))
        });
        let Some((table, column, action)) = parts else {
            return Err(BadOverride::Form(text.to_owned()));
        };
        let overflow = match action {
            "delete" => Overflow::Delete,
            "truncate" => Overflow::Truncate,
            "null" => Overflow::Null,
            "keep" => Overflow::Keep,
            other => return Err(BadOverride::Action(other.to_owned())),
        };
        let is_kept = NEVER_DELETED.iter().any(|name| name.eq_ignore_ascii_case(table));
        if overflow == Overflow::Delete && is_kept {
            return Err(BadOverride::NeverDeleted(table.to_owned()));
        }
        Ok(Self { table: table.to_owned(), column: column.to_owned(), overflow })
    }
}

#[cfg(test)]
mod tests {
    use super::{BadOverride, Overflow, Override};

    #[test]
    fn a_decision_is_read() {
        let asked: Override = "Commands.URL=null".parse().expect("a decision");
        assert_eq!(asked.overflow, Overflow::Null);
        assert!(asked.is_for("commands", "Url") && !asked.is_for("Commands", "IconURL"));
    }

    #[test]
    fn others_are_refused() {
        let refused = |text: &str| text.parse::<Override>().expect_err(text);
        for text in ["", "Posts", "Posts=delete", ".a=keep", "a.=keep", "a.b"] {
            assert!(matches!(refused(text), BadOverride::Form(_)), "{text}");
        }
        assert!(matches!(refused("a.b=cut"), BadOverride::Action(_)));
        for table in ["Posts", "users", "CHANNELS", "Teams"] {
            let error = refused(&format!("{table}.Props=delete"));
            assert_eq!(error.to_string(), format!("rows of `{table}` are never deleted"));
        }
    }
}
