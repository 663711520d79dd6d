//! Numbers outside the range of the target's type.

use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::scalar;
use crate::figures::counted;
use crate::schema::Kind;

/// An integer that the target's type cannot hold, such as a `bigint` that becomes an `integer`.
pub struct OutOfRange;

impl RowRule for OutOfRange {
    fn rule(&self) -> Rule {
        Rule::OutOfRange
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let (Kind::Integer { bytes, unsigned }, Kind::Integer { bytes: target, .. }) =
            (pair.source.kind(), pair.target.kind())
        else {
            return None;
        };
        let (lowest, highest) = bounds(*target);
        let mut limits = Vec::new();
        if *bytes > *target || (*unsigned && *bytes == *target) {
            limits.push(format!("{} > {highest}", pair.sql()));
        }
        if *bytes > *target && !unsigned {
            limits.push(format!("{} < {lowest}", pair.sql()));
        }
        (!limits.is_empty()).then(|| Condition::Column(format!("({})", limits.join(" OR "))))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let (Kind::Integer { bytes, .. }, Some(cell)) = (pair.target.kind(), cell) else {
            return Verdict::Fits;
        };
        Verdict::found_if(scalar::integer(cell, *bytes).is_err())
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let Kind::Integer { bytes, .. } = pair.target.kind() else { unreachable!("an integer") };
        let (lowest, highest) = bounds(*bytes);
        let message = format!(
            "outside the range of the target's {} ({lowest} to {highest}): {}",
            pair.target,
            counted(result.count, "number")
        );
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        let Kind::Integer { bytes, .. } = pair.target.kind() else { return None };
        let (lowest, highest) = bounds(*bytes);
        Some(Replacement::new("0", format!("{lowest} to {highest}")))
    }
}

/// The lowest and the highest number of a signed integer type of that many bytes.
fn bounds(bytes: u8) -> (i64, i64) {
    let highest = i64::MAX >> (64 - 8 * u32::from(bytes.clamp(1, 8)));
    (-highest - 1, highest)
}

#[cfg(test)]
mod tests {
    use super::OutOfRange;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_types_that_become_smaller_are_asked() {
        let sql = |source, target| {
            let pair = pair(source, target);
            OutOfRange.condition(&pair).map(|condition| condition.sql(&pair))
        };
        assert_eq!(
            sql("bigint(20)", "integer").as_deref(),
            Some("(`Column` > 2147483647 OR `Column` < -2147483648)")
        );
        assert_eq!(
            sql("bigint unsigned", "bigint").as_deref(),
            Some("(`Column` > 9223372036854775807)")
        );
        assert_eq!(sql("int unsigned", "bigint"), None);
        assert_eq!(sql("bigint", "bigint"), None);
        assert_eq!(sql("tinyint", "smallint"), None);
    }

    #[test]
    fn the_bounds_themselves_fit() {
        let pair = pair("bigint", "integer");
        let decide = |cell: &str| OutOfRange.decide(&pair, Some(cell.as_bytes()));
        assert_eq!(decide("2147483647"), Verdict::Fits);
        assert_eq!(decide("-2147483649"), Verdict::FOUND);
    }
}
