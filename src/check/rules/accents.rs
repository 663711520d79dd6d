//! Messages with accents, which PostgreSQL's plain search compares and MySQL's does not.

use unicode_normalization::UnicodeNormalization as _;

use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::figures::{counted, grouped};
use crate::mattermost::is_message;
use crate::schema::Kind;

/// A message with letters that `--text-search accent-insensitive` finds without their accents.
pub struct Accents;

/// Letters that PostgreSQL's `unaccent` replaces and that Unicode does not decompose. A letter in both cases
/// is listed in both.
const REPLACED: &str = "ßẞæÆœŒøØłŁđĐðÐþÞħĦıŋŊёЁ";

impl RowRule for Accents {
    fn rule(&self) -> Rule {
        Rule::Accents
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let is_searched =
            matches!(pair.source.kind(), Kind::Text(_)) && is_message(&pair.table, &pair.column);
        let text = if pair.is_utf8() {
            pair.sql()
        } else {
            // A character of another character set may take one byte, whatever it is.
            format!("CONVERT({} USING utf8mb4)", pair.sql())
        };
        is_searched.then(|| Condition::Column(format!("LENGTH({text}) <> CHAR_LENGTH({text})")))
    }

    /// A recommendation for the language of a workspace, which a sample of its messages shows.
    fn is_sampled(&self) -> bool {
        true
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let text = cell.filter(|cell| !cell.is_ascii()).map(String::from_utf8_lossy);
        Verdict::found_if(text.is_some_and(|text| text.chars().any(is_accented)))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let messages = counted(result.count, "message");
        let of = result
            .sample
            .map_or_else(String::new, |rows| format!(" of the first {}", grouped(rows)));
        let message = format!(
            "letters with accents, which PostgreSQL's searches distinguish, so that `cafe` does not find `café`: \
             {messages}{of}"
        );
        let mut finding = result.finding(self, pair, message).action(
            "to search without regard to accents, as on MySQL, add `--text-search accent-insensitive` to \
             `migration-assist migrate`",
        );
        // So many rows are no list of rows to look at.
        finding.keys.clear();
        match result.sample {
            Some(sample) => finding.detail("sample", sample),
            None => finding,
        }
    }
}

/// Whether `unaccent` changes a letter, or removes a combining accent.
fn is_accented(character: char) -> bool {
    match character {
        '\0'..='\u{bf}' => false,
        // Combining grave accent to caron, dot below, cedilla and ogonek.
        '\u{300}'..='\u{30c}' | '\u{323}' | '\u{327}' | '\u{328}' => true,
        // Latin letters, Greek letters, Latin letters with two accents.
        '\u{c0}'..='\u{24f}' | '\u{386}'..='\u{3ce}' | '\u{1e00}'..='\u{1eff}' => {
            let mut decomposed = character.nfd();
            let base = decomposed.next();
            decomposed.next().is_some() && base.is_some_and(is_base) || REPLACED.contains(character)
        }
        _ => REPLACED.contains(character),
    }
}

fn is_base(character: char) -> bool {
    character.is_ascii_alphabetic() || ('Α'..='ω').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::Accents;
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_messages_are_asked() {
        let at = |table: &str, column: &str| ColumnPair {
            table: table.to_owned(),
            column: column.to_owned(),
            ..pair("text", "character varying(65535)")
        };
        assert!(Accents.condition(&at("posts", "message")).is_some());
        assert!(Accents.condition(&at("Posts", "Props")).is_none());
    }

    #[test]
    fn letters_of_which_the_configuration_removes_something() {
        let decide = |text: &str| {
            Accents.decide(&pair("text", "text"), Some(text.as_bytes())) != Verdict::Fits
        };
        for found in
            ["café", "cafe\u{301}", "Straße", "ELAN Élan", "smørrebrød", "Việt", "ώρα", "ёлка"]
        {
            assert!(decide(found), "{found}");
        }
        for fits in
            ["cafe", "привет, мой", "東京に行く", "“quoted” – 50 €", "👍🏽", "ωρα", "한국어", "שלום"]
        {
            assert!(!decide(fits), "{fits}");
        }
        assert_eq!(Accents.decide(&pair("text", "text"), None), Verdict::Fits);
    }
}
