//! Text whose search document may be too large.

use crate::check::policy::invalid_choices;
use crate::check::probe::{Condition, Evidence, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::search_text::{LARGEST, SHORT, estimate};
use crate::figures::{counted, grouped};
use crate::schema::{Kind, Limit};

/// Text whose `tsvector` may be larger than PostgreSQL allows, so that the index on its column cannot be
/// built.
pub struct FullText;

impl RowRule for FullText {
    fn rule(&self) -> Rule {
        Rule::FullText
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let may_be_long = match pair.source.kind() {
            Kind::Text(Limit::Characters(most)) => most.saturating_mul(4) > SHORT as u64,
            Kind::Text(Limit::Bytes(most)) => *most > SHORT as u64,
            Kind::Text(Limit::None) | Kind::Binary => true,
            _ => false,
        };
        (pair.full_text && may_be_long)
            .then(|| Condition::Column(format!("LENGTH({}) > {SHORT}", pair.sql())))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let is_long = |cell: &&[u8]| cell.len() > SHORT;
        match cell.filter(is_long).map(|cell| estimate(&String::from_utf8_lossy(cell))) {
            Some(bytes) if bytes > LARGEST => {
                Verdict::Found(Evidence { size: Some(bytes), aspect: None })
            }
            _ => Verdict::Fits,
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "probably too many different words for a PostgreSQL full-text index (limit: {} bytes): {}",
            grouped(LARGEST),
            counted(result.count, "text")
        );
        result
            .finding(self, pair, message)
            .action(
                "the copy takes them unchanged; `post-migrate` then shows whether the \
                 index can be built",
            )
            .choices(invalid_choices(Rule::FullText, pair))
            .detail("largest-estimate", result.largest.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::FullText;
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;
    use crate::convert::search_text::{LARGEST, estimate};

    #[test]
    fn what_counts_is_different_words() {
        let repeated = "word ".repeat(400_000);
        assert!(estimate(&repeated) < LARGEST);
        let different: Vec<String> = (0..200_000).map(|number| format!("w{number}")).collect();
        let different = different.join(" ");
        assert!(estimate(&different) > LARGEST);
        assert_eq!(estimate("Word word, other"), (4 + 2) + (6 + 2) + 3 * 2);
    }

    #[test]
    fn only_long_texts_under_an_index_are_asked() {
        let indexed = |source| ColumnPair { full_text: true, ..pair(source, "text") };
        assert!(FullText.condition(&indexed("longtext")).is_some());
        assert!(FullText.condition(&indexed("text")).is_none());
        assert!(FullText.condition(&pair("longtext", "text")).is_none());
        assert_eq!(FullText.decide(&indexed("longtext"), Some(b"short")), Verdict::Fits);
    }
}
