//! Which time zone the values of each column were written in, by all that is known; pure.

use serde::Serialize;

use super::evidence::{Agreement, ColumnEvidence, Stated};
use crate::convert::{AmbiguousTimes, ColumnZone, LocalTimes, TimeZones};
use crate::time_zone::TimeZone;

/// What the user decided.
#[derive(Debug, Clone, Default)]
pub struct TimeZoneOptions {
    /// The zone in which local times were written.
    pub zone: Option<TimeZone>,
    /// What to do with repeated and skipped times that no row decides.
    pub ambiguous: AmbiguousTimes,
    /// What an earlier run of the copy decided, unless the user decides otherwise.
    pub recorded: TimeZones,
}

impl TimeZoneOptions {
    fn recorded_of(&self, table: &str, column: &str) -> Option<&LocalTimes> {
        match self.recorded.of(table, column) {
            Some(ColumnZone::Known(times)) => Some(times),
            Some(ColumnZone::Unknown) | None => None,
        }
    }

    fn ambiguous_of(&self, table: &str, column: &str) -> AmbiguousTimes {
        let recorded = self.recorded_of(table, column).map(|times| times.ambiguous);
        match self.ambiguous {
            AmbiguousTimes::Fail => recorded.unwrap_or_default(),
            asked => asked,
        }
    }
}

/// What a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// No row has a value.
    NoValues,
    /// The user, and no row contradicts.
    Asked,
    /// The copy that has begun, and no row contradicts.
    Copy,
    /// The rows.
    Rows,
    /// The rows, which were written in several zones: each row by itself.
    EachRow,
    /// Other columns of the same product, whose values the server writes too.
    OtherColumns,
    /// The server, and no row shows anything.
    Server,
    /// The dump's setting `TIME_ZONE`.
    Dump,
    /// Nothing: the user has to decide.
    Unknown,
}

impl Basis {
    /// Its stable name.
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

/// The decision about one column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnDecision {
    /// The source's name of the table.
    pub table: String,
    /// The source's name of the column.
    pub column: String,
    /// The zone; `None` if the user has to decide.
    pub zone: Option<TimeZone>,
    /// What it rests on.
    pub basis: Basis,
    /// How many rows have a value.
    pub values: u64,
    /// The columns that rows are checked against.
    pub references: Vec<String>,
    /// How the rows agree with the zone; with none, how many show which offset.
    #[serde(skip)]
    pub agreement: Agreement,
    /// The zone that the user named, or that the copy has begun with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<TimeZone>,
    /// A zone that could be meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<TimeZone>,
    #[serde(skip)]
    pub(super) ambiguous: AmbiguousTimes,
}

impl ColumnDecision {
    fn new(evidence: &ColumnEvidence, options: &TimeZoneOptions) -> Self {
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

    fn settle(&mut self, zone: &TimeZone, basis: Basis, evidence: &ColumnEvidence) {
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

    /// The zone of an earlier copy that the user's flags contradict.
    #[must_use]
    pub fn contradicted<'a>(&self, options: &'a TimeZoneOptions) -> Option<&'a LocalTimes> {
        let earlier = options.recorded_of(&self.table, &self.column)?;
        let is_other_zone = options.zone.as_ref().is_some_and(|zone| *zone != earlier.zone);
        let has_choice = |choice| choice != AmbiguousTimes::Fail;
        let is_other_choice = has_choice(options.ambiguous)
            && has_choice(earlier.ambiguous)
            && options.ambiguous != earlier.ambiguous;
        // A dump states its own zone, and no value has none.
        let is_asked = !matches!(self.basis, Basis::Dump | Basis::NoValues);
        (is_asked && (is_other_zone || is_other_choice)).then_some(earlier)
    }

    fn column_zone(&self) -> ColumnZone {
        self.zone.clone().map_or(ColumnZone::Unknown, |zone| {
            ColumnZone::Known(LocalTimes {
                zone,
                ambiguous: self.ambiguous,
                by_row: self.basis == Basis::EachRow,
            })
        })
    }
}

/// The zones of the columns that have values, for the conversion.
#[must_use]
pub fn zones(decisions: &[ColumnDecision]) -> TimeZones {
    let mut zones = TimeZones::default();
    for decision in decisions.iter().filter(|it| it.basis != Basis::NoValues) {
        zones.insert(&decision.table, &decision.column, decision.column_zone());
    }
    zones
}

