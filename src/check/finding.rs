//! What a check found: which rule, where, how much of it, and what follows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Rule;

/// How much a finding matters to the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It stops the copy, or rows would stay behind unless a person decides.
    Blocks,
    /// The copy changes values on their way, and records what they were.
    Changes,
    /// It is only worth knowing.
    Note,
}

/// The primary key of a row: a text for each of its columns, in the key's order.
pub type Key = Vec<String>;

/// A decision that an administrator can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What it does, as an imperative.
    pub effect: &'static str,
    /// The command that does it, quoted for a shell.
    pub command: String,
}

/// One trouble: of one rule, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that found it.
    pub id: Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The table it is in, as the source spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// How many rows, values or things it concerns.
    pub count: u64,
    /// The keys of the first such rows. Never a cell's value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// What is so, in one sentence without a full stop.
    pub message: String,
    /// What the copy does with it, in one sentence without a full stop.
    pub action: String,
    /// The command that removes it, if one does without a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// What can be decided, if a decision is needed; the choice that loses least comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// SQL for the source, to be run after a look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Figures by name, such as `longest` and `limit`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<&'static str, Value>,
}

impl Finding {
    /// A finding of one thing, with no place, no keys, and no fix yet.
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
            fix: None,
            choices: Vec::new(),
            statement: None,
            details: BTreeMap::new(),
        }
    }

    /// Says what the copy does with it.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, table: &str, column: Option<&str>) -> Self {
        self.table = Some(table.to_owned());
        self.column = column.map(str::to_owned);
        self
    }

    /// Says how many it concerns.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// Names the command that removes it.
    #[must_use]
    pub fn fix(mut self, fix: &str) -> Self {
        self.fix = Some(fix.to_owned());
        self
    }

    /// Offers decisions.
    #[must_use]
    pub fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// Names the SQL to run on the source.
    #[must_use]
    pub fn statement(mut self, statement: impl Into<String>) -> Self {
        self.statement = Some(statement.into());
        self
    }

    /// Adds a figure.
    #[must_use]
    pub fn detail(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.insert(name, value.into());
        self
    }

    /// `Table.Column`, `Table`, or nothing.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.table, &self.column) {
            (Some(table), Some(column)) => format!("{table}.{column}"),
            (Some(table), None) => table.clone(),
            _ => String::new(),
        }
    }
}

/// `1 value`, `2,345 values`: a count with its noun.
pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(count)) }
}

/// Digits in groups of three.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

/// The verb for a count: `holds`, `hold`.
pub(super) fn verb(count: u64, singular: &'static str, plural: &'static str) -> &'static str {
    if count == 1 { singular } else { plural }
}
