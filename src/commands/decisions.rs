//! What the user decided about values, rows and tables that do not fit: flags, and commands with these flags.

use crate::check::Step;
use crate::check::policy::{Decisions, LeftOut, OnInvalid, Override};
use crate::cli::{DecisionArgs, TablesArgs};
use crate::ledger;
use crate::postgres::Dsn;
use crate::shell::shell_word;
use crate::ui::Ui;
use crate::workspace::{Error, RecordedDecisions, RunDecisions};

/// The decisions that the flags give.
pub(super) fn read(args: &DecisionArgs) -> Result<Decisions, Error> {
    let overflow = args.on_overflow.iter().map(|text| text.parse::<Override>());
    let invalid = args.on_invalid.iter().map(|text| text.parse::<OnInvalid>());
    let left_out = args.leave_out.iter().map(|text| text.parse::<LeftOut>());
    Ok(Decisions {
        fix_in_flight: args.fix_in_flight,
        overflow: overflow.collect::<Result<_, _>>()?,
        invalid: invalid.collect::<Result<_, _>>()?,
        left_out: left_out.collect::<Result<_, _>>()?,
        left_behind: args.leave_behind.clone(),
        copy_unknown: args.copy_unknown,
    })
}

/// The decisions that the ledger records of a copy; none if the account may not read it.
pub(super) async fn recorded(target: &Dsn, schema: &str, ui: Ui) -> Result<Decisions, Error> {
    let recorded = RecordedDecisions::read(target, schema).await?;
    if let Some(error) = &recorded.unreadable {
        warn_of_unreadable(error, ui);
    }
    Ok(recorded.decisions)
}

pub(super) fn warn_of_unreadable(error: &ledger::Error, ui: Ui) {
    ui.warn(format!(
        "cannot read the decisions of the copy from the target's schema `migration_assist`: {error}"
    ));
}

/// The decisions of a run that copies these tables.
pub(super) async fn of_run(
    args: &DecisionArgs,
    tables: &TablesArgs,
    (target, schema): (&Dsn, &str),
    ui: Ui,
) -> Result<RunDecisions, Error> {
    let given = read(args)?;
    let earlier = recorded(target, schema, ui).await?;
    // Nothing of an earlier run is kept then.
    let starts_over = tables.restart && tables.tables.is_empty() && tables.exclude.is_empty();
    Ok(if starts_over {
        RunDecisions::started_over(given, earlier)
    } else {
        RunDecisions::resumed(given, earlier)
    })
}

/// The command that migrates by these decisions.
pub(super) fn migrate(decisions: &Decisions, flag: Option<&str>, dump: Option<&str>) -> String {
    command("migrate", decisions, flag, dump)
}

/// The command of that name by these decisions.
pub(super) fn command(
    name: &str,
    decisions: &Decisions,
    flag: Option<&str>,
    dump: Option<&str>,
) -> String {
    let mut words = vec!["migration-assist".to_owned(), name.to_owned()];
    words.extend(dump.map(|file| format!("--dump {}", shell_word(file))));
    words.extend(flag.map(str::to_owned));
    words.extend(decisions.flags());
    words.join(" ")
}

/// Prints the commands of which one leads on.
pub(super) fn offer(steps: &[Step], ui: Ui) {
    match steps {
        [] => {}
        [step] => ui.hint(format!("run `{}`", step.command)),
        steps => {
            let lines = steps.iter().map(|it| format!("\n  {}:\n    {}", it.effect, it.command));
            ui.hint(format!("choose one:{}", lines.collect::<String>()));
        }
    }
}
