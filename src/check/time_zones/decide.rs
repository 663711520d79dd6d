//! Decides in which time zone the values of each column were written; pure.

use super::decision::{Basis, ColumnDecision, TimeZoneOptions};
use super::evidence::{ColumnEvidence, Stated};
use crate::time_zone::TimeZone;

/// Decides about each column. `candidates` are the zones that the source's server is set to, the likeliest
/// first; a dump has none.
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
            decision.decide(&zone, Basis::OtherColumns, it);
        } else if !candidates.is_empty() && candidates.iter().all(TimeZone::is_utc) {
            decision.decide(&TimeZone::utc(), Basis::Server, it);
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
        decision.decide(&TimeZone::utc(), Basis::NoValues, evidence);
        return decision;
    }
    match &evidence.stated {
        Stated::Zone(zone) => {
            decision.decide(zone, Basis::Dump, evidence);
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
        decision.decide(zone, Basis::Rows, evidence);
        return decision;
    }
    let found = zone_of_rows(evidence);
    match &found {
        Some(zone) if is_certain(evidence) => decision.decide(zone, Basis::Rows, evidence),
        _ => decision.suggestion = found.or_else(|| most_frequent(evidence)),
    }
    decision
}

/// Decides on the requested zone, unless another zone fits more rows: then the request is a mistake.
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
    decision.decide(zone, if is_mixed { Basis::EachRow } else { basis }, evidence);
}

/// A zone that agrees with every row that shows its offset: the offset itself if it is always the same.
fn zone_of_rows(evidence: &ColumnEvidence) -> Option<TimeZone> {
    let offsets = evidence.offsets();
    if offsets.len() == 1 {
        return offsets.keys().next().copied().and_then(TimeZone::fixed);
    }
    // Daylight saving time has two offsets; a country that changed its rules has up to four.
    if offsets.len() > 4 {
        return None;
    }
    TimeZone::all_named().find(|zone| evidence.agreement(zone).disagreeing.is_empty())
}

/// Whether all candidates that agree with the rows give the same result.
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

/// The zone of other columns of the same product that the server writes in the same way.
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

    /// The evidence of rows with a local time and an instant in seconds.
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
    /// Rows that show no offset: one in summer, and one in the repeated hour.
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

    /// The options of a run after a copy that began with this zone.
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
