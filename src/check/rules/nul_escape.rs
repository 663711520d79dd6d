//! The escape of NUL in JSON.

use super::{NotStringArray, json_text};
use crate::check::correction::Replacement;
use crate::check::probe::{Condition, Evidence, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json;
use crate::figures::counted;
use crate::schema::Kind;
use crate::sql::Dialect;

/// JSON with the escape `\u0000`, which `jsonb` rejects. After an escaped backslash, as in
/// `C:\\u0000dir`, it is not an escape.
pub struct NulEscape;

/// Whether the target's column is an array of text, which JSON is converted to.
fn is_array(pair: &ColumnPair) -> bool {
    matches!(pair.target.kind(), Kind::Array(_))
}

/// Counts the values with the escape in a key.
const IN_KEYS: &str = "in-keys";

impl RowRule for NulEscape {
    fn rule(&self) -> Rule {
        Rule::NulEscape
    }

    fn severity(&self) -> Severity {
        Severity::Changes
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        if is_array(pair) {
            return NotStringArray.condition(pair);
        }
        pair.is_jsonb().then(|| json_text::suspicious(pair)).flatten()
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let Some(Ok(repaired)) = cell.map(json::remove_nul_escapes) else { return Verdict::Fits };
        let escapes = repaired.in_values + repaired.in_keys;
        // Keys that would become equal belong to `keys-merge`.
        if escapes == 0 || repaired.merges_keys {
            return Verdict::Fits;
        }
        let aspect = (repaired.in_keys > 0).then_some(IN_KEYS);
        Verdict::Found(Evidence { size: u64::try_from(escapes).ok(), aspect })
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let target = if is_array(pair) { "text" } else { "jsonb" };
        let message = format!(
            "the escape `\\u0000`, which PostgreSQL's {target} rejects: {}",
            counted(result.count, "value")
        );
        let finding = result
            .finding(self, pair, message)
            .action("the copy removes the escape and keeps the original values in the quarantine")
            .fix("migration-assist mysql --fix-unicode");
        match result.of_aspect(IN_KEYS) {
            0 => finding,
            in_keys => finding.detail("in-keys", in_keys),
        }
    }
}

/// JSON with the escape `\u0000` in a column of the target's type `json`, which stores the text.
/// PostgreSQL rejects the escape only when an operator such as `->` reads the value.
pub struct KeptNulEscape;

impl RowRule for KeptNulEscape {
    fn rule(&self) -> Rule {
        Rule::KeptNulEscape
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        (!pair.is_jsonb() && !is_array(pair)).then(|| json_text::nul_escape(pair)).flatten()
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        match NulEscape.decide(pair, cell) {
            Verdict::Fits => Verdict::Fits,
            Verdict::Found(_) => Verdict::FOUND,
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "values with the escape `\\u0000` for a column of type json: {}; PostgreSQL stores them, and \
             operators such as `->` fail on them",
            result.count
        );
        result.finding(self, pair, message).action(
            "the copy takes the values unchanged; before other programs read the column with such \
             operators, remove the escape",
        )
    }
}

/// Keys of one object that differ only by the escape.
pub struct KeysMerge;

impl RowRule for KeysMerge {
    fn rule(&self) -> Rule {
        Rule::KeysMerge
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        NulEscape.condition(pair).filter(|_| !is_array(pair))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let repaired = cell.map(json::remove_nul_escapes);
        Verdict::found_if(matches!(repaired, Some(Ok(repaired)) if repaired.merges_keys))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "JSON keys that become equal when their `\\u0000` is removed: {}",
            counted(result.count, "value")
        );
        result
            .finding(self, pair, message)
            .action("the copy stops at the row: one of the two entries would be lost")
    }

    /// Replaces each NUL by a character that keeps the keys different.
    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        let escape = Dialect::MySql.literal(r"\u0000");
        let sql = format!("REPLACE(CAST({} AS CHAR), {escape}, '_')", pair.sql());
        Some(Replacement::new(sql, "any JSON without NUL; this one has _ for each NUL"))
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_KEYS, KeptNulEscape, KeysMerge, NulEscape};
    use crate::check::probe::{Evidence, RowRule, Verdict};
    use crate::check::rules::testing::pair;

    fn decide(rule: &dyn RowRule, cell: &str) -> Verdict {
        rule.decide(&pair("json", "jsonb"), Some(cell.as_bytes()))
    }

    #[test]
    fn an_escaped_backslash_is_no_escape() {
        assert_eq!(decide(&NulEscape, r#"{"a":"C:\\u0000dir"}"#), Verdict::Fits);
        assert_eq!(decide(&NulEscape, r#"{"a":"\\\u0000"}"#), Verdict::found_of_size(1));
        let in_keys = Verdict::Found(Evidence { size: Some(1), aspect: Some(IN_KEYS) });
        assert_eq!(decide(&NulEscape, r#"{"a\u0000":1}"#), in_keys);
    }

    #[test]
    fn a_value_whose_keys_would_merge_is_found_once() {
        assert_eq!(decide(&NulEscape, r#"{"k\u0000":1,"k":2}"#), Verdict::Fits);
        assert_eq!(decide(&KeysMerge, r#"{"k\u0000":1,"k":2}"#), Verdict::FOUND);
        assert_eq!(decide(&KeysMerge, r#"{"k\u0000":1,"l":2}"#), Verdict::Fits);
    }

    #[test]
    fn an_array_of_text_takes_no_escape() {
        let array = pair("json", "character varying(26)[]");
        assert!(NulEscape.condition(&array).is_some());
        assert!(KeysMerge.condition(&array).is_none() && KeptNulEscape.condition(&array).is_none());
        let decide = |cell: &str| NulEscape.decide(&array, Some(cell.as_bytes()));
        assert_eq!(decide(r#"["a\u0000b"]"#), Verdict::found_of_size(1));
        assert_eq!(decide(r#"["ab"]"#), Verdict::Fits);
    }

    #[test]
    fn the_type_json_keeps_the_escape() {
        assert!(NulEscape.condition(&pair("json", "jsonb")).is_some());
        assert!(NulEscape.condition(&pair("json", "json")).is_none());
        assert!(NulEscape.condition(&pair("text", "text")).is_none());
        assert!(KeptNulEscape.condition(&pair("json", "json")).is_some());
        assert!(KeptNulEscape.condition(&pair("json", "jsonb")).is_none());
        assert!(KeptNulEscape.condition(&pair("text", "text")).is_none());
        let decide =
            |cell: &str| KeptNulEscape.decide(&pair("json", "json"), Some(cell.as_bytes()));
        assert_eq!(decide(r#"{"a":"b\u0000"}"#), Verdict::FOUND);
        assert_eq!(decide(r#"{"a":"C:\\u0000dir"}"#), Verdict::Fits);
    }
}
