//! Values that may be too large for an index of the target.

use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::figures::{counted, grouped};
use crate::schema::{Kind, Limit};

/// A value in a B-tree column that is about as long as an index entry can be, or longer. Unless it can be
/// compressed, the index cannot be built. MySQL indexes a prefix or has a larger limit.
pub struct IndexEntry;

/// The largest entry of a version 4 B-tree with pages of 8 KiB is 2704 bytes (PostgreSQL,
/// `BTMaxItemSize`); this leaves space for the entry's other columns and headers.
const LARGEST: u64 = 2_600;

impl RowRule for IndexEntry {
    fn rule(&self) -> Rule {
        Rule::IndexEntry
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let may_be_large = match pair.source.kind() {
            Kind::Text(Limit::Characters(most)) => most.saturating_mul(4) > LARGEST,
            Kind::Text(Limit::Bytes(most)) => *most > LARGEST,
            Kind::Text(Limit::None) => true,
            _ => false,
        };
        // The target's column limits it too: longer values are reported by `too-long`.
        let may_arrive = match pair.target.text_limit() {
            Some(Limit::Characters(most)) => most.saturating_mul(4) > LARGEST,
            _ => true,
        };
        (pair.in_tree && may_be_large && may_arrive)
            .then(|| Condition::Column(format!("LENGTH({}) > {LARGEST}", pair.sql())))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let length = cell.map_or(0, <[u8]>::len);
        let is_large = u64::try_from(length).is_ok_and(|length| length > LARGEST);
        if is_large { Verdict::found_of_size(length) } else { Verdict::Fits }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let largest = result.largest.unwrap_or_default();
        let message = format!(
            "possibly too large for an index on the column: {} (largest: {} bytes)",
            counted(result.count, "value"),
            grouped(largest)
        );
        result
            .finding(self, pair, message)
            .action("the copy copies the rows, and reports an index that cannot be built")
            .detail("largest", largest)
    }
}

#[cfg(test)]
mod tests {
    use super::{IndexEntry, LARGEST};
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_wide_columns_under_an_index_are_asked() {
        let indexed = |source, target| ColumnPair { in_tree: true, ..pair(source, target) };
        let is_asked = |pair: &ColumnPair| IndexEntry.condition(pair).is_some();
        assert!(is_asked(&indexed("text", "character varying(2048)")));
        assert!(!is_asked(&pair("text", "character varying(2048)")));
        assert!(!is_asked(&indexed("varchar(64)", "character varying(64)")));
        assert!(!is_asked(&indexed("text", "character varying(300)")));
    }

    #[test]
    fn bytes_count() {
        let decide = |cell: &str| {
            IndexEntry.decide(&pair("text", "character varying(2048)"), Some(cell.as_bytes()))
        };
        let most = usize::try_from(LARGEST).expect("a length");
        assert_eq!(decide(&"x".repeat(most)), Verdict::Fits);
        assert_eq!(decide(&"é".repeat(most / 2 + 1)), Verdict::found_of_size(most + 2));
    }
}
