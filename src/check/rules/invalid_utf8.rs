//! Text that is not UTF-8.

use super::{json_text, text_bytes};
use crate::check::pair::JsonStorage;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::text;
use crate::figures::counted;
use crate::schema::Kind;

/// Text that is not UTF-8. Servers reject such text today, except that `MariaDB` accepts halves of
/// surrogate pairs. Old servers did not, and a column of bytes accepts everything.
pub struct InvalidUtf8;

impl RowRule for InvalidUtf8 {
    fn rule(&self) -> Rule {
        Rule::InvalidUtf8
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        match (pair.source.kind(), pair.target.kind()) {
            (Kind::Text(_) | Kind::Binary, Kind::Text(_)) => {
                pair.is_utf8().then(|| text_bytes::not_utf8(pair))
            }
            _ if pair.json() == Some(JsonStorage::Text) => json_text::suspicious(pair),
            _ => None,
        }
    }

    fn obstacle(&self, pair: &ColumnPair) -> Option<Condition> {
        let is_text = |kind: &Kind| matches!(kind, Kind::Text(_));
        let is_declared = is_text(pair.source.kind()) && is_text(pair.target.kind());
        if is_declared { None } else { self.condition(pair) }
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(cell.is_some_and(|cell| text::validate(cell).is_err()))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("invalid UTF-8: {}", counted(result.count, "value"));
        result
            .finding(self, pair, message)
            .action("the copy stops at the row")
            .fix("migration-assist mysql --fix-unicode")
    }
}

#[cfg(test)]
mod tests {
    use super::InvalidUtf8;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn finds_what_is_cut_short_or_of_another_character_set() {
        let decide = |cell: &[u8]| InvalidUtf8.decide(&pair("blob", "text"), Some(cell));
        assert_eq!(decide("Grüße 👋".as_bytes()), Verdict::Fits);
        assert_eq!(decide(b"Gr\xfc\xdfe"), Verdict::FOUND);
        assert_eq!(decide(&"é".as_bytes()[..1]), Verdict::FOUND);
    }

    #[test]
    fn bytes_that_stay_bytes_are_not_asked() {
        assert!(InvalidUtf8.condition(&pair("mediumblob", "bytea")).is_none());
        assert!(InvalidUtf8.condition(&pair("mediumblob", "text")).is_some());
        assert!(InvalidUtf8.condition(&pair("text", "character varying(300)")).is_some());
    }

    #[test]
    fn the_copy_asks_for_what_servers_can_hold() {
        let asks = |source, target| InvalidUtf8.obstacle(&pair(source, target)).is_some();
        assert!(!asks("text", "text"));
        assert!(asks("blob", "text"));
        assert!(asks("text", "jsonb"));
    }
}
