//! A bare JSON `null` where Mattermost needs an object.

use super::json_text;
use crate::check::pair::JsonStorage;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json;
use crate::figures::counted;
use crate::mattermost::is_object;

/// A bare `null`: Mattermost takes it for an object, and PostgreSQL fails when Mattermost changes one
/// field of it.
pub struct JsonNull;

impl RowRule for JsonNull {
    fn rule(&self) -> Rule {
        Rule::JsonNull
    }

    fn severity(&self) -> Severity {
        Severity::Changes
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let storage = pair.json()?;
        if !is_object(&pair.table, &pair.column) {
            return None;
        }
        let column = pair.sql();
        let sql = match storage {
            JsonStorage::Binary => json_text::suspicious(pair)?.sql(pair),
            JsonStorage::Text => {
                format!("(LENGTH({column}) BETWEEN 4 AND 63 AND INSTR({column}, 'null') > 0)")
            }
        };
        // Not a condition on JSON: `jsonb` accepts `null`.
        Some(Condition::Column(sql))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(cell.is_some_and(json::is_null))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "JSON `null`, where Mattermost expects an object: {}",
            counted(result.count, "value")
        );
        result
            .finding(self, pair, message)
            .action("the copy writes `{}` and keeps the keys in the quarantine")
            .fix("migration-assist mysql --fix-json")
    }
}

#[cfg(test)]
mod tests {
    use super::JsonNull;
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_listed_columns_are_asked() {
        let at = |table: &str, column: &str| ColumnPair {
            table: table.to_owned(),
            column: column.to_owned(),
            ..pair("json", "jsonb")
        };
        assert!(JsonNull.condition(&at("Users", "Props")).is_some());
        assert!(JsonNull.condition(&at("users", "props")).is_some());
        assert!(JsonNull.condition(&at("Jobs", "Data")).is_none());
    }

    #[test]
    fn null_inside_is_in_order() {
        let decide = |cell: &[u8]| JsonNull.decide(&pair("json", "jsonb"), Some(cell));
        assert_eq!(decide(b" null"), Verdict::FOUND);
        assert_eq!(decide(br#"{"a":null}"#), Verdict::Fits);
        assert_eq!(decide(br#""null""#), Verdict::Fits);
    }
}
