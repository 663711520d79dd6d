//! The flags that a user has to keep giving, for the commands that messages name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use super::arguments::{Side, side_of};
use crate::shell::shell_word;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command};
use regex::{Captures, Regex};

/// The flags that mean the same in every command that has them. DSNs are never repeated.
const CARRIED: [&str; 16] = [
    "accept-ctype",
    "accept-incomplete-dump",
    "accept-lossy-dump",
    "ambiguous-times",
    "config",
    "config-in-database",
    "database",
    "dump",
    "mysql-dsn-file",
    "postgres-dsn-file",
    "products",
    "quarantine",
    "schema",
    "source-time-zone",
    "text-search",
    "text-search-config",
];

/// The configuration in examples, for which the given one is put.
const EXAMPLE: &str = "--config /opt/mattermost/config/config.json";

/// A command in backticks, or on a line of its own.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)(?P<start>^ *(?:fix: )?|`)(?P<name>migration-assist (?P<sub>[a-z-]+))(?P<rest>(?: [^`\n]*)?)(?P<end>`|$)")
        .expect("a sound pattern")
});

/// The flags of one command line that a next command needs too.
#[derive(Debug, Clone, Default)]
pub struct CarriedFlags {
    /// Each flag without dashes, and as it is typed.
    given: Vec<(&'static str, String)>,
    /// The flags that each command has.
    accepted: BTreeMap<String, BTreeSet<&'static str>>,
    /// The variables for the DSNs that were typed, which no command repeats.
    typed_dsns: Vec<&'static str>,
    /// Whether a command was printed that needs them.
    are_missed: Arc<AtomicBool>,
}

impl CarriedFlags {
    pub(super) fn of(root: &Command, matches: &ArgMatches) -> Self {
        let Some((name, matches)) = matches.subcommand() else { return Self::default() };
        let flags_of = |command: &Command| -> BTreeSet<&'static str> {
            let has =
                |flag: &&&str| command.get_arguments().any(|it| it.get_long() == Some(**flag));
            CARRIED.iter().filter(has).copied().collect()
        };
        let accepted: BTreeMap<_, _> =
            root.get_subcommands().map(|it| (it.get_name().to_owned(), flags_of(it))).collect();
        let command = root.find_subcommand(name);
        let given = command.map(|command| given(command, matches)).unwrap_or_default();
        let is_typed = |id: &str| {
            let known = command.is_some_and(|it| it.get_arguments().any(|it| it.get_id() == id));
            known && matches.value_source(id) == Some(ValueSource::CommandLine)
        };
        // A DSN for the wrong side is meant for the other variable.
        let typed_sides: Vec<Side> = [
            ("mysql", Side::Source),
            ("postgres", Side::Target),
            ("dsn", if name == "mysql" { Side::Source } else { Side::Target }),
        ]
        .into_iter()
        .filter(|(id, _)| is_typed(id))
        .map(|(id, side)| {
            let typed = matches.get_raw(id).and_then(|mut it| it.next_back());
            typed.and_then(|it| side_of(&it.to_string_lossy())).unwrap_or(side)
        })
        .collect();
        let is_source = typed_sides.contains(&Side::Source);
        let is_target = typed_sides.contains(&Side::Target);
        let typed_dsns = [
            (is_source, "MIGRATION_ASSIST_MYSQL_DSN"),
            (is_target, "MIGRATION_ASSIST_POSTGRES_DSN"),
        ];
        let typed_dsns = typed_dsns.into_iter().filter(|(typed, _)| *typed).map(|(_, it)| it);
        Self { given, accepted, typed_dsns: typed_dsns.collect(), are_missed: Arc::default() }
    }

    /// How to give the DSNs that were typed to the commands that were printed; `None` if none was printed.
    #[must_use]
    pub fn missed_dsns(&self) -> Option<String> {
        let exports = self.typed_dsns.iter().map(|it| format!("{it}='DSN'")).collect::<Vec<_>>();
        (self.are_missed.load(Ordering::Relaxed) && !exports.is_empty()).then(|| {
            format!(
                "commands are printed without DSNs, which contain passwords; set what you typed once: `export {}`",
                exports.join(" ")
            )
        })
    }

