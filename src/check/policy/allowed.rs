//! Which policies are possible for a column, and how they are offered.

use super::Overflow;
use super::overflow::{NEVER_DELETED, decide};
use crate::check::{Choice, ColumnPair};
use crate::schema::{is_decoded_whole, is_string_list};

/// Columns that hold words with blanks between them.
const WORDS: [(&str, &str); 5] = [
    ("ChannelMembers", "Roles"),
    ("RemoteClusters", "Topics"),
    ("Sessions", "Roles"),
    ("TeamMembers", "Roles"),
    ("Users", "Roles"),
];

/// The policies that a column can have, the one that loses least first.
pub(crate) fn allowed(pair: &ColumnPair) -> Vec<Overflow> {
    let (table, column) = (&*pair.table, &*pair.column);
    let default = decide(table, column, &[]).overflow;
    let is_list = is_string_list(table, column);
    let is_whole = is_decoded_whole(table, column);
    let is_kept = NEVER_DELETED.iter().any(|name| name.eq_ignore_ascii_case(table));
    let is_of = |(of_table, of_column): &(&str, &str)| {
        of_table.eq_ignore_ascii_case(table) && of_column.eq_ignore_ascii_case(column)
    };
    let is_words = WORDS.iter().any(is_of) || default == Overflow::TruncateWords;
    [
        (Overflow::TruncateName, default == Overflow::TruncateName),
        (Overflow::TruncateWords, is_words),
        (Overflow::Truncate, !is_whole),
        (Overflow::Empty, !is_whole && !is_list),
        (Overflow::Null, pair.takes_null()),
        (Overflow::Delete, !is_kept),
        (Overflow::Keep, true),
    ]
    .into_iter()
    .filter_map(|(policy, is_allowed)| is_allowed.then_some(policy))
    .collect()
}

/// What can be decided about a column whose values stay as they are by default.
///
/// Mattermost reads NULL as nothing only where it decodes a value itself; elsewhere, an empty text is
/// what it can read.
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
        let decision = shell_quoted(&format!("{place}={policy}"));
        let command = format!("migration-assist mysql --fix-varchar --on-overflow {decision}");
        Some(Choice { effect: effect(policy)?, command })
    };
    allowed.iter().filter_map(choice).collect()
}

/// A word as a shell reads it.
pub(crate) fn shell_quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-.,:/@%+=".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, choices, shell_quoted};
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
        drop whole entries from the end of the list: migration-assist mysql --fix-varchar --on-overflow Posts.FileIds=truncate
        replace the value with NULL: migration-assist mysql --fix-varchar --on-overflow Posts.FileIds=null
        ");
        insta::assert_snapshot!(commands(&column("it's", "a b")).join("\n"), @r"
        cut the text after the last character that fits: migration-assist mysql --fix-varchar --on-overflow 'it'\''s.a b=truncate'
        replace the text with an empty one: migration-assist mysql --fix-varchar --on-overflow 'it'\''s.a b=empty'
        delete the row: migration-assist mysql --fix-varchar --on-overflow 'it'\''s.a b=delete'
        ");
    }

    #[test]
    fn a_shell_reads_a_word_back() {
        for word in [
            "Posts.FileIds=null",
            "",
            "a b",
            "a'b",
            "$(x)",
            "a|b;c&d",
            "`x`",
            "\"",
            "\n",
            "~",
            "é*",
        ] {
            let script = format!("printf %s {}", shell_quoted(word));
            let shell = std::process::Command::new("sh").args(["-c", &script]).output();
            assert_eq!(shell.expect("a shell").stdout, word.as_bytes(), "{word}");
        }
    }
}
