//! Texts whose search document may not fit.

use std::collections::HashSet;

use crate::check::finding::{counted, verb};
use crate::check::probe::{Condition, Evidence, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::schema::{Kind, Limit};

/// A text whose `tsvector` may be larger than PostgreSQL allows, so that the index over its column
/// cannot be built.
///
/// Only PostgreSQL's own dictionaries can tell for sure. The estimate counts different words as they
/// stand, which is an upper bound in practice: stemming makes fewer and shorter ones of them.
pub struct FullText;

/// The most bytes of words and positions in a `tsvector` (PostgreSQL manual, "Limitations").
const LARGEST: u64 = 1_048_575;
/// Words longer than this are not indexed.
const LONGEST_WORD: usize = 2_046;
/// The most positions kept of one word.
const POSITIONS: u64 = 255;
/// No text below this length is a candidate: three bytes of text never make more than eight of words
/// and positions.
const SHORT: u64 = 256 * 1024;

impl RowRule for FullText {
    fn rule(&self) -> Rule {
        Rule::FullText
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let may_be_long = match pair.source.kind() {
            Kind::Text(Limit::Characters(room)) => room.saturating_mul(4) > SHORT,
            Kind::Text(Limit::Bytes(room)) => *room > SHORT,
            Kind::Text(Limit::None) | Kind::Binary => true,
            _ => false,
        };
        (pair.full_text && may_be_long)
            .then(|| Condition::Column(format!("LENGTH({}) > {SHORT}", pair.sql())))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let is_long = |cell: &&[u8]| u64::try_from(cell.len()).is_ok_and(|bytes| bytes > SHORT);
        match cell.filter(is_long).map(|cell| estimate(&String::from_utf8_lossy(cell))) {
            Some(bytes) if bytes > LARGEST => {
                Verdict::Found(Evidence { size: Some(bytes), aspect: None })
            }
            _ => Verdict::Fits,
        }
    }

    fn finding(&self, pair: &ColumnPair, tally: &ProbeResult) -> Finding {
        let message = format!(
            "{} {} probably too many different words for PostgreSQL's full-text search, which takes \
             {LARGEST} bytes of them",
            counted(tally.count, "text"),
            verb(tally.count, "has", "have"),
        );
        tally
            .finding(self, pair, message)
            .action(
                "the copy takes them as they are; `post-migrate` then tells for sure whether the \
                 index can be built",
            )
            .detail("largest-estimate", tally.largest.unwrap_or_default())
    }
}

/// About how many bytes the words and their positions take in a `tsvector`: each word once, aligned,
/// with a count and two bytes a position.
fn estimate(text: &str) -> u64 {
    let mut words = HashSet::new();
    let (mut bytes, mut positions) = (0, 0_u64);
    for word in text.split(|it: char| !it.is_alphanumeric()) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            continue;
        }
        positions += 1;
        if words.insert(word.to_lowercase()) {
            bytes += u64::try_from(word.len().next_multiple_of(2)).unwrap_or_default() + 2;
        }
    }
    let different = u64::try_from(words.len()).unwrap_or(u64::MAX);
    bytes + 2 * positions.min(different.saturating_mul(POSITIONS))
}

#[cfg(test)]
mod tests {
    use super::{FullText, LARGEST, estimate};
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

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
