//! Text with more characters than the target's column takes.

use crate::check::policy::{Overflow, choices, decide};
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::text;
use crate::figures::{counted, grouped};
use crate::schema::{Kind, Limit};

/// Text with more characters than a `varchar(n)` takes. MySQL limits its `text` in bytes, PostgreSQL in
/// characters; so does this rule. NUL bytes do not count, because the copy removes them.
pub struct TooLong;

impl RowRule for TooLong {
    fn rule(&self) -> Rule {
        Rule::TooLong
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let limit = limit(pair)?;
        let may_be_longer = match pair.source.kind() {
            // A character has at least one byte.
            Kind::Text(Limit::Characters(most) | Limit::Bytes(most)) => *most > limit,
            Kind::Text(Limit::None) | Kind::Json { .. } | Kind::Binary => true,
            _ => false,
        };
        // In bytes, because the server need not count them; few texts exceed the limit in bytes only.
        may_be_longer.then(|| Condition::Column(format!("LENGTH({}) > {limit}", pair.sql())))
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let (Some(limit), Some(cell)) = (limit(pair), cell) else { return Verdict::Fits };
        // A character has at least one byte.
        if u64::try_from(cell.len()).is_ok_and(|bytes| bytes <= limit) {
            return Verdict::Fits;
        }
        let cell = text::remove_nul_bytes(cell);
        let characters = String::from_utf8_lossy(&cell).chars().count();
        if u64::try_from(characters).is_ok_and(|characters| characters > limit) {
            Verdict::found_of_size(characters)
        } else {
            Verdict::Fits
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let limit = limit(pair).unwrap_or_default();
        let longest = result.largest.unwrap_or_default();
        let message = format!(
            "longer than {} characters: {} (longest: {})",
            grouped(limit),
            counted(result.count, "value"),
            grouped(longest)
        );
        let finding = result
            .finding(self, pair, message)
            .action("the copy stops at the row")
            .detail("limit", limit)
            .detail("longest", longest);
        match decide(&pair.table, &pair.column, &[]).overflow {
            Overflow::Keep => finding.choices(choices(pair)),
            _ => finding.fix("migration-assist mysql --fix-varchar"),
        }
    }
}

fn limit(pair: &ColumnPair) -> Option<u64> {
    match pair.target.text_limit()? {
        Limit::Characters(limit) => Some(limit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::TooLong;
    use crate::check::probe::{ProbeResult, RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_columns_that_become_narrower_are_asked() {
        let sql = |source, target| {
            let pair = pair(source, target);
            TooLong.condition(&pair).map(|condition| condition.sql(&pair))
        };
        assert_eq!(
            sql("text", "character varying(300)").as_deref(),
            Some("LENGTH(`Column`) > 300")
        );
        assert_eq!(sql("text", "character varying(65535)"), None);
        assert_eq!(sql("varchar(64)", "character varying(64)"), None);
        assert!(sql("varchar(128)", "character varying(64)").is_some());
        assert_eq!(sql("longtext", "text"), None);
    }

    #[test]
    fn length_is_in_characters_without_nul() {
        let pair = pair("text", "character varying(3)");
        let decide = |cell: &str| TooLong.decide(&pair, Some(cell.as_bytes()));
        assert_eq!(decide("日本語"), Verdict::Fits);
        assert_eq!(decide("abc\0"), Verdict::Fits);
        assert_eq!(decide("😀😀😀😀"), Verdict::found_of_size(4));
    }

    #[test]
    fn the_longest_is_reported() {
        let pair = pair("text", "character varying(300)");
        let result = ProbeResult { count: 2, largest: Some(1234), ..ProbeResult::default() };
        insta::assert_snapshot!(
            TooLong.finding(&pair, &result).message,
            @"longer than 300 characters: 2 values (longest: 1,234)"
        );
    }
}
