//! NUL bytes in text.

use super::text_bytes;
use crate::check::probe::{Condition, Evidence, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::text;
use crate::figures::counted;
use crate::schema::Kind;

/// Text with NUL bytes, which PostgreSQL's text types reject.
pub struct NulByte;

impl RowRule for NulByte {
    fn rule(&self) -> Rule {
        Rule::NulByte
    }

    fn severity(&self) -> Severity {
        Severity::Changes
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let takes_text = matches!(pair.target.kind(), Kind::Text(_));
        let holds_text =
            matches!(pair.source.kind(), Kind::Text(_) | Kind::Json { .. } | Kind::Binary);
        (holds_text && takes_text).then(|| text_bytes::nul(pair))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let held = cell.filter(|cell| text::has_nul(cell));
        let nuls = held.map_or(0, |cell| cell.len() - text::remove_nul_bytes(cell).len());
        match u64::try_from(nuls) {
            Ok(0) | Err(_) => Verdict::Fits,
            nuls => Verdict::Found(Evidence { size: nuls.ok(), aspect: None }),
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message =
            format!("NUL bytes, which PostgreSQL cannot store: {}", counted(result.count, "value"));
        result
            .finding(self, pair, message)
            .action(
                "the copy removes the NUL bytes and keeps the original values in the quarantine",
            )
            .fix("migration-assist mysql --fix-unicode")
    }
}

#[cfg(test)]
mod tests {
    use super::NulByte;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn every_text_column_is_asked_for_bytes() {
        let sql = |source, target| {
            let pair = pair(source, target);
            NulByte.condition(&pair).map(|condition| condition.sql(&pair))
        };
        let text = "CONVERT(CAST(`Column` AS BINARY) USING utf8mb4)";
        let asked = format!("IFNULL(INSTR(CAST({text} AS BINARY), X'00'), 1)");
        let asked = Some(format!("(`Column` IS NOT NULL AND {asked})"));
        assert_eq!(sql("varchar(26)", "character varying(26)"), asked);
        assert_eq!(sql("text", "text"), asked);
        assert_eq!(sql("mediumblob", "bytea"), None);
        assert_eq!(sql("bigint", "bigint"), None);
    }

    #[test]
    fn only_the_byte_counts() {
        let decide = |cell: &[u8]| NulByte.decide(&pair("text", "text"), Some(cell));
        assert_eq!(decide(b"a\0b\0"), Verdict::found_of_size(2));
        assert_eq!(decide(b"\\0 \\u0000"), Verdict::Fits);
        assert_eq!(NulByte.decide(&pair("text", "text"), None), Verdict::Fits);
    }
}