/// Decides about each column. `candidates` are the zones that the source's server is set to, the
/// likeliest first; a dump has none.
#[must_use]
pub fn decide(
    evidence: &[ColumnEvidence],
    candidates: &[TimeZone],
    options: &TimeZoneOptions,
) -> Vec<ColumnDecision> {
    let mut decisions: Vec<ColumnDecision> =
        evidence.iter().map(|it| decide_by_rows(it, candidates, options)).collect();
    for place in 0..decisions.len() {
        let (it, decision) = (&evidence[place], &decisions[place]);
        if decision.basis != Basis::Unknown || it.showing() > 0 || it.stated != Stated::Nothing {
            continue;
        }
        let mut decision = decision.clone();
        if let Some(zone) = zone_of_siblings(it, evidence, &decisions, candidates) {
            decision.settle(&zone, Basis::OtherColumns, it);
        } else if !candidates.is_empty() && candidates.iter().all(TimeZone::is_utc) {
            decision.settle(&TimeZone::utc(), Basis::Server, it);
        } else {
            decision.suggestion = candidates.first().cloned();
        }
        decisions[place] = decision;
    }
    decisions
}

fn decide_by_rows(
    evidence: &ColumnEvidence,
    candidates: &[TimeZone],
    options: &TimeZoneOptions,
) -> ColumnDecision {
    let mut decision = ColumnDecision::new(evidence, options);
    if evidence.values == 0 {
        decision.settle(&TimeZone::utc(), Basis::NoValues, evidence);
        return decision;
    }
    match &evidence.stated {
        Stated::Zone(zone) => {
            decision.settle(zone, Basis::Dump, evidence);
            return decision;
        }
        Stated::Nothing | Stated::Unclear => {}
    }
    if let Some(zone) = &options.zone {
        decide_as_asked(&mut decision, zone, Basis::Asked, evidence, candidates);
        return decision;
    }
    if let Some(times) = options.recorded_of(&evidence.table, &evidence.column) {
        decide_as_asked(&mut decision, &times.zone, Basis::Copy, evidence, candidates);
        return decision;
    }
    if evidence.showing() == 0 {
        return decision;
    }
    let agrees = |zone: &&TimeZone| evidence.agreement(zone).disagreeing.is_empty();
    if let Some(zone) = candidates.iter().find(agrees) {
        decision.settle(zone, Basis::Rows, evidence);
        return decision;
    }
    let found = zone_of_rows(evidence);
    match &found {
        Some(zone) if is_certain(evidence) => decision.settle(zone, Basis::Rows, evidence),
        _ => decision.suggestion = found.or_else(|| most_frequent(evidence)),
    }
    decision
}

/// The zone that was named, unless another zone fits more rows: then it is a slip of the pen.
fn decide_as_asked(
    decision: &mut ColumnDecision,
    zone: &TimeZone,
    basis: Basis,
    evidence: &ColumnEvidence,
    candidates: &[TimeZone],
) {
    decision.asked = Some(zone.clone());
    let agreement = evidence.agreement(zone);
    let others = agreement.disagreeing.values().max().copied().unwrap_or_default();
    if others > agreement.agreeing {
        let agrees = |zone: &&TimeZone| evidence.agreement(zone).disagreeing.is_empty();
        let suggestion = candidates.iter().find(agrees).cloned();
        decision.suggestion =
            suggestion.or_else(|| zone_of_rows(evidence)).or_else(|| most_frequent(evidence));
        return;
    }
    let is_mixed = !agreement.disagreeing.is_empty();
    decision.settle(zone, if is_mixed { Basis::EachRow } else { basis }, evidence);
}

/// A zone that every row that shows its offset agrees with: the offset itself if it is always the same.
fn zone_of_rows(evidence: &ColumnEvidence) -> Option<TimeZone> {
    let offsets = evidence.offsets();
    if offsets.len() == 1 {
        return offsets.keys().next().copied().and_then(TimeZone::fixed);
    }
    // Daylight saving has two offsets, and a country that changed its mind has four.
    if offsets.len() > 4 {
        return None;
    }
    TimeZone::all_named().find(|zone| evidence.agreement(zone).disagreeing.is_empty())
}

/// Whether the result does not depend on which of several zones that agree is taken.
fn is_certain(evidence: &ColumnEvidence) -> bool {
    let offsets = evidence.offsets();
    let single = offsets.keys().next().copied().filter(|_| offsets.len() == 1);
    evidence.is_complete() || single.is_some_and(|it| evidence.is_covered_by(evidence, it))
}

fn most_frequent(evidence: &ColumnEvidence) -> Option<TimeZone> {
    let offsets = evidence.offsets();
    let (offset, _) = offsets.into_iter().max_by_key(|(_, rows)| *rows)?;
    TimeZone::fixed(offset)
}

