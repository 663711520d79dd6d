//! Numbers other than 0 and 1 in a column that is boolean on the target.

use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::scalar;
use crate::figures::counted;
use crate::schema::Kind;

/// A `tinyint` other than 0 and 1 that becomes a `boolean`.
pub struct NotBoolean;

impl RowRule for NotBoolean {
    fn rule(&self) -> Rule {
        Rule::NotBoolean
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let is_number = matches!(pair.source.kind(), Kind::Integer { .. });
        (is_number && *pair.target.kind() == Kind::Boolean)
            .then(|| Condition::Column(format!("{} NOT IN (0, 1)", pair.sql())))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(cell.is_some_and(|cell| scalar::boolean(cell).is_err()))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message =
            format!("neither 0 (false) nor 1 (true): {}", counted(result.count, "number"));
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    /// False, because it grants nothing.
    fn replacement(&self, _pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(Replacement::new("0", "0, 1"))
    }
}

#[cfg(test)]
mod tests {
    use super::NotBoolean;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn every_width_of_tinyint_is_asked() {
        for source in ["tinyint(1)", "tinyint(4)", "tinyint"] {
            assert!(NotBoolean.condition(&pair(source, "boolean")).is_some());
        }
        assert!(NotBoolean.condition(&pair("tinyint", "smallint")).is_none());
    }

    #[test]
    fn null_is_no_number() {
        let decide = |cell| NotBoolean.decide(&pair("tinyint(1)", "boolean"), cell);
        assert_eq!(decide(None), Verdict::Fits);
        assert_eq!(decide(Some(b"1")), Verdict::Fits);
        assert_eq!(decide(Some(b"-1")), Verdict::FOUND);
    }
}
