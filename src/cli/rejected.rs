//! Arguments that are not a command, and what is printed for them.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{arguments, plain};

/// The reason why the arguments are not a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Help or the version was asked for: a text for standard output.
    Help(String),
    /// The arguments are wrong: a text for standard error, without any DSN.
    Usage(String),
}

const FORMS_OF_DSNS: &str = "a MySQL DSN has the form 'user:password@tcp(host:3306)/database', a PostgreSQL DSN \
                             'postgres://user:password@host:5432/database'";

/// What may have been meant by an argument that a command does not have.
fn tip(root: &Command, error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    let Some(flag) = word.strip_prefix("--") else {
        return arguments::may_contain_password(word).then(|| FORMS_OF_DSNS.to_owned());
    };
    let has_flag = |command: &&Command| {
        command.get_arguments().any(|argument| argument.get_long() == Some(flag))
    };
    let commands: Vec<&str> =
        root.get_subcommands().filter(has_flag).map(Command::get_name).collect();
    (!commands.is_empty()).then(|| format!("'--{flag}' is a flag of: {}", commands.join(", ")))
}

/// The text with the tip in place of that of clap, which goes by similar spelling.
fn with_tip(text: &str, tip: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let rest: String = rest.split_inclusive('\n').filter(|line| !line.contains("tip:")).collect();
    format!("{first}\n\n  tip: {tip}\n\n{}", rest.trim_start_matches('\n'))
}

impl Rejected {
    /// What is printed for an error of clap; `arguments` may contain DSNs, which it does not show.
    pub(super) fn new(root: &Command, error: &clap::Error, arguments: &[String]) -> Self {
        let mut text = plain(&error.render().ansi().to_string());
        if let Some(tip) = tip(root, error) {
            text = with_tip(&text, &tip);
        }
        match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Self::Help(text),
            _ => Self::Usage(without_escape_tip(&arguments::mask_dsns(&text, arguments))),
        }
    }
}

/// Drops clap's advice to pass an unrecognised flag as a value, which is never what was meant.
fn without_escape_tip(text: &str) -> String {
    let lines = text.split_inclusive('\n').filter(|line| !line.contains("as a value, use"));
    lines.collect::<String>().replace("\n\n\n", "\n\n")
}

#[cfg(test)]
mod tests {
    use super::Rejected;
    use crate::cli::Cli;

    #[test]
    fn a_flag_of_another_command_is_named_as_such() {
        let styles = regex::Regex::new("\x1b\\[[0-9;]*m").expect("sound");
        let refused = |line: &str| {
            let line: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            match Cli::read(&line) {
                Err(Rejected::Usage(text)) => styles.replace_all(&text, "").into_owned(),
                other => panic!("not refused: {other:?}"),
            }
        };
        let shown = refused("migration-assist mysql --on-error quarantine");
        insta::assert_snapshot!(shown, @r"
        error: unexpected argument '--on-error' found

          tip: '--on-error' is a flag of: migrate, copy, follow

        Usage: migration-assist mysql --on-overflow <TABLE.COLUMN=POLICY> [DSN]

        For more information, try '--help'.
        ");
        assert!(refused("migration-assist mysql --fix-jsn").contains("exists: '--fix-json'"));
        let dsn = refused("migration-assist migrate mm:secret@db");
        assert!(dsn.contains("tip: a MySQL DSN has the form") && !dsn.contains("secret"), "{dsn}");
    }

    #[test]
    fn a_refusal_shows_no_dsn() {
        let line = ["migration-assist", "version", "mm:secret@tcp(db)/mm"].map(str::to_owned);
        let Err(Rejected::Usage(text)) = Cli::read(&line) else { panic!("not refused") };
        assert!(text.contains("unexpected argument") && !text.contains("secret"), "{text}");
    }
}
