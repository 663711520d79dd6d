//! JSON numbers that PostgreSQL cannot store.

use super::json_text;
use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::Reason;
use crate::convert::json::{self, JsonType};
use crate::figures::counted;

/// A number outside PostgreSQL's `numeric`, in which `jsonb` stores numbers.
pub struct JsonNumber;

impl RowRule for JsonNumber {
    fn rule(&self) -> Rule {
        Rule::JsonNumber
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        json_text::suspicious_as_text(pair).filter(|_| pair.is_jsonb())
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(cell.is_some_and(holds_huge_number))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "a number outside the range of PostgreSQL's jsonb: {}",
            counted(result.count, "value")
        );
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(json_text::replacement(pair))
    }
}

/// Removes NUL escapes and lone surrogates first: other rules report them, and the validation stops at them.
fn holds_huge_number(cell: &[u8]) -> bool {
    let Ok(repaired) = json::remove_nul_escapes(cell) else { return false };
    let Ok(repaired) = json::replace_lone_surrogates(&repaired.text) else { return false };
    let outcome = json::validate(&repaired.text, JsonType::Jsonb);
    outcome.is_err_and(|invalid| invalid.reason == Reason::JsonNumber)
}

#[cfg(test)]
mod tests {
    use super::JsonNumber;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::maria_pair;

    #[test]
    fn the_range_is_that_of_numeric() {
        let decide =
            |cell: &str| JsonNumber.decide(&maria_pair("json", "jsonb"), Some(cell.as_bytes()));
        assert_eq!(decide("[1e131071]"), Verdict::Fits);
        assert_eq!(decide("[1e131072]"), Verdict::FOUND);
        assert_eq!(decide(r#"["\u0000", "\ud800", 1e131072]"#), Verdict::FOUND);
        assert_eq!(decide(r#"{"e": "1e131072"}"#), Verdict::Fits);
    }
}