/// The zone of other columns of the same product that the server writes as it writes this one.
fn zone_of_siblings(
    evidence: &ColumnEvidence,
    all: &[ColumnEvidence],
    decisions: &[ColumnDecision],
    candidates: &[TimeZone],
) -> Option<TimeZone> {
    let product = |table: &str| table.split_once('_').map(|(product, _)| product.to_lowercase());
    let own = product(&evidence.table).filter(|_| evidence.has_server_default)?;
    let siblings = || {
        let pairs = all.iter().zip(decisions);
        pairs.filter(|(it, _)| {
            it.has_server_default && it.showing() > 0 && product(&it.table).as_ref() == Some(&own)
        })
    };
    let (_, first) = siblings().next()?;
    let zone = first.zone.as_ref()?;
    let is_of_rows = |basis| matches!(basis, Basis::Rows | Basis::Copy);
    let is_agreed =
        siblings().all(|(_, it)| it.zone.as_ref() == Some(zone) && is_of_rows(it.basis));
    let is_of_server = candidates.contains(zone);
    let is_covered = || {
        siblings().any(|(it, _)| {
            let offsets = it.offsets();
            let single = offsets.keys().next().copied().filter(|_| offsets.len() == 1);
            single.is_some_and(|offset| evidence.is_covered_by(it, offset))
        })
    };
    (is_agreed && (is_of_server || is_covered())).then(|| zone.clone())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Basis, ColumnDecision, TimeZoneOptions, decide};
    use crate::check::time_zones::{ColumnEvidence, TableEvidence};
    use crate::convert::{AmbiguousTimes, ColumnZone, LocalTimes, TimeZones};
    use crate::ddl;
    use crate::sql::Dialect::MySql;
    use crate::time_zone::TimeZone;

    /// The evidence of rows, each with a local time and an instant in seconds.
    fn evidence(table: &str, rows: &[(&str, i64)]) -> ColumnEvidence {
        let sql = format!(
            "CREATE TABLE {table} (insert_at datetime DEFAULT CURRENT_TIMESTAMP, update_at bigint)"
        );
        let catalog = ddl::read(MySql, &sql).expect("DDL");
        let mut evidence = TableEvidence::new(&catalog.tables[table], false);
        for (local, instant) in rows {
            let cells = [(*local).to_owned(), (instant * 1000).to_string()];
            evidence.add(|place| Some(Cow::Owned(cells[place].clone().into_bytes())));
        }
        evidence.columns().next().expect("a column").clone()
    }

    fn zone(name: &str) -> TimeZone {
        name.parse().expect("a time zone")
    }

    fn asked(zone: &str) -> TimeZoneOptions {
        TimeZoneOptions { zone: zone.parse().ok(), ..TimeZoneOptions::default() }
    }

    fn outcome(decision: &ColumnDecision) -> (Option<&str>, Basis) {
        (decision.zone.as_ref().map(TimeZone::name), decision.basis)
    }

    const WINTER: (&str, i64) = ("2024-01-15 12:00:00", 1_705_316_400);
    const SUMMER: (&str, i64) = ("2024-07-01 12:00:00", 1_719_828_000);
    /// These show nothing: a time of each season, and one in the repeated hour.
    const SILENT: (&str, i64) = ("2024-07-02 12:00:00", 1);
    const REPEATED: (&str, i64) = ("2024-10-27 02:30:00", 1);

    #[test]
    fn candidates_have_to_agree_with_every_row() {
        let both = [evidence("b_t", &[WINTER, SUMMER, SILENT])];
        let none = TimeZoneOptions::default();
        let decisions = decide(&both, &[zone("UTC"), zone("Europe/Paris")], &none);
        assert_eq!(outcome(&decisions[0]), (Some("Europe/Paris"), Basis::Rows));
        let decisions = decide(&both, &[zone("UTC"), zone("+01:00")], &none);
        assert_eq!(outcome(&decisions[0]), (None, Basis::Unknown));
        assert_eq!(decisions[0].suggestion, Some(zone("Europe/Berlin")));
    }

    #[test]
    fn rows_alone_decide_if_the_result_is_the_same_for_each_zone_that_agrees() {
        let none = TimeZoneOptions::default();
        let alone = |rows: &[(&str, i64)]| {
            let decisions = decide(&[evidence("b_t", rows)], &[], &none);
            let (name, basis) = outcome(&decisions[0]);
            (name.map(str::to_owned), basis)
        };
        assert_eq!(alone(&[WINTER]), (Some("+01:00".to_owned()), Basis::Rows));
        assert_eq!(alone(&[WINTER, SUMMER]), (Some("Europe/Berlin".to_owned()), Basis::Rows));
        assert_eq!(alone(&[SUMMER, SILENT]), (Some("+02:00".to_owned()), Basis::Rows));
        assert_eq!(alone(&[WINTER, SILENT]), (None, Basis::Unknown), "another season");
        assert_eq!(alone(&[SILENT]), (None, Basis::Unknown));
        assert_eq!(alone(&[]), (Some("UTC".to_owned()), Basis::NoValues));
    }

    #[test]
    fn rows_of_several_zones_need_the_user() {
        let tokyo = ("2024-07-01 19:00:00", SUMMER.1);
        let mixed = [evidence("b_t", &[tokyo, tokyo, ("2024-07-01 10:00:00", SUMMER.1)])];
        let decisions = decide(&mixed, &[zone("UTC")], &TimeZoneOptions::default());
        assert_eq!(outcome(&decisions[0]), (None, Basis::Unknown));
        assert_eq!(decisions[0].agreement.disagreeing, [(0, 1), (9 * 3600, 2)].into());
        let decisions = decide(&mixed, &[], &asked("Asia/Tokyo"));
        assert_eq!(outcome(&decisions[0]), (Some("Asia/Tokyo"), Basis::EachRow));
        let decisions = decide(&mixed, &[], &asked("UTC"));
        assert_eq!(outcome(&decisions[0]), (None, Basis::Unknown), "most rows are of Tokyo");
    }

    #[test]
    fn columns_that_the_server_writes_alike_share_their_evidence() {
        let none = TimeZoneOptions::default();
        let silent = |table| evidence(table, &[("2024-07-01 12:00:05", 0)]);
        let pair = [evidence("b_history", &[SUMMER]), silent("b_members"), silent("other_t")];
        let decisions = decide(&pair, &[zone("UTC")], &none);
        assert_eq!(outcome(&decisions[1]), (Some("+02:00"), Basis::OtherColumns));
        assert_eq!(outcome(&decisions[2]), (Some("UTC"), Basis::Server));
        let decisions = decide(&pair, &[], &none);
        assert_eq!(outcome(&decisions[2]), (None, Basis::Unknown));
        let far = [
            evidence("b_history", &[SUMMER]),
            evidence("b_members", &[("2024-01-01 00:00:00", 0)]),
        ];
        assert_eq!(outcome(&decide(&far, &[], &none)[1]), (None, Basis::Unknown));
    }

    /// The options of a run after a copy that has begun with this zone.
    fn recorded(zone: &str, ambiguous: AmbiguousTimes) -> TimeZoneOptions {
        let zone = zone.parse().expect("a time zone");
        let mut recorded = TimeZones::default();
        let times = LocalTimes { zone, ambiguous, by_row: false };
        recorded.insert("B_T", "insert_at", ColumnZone::Known(times));
        TimeZoneOptions { recorded, ..TimeZoneOptions::default() }
    }

    #[test]
    fn the_zone_of_a_copy_that_has_begun_stays_unless_rows_contradict() {
        let silent = [evidence("b_t", &[SILENT])];
        let earlier = recorded("Asia/Tokyo", AmbiguousTimes::Later);
        let decisions = decide(&silent, &[zone("UTC")], &earlier);
        assert_eq!(outcome(&decisions[0]), (Some("Asia/Tokyo"), Basis::Copy));
        assert_eq!(decisions[0].ambiguous, AmbiguousTimes::Later);
        let decisions = decide(&[evidence("b_t", &[SUMMER])], &[], &earlier);
        assert_eq!(outcome(&decisions[0]), (None, Basis::Unknown));
        let other = TimeZoneOptions { zone: Some(zone("UTC")), ..earlier };
        let decisions = decide(&silent, &[], &other);
        assert_eq!(outcome(&decisions[0]), (Some("UTC"), Basis::Asked));
        let contradicted = decisions[0].contradicted(&other).expect("another zone");
        assert_eq!(contradicted.to_string(), "Asia/Tokyo, ambiguous times: later");
        let same = TimeZoneOptions { zone: Some(zone("Asia/Tokyo")), ..other };
        assert_eq!(decide(&silent, &[], &same)[0].contradicted(&same), None);
        let earlier_instant = TimeZoneOptions { ambiguous: AmbiguousTimes::Earlier, ..same };
        let decisions = decide(&silent, &[], &earlier_instant);
        assert!(decisions[0].contradicted(&earlier_instant).is_some());
    }

    #[test]
    fn repeated_times_that_no_row_decides_are_counted() {
        let rows = [evidence("b_t", &[WINTER, SUMMER, REPEATED])];
        let decisions = decide(&rows, &[], &asked("Europe/Berlin"));
        assert_eq!(outcome(&decisions[0]), (Some("Europe/Berlin"), Basis::Asked));
        assert_eq!(decisions[0].agreement.undecided, 1);
        assert!(decisions[0].has_undecided_times());
        let later = TimeZoneOptions { ambiguous: AmbiguousTimes::Later, ..asked("Europe/Berlin") };
        assert!(!decide(&rows, &[], &later)[0].has_undecided_times());
    }
}
