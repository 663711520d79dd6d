//! The policy for text with more characters than the target takes.

use schemars::JsonSchema;
use serde::Serialize;

use super::Override;
use crate::check::rules::TooLong;
use crate::check::{ColumnPair, RowRule as _};
use crate::mattermost::{Overflow, known_overflow};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Limit};

const KEPT: &str = "cutting it could break what it is for; needs a decision";

/// The policy of one column, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) overflow: Overflow,
    pub(crate) why: &'static str,
}

/// The policy for text that is too long for that column.
pub(crate) fn decide(table: &str, column: &str, overrides: &[Override]) -> Decided {
    if let Some(asked) = overrides.iter().rfind(|it| it.is_for(table, column)) {
        return Decided { overflow: asked.overflow, why: "as asked by `--on-overflow`" };
    }
    let (overflow, why) = known_overflow(table, column).unwrap_or((Overflow::Keep, KEPT));
    Decided { overflow, why }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OverflowPolicy {
    /// The table, as the source spells it.
    pub table: String,
    pub column: String,
    /// The number of characters that the target takes.
    pub limit: u64,
    /// What a repair does with longer text.
    pub policy: Overflow,
    /// The reason for the policy.
    pub why: &'static str,
}

/// The policies of all columns that take more text on the source than on the target.
#[must_use]
pub fn overflow_policies(source: &Catalog, target: &Catalog) -> Vec<OverflowPolicy> {
    let policy = |pair: ColumnPair| {
        TooLong.condition(&pair)?;
        let Some(Limit::Characters(limit)) = pair.target.text_limit() else { return None };
        let Decided { overflow: policy, why } = decide(&pair.table, &pair.column, &[]);
        Some(OverflowPolicy { table: pair.table, column: pair.column, limit, policy, why })
    };
    ColumnPair::all(Flavour::MySql, source, target).into_iter().filter_map(policy).collect()
}
