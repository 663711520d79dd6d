//! The forms that the Go tool's command line accepts, rewritten into the ones of ours before clap reads them.
//!
//! Go's flag libraries take `--flag=BOOL` on every switch in any spelling of `strconv.ParseBool`, let the
//! last of several equal flags count, and allow the flags of a command in front of its subcommand. DSNs are
//! accepted both as arguments and as flags by every command, whichever of the two it documents.

use std::collections::BTreeSet;

use clap::{ArgAction, Command};

/// Rewrites the arguments of this process, the program's name included.
#[must_use]
pub fn normalise(root: &Command, arguments: Vec<String>) -> Vec<String> {
    let mut arguments = arguments.into_iter();
    let program: Vec<String> = arguments.next().into_iter().collect();
    let mut rest: Vec<String> = arguments.collect();
    let Some(position) = rest.iter().position(|it| root.find_subcommand(it).is_some()) else {
        return [program, rest].concat();
    };
    lift_post_migrate(&mut rest, position);
    let Some(command) = root.find_subcommand(&rest[position]) else {
        return [program, rest].concat();
    };
    let (before, words) = rest.split_at(position + 1);
    let words = Words { root, command }.rewrite(words);
    [program, before.to_vec(), words].concat()
}

/// `postgres FLAGS post-migrate …` is `post-migrate FLAGS …`.
fn lift_post_migrate(words: &mut Vec<String>, position: usize) {
    if words[position] != "postgres" {
        return;
    }
    if let Some(found) = words.iter().position(|word| word == "post-migrate") {
        words.remove(found);
        "post-migrate".clone_into(&mut words[position]);
    }
}

/// What the words behind a command mean.
struct Words<'a> {
    root: &'a Command,
    command: &'a Command,
}

impl Words<'_> {
    fn rewrite(&self, words: &[String]) -> Vec<String> {
        let mut rewritten: Vec<String> = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if word == "--" {
                rewritten.push(word.clone());
                rewritten.extend(words.cloned());
                break;
            }
            let Some((name, value)) = long_flag(word) else {
                rewritten.push(self.dsn(word).unwrap_or_else(|| word.clone()));
                continue;
            };
            match (self.kind(name), value) {
                (Some(FlagKind::Switch), Some(value)) => match parse_bool(value) {
                    Some(is_on) => {
                        rewritten.retain(|it| it.strip_prefix("--") != Some(name));
                        rewritten.extend(is_on.then(|| format!("--{name}")));
                    }
                    None => rewritten.push(word.clone()),
                },
                (Some(FlagKind::Switch), None) => {
                    rewritten.retain(|it| it != word);
                    rewritten.push(word.clone());
                }
                (Some(FlagKind::Bool), Some(value)) => {
                    let value =
                        parse_bool(value).map_or_else(|| value.to_owned(), |it| it.to_string());
                    rewritten.push(format!("--{name}={value}"));
                }
                // The folder is optional: a DSN behind the flag is not it.
                (Some(FlagKind::OptionalValue), None)
                    if words.peek().is_some_and(|next| side_of(next).is_none()) =>
                {
                    rewritten.push(word.clone());
                    let takes_next = words.peek().is_some_and(|next| !next.starts_with('-'));
                    rewritten.extend(words.next_if(|_| takes_next).cloned());
                }
                (Some(FlagKind::OptionalValue), None) => {
                    // The only flag of this kind is `--save-diff`.
                    rewritten.push(format!("--{name}={}", super::schema::DEFAULT_FOLDER));
                }
                // As if the flag were absent.
                (Some(FlagKind::Value), Some("")) if EMPTY_IS_ABSENT.contains(&name) => {}
                (Some(FlagKind::Value), None) => {
                    rewritten.push(word.clone());
                    rewritten.extend(words.next().cloned());
                }
                (None, value) if DSN_FLAGS.contains(&name) => {
                    // The other form of a command that takes its DSN as an argument.
                    rewritten.extend(value.map(str::to_owned).or_else(|| words.next().cloned()));
                }
                _ => rewritten.push(word.clone()),
            }
        }
        rewritten
    }

    /// A DSN given as an argument to a command that takes it as a flag.
    fn dsn(&self, word: &str) -> Option<String> {
        let flag = match side_of(word)? {
            Side::Source => "mysql",
            Side::Target => "postgres",
        };
        self.kind(flag).map(|_| format!("--{flag}={word}"))
    }

    fn kind(&self, name: &str) -> Option<FlagKind> {
        let mut all = self.command.get_arguments().chain(self.root.get_arguments());
        let argument = all.find(|it| it.get_long() == Some(name))?;
        let values = argument.get_num_args();
        let is_optional = values.is_some_and(|range| range.min_values() == 0);
        let booleans = BTreeSet::from(["true", "false"]);
        let possible = argument.get_possible_values();
        let is_bool =
            !possible.is_empty() && possible.iter().all(|it| booleans.contains(it.get_name()));
        Some(match argument.get_action() {
            ArgAction::SetTrue => FlagKind::Switch,
            ArgAction::Set | ArgAction::Append if is_bool => FlagKind::Bool,
            ArgAction::Set if is_optional => FlagKind::OptionalValue,
            ArgAction::Set | ArgAction::Append => FlagKind::Value,
            _ => FlagKind::Other,
        })
    }
}