    /// The text with these flags in each command that has them and does not name them.
    #[must_use]
    pub fn complete(&self, text: &str) -> String {
        if self.given.is_empty() && self.typed_dsns.is_empty() {
            return text.to_owned();
        }
        COMMAND.replace_all(text, |found: &Captures<'_>| self.command(found)).into_owned()
    }

    fn command(&self, found: &Captures<'_>) -> String {
        let (start, name, rest, end) =
            (&found["start"], &found["name"], &found["rest"], &found["end"]);
        if (start == "`") != (end == "`") {
            return found[0].to_owned();
        }
        let is_offline = ["explain", "help", "man", "report", "version"].contains(&&found["sub"]);
        if !is_offline {
            self.are_missed.store(true, Ordering::Relaxed);
        }
        let mut rest = Cow::Borrowed(rest);
        let mut flags = String::new();
        let accepted = self.accepted.get(&found["sub"]);
        for (flag, typed) in &self.given {
            if *flag == "config" && rest.contains(EXAMPLE) {
                rest = rest.replace(EXAMPLE, typed).into();
            }
            let is_named = rest.split_whitespace().any(|word| {
                word.strip_prefix("--")
                    .is_some_and(|it| it == *flag || it.starts_with(&format!("{flag}=")))
            });
            let is_accepted = accepted.is_some_and(|it| it.contains(flag));
            if is_accepted && !is_named && !contradicts(flag, &found["sub"], &rest) {
                flags.push(' ');
                flags.push_str(typed);
            }
        }
        format!("{start}{name}{flags}{rest}{end}")
    }
}

/// Whether a command line is about something else than the flag.
fn contradicts(flag: &str, command: &str, rest: &str) -> bool {
    let is_repair = rest.contains(" --fix") && command == "mysql" || rest.contains(" --undo ");
    match flag {
        "dump" | "database" | "accept-incomplete-dump" | "accept-lossy-dump" => {
            is_repair || rest.contains(" --mysql")
        }
        "mysql-dsn-file" => rest.contains(" --dump"),
        "quarantine" => command == "mysql" && !rest.contains(" --fix"),
        // The configuration that `cutover` changes is named in its own examples.
        "config" => rest.contains(" --config-in-database") || rest.contains(" --mysql-dsn-file"),
        "config-in-database" => rest.contains(" --config"),
        _ => false,
    }
}

fn given(command: &Command, matches: &ArgMatches) -> Vec<(&'static str, String)> {
    let typed = |flag: &&'static str| {
        let argument = command.get_arguments().find(|it| it.get_long() == Some(*flag))?;
        let id = argument.get_id().as_str();
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            return None;
        }
        if matches!(argument.get_action(), ArgAction::SetTrue) {
            return Some((*flag, format!("--{flag}")));
        }
        let values: Vec<_> =
            matches.get_raw(id)?.map(|it| it.to_string_lossy().into_owned()).collect();
        Some((*flag, format!("--{flag} {}", shell_word(&values.join(",")))))
    };
    CARRIED.iter().filter_map(typed).collect()
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;

    fn completed(line: &str, text: &str) -> String {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Cli::read(&words).expect("a right line").carried.complete(text)
    }

    #[test]
    fn typed_dsns_are_asked_for_once_a_command_needs_them() {
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            Cli::read(&words).expect("a right line").carried
        };
        let typed = read("migration-assist verify mm:secret@tcp(db)/mm postgres://mm:secret@db/mm");
        drop(typed.complete("run `migration-assist explain report.json`"));
        assert_eq!(typed.missed_dsns(), None);
        drop(typed.complete("run `migration-assist copy --restart`"));
        insta::assert_snapshot!(typed.missed_dsns().expect("both"), @"commands are printed without DSNs, which contain passwords; set what you typed once: `export MIGRATION_ASSIST_MYSQL_DSN='DSN' MIGRATION_ASSIST_POSTGRES_DSN='DSN'`");
        for (line, variable) in [
            ("migration-assist mysql mm:secret@tcp(db)/mm", Some("MYSQL")),
            ("migration-assist post-migrate postgres://mm:secret@db/mm", Some("POSTGRES")),
            ("migration-assist mysql --mysql-dsn-file mysql.dsn", None),
            ("migration-assist mysql postgres://mm:secret@db/mm", Some("POSTGRES")),
            ("migration-assist post-migrate mm:secret@tcp(db)/mm", Some("MYSQL")),
        ] {
            let carried = read(line);
            drop(carried.complete("  migration-assist migrate"));
            let shown = carried.missed_dsns().unwrap_or_default();
            for name in ["MYSQL", "POSTGRES"] {
                assert_eq!(shown.contains(name), variable == Some(name), "{line}: {shown}");
            }
        }
    }

    #[test]
    fn commands_in_a_text_carry_what_was_given() {
        let line = "migration-assist migrate --schema mm --mysql mm:secret@tcp(db)/mm --quarantine it's.jsonl";
        let shown = completed(
            line,
            "run `migration-assist verify --schema mm` or `migration-assist migrate --restart`\n\
             fix: migration-assist mysql --fix-varchar\n  migration-assist post-migrate",
        );
        insta::assert_snapshot!(shown, @r"
        run `migration-assist verify --schema mm` or `migration-assist migrate --quarantine 'it'\''s.jsonl' --schema mm --restart`
        fix: migration-assist mysql --quarantine 'it'\''s.jsonl' --fix-varchar
          migration-assist post-migrate --schema mm
        ");
    }

    #[test]
    fn a_dump_is_carried_to_what_reads_it() {
        let line = "migration-assist migrate --dump d.sql --products boards,playbooks";
        let text = "`migration-assist verify --mysql-dsn-file f`, `migration-assist copy --restart`, \
                    `migration-assist post-migrate`";
        assert_eq!(
            completed(line, text),
            "`migration-assist verify --products boards,playbooks --mysql-dsn-file f`, `migration-assist copy \
             --dump d.sql --products boards,playbooks --restart`, `migration-assist post-migrate`"
        );
    }

    #[test]
    fn the_own_configuration_is_named_in_place_of_the_example() {
        let text = "`migration-assist cutover --config /opt/mattermost/config/config.json --plan`";
        assert_eq!(
            completed("migration-assist migrate --config mm/config.json", text),
            "`migration-assist cutover --config mm/config.json --plan`"
        );
    }
}
