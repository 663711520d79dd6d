//! Large values.

use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::figures::{counted, human_bytes};
use crate::schema::{Kind, Limit};

/// A value of more than a mebibyte.
pub struct LargeValue;

/// The size of a large value, in bytes.
const LARGE: u64 = 1 << 20;

impl RowRule for LargeValue {
    fn rule(&self) -> Rule {
        Rule::LargeValue
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let may_be_large = match pair.source.kind() {
            Kind::Text(Limit::Bytes(most)) => *most > LARGE,
            Kind::Text(Limit::None) => true,
            Kind::Binary => matches!(pair.source.as_str(), "mediumblob" | "longblob"),
            _ => false,
        };
        may_be_large.then(|| Condition::Column(format!("LENGTH({}) > {LARGE}", pair.sql())))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let length = cell.map_or(0, <[u8]>::len);
        let is_large = u64::try_from(length).is_ok_and(|length| length > LARGE);
        if is_large { Verdict::found_of_size(length) } else { Verdict::Fits }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let largest = result.largest.unwrap_or_default();
        let message = format!(
            "larger than 1 MiB: {} (largest: {})",
            counted(result.count, "value"),
            human_bytes(largest)
        );
        result
            .finding(self, pair, message)
            .action("the copy keeps them unchanged")
            .detail("largest", largest)
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGE, LargeValue};
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_wide_columns_are_asked() {
        for (source, is_asked) in
            [("longtext", true), ("mediumblob", true), ("text", false), ("varchar(26)", false)]
        {
            assert_eq!(LargeValue.condition(&pair(source, "text")).is_some(), is_asked, "{source}");
        }
    }

    #[test]
    fn a_mebibyte_itself_is_not_large() {
        let mut cell = vec![b'x'; usize::try_from(LARGE).expect("a length")];
        let decide = |cell: &[u8]| LargeValue.decide(&pair("longtext", "text"), Some(cell));
        assert_eq!(decide(&cell), Verdict::Fits);
        cell.push(b'x');
        assert_eq!(decide(&cell), Verdict::found_of_size(cell.len()));
    }
}
