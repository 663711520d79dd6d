//! JSON in a column that is an array of text on the target.

use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json;
use crate::figures::counted;
use crate::schema::{Kind, Limit};

/// JSON that is not an array of strings which fit the element type.
pub struct NotStringArray;

impl RowRule for NotStringArray {
    fn rule(&self) -> Rule {
        Rule::NotStringArray
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    /// Without a condition on rows, because such tables are small: `RetentionIdsForDeletion` contains the rows
    /// that a job is about to delete.
    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let is_array = matches!(pair.target.kind(), Kind::Array(_));
        is_array.then(|| Condition::Column(format!("{} IS NOT NULL", pair.sql())))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let refused = |cell| json::array_literal(cell, limit(pair)).is_err();
        Verdict::found_if(cell.is_some_and(refused))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("not a JSON array of ids: {}", counted(result.count, "value"));
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, _pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(Replacement::new("'[]'", "a JSON list of ids"))
    }
}

fn limit(pair: &ColumnPair) -> Option<usize> {
    let Kind::Array(element) = pair.target.kind() else { return None };
    match element.text_limit()? {
        Limit::Characters(limit) => usize::try_from(limit).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::NotStringArray;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn elements_have_to_fit() {
        let pair = pair("json", "character varying(3)[]");
        let decide = |cell: &str| NotStringArray.decide(&pair, Some(cell.as_bytes()));
        assert_eq!(decide(r#"["abc", "d"]"#), Verdict::Fits);
        assert_eq!(decide("[]"), Verdict::Fits);
        assert_eq!(decide(r#"["abcd"]"#), Verdict::FOUND);
        assert_eq!(decide("[1]"), Verdict::FOUND);
        assert_eq!(decide("{}"), Verdict::FOUND);
    }
}
