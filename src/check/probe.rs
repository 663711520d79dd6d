//! What is asked of each column: a condition that finds candidates, and the exact decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::correction::{self, Replacement};
use super::rules::ROW_RULES;
use super::{ColumnPair, Finding, Key, Rule, Severity};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Table};

/// A rule that looks at one cell at a time.
pub trait RowRule: Send + Sync {
    /// Its name.
    fn rule(&self) -> Rule;

    /// What a cell in trouble means for the copy.
    fn severity(&self) -> Severity;

    /// A condition on the source's rows that no trouble escapes; `None` where the types alone show
    /// that there is none. It may hold of cells that are in order.
    fn condition(&self, pair: &ColumnPair) -> Option<Condition>;

    /// The condition that the copy asks before it begins, which meets the cells that it would stop at. It
    /// may trust that the server kept to a column's type.
    fn obstacle(&self, pair: &ColumnPair) -> Option<Condition> {
        (self.severity() == Severity::Blocks).then(|| self.condition(pair)).flatten()
    }

    /// Whether this cell is in trouble. `None` is NULL; otherwise the bytes that the text protocol
    /// delivers.
    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict;

    /// What to say of a column with troubles.
    fn finding(&self, pair: &ColumnPair, tally: &ProbeResult) -> Finding;

    /// A value that would fit, if no repair and no choice leads on.
    fn replacement(&self, _pair: &ColumnPair, _tally: &ProbeResult) -> Option<Replacement> {
        None
    }
}

/// What a row must meet to be a candidate, in MySQL's SQL.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Something about the column.
    Column(String),
    /// Something about text, written around any expression of text. It holds of texts that are joined
    /// by blanks if it holds of one of them, so that many columns can be asked at once.
    Text(fn(&str) -> String),
    /// Something about JSON. A value that `jsonb` takes as it is may meet it, and is in order.
    Json(String),
}

impl Condition {
    /// The condition on one column.
    #[must_use]
    pub fn sql(&self, pair: &ColumnPair) -> String {
        match self {
            Self::Column(sql) | Self::Json(sql) => sql.clone(),
            Self::Text(around) if pair.source_not_null => around(&pair.sql()),
            // NULL is no text, whatever the question makes of it.
            Self::Text(around) => {
                let column = pair.sql();
                format!("({column} IS NOT NULL AND {})", around(&column))
            }
        }
    }
}

/// What a rule says of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrives as it is, as far as this rule goes.
    Fits,
    /// It does not.
    Found(Evidence),
}

/// What is worth counting about a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// How large it is, in the rule's own unit.
    pub size: Option<u64>,
    /// What is special about it, in the rule's own words.
    pub aspect: Option<&'static str>,
}

impl Verdict {
    /// A trouble about which there is nothing more to say.
    pub const FOUND: Self = Self::Found(Evidence { size: None, aspect: None });

    /// In trouble or not.
    #[must_use]
    pub fn found_if(found: bool) -> Self {
        if found { Self::FOUND } else { Self::Fits }
    }

    /// In trouble, of that size.
    #[must_use]
    pub fn found_of_size(size: usize) -> Self {
        Self::Found(Evidence { size: u64::try_from(size).ok(), aspect: None })
    }
}

/// One rule at one column.
#[derive(Clone)]
pub struct Probe {
    /// The rule.
    pub rule: &'static dyn RowRule,
    /// The column.
    pub pair: Arc<ColumnPair>,
    /// The rule's condition on the source's rows.
    pub condition: Condition,
}

impl Probe {
    /// Every probe that the columns which both catalogs have call for.
    #[must_use]
    pub fn all(flavour: Flavour, source: &Catalog, target: &Catalog) -> Vec<Self> {
        ColumnPair::all(flavour, source, target).into_iter().flat_map(Self::of_column).collect()
    }

    /// Every probe that a column calls for.
    #[must_use]
    pub fn of_column(pair: ColumnPair) -> Vec<Self> {
        Self::asking(pair, |rule, pair| rule.condition(pair))
    }

    /// Every probe for what the copy would stop at in a column.
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

    /// The rule's condition on the one column.
    #[must_use]
    pub fn condition_sql(&self) -> String {
        self.condition.sql(&self.pair)
    }

    /// The finding of what was counted in that table.
    pub(super) fn finding(&self, tally: &ProbeResult, table: Option<&Table>) -> Finding {
        let mut finding = self.rule.finding(&self.pair, tally);
        if let (Some(value), Some(key), Some(table)) =
            (self.rule.replacement(&self.pair, tally), tally.keys.first(), table)
        {
            finding.statement = correction::update(table, &self.pair.column, &value, key);
        }
        finding
    }

    /// What the rule says of a cell of the column.
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
    /// How many cells are in trouble.
    pub count: u64,
    /// The keys of the first of them.
    pub keys: Vec<Key>,
    /// The largest of them, in the rule's unit.
    pub largest: Option<u64>,
    /// How many of them have each aspect.
    pub aspects: BTreeMap<&'static str, u64>,
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

    /// Takes over what another scan of the same column found.
    pub fn merge(&mut self, other: Self, limit: usize) {
        self.count += other.count;
        self.largest = self.largest.max(other.largest);
        for (aspect, count) in other.aspects {
            *self.aspects.entry(aspect).or_default() += count;
        }
        self.keys.extend(other.keys);
        self.keys.sort();
        self.keys.truncate(limit);
    }

    /// A finding of what was counted, at that column.
    #[must_use]
    pub fn finding(&self, rule: &dyn RowRule, pair: &ColumnPair, message: String) -> Finding {
        let mut finding = Finding::new(rule.rule(), rule.severity(), message)
            .at(&pair.table, Some(&pair.column))
            .count(self.count);
        finding.keys.clone_from(&self.keys);
        finding
    }

    /// How many have that aspect.
    #[must_use]
    pub fn of_aspect(&self, aspect: &str) -> u64 {
        self.aspects.get(aspect).copied().unwrap_or_default()
    }
}
