//! A finding: the rule, the place, the count, the effect on the copy, and the fix.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Choice, ChoiceCommand, Rule};
use crate::shell::shell_word;

/// The effect of a finding on the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The copy stops, or would skip rows unless an administrator decides.
    Blocks,
    /// The copy changes values and records the originals.
    Changes,
    /// For information only.
    Note,
}

/// Whether a command of this program clears a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Repairable {
    /// One does: `fix`, or one of `choices`.
    Yes,
    /// The repair has just left these rows as they were.
    Tried,
    /// None does.
    No,
}

/// The primary key of a row: one text per column, in the key's order.
pub type Key = Vec<String>;

/// One result of a rule, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    pub id: Rule,
    pub severity: Severity,
    /// The table, as the source spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The number of rows, values or other objects.
    pub count: u64,
    /// The keys of the first such rows, never a cell's value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What the copy does, in one sentence without a full stop.
    pub action: String,
    /// Whether a command clears it.
    pub repairable: Repairable,
    /// The command that repairs it without a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The possible decisions; the one that loses least comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// SQL for the source, to be reviewed before it is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Numbers by name, such as `longest` and `limit`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<&'static str, Value>,
}

impl Finding {
    /// Whether it matters to a live migration alone.
    #[must_use]
    pub fn is_live_only(&self) -> bool {
        self.id == Rule::LiveMigration
    }

    /// A finding of count 1 without place, keys and fix.
    #[must_use]
    pub fn new(id: Rule, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            id,
            severity,
            table: None,
            column: None,
            count: 1,
            keys: Vec::new(),
            message: message.into(),
            action: String::new(),
            repairable: Repairable::No,
            fix: None,
            choices: Vec::new(),
            statement: None,
            details: BTreeMap::new(),
        }
    }

    /// Sets what the copy does.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, table: &str, column: Option<&str>) -> Self {
        self.table = Some(table.to_owned());
        self.column = column.map(str::to_owned);
        self
    }

    /// Sets the count.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// Sets the command that repairs it.
    #[must_use]
    pub fn fix(mut self, fix: &str) -> Self {
        self.fix = Some(fix.to_owned());
        self.repairable = Repairable::Yes;
        self
    }

    /// Sets the possible decisions.
    #[must_use]
    pub fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.offer(choices);
        self
    }

    /// Adds possible decisions.
    pub(super) fn offer(&mut self, choices: impl IntoIterator<Item = Choice>) {
        self.choices.extend(choices);
        if !self.choices.is_empty() {
            self.repairable = Repairable::Yes;
        }
    }

    /// Sets the SQL for the source.
    #[must_use]
    pub fn statement(mut self, statement: impl Into<String>) -> Self {
        self.statement = Some(statement.into());
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn detail(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.insert(name, value.into());
        self
    }

    /// Names what the copy of a dump does on the way in place of what a repair does to a source.
    pub fn move_on_the_way(&mut self, file: &str) {
        let dump = format!("--dump {}", shell_word(file));
        if self.fix.is_some() && self.severity == Severity::Blocks {
            self.fix = Some(format!("migration-assist migrate {dump} --fix-in-flight"));
        } else {
            self.fix = None;
        }
        for choice in &mut self.choices {
            let flags = std::iter::once(dump.clone()).chain(choice.on_the_way().cloned());
            *choice = Choice::new(choice.effect, ChoiceCommand::Migrate, flags.collect());
        }
    }

    /// `Table.Column`, `Table`, or empty.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.table, &self.column) {
            (Some(table), Some(column)) => format!("{table}.{column}"),
            (Some(table), None) => table.clone(),
            _ => String::new(),
        }
    }
}
