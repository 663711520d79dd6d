//! Names that MySQL finds in any case, accent or normal form, and PostgreSQL does not.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::figures::counted;
use crate::mattermost::is_name;
use crate::schema::Kind;

/// A name with capital letters.
pub struct NameCase;

/// A name that is not in Unicode's normal form C.
pub struct NameForm;

impl RowRule for NameCase {
    fn rule(&self) -> Rule {
        Rule::NameCase
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let name = pair.sql();
        has_names(pair).then(|| {
            Condition::Column(format!("CAST({name} AS BINARY) <> CAST(LOWER({name}) AS BINARY)"))
        })
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(text(cell).is_some_and(|name| name.chars().any(char::is_uppercase)))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "contains capital letters, which PostgreSQL distinguishes and MySQL does not: {}",
            counted(result.count, "name")
        );
        result.finding(self, pair, message).action("the copy keeps them unchanged")
    }
}

impl RowRule for NameForm {
    fn rule(&self) -> Rule {
        Rule::NameForm
    }

    fn severity(&self) -> Severity {
        Severity::Note
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let name = pair.sql();
        // ASCII text is in every normal form.
        has_names(pair).then(|| Condition::Column(format!("LENGTH({name}) <> CHAR_LENGTH({name})")))
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(text(cell).is_some_and(|name| !is_nfc(name)))
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "not in Unicode normalization form C, so that PostgreSQL does not find it by the composed spelling: {}",
            counted(result.count, "name")
        );
        result.finding(self, pair, message).action("the copy keeps them unchanged")
    }
}

fn has_names(pair: &ColumnPair) -> bool {
    matches!(pair.source.kind(), Kind::Text(_)) && is_name(&pair.table, &pair.column)
}

fn text(cell: Option<&[u8]>) -> Option<&str> {
    cell.and_then(|cell| std::str::from_utf8(cell).ok())
}

/// The form that names share if they differ only by case or normal form.
pub(in crate::check) fn fold(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::{NameCase, NameForm, fold};
    use crate::check::ColumnPair;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn only_columns_of_names_are_asked() {
        let at = |table: &str, column: &str| ColumnPair {
            table: table.to_owned(),
            column: column.to_owned(),
            ..pair("varchar(64)", "character varying(64)")
        };
        assert!(NameCase.condition(&at("channels", "name")).is_some());
        assert!(NameCase.condition(&at("Channels", "DisplayName")).is_none());
    }

    #[test]
    fn capitals_and_forms() {
        let decide = |name: &str| {
            let pair = pair("varchar(64)", "character varying(64)");
            let cell = Some(name.as_bytes());
            [NameCase.decide(&pair, cell), NameForm.decide(&pair, cell)]
                .map(|verdict| verdict != Verdict::Fits)
        };
        assert_eq!(decide("tech-talk"), [false, false]);
        assert_eq!(decide("Tech-Talk"), [true, false]);
        assert_eq!(decide("café"), [false, false]);
        assert_eq!(decide("cafe\u{301}"), [false, true]);
        assert_eq!(decide("日本"), [false, false]);
    }

    #[test]
    fn names_that_look_the_same_fold_to_one() {
        assert_eq!(fold("CAFE\u{301}"), fold("café"));
        assert_ne!(fold("cafe"), fold("café"));
    }
}
