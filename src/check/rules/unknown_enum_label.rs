//! Values that the target's enumerated type does not have.

use crate::check::correction::{Replacement, text_literal};
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::scalar;
use crate::figures::counted;
use crate::sql::Dialect;

/// A value that is not a label of the target's type. This includes `''`, which MySQL stores in an `enum` for
/// an invalid label.
pub struct UnknownEnumLabel;

impl RowRule for UnknownEnumLabel {
    fn rule(&self) -> Rule {
        Rule::UnknownEnumLabel
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let labels = pair.labels.as_ref()?;
        let known: Vec<String> =
            labels.iter().map(|label| Dialect::MySql.binary_literal(label.as_bytes())).collect();
        let column = pair.sql();
        Some(Condition::Column(format!("CAST({column} AS BINARY) NOT IN ({})", known.join(", "))))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let labels = pair.labels.as_deref().unwrap_or_default();
        Verdict::found_if(cell.is_some_and(|cell| scalar::label(cell, labels).is_err()))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let labels = pair.labels.as_deref().unwrap_or_default();
        let message = format!(
            "not in the target's enumerated type ({}): {}",
            labels.join(", "),
            counted(result.count, "value")
        );
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        let labels: Vec<String> = pair.labels.iter().flatten().map(|it| text_literal(it)).collect();
        Some(Replacement::new(labels.first()?, labels.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::UnknownEnumLabel;
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    fn team_type() -> ColumnPair {
        let labels = Some(vec!["I".to_owned(), "O".to_owned()]);
        ColumnPair { labels, ..pair("enum('I','O')", "team_type") }
    }

    #[test]
    fn labels_are_compared_to_the_letter() {
        let decide = |cell: &[u8]| UnknownEnumLabel.decide(&team_type(), Some(cell));
        assert_eq!(decide(b"O"), Verdict::Fits);
        assert_eq!(decide(b"o"), Verdict::FOUND);
        assert_eq!(decide(b""), Verdict::FOUND);
    }

    #[test]
    fn the_condition_compares_bytes() {
        let sql = UnknownEnumLabel.condition(&team_type()).map(|it| it.sql(&team_type()));
        assert_eq!(sql.as_deref(), Some("CAST(`Column` AS BINARY) NOT IN (X'49', X'4f')"));
        assert!(UnknownEnumLabel.condition(&pair("varchar(1)", "text")).is_none());
    }
}
