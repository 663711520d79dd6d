//! A sample of the rows, the same on both sides, for a rehearsal.

use schemars::JsonSchema;
use serde::Serialize;

use super::table::TableWork;
use crate::mysql::{Bound, Range, id_bounds};
use crate::sql::Dialect::Postgres;

/// The percentage of the rows that are compared: more than 0, less than 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Sample(f64);

/// The number of ranges of ids: one for each first character.
const STRATA: usize = 32;
/// The number of prefixes of three characters in each of them.
const WIDTH: f64 = 1024.0;
const PREFIX: usize = 3;

impl Sample {
    /// A percentage; `None` if it is out of range.
    #[must_use]
    pub fn percent(percent: f64) -> Option<Self> {
        (percent > 0.0 && percent < 100.0).then_some(Self(percent))
    }

    /// The percentage.
    #[must_use]
    pub fn as_percent(self) -> f64 {
        self.0
    }

    /// The ids in the sample: a range of the same width for each first character. Ids are random, so that each
    /// range has its share of rows of every age and size.
    pub(super) fn id_ranges(self) -> Vec<Range> {
        let prefixes: Vec<Bound> = id_bounds(u64::MAX);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1023")]
        let width = (WIDTH * self.0 / 100.0).round().clamp(1.0, WIDTH - 1.0) as usize;
        // The bound before the first prefix is not in the list.
        let strata = (0..STRATA).map(|stratum| {
            let first = stratum << 10;
            let lower = if first == 0 { b"111".to_vec() } else { prefixes[first - 1][0].clone() };
            let upper = prefixes[first + width - 1].clone();
            Range { lower: Some(vec![lower]), upper: Some(upper) }
        });
        strata.collect()
    }

    /// Whether a row with this hash of its key is in the sample, if keys are not ids.
    pub(super) fn takes_hash(self, hash: u128) -> bool {
        let part = (hash >> 96) as u32;
        f64::from(part) < self.0 / 100.0 * f64::from(u32::MAX)
    }
}

/// Whether an id is in one of the ranges. Filtering on the server only reduces traffic; this byte-wise check
/// decides.
pub(super) fn takes_id(ranges: &[Range], id: &[u8]) -> bool {
    let Some(prefix) = id.get(..PREFIX) else { return false };
    let is_prefix =
        |byte: &u8| matches!(byte, b'1' | b'3'..=b'9' | b'a'..=b'k' | b'm'..=b'u' | b'w'..=b'z');
    let bound = |bound: &Option<Bound>| bound.as_ref().map(|values| values[0].clone());
    prefix.iter().all(is_prefix)
        && ranges.iter().any(|range| {
            bound(&range.lower).is_none_or(|lower| lower.as_slice() <= prefix)
                && bound(&range.upper).is_none_or(|upper| prefix < upper.as_slice())
        })
}

/// The ranges as a condition for the target, in byte order.
pub(super) fn target_condition(table: &TableWork) -> Option<String> {
    let place = table.key.first().filter(|_| !table.sampled_ids.is_empty())?;
    let column = Postgres.identifier(&table.plan.columns[*place].target);
    let literal = |bound: &Option<Bound>| {
        bound.as_ref().map(|values| Postgres.literal(&String::from_utf8_lossy(&values[0])))
    };
    let ranges = table.sampled_ids.iter().filter_map(|range| {
        let (lower, upper) = (literal(&range.lower)?, literal(&range.upper)?);
        Some(format!("({column} COLLATE \"C\" >= {lower} AND {column} COLLATE \"C\" < {upper})"))
    });
    Some(format!("({})", ranges.collect::<Vec<_>>().join(" OR ")))
}

#[cfg(test)]
mod tests {
    use super::{Sample, takes_id};
    use crate::mattermost::SORTED_DIGITS;

    #[test]
    fn a_share_of_all_ids_is_taken() {
        for percent in [0.01, 1.0, 10.0, 50.0, 99.9] {
            let sample = Sample::percent(percent).expect("a part");
            let ranges = sample.id_ranges();
            assert_eq!(ranges.len(), 32);
            let mut taken = 0_u32;
            for place in 0..32_768_usize {
                let id =
                    [place >> 10, place >> 5 & 31, place & 31].map(|digit| SORTED_DIGITS[digit]);
                taken += u32::from(takes_id(&ranges, &id));
            }
            let share = f64::from(taken) / 327.68;
            assert!((share - percent).abs() < 0.15, "{percent}: {share}");
        }
        assert!(!takes_id(&Sample::percent(99.0).expect("a part").id_ranges(), b"A"));
    }

    #[test]
    fn a_share_of_all_hashes_is_taken() {
        let sample = Sample::percent(25.0).expect("a part");
        let taken = (0..1000_u128).filter(|&part| sample.takes_hash(part * (u128::MAX / 1000)));
        assert!((249..=251).contains(&taken.count()));
        assert_eq!(Sample::percent(0.0), None);
        assert_eq!(Sample::percent(f64::NAN), None);
    }
}
