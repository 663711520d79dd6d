//! A rule applied to a column: a condition that finds candidates, and the exact decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::correction::{self, Replacement};
use super::policy::{self, OnInvalid};
use super::rules::ROW_RULES;
use super::{ColumnPair, Finding, Key, Rule, Severity};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Table};

/// A rule that decides about one cell at a time.
pub trait RowRule: Send + Sync {
    fn rule(&self) -> Rule;

    /// The severity of its findings.
    fn severity(&self) -> Severity;

    /// A condition that every row with a problem meets; `None` if the types rule problems out. Rows without
    /// a problem may meet it too.
    fn condition(&self, pair: &ColumnPair) -> Option<Condition>;

    /// The condition for the check before a copy, which matches only what would stop it. It assumes that
    /// the server enforced the column's type.
    fn obstacle(&self, pair: &ColumnPair) -> Option<Condition> {
        (self.severity() == Severity::Blocks).then(|| self.condition(pair)).flatten()
    }

    /// Whether the first rows of a large table are enough, because the finding only recommends something.
    fn is_sampled(&self) -> bool {
        false
    }

    /// Whether this cell has a problem. `None` is NULL; otherwise the bytes are those of the text protocol.
    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict;

    /// The finding for a column with problems.
    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding;

    /// A value that would fit, if there is neither a repair nor a choice.
    fn replacement(&self, _pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        None
    }
}

/// What a candidate row meets, in MySQL's SQL.
#[derive(Debug, Clone)]
pub enum Condition {
    /// On the column.
    Column(String),
    /// On text, written around any expression of text. It matches texts joined by spaces if it matches one
    /// of them, so that one evaluation covers many columns.
    Text(fn(&str) -> String),
    /// On JSON. It may match values that `jsonb` accepts.
    Json(String),
}

impl Condition {
    /// The condition on one column.
    #[must_use]
    pub fn sql(&self, pair: &ColumnPair) -> String {
        match self {
            Self::Column(sql) | Self::Json(sql) => sql.clone(),
            Self::Text(around) if pair.source_not_null => around(&pair.sql()),
            // NULL is not text, whatever the condition evaluates to.
            Self::Text(around) => {
                let column = pair.sql();
                format!("({column} IS NOT NULL AND {})", around(&column))
            }
        }
    }
}

/// A rule's decision about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The cell arrives unchanged, as far as this rule is concerned.
    Fits,
    /// The cell has a problem.
    Found(Evidence),
}

/// What is counted about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// The size, in the rule's unit.
    pub size: Option<u64>,
    /// A property that the rule counts separately.
    pub aspect: Option<&'static str>,
}

impl Verdict {
    /// A problem without further properties.
    pub const FOUND: Self = Self::Found(Evidence { size: None, aspect: None });

    #[must_use]
    pub fn found_if(found: bool) -> Self {
        if found { Self::FOUND } else { Self::Fits }
    }

    /// A problem of that size.
    #[must_use]
    pub fn found_of_size(size: usize) -> Self {
        Self::Found(Evidence { size: u64::try_from(size).ok(), aspect: None })
    }
}

/// A rule at a column.
#[derive(Clone)]
pub struct Probe {
    pub rule: &'static dyn RowRule,
    pub pair: Arc<ColumnPair>,
    /// The rule's condition on the source's rows.
    pub condition: Condition,
}

impl Probe {
    /// Every probe for the columns that both catalogs have.
    #[must_use]
    pub fn all(flavour: Flavour, source: &Catalog, target: &Catalog) -> Vec<Self> {
        ColumnPair::all(flavour, source, target).into_iter().flat_map(Self::of_column).collect()
    }

    /// Every probe for a column.
    #[must_use]
    pub fn of_column(pair: ColumnPair) -> Vec<Self> {
        Self::asking(pair, |rule, pair| rule.condition(pair))
    }

    /// Every probe for what would stop the copy of a column.
    #[must_use]
    pub fn obstacles(pair: ColumnPair) -> Vec<Self> {
        Self::asking(pair, |rule, pair| rule.obstacle(pair))
    }

    fn asking(
        pair: ColumnPair,
        question: impl Fn(&dyn RowRule, &ColumnPair) -> Option<Condition>,
    ) -> Vec<Self> {
        let pair = Arc::new(pair);
        let probe = |rule: &&'static dyn RowRule| {
            let condition = question(*rule, &pair)?;
            Some(Self { rule: *rule, pair: Arc::clone(&pair), condition })
        };
        ROW_RULES.iter().filter_map(probe).collect()
    }

    /// The rule's condition on the column.
    #[must_use]
    pub fn condition_sql(&self) -> String {
        self.condition.sql(&self.pair)
    }

    /// The finding for that result; `table` is the probed table.
    pub(super) fn finding(&self, result: &ProbeResult, table: Option<&Table>) -> Finding {
        let mut finding = self.rule.finding(&self.pair, result);
        if finding.severity == Severity::Blocks && finding.fix.is_none() {
            let rule = self.rule.rule();
            if OnInvalid::covers(rule) {
                finding.offer(policy::invalid_choices(rule, &self.pair));
            }
            finding.offer([policy::leave_out(rule, &self.pair)]);
        }
        if let (Some(value), Some(key), Some(table)) =
            (self.rule.replacement(&self.pair, result), result.keys.first(), table)
        {
            finding.statement = correction::update(table, &self.pair.column, &value, key);
        }
        finding
    }

    /// The rule's decision about a cell of the column.
    #[must_use]
    pub fn decide(&self, cell: Option<&[u8]>) -> Verdict {
        self.rule.decide(&self.pair, cell)
    }
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}.{}", self.rule.rule(), self.pair.table, self.pair.column)
    }
}

/// What a probe has found so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProbeResult {
    /// The number of cells with a problem.
    pub count: u64,
    /// The keys of the first of them.
    pub keys: Vec<Key>,
    /// The largest size, in the rule's unit.
    pub largest: Option<u64>,
    /// The count of each aspect.
    pub aspects: BTreeMap<&'static str, u64>,
    /// The rows that were read, if they are a sample.
    pub sample: Option<u64>,
}

impl ProbeResult {
    /// Counts a cell; its key is kept while there are fewer than `limit`.
    pub fn add(&mut self, evidence: Evidence, key: impl FnOnce() -> Key, limit: usize) {
        self.count += 1;
        self.largest = self.largest.max(evidence.size);
        if let Some(aspect) = evidence.aspect {
            *self.aspects.entry(aspect).or_default() += 1;
        }
        if self.keys.len() < limit {
            self.keys.push(key());
        }
    }

    /// Adds the result of another part of the same column.
    pub fn merge(&mut self, other: Self, limit: usize) {
        self.count += other.count;
        self.largest = self.largest.max(other.largest);
        self.sample = self.sample.max(other.sample);
        for (aspect, count) in other.aspects {
            *self.aspects.entry(aspect).or_default() += count;
        }
        self.keys.extend(other.keys);
        self.keys.sort();
        self.keys.truncate(limit);
    }

    /// A finding for this result, at that column.
    #[must_use]
    pub fn finding(&self, rule: &dyn RowRule, pair: &ColumnPair, message: String) -> Finding {
        let mut finding = Finding::new(rule.rule(), rule.severity(), message)
            .at(&pair.table, Some(&pair.column))
            .count(self.count);
        finding.keys.clone_from(&self.keys);
        finding
    }

    /// The count of that aspect.
    #[must_use]
    pub fn of_aspect(&self, aspect: &str) -> u64 {
        self.aspects.get(aspect).copied().unwrap_or_default()
    }
}
