//! The time zone in which local times were written.

use crate::check::time_zones::{Basis, ColumnDecision};
use crate::check::{Finding, Rule, Severity};
use crate::figures::grouped;
use crate::time_zone::offset_text;

/// Reports each column whose local times are not in UTC, or in an unknown zone.
#[must_use]
pub fn time_zones(decisions: &[ColumnDecision]) -> Vec<Finding> {
    decisions.iter().flat_map(|it| [zone(it), undecided(it)]).flatten().collect()
}

fn zone(decision: &ColumnDecision) -> Option<Finding> {
    let finding = match &decision.zone {
        None => unknown(decision),
        Some(zone) if zone.is_utc() && decision.basis != Basis::EachRow => return None,
        Some(zone) => {
            let message = match decision.basis {
                Basis::EachRow => {
                    format!("written in several time zones ({})", by_offset(decision))
                }
                Basis::OtherColumns => {
                    format!(
                        "written in {zone}, like the other columns of the product that the server writes"
                    )
                }
                Basis::Dump => format!("written in {zone}, the `TIME_ZONE` of the dump"),
                Basis::Server => format!("written in {zone}, the time zone of the server"),
                Basis::Copy if decision.agreement.agreeing == 0 => {
                    format!("written in {zone}, as the ledger of the copy records")
                }
                Basis::Copy | Basis::Asked | Basis::Rows | Basis::NoValues | Basis::Unknown => {
                    format!("written in {zone} ({})", agreement(decision))
                }
            };
            let action = match decision.basis {
                Basis::EachRow => format!(
                    "the copy converts each row by the offset that it shows, and rows that show none as {zone}"
                ),
                _ => "the copy writes the same instants".to_owned(),
            };
            Finding::new(Rule::TimeZone, Severity::Note, message)
                .action(action)
                .detail("time_zone", zone.name())
                .detail("agreeing", decision.agreement.agreeing)
        }
    };
    let offsets = decision.agreement.disagreeing.iter();
    let offsets: serde_json::Map<String, serde_json::Value> =
        offsets.map(|(offset, rows)| (offset_text(*offset), (*rows).into())).collect();
    let finding = if offsets.is_empty() { finding } else { finding.detail("disagreeing", offsets) };
    Some(at(finding, decision).count(decision.values).detail("basis", decision.basis.id()))
}

/// The finding for a zone that the user has to name.
fn unknown(decision: &ColumnDecision) -> Finding {
    let offsets = &decision.agreement.disagreeing;
    let message = match &decision.asked {
        Some(asked) if !offsets.is_empty() => {
            format!("not written in {asked} ({})", by_offset(decision))
        }
        _ if offsets.len() > 1 && decision.suggestion.as_ref().is_some_and(is_offset) => {
            format!("written in several time zones ({})", by_offset(decision))
        }
        _ if offsets.is_empty() => {
            "the time zone of the values is unknown, and no row shows it".to_owned()
        }
        _ => format!("the time zone of some values is unknown ({})", by_offset(decision)),
    };
    let example = decision.suggestion.as_ref().map_or("UTC", |zone| zone.name());
    let action = format!(
        "the copy needs the time zone in which the values were written: `--source-time-zone {example}`, \
         or another zone"
    );
    Finding::new(Rule::TimeZone, Severity::Blocks, message).action(action)
}

/// Whether a zone is an offset rather than a name.
fn is_offset(zone: &crate::time_zone::TimeZone) -> bool {
    zone.name().starts_with(['+', '-']) || zone.is_utc()
}

/// The finding for repeated and skipped times that need a decision.
fn undecided(decision: &ColumnDecision) -> Option<Finding> {
    let zone = decision.zone.as_ref().filter(|_| decision.has_undecided_times())?;
    let count = decision.agreement.undecided;
    let message = format!(
        "local times in a repeated or skipped hour of {zone} that the row does not decide: {}",
        grouped(count)
    );
    let finding = Finding::new(Rule::AmbiguousTime, Severity::Blocks, message).action(
        "the copy needs a decision: `--ambiguous-times earlier` or `--ambiguous-times later`, \
         for the earlier or the later of both instants",
    );
    Some(at(finding, decision).count(count))
}

fn at(finding: Finding, decision: &ColumnDecision) -> Finding {
    finding.at(&decision.table, Some(&decision.column))
}

/// `1,204 of 1,204 rows agree with update_at`.
fn agreement(decision: &ColumnDecision) -> String {
    if decision.references.is_empty() {
        return "no other column of a row shows it".to_owned();
    }
    format!(
        "{} of {} rows agree with {}",
        grouped(decision.agreement.agreeing),
        grouped(decision.values),
        decision.references.join(", "),
    )
}

/// `rows by offset: +09:00: 7, +00:00: 3; without evidence: 2`, the most frequent first.
fn by_offset(decision: &ColumnDecision) -> String {
    let mut offsets: Vec<(i32, u64)> =
        decision.agreement.disagreeing.iter().map(|(offset, rows)| (*offset, *rows)).collect();
    offsets.sort_by_key(|(offset, rows)| (std::cmp::Reverse(*rows), *offset));
    let listed: Vec<String> = offsets
        .iter()
        .take(MOST_OFFSETS)
        .map(|(offset, rows)| format!("{}: {}", offset_text(*offset), grouped(*rows)))
        .collect();
    let more = offsets.iter().skip(MOST_OFFSETS).map(|(_, rows)| rows).sum::<u64>();
    let agreeing = decision.agreement.agreeing;
    let shown = offsets.iter().map(|(_, rows)| rows).sum::<u64>() + agreeing;
    let zone = decision.zone.as_ref().or(decision.asked.as_ref());
    let first = zone.filter(|_| agreeing > 0).map(|zone| format!("{zone}: {}", grouped(agreeing)));
    let others = (more > 0).then(|| format!("other offsets: {}", grouped(more)));
    let silent = decision.values.saturating_sub(shown);
    let silent = (silent > 0).then(|| format!("without evidence: {}", grouped(silent)));
    let all: Vec<String> = first.into_iter().chain(listed).chain(others).chain(silent).collect();
    format!("rows by their offset from {}: {}", decision.references.join(", "), all.join(", "))
}

/// The most offsets that are listed.
const MOST_OFFSETS: usize = 6;
