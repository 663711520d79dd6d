//! The policies that a column can have, and the commands that choose them.

use super::Overflow;
use super::overflow::decide;
use crate::check::{Choice, ColumnPair};
use crate::mattermost::{has_words, is_decoded_whole, is_never_deleted, is_string_list};
use crate::shell::shell_word;

/// The policies that a column can have; the one that loses least comes first.
pub(crate) fn allowed(pair: &ColumnPair) -> Vec<Overflow> {
    let mut policies = allowed_by_name(&pair.table, &pair.column);
    policies.retain(|it| *it != Overflow::Null || pair.takes_null());
    policies
}

/// The policies that a column of that name can have if it takes NULL.
pub(super) fn allowed_by_name(table: &str, column: &str) -> Vec<Overflow> {
    let default = decide(table, column, &[]).overflow;
    let is_list = is_string_list(table, column);
    let is_whole = is_decoded_whole(table, column);
    let is_words = has_words(table, column) || default == Overflow::TruncateWords;
    [
        (Overflow::TruncateName, default == Overflow::TruncateName),
        (Overflow::TruncateWords, is_words),
        (Overflow::Truncate, !is_whole),
        (Overflow::Empty, !is_whole && !is_list),
        (Overflow::Null, true),
        (Overflow::Delete, !is_never_deleted(table)),
        (Overflow::Keep, true),
    ]
    .into_iter()
    .filter_map(|(policy, is_allowed)| is_allowed.then_some(policy))
    .collect()
}

/// The choices for a column whose values stay unchanged by default.
///
/// Mattermost reads NULL only where it decodes a value itself; other columns get an empty text.
pub(crate) fn choices(pair: &ColumnPair) -> Vec<Choice> {
    let is_list = is_string_list(&pair.table, &pair.column);
    let is_decoded = is_list || is_decoded_whole(&pair.table, &pair.column);
    let allowed = allowed(pair);
    let has_words = allowed.contains(&Overflow::TruncateWords);
    let effect = |policy: &Overflow| match policy {
        Overflow::Truncate if is_list => Some("drop whole entries from the end of the list"),
        Overflow::Truncate if !has_words => Some("cut the text after the last character that fits"),
        Overflow::TruncateWords => Some("cut the text after the last word that fits"),
        Overflow::TruncateName => Some("shorten the name before its extension"),
        Overflow::Empty => Some("replace the text with an empty one"),
        Overflow::Null if is_decoded => Some("replace the value with NULL"),
        Overflow::Delete => Some("delete the row"),
        Overflow::Truncate | Overflow::Null | Overflow::Keep => None,
    };
    let place = format!("{}.{}", pair.table, pair.column);
    let choice = |policy: &Overflow| {
        let decision = shell_word(&format!("{place}={policy}"));
        Some(Choice::repair(effect(policy)?, format!("--on-overflow {decision}")))
    };
    allowed.iter().filter_map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::{allowed, choices};
    use crate::check::ColumnPair;
    use crate::check::rules::testing::pair;

    fn column(table: &str, column: &str) -> ColumnPair {
        let (table, column) = (table.to_owned(), column.to_owned());
        ColumnPair { table, column, ..pair("text", "character varying(300)") }
    }

    fn names(pair: &ColumnPair) -> String {
        allowed(pair).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_column_has_its_policies() {
        assert_eq!(names(&column("Posts", "Filenames")), "truncate null keep");
        assert_eq!(names(&column("drafts", "props")), "null delete keep");
        assert_eq!(names(&column("Users", "Roles")), "truncate-words truncate empty null keep");
        assert_eq!(names(&column("Commands", "URL")), "truncate empty null delete keep");
        let name = "truncate-name truncate empty null delete keep";
        assert_eq!(names(&column("FileInfo", "Name")), name);
        let refuses_null = ColumnPair { target_not_null: true, ..column("Posts", "Filenames") };
        assert_eq!(names(&refuses_null), "truncate keep");
    }

    #[test]
    fn a_choice_is_one_whole_command() {
        let commands = |pair: &ColumnPair| -> Vec<String> {
            choices(pair).into_iter().map(|it| format!("{}: {}", it.effect, it.command)).collect()
        };
        insta::assert_snapshot!(commands(&column("Posts", "FileIds")).join("\n"), @r"
        drop whole entries from the end of the list: migration-assist mysql --fix decided --on-overflow Posts.FileIds=truncate
        replace the value with NULL: migration-assist mysql --fix decided --on-overflow Posts.FileIds=null
        ");
        insta::assert_snapshot!(commands(&column("it's", "a b")).join("\n"), @r"
        cut the text after the last character that fits: migration-assist mysql --fix decided --on-overflow 'it'\''s.a b=truncate'
        replace the text with an empty one: migration-assist mysql --fix decided --on-overflow 'it'\''s.a b=empty'
        delete the row: migration-assist mysql --fix decided --on-overflow 'it'\''s.a b=delete'
        ");
    }
}
