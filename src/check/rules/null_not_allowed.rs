//! NULL in a column that is NOT NULL on the target.

use crate::check::correction::Replacement;
use crate::check::policy::instead_of_null;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::figures::counted;
use crate::schema::Kind;

/// NULL in a column that is nullable on the source and NOT NULL on the target.
pub struct NullNotAllowed;

impl RowRule for NullNotAllowed {
    fn rule(&self) -> Rule {
        Rule::NullNotAllowed
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        (pair.target_not_null && !pair.source_not_null)
            .then(|| Condition::Column(format!("{} IS NULL", pair.sql())))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(pair.target_not_null && cell.is_none())
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "NULL, in a column that is NOT NULL on the target: {}",
            counted(result.count, "value")
        );
        let finding = result.finding(self, pair, message).action("the copy stops at the row");
        match instead_of_null(pair) {
            Some(_) => finding.fix("migration-assist mysql --fix-nulls"),
            None => finding,
        }
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        match pair.target.kind() {
            _ if instead_of_null(pair).is_some() => None,
            Kind::Boolean => Some(Replacement::new("0", "0, 1")),
            Kind::Text(_) => Some(Replacement::new("''", "any text")),
            Kind::Json { .. } => Some(Replacement::new("'{}'", "any JSON")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NullNotAllowed;
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_what_the_target_alone_refuses_is_asked() {
        let between = |source_not_null, target_not_null| {
            let pair = ColumnPair { source_not_null, target_not_null, ..pair("bigint", "bigint") };
            NullNotAllowed.condition(&pair).map(|condition| condition.sql(&pair))
        };
        assert_eq!(between(false, true).as_deref(), Some("`Column` IS NULL"));
        for (source, target) in [(true, true), (true, false), (false, false)] {
            assert_eq!(between(source, target), None);
        }
    }

    #[test]
    fn an_empty_text_is_not_null() {
        let pair = ColumnPair { target_not_null: true, ..pair("text", "text") };
        assert_eq!(NullNotAllowed.decide(&pair, None), Verdict::FOUND);
        assert_eq!(NullNotAllowed.decide(&pair, Some(b"")), Verdict::Fits);
    }
}
