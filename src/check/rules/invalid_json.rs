//! Text that is not JSON in a column that is JSON on the target.

use super::json_text;
use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json::{self, JsonType};
use crate::convert::{self, Policy, Reason};
use crate::figures::counted;

/// Text that violates the JSON grammar.
pub struct InvalidJson;

impl RowRule for InvalidJson {
    fn rule(&self) -> Rule {
        Rule::InvalidJson
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        json_text::suspicious_as_text(pair)
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(reason(cell) == Some(Reason::InvalidJson))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("invalid JSON: {}", counted(result.count, "value"));
        result
            .finding(self, pair, message)
            .action("the copy stops at the row; no repair can determine what the value should be")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(json_text::replacement(pair))
    }
}

/// Empty text in a column that is JSON on the target.
pub struct EmptyJson;

impl RowRule for EmptyJson {
    fn rule(&self) -> Rule {
        Rule::EmptyJson
    }

    fn severity(&self) -> Severity {
        Severity::Changes
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        json_text::suspicious_as_text(pair)
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(reason(cell) == Some(Reason::EmptyJson))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("empty, in a column of JSON: {}", counted(result.count, "value"));
        let policy = Policy::of_mattermost(&pair.table, &pair.column, !pair.target_not_null);
        let instead = if policy.empty_json == convert::EmptyJson::Null { "NULL" } else { "`{}`" };
        result
            .finding(self, pair, message)
            .action(format!("the copy writes {instead} and keeps the keys in the quarantine"))
            .fix("migration-assist mysql --fix-json")
    }
}

/// JSON that is nested deeper than Mattermost reads.
pub struct JsonDepth;

impl RowRule for JsonDepth {
    fn rule(&self) -> Rule {
        Rule::JsonDepth
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        json_text::suspicious_as_text(pair)
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(reason(cell) == Some(Reason::JsonDepth))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "JSON nested deeper than {} levels: {}",
            json::MAXIMUM_DEPTH,
            counted(result.count, "value")
        );
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(json_text::replacement(pair))
    }
}

/// Why the cell violates the grammar; other reasons belong to other rules.
fn reason(cell: Option<&[u8]>) -> Option<Reason> {
    json::validate(cell?, JsonType::Json).err().map(|invalid| invalid.reason)
}

#[cfg(test)]
mod tests {
    use super::{EmptyJson, InvalidJson};
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::{maria_pair, pair};

    #[test]
    fn empty_and_broken_are_distinguished() {
        let decide = |cell: &[u8]| {
            let pair = maria_pair("json", "jsonb");
            [InvalidJson.decide(&pair, Some(cell)), EmptyJson.decide(&pair, Some(cell))]
        };
        assert_eq!(decide(b""), [Verdict::Fits, Verdict::FOUND]);
        assert_eq!(decide(b" \n"), [Verdict::Fits, Verdict::FOUND]);
        for broken in [&b"{'a':1}"[..], b"{", br#""\x""#, b"[-]", b"1.", b"\"a\0\""] {
            assert_eq!(decide(broken), [Verdict::FOUND, Verdict::Fits]);
        }
        for valid in [&b"{}"[..], br#""\u0000""#, b"1e999999", b" null "] {
            assert_eq!(decide(valid), [Verdict::Fits; 2]);
        }
    }

    #[test]
    fn only_text_can_be_broken() {
        assert!(InvalidJson.condition(&pair("json", "jsonb")).is_none());
        assert!(InvalidJson.condition(&maria_pair("json", "jsonb")).is_some());
        assert!(InvalidJson.condition(&pair("text", "json")).is_some());
        assert!(InvalidJson.condition(&pair("text", "text")).is_none());
    }
}