/// How a flag takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FlagKind {
    /// On if it is there.
    Switch,
    /// `--flag`, `--flag=true` or `--flag=false`.
    Bool,
    /// `--flag` or `--flag VALUE`.
    OptionalValue,
    /// `--flag VALUE`.
    Value,
    /// Help and the like.
    Other,
}

/// Flags that count as absent if their value is empty.
const EMPTY_IS_ABSENT: [&str; 4] =
    ["migrations-dir", "applied-migrations", "mattermost-version", "git"];

/// The flags of commands for both sides, which others take as an argument.
const DSN_FLAGS: [&str; 2] = ["mysql", "postgres"];

/// The database that a DSN names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// MySQL or MariaDB.
    Source,
    /// PostgreSQL.
    Target,
}

/// The side that an argument is a DSN of, judged by its form alone.
#[must_use]
pub fn side_of(word: &str) -> Option<Side> {
    let starts = |schemes: &[&str]| schemes.iter().any(|scheme| word.starts_with(scheme));
    if starts(&["postgres://", "postgresql://"]) {
        return Some(Side::Target);
    }
    if starts(&["mysql://", "mariadb://"]) {
        return Some(Side::Source);
    }
    let keywords = ["host=", "dbname=", "user=", "password=", "port=", "sslmode="];
    if word.split_whitespace().any(|part| keywords.iter().any(|keyword| part.starts_with(keyword)))
    {
        return Some(Side::Target);
    }
    let address = ["@tcp(", "@unix(", "@("];
    let is_go = address.iter().any(|form| word.contains(form)) || starts(&["tcp(", "unix("]);
    (is_go || names_account_and_database(word)).then_some(Side::Source)
}

/// Whether a word has the form `user:password@host:port/database`, which Go's driver takes without a protocol.
fn names_account_and_database(word: &str) -> bool {
    let Some((account, place)) = word.rsplit_once('@') else { return false };
    let is_account = account.contains(':') && !account.contains("://") && !account.contains('=');
    is_account && place.split_once('/').is_some_and(|(host, _)| !host.is_empty())
}

fn long_flag(word: &str) -> Option<(&str, Option<&str>)> {
    let flag = word.strip_prefix("--").filter(|flag| !flag.is_empty())?;
    Some(flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value))))
}

/// A truth value as Go's `strconv.ParseBool` reads it.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Replaces every DSN among the arguments in a text about them, so that no refusal prints a password.
#[must_use]
pub fn mask_dsns(text: &str, arguments: &[String]) -> String {
    let mut masked = text.to_owned();
    for argument in arguments {
        let value = long_flag(argument).and_then(|(_, value)| value).unwrap_or(argument);
        if may_contain_password(value) {
            masked = masked.replace(value, "DSN");
        }
    }
    masked
}

