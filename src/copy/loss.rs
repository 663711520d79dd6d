//! Rows that a copy would delete from the target and that no copy wrote.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::Error;
use super::plan::Plan;
use crate::foreign_text::spell_out;
use crate::ledger::{ForeignRows, find_foreign_rows};
use crate::postgres::{Connection, OtherSession, other_sessions};
use crate::shell::shell_word;

/// Rows that exist only on the target, in tables that a copy would empty, and sessions that may be writing more
/// of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TargetLoss {
    /// The tables with such rows.
    pub tables: Vec<ForeignRows>,
    /// The sessions of other programs with the database.
    pub sessions: Vec<OtherSession>,
}

/// What the user agreed to delete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LossConsent {
    /// The number of rows of each table, by the target's names.
    pub rows: BTreeMap<String, u64>,
    /// Whether tables may be emptied while other programs are connected.
    pub despite_sessions: bool,
}

impl TargetLoss {
    /// Whether nothing would be lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.sessions.is_empty()
    }

    /// The flags that accept exactly this loss.
    #[must_use]
    pub fn flags(&self) -> String {
        let rows: Vec<_> =
            self.tables.iter().map(|it| format!("{}={}", it.table, it.rows)).collect();
        let rows = (!rows.is_empty())
            .then(|| format!("--delete-target-rows {}", shell_word(&rows.join(","))));
        let sessions = (!self.sessions.is_empty()).then(|| "--despite-target-sessions".to_owned());
        rows.into_iter().chain(sessions).collect::<Vec<_>>().join(" ")
    }

    /// The consent to exactly this loss.
    #[must_use]
    pub fn consent(&self) -> LossConsent {
        LossConsent {
            rows: self.tables.iter().map(|it| (it.table.clone(), it.rows)).collect(),
            despite_sessions: !self.sessions.is_empty(),
        }
    }

    /// The rest after the user's consent.
    fn without(mut self, consent: &LossConsent) -> Self {
        self.tables.retain(|it| consent.rows.get(&it.table) != Some(&it.rows));
        if consent.despite_sessions {
            self.sessions.clear();
        }
        self
    }
}

impl fmt::Display for TargetLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for table in &self.tables {
            let keys = if table.keys.is_empty() {
                String::new()
            } else {
                let keys: Vec<_> = table.keys.iter().map(|it| spell_out(it)).collect();
                format!(" (keys: {})", keys.join("; "))
            };
            lines.push(format!(
                "table `{}`: rows that no copy wrote: {}{keys}",
                spell_out(&table.table),
                table.rows
            ));
        }
        lines.extend(
            self.sessions.iter().map(|it| format!("connected: {}", spell_out(&it.to_string()))),
        );
        f.write_str(&lines.join("\n"))
    }
}

/// Refuses a plan that empties tables while other programs are connected, or that deletes rows that no copy
/// wrote, unless the user agreed to exactly that.
pub(super) async fn refuse_loss(
    connection: &Connection,
    schema: &str,
    plan: &Plan,
    consent: &LossConsent,
) -> Result<(), Error> {
    let emptied: Vec<_> =
        plan.tables.iter().filter(|table| table.empty_first && !table.only_seeds).collect();
    if emptied.is_empty() {
        return Ok(());
    }
    let mut loss = TargetLoss { tables: Vec::new(), sessions: other_sessions(connection).await? };
    for table in emptied {
        let (name, key) = (&table.plan.target, table.target_key.as_slice());
        loss.tables.extend(find_foreign_rows(connection, schema, name, key).await?);
    }
    loss.tables.sort_by(|left, right| left.table.cmp(&right.table));
    let loss = loss.without(consent);
    if loss.is_empty() { Ok(()) } else { Err(Error::WouldDelete(loss)) }
}
