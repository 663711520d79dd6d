//! Decisions about the time zones of columns: what the user chose, and what was decided for each column and why.

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{Agreement, ColumnEvidence};
use crate::convert::{AmbiguousTimes, ColumnZone, LocalTimes, TimeZones};
use crate::time_zone::TimeZone;

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub struct TimeZoneOptions {
    /// The zone in which local times were written.
    pub zone: Option<TimeZone>,
    /// The handling of repeated and skipped times that no row decides.
    pub ambiguous: AmbiguousTimes,
    /// The zones of an earlier run of the copy, which apply unless the user chooses others.
    pub recorded: TimeZones,
}

impl TimeZoneOptions {
    pub(super) fn recorded_of(&self, table: &str, column: &str) -> Option<&LocalTimes> {
        match self.recorded.of(table, column) {
            Some(ColumnZone::Known(times)) => Some(times),
            Some(ColumnZone::Unknown) | None => None,
        }
    }

    pub(super) fn ambiguous_of(&self, table: &str, column: &str) -> AmbiguousTimes {
        let recorded = self.recorded_of(table, column).map(|times| times.ambiguous);
        match self.ambiguous {
            AmbiguousTimes::Fail => recorded.unwrap_or_default(),
            asked => asked,
        }
    }
}

/// The evidence of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// No row has a value.
    NoValues,
    /// The flag `--source-time-zone`; no row contradicts it.
    Asked,
    /// An earlier run of the copy; no row contradicts it.
    Copy,
    Rows,
    /// The rows, each with its own offset, because they were written in several zones.
    EachRow,
    /// Other columns of the same product that the server writes too.
    OtherColumns,
    /// The server's setting; no row shows an offset.
    Server,
    /// The dump's setting `TIME_ZONE`.
    Dump,
    /// No evidence: the user has to decide.
    Unknown,
}

impl Basis {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::NoValues => "no-values",
            Self::Asked => "asked",
            Self::Copy => "copy",
            Self::Rows => "rows",
            Self::EachRow => "each-row",
            Self::OtherColumns => "other-columns",
            Self::Server => "server",
            Self::Dump => "dump",
            Self::Unknown => "unknown",
        }
    }
}

/// The decision for one column.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ColumnDecision {
    /// The table, as the source spells it.
    pub table: String,
    /// The column, as the source spells it.
    pub column: String,
    /// The zone; `None` if the user has to decide.
    pub zone: Option<TimeZone>,
    /// The evidence.
    pub basis: Basis,
    /// The number of rows with a value.
    pub values: u64,
    /// The columns that show the offset of a row.
    pub references: Vec<String>,
    /// How many rows agree with the zone; without a zone, how many rows show each offset.
    #[serde(skip)]
    pub agreement: Agreement,
    /// The zone that the user named, or that an earlier run recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<TimeZone>,
    /// A possible zone, for the example in a hint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<TimeZone>,
    #[serde(skip)]
    pub(super) ambiguous: AmbiguousTimes,
}

impl ColumnDecision {
    pub(super) fn new(evidence: &ColumnEvidence, options: &TimeZoneOptions) -> Self {
        Self {
            table: evidence.table.clone(),
            column: evidence.column.clone(),
            zone: None,
            basis: Basis::Unknown,
            values: evidence.values,
            references: evidence.references(),
            agreement: Agreement { disagreeing: evidence.offsets(), ..Agreement::default() },
            asked: None,
            suggestion: None,
            ambiguous: options.ambiguous_of(&evidence.table, &evidence.column),
        }
    }

    pub(super) fn decide(&mut self, zone: &TimeZone, basis: Basis, evidence: &ColumnEvidence) {
        self.agreement = evidence.agreement(zone);
        self.zone = Some(zone.clone());
        self.basis = basis;
    }

    /// Whether repeated or skipped times keep the copy from converting every value.
    #[must_use]
    pub fn has_undecided_times(&self) -> bool {
        self.agreement.undecided > 0
            && self.basis != Basis::EachRow
            && self.ambiguous == AmbiguousTimes::Fail
    }

    /// The recorded zone of an earlier run that the user's flags contradict.
    #[must_use]
    pub fn contradicted<'a>(&self, options: &'a TimeZoneOptions) -> Option<&'a LocalTimes> {
        let earlier = options.recorded_of(&self.table, &self.column)?;
        let is_other_zone = options.zone.as_ref().is_some_and(|zone| *zone != earlier.zone);
        let has_choice = |choice| choice != AmbiguousTimes::Fail;
        let is_other_choice = has_choice(options.ambiguous)
            && has_choice(earlier.ambiguous)
            && options.ambiguous != earlier.ambiguous;
        // A dump states its own zone, and a column without values needs none.
        let is_asked = !matches!(self.basis, Basis::Dump | Basis::NoValues);
        (is_asked && (is_other_zone || is_other_choice)).then_some(earlier)
    }

    pub(super) fn column_zone(&self) -> ColumnZone {
        self.zone.clone().map_or(ColumnZone::Unknown, |zone| {
            ColumnZone::Known(LocalTimes {
                zone,
                ambiguous: self.ambiguous,
                by_row: self.basis == Basis::EachRow,
            })
        })
    }
}

/// The zones of the columns with values, for the conversion.
#[must_use]
pub fn zones(decisions: &[ColumnDecision]) -> TimeZones {
    let mut zones = TimeZones::default();
    for decision in decisions.iter().filter(|it| it.basis != Basis::NoValues) {
        zones.insert(&decision.table, &decision.column, decision.column_zone());
    }
    zones
}
