//! Text that is not a JSON list of strings in a column that Mattermost decodes as one.

use super::TooLong;
use crate::check::correction::Replacement;
use crate::check::pair::JsonStorage;
use crate::check::probe::{Condition, Evidence, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json::{self, JsonType, StringList};
use crate::figures::counted;
use crate::mattermost::is_string_list;

/// A value that Mattermost cannot decode as its type `StringArray`, such as a list that was cut.
///
/// Other rules report it if it is also too long, or invalid JSON in a column of JSON.
pub struct NotJsonList;

/// Counts the values that the repair can change.
const REPAIRABLE: &str = "repairable";

impl RowRule for NotJsonList {
    fn rule(&self) -> Rule {
        Rule::NotJsonList
    }

    /// The copy leaves such values unchanged.
    fn severity(&self) -> Severity {
        Severity::Note
    }

    /// In a list as Mattermost writes it, a quote follows each bracket and comma that opens an element.
    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        if !is_string_list(&pair.table, &pair.column) {
            return None;
        }
        let column = pair.sql();
        Some(Condition::Column(match pair.json() {
            // MySQL writes a space after each comma.
            Some(JsonStorage::Binary) => format!(
                "(JSON_TYPE({column}) NOT IN ('ARRAY', 'NULL') \
                 OR (JSON_LENGTH({column}) AND CAST({column} AS CHAR) RLIKE {}))",
                literal(r#"(\[|, )[^"]"#)
            ),
            _ => format!(
                "({column} <> '[]' AND (JSON_VALID({column}) = 0 OR {column} NOT LIKE '[%' \
                 OR {column} RLIKE {}))",
                literal(r#"(\[|,)[^"]"#)
            ),
        }))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let Some(cell) = cell else { return Verdict::Fits };
        let is_json = json::validate(cell, JsonType::Json).is_ok();
        if pair.json().is_some() && !is_json || TooLong.decide(pair, Some(cell)) != Verdict::Fits {
            return Verdict::Fits;
        }
        match json::read_string_list(cell) {
            StringList::Whole(_) => Verdict::Fits,
            StringList::Cut(_) => Verdict::Found(Evidence { size: None, aspect: Some(REPAIRABLE) }),
            StringList::Other => Verdict::FOUND,
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("not a JSON list of strings: {}", counted(result.count, "value"));
        let finding = result.finding(self, pair, message).action(
            "the copy leaves it unchanged; Mattermost cannot read such a row, on neither server",
        );
        match result.of_aspect(REPAIRABLE) {
            0 => finding,
            repairable => {
                finding.fix("migration-assist mysql --fix-json").detail("repairable", repairable)
            }
        }
    }

    fn replacement(&self, _pair: &ColumnPair, result: &ProbeResult) -> Option<Replacement> {
        (result.of_aspect(REPAIRABLE) == 0)
            .then(|| Replacement::new("'[]'", "a JSON list of strings"))
    }
}

fn literal(pattern: &str) -> String {
    crate::sql::Dialect::MySql.literal(pattern)
}

#[cfg(test)]
mod tests {
    use super::{NotJsonList, REPAIRABLE};
    use crate::check::ColumnPair;
    use crate::check::probe::{Evidence, RowRule, Verdict};
    use crate::check::rules::testing::pair;

    fn list(source: &str, target: &str) -> ColumnPair {
        let (table, column) = ("Posts".to_owned(), "FileIds".to_owned());
        ColumnPair { table, column, ..pair(source, target) }
    }

    #[test]
    fn lists_are_silent_and_others_are_found_once() {
        let pair = list("text", "character varying(12)");
        let decide = |cell: &str| NotJsonList.decide(&pair, Some(cell.as_bytes()));
        let repairable = Verdict::Found(Evidence { size: None, aspect: Some(REPAIRABLE) });
        for fits in ["[]", "null", r#"["a","b"]"#, r#"[ "a" , "" ]"#] {
            assert_eq!(decide(fits), Verdict::Fits, "{fits}");
        }
        for cut in ["", r#"["a","b"#, "["] {
            assert_eq!(decide(cut), repairable, "{cut}");
        }
        for other in ["{}", "[1]", "a.png"] {
            assert_eq!(decide(other), Verdict::FOUND, "{other}");
        }
        assert_eq!(decide(r#"["abcdefghi","k"#), Verdict::Fits, "that one is too long");
        assert_eq!(NotJsonList.decide(&pair, None), Verdict::Fits);
    }

    #[test]
    fn text_that_is_no_json_is_for_another_rule_where_json_is_needed() {
        let pair = list("longtext", "jsonb");
        let decide = |cell: &str| NotJsonList.decide(&pair, Some(cell.as_bytes()));
        assert_eq!([decide(""), decide("[")], [Verdict::Fits; 2]);
        assert_eq!(decide("{}"), Verdict::FOUND);
    }

    #[test]
    fn only_columns_that_mattermost_decodes_are_asked() {
        assert!(NotJsonList.condition(&pair("text", "text")).is_none());
        assert!(NotJsonList.condition(&list("text", "text")).is_some());
        assert!(NotJsonList.condition(&list("json", "jsonb")).is_some());
    }
}