pub(super) fn may_contain_password(word: &str) -> bool {
    side_of(word).is_some() || word.contains("://") || (word.contains('@') && word.contains(':'))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{mask_dsns, normalise};
    use crate::cli::Cli;

    const SOURCE: &str = "mm:secret@tcp(db:3306)/mm";
    const TARGET: &str = "postgres://mm:secret@db/mm";

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn rewritten(line: &str) -> String {
        normalise(&Cli::command(), words(&format!("migration-assist {line}")))[1..].join(" ")
    }

    #[test]
    fn a_switch_takes_every_spelling_of_a_go_bool_and_the_last_one_counts() {
        for on in ["1", "t", "T", "true", "TRUE", "True"] {
            assert_eq!(rewritten(&format!("mysql --fix-unicode={on} d")), "mysql --fix-unicode d");
        }
        for off in ["0", "f", "F", "false", "FALSE", "False"] {
            assert_eq!(rewritten(&format!("mysql --fix-unicode={off} d")), "mysql d");
        }
        assert_eq!(rewritten("mysql --fix-json --fix-json=F d"), "mysql d");
        assert_eq!(rewritten("mysql --fix-json=0 --fix-json=1 d"), "mysql --fix-json d");
        assert_eq!(rewritten("mysql --fix-json=maybe d"), "mysql --fix-json=maybe d");
    }

    #[test]
    fn a_flag_that_is_on_by_default_takes_them_too() {
        assert_eq!(
            rewritten("postgres --check-tables-empty=F d"),
            "postgres --check-tables-empty=false d"
        );
    }

    #[test]
    fn flags_may_precede_the_subcommand_of_postgres() {
        assert_eq!(
            rewritten("postgres --schema=public post-migrate --create-indexes d"),
            "post-migrate --schema=public --create-indexes d"
        );
        assert_eq!(rewritten("postgres post-migrate d"), "post-migrate d");
    }

    #[test]
    fn a_folder_of_differences_is_not_a_dsn() {
        assert_eq!(
            rewritten(&format!("mysql --save-diff {SOURCE}")),
            format!("mysql --save-diff=schema-diff {SOURCE}")
        );
        assert_eq!(
            rewritten(&format!("mysql {SOURCE} --save-diff")),
            format!("mysql {SOURCE} --save-diff=schema-diff")
        );
        assert_eq!(rewritten("mysql --save-diff folder d"), "mysql --save-diff folder d");
    }

    #[test]
    fn a_dsn_is_an_argument_or_a_flag() {
        assert_eq!(
            rewritten(&format!("migrate {SOURCE} {TARGET}")),
            format!("migrate --mysql={SOURCE} --postgres={TARGET}")
        );
        assert_eq!(rewritten(&format!("mysql --mysql={SOURCE}")), format!("mysql {SOURCE}"));
        assert_eq!(rewritten(&format!("mysql --mysql {SOURCE}")), format!("mysql {SOURCE}"));
        assert_eq!(
            rewritten(&format!("migrate --mysql {SOURCE}")),
            format!("migrate --mysql {SOURCE}")
        );
    }

    #[test]
    fn a_dsn_without_a_protocol_is_mysql_s() {
        use super::{Side, side_of};
        for word in ["mm:secret@db/mm", "mm:p@ss/word@db:3306/mm?charset=utf8mb4"] {
            assert_eq!(side_of(word), Some(Side::Source), "{word}");
        }
        for word in ["https://mm:secret@db/mm", "mm@db/mm", "a:b@c", "Posts.Message=value:a@b/c"] {
            assert_eq!(side_of(word), None, "{word}");
        }
    }

    #[test]
    fn an_empty_set_of_migrations_is_absent() {
        assert_eq!(rewritten("postgres --migrations-dir= d"), "postgres d");
    }

    #[test]
    fn a_text_about_arguments_shows_no_dsn() {
        let arguments = words(&format!("migration-assist copy x {SOURCE} --mysql={TARGET}"));
        let text = format!("unexpected argument '{SOURCE}', '{TARGET}'");
        assert_eq!(mask_dsns(&text, &arguments), "unexpected argument 'DSN', 'DSN'");
    }
}
