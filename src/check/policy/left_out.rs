//! The rows of a column that a rule finds and that are left out: `RULE:TABLE.COLUMN`.

use std::fmt;
use std::str::FromStr;

use super::BadDecision;
use super::decisions::reason_of;
use crate::check::{RULES, Rule};

/// The rows of a column that a rule finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The rule.
    pub rule: Rule,
    /// `Table.Column`, in any case.
    pub place: String,
}

impl LeftOut {
    pub(super) fn is_for(&self, table: &str, column: &str) -> bool {
        self.place.eq_ignore_ascii_case(&format!("{table}.{column}"))
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.rule, self.place)
    }
}

impl FromStr for LeftOut {
    type Err = BadDecision;

    fn from_str(text: &str) -> Result<Self, BadDecision> {
        let is_pair = |(table, column): (&str, &str)| !table.is_empty() && !column.is_empty();
        let parts = text.split_once(':');
        let parts = parts.filter(|(_, place)| place.split_once('.').is_some_and(is_pair));
        let Some((rule, place)) = parts else {
            return Err(BadDecision::Form {
                flag: "--leave-out",
                text: text.to_owned(),
                form: "RULE:TABLE.COLUMN",
                example: "too-long:Posts.FileIds",
            });
        };
        let rules = || RULES.iter().filter(|info| reason_of(info.rule).is_some());
        let Some(info) = rules().find(|info| info.id == rule) else {
            let nearest = rules().min_by_key(|info| strsim::damerau_levenshtein(info.id, rule));
            let nearest = nearest.map_or("too-long", |info| info.id);
            return Err(BadDecision::NoSuchRule { rule: rule.to_owned(), nearest });
        };
        Ok(Self { rule: info.rule, place: place.to_owned() })
    }
}
