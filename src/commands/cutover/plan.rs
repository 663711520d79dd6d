//! `cutover --plan`: the runbook of this workspace.

use std::fmt::Write as _;

use super::describe::{configuration_flag, leftover_lines};
use super::{leftovers, require_configuration, source_dsn};
use crate::cli::{CutoverArgs, Format};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{Rehearsal, Step, Workspace, read_rehearsal, runbook};
use crate::postgres::{Connection, Error};

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let rehearsal = match Connection::connect(&target).await {
        Ok(connection) => read_rehearsal(&connection, &args.schema).await?,
        // A plan can be made before there is a target.
        Err(error @ (Error::Unreachable { .. } | Error::DatabaseMissing { .. })) => {
            context.ui.warn(format!("no times of a rehearsal are known: {error}"));
            Rehearsal::default()
        }
        Err(error) => return Err(error.into()),
    };
    let workspace = Workspace {
        configuration: configuration_flag(args),
        source: source_dsn(args).ok().map(|dsn| dsn.to_string()),
        target: target.to_string(),
        schema: args.schema.clone(),
        unit: args.machine.unit.clone(),
        edits: leftover_lines(&leftovers(args, &target)),
    };
    let steps = runbook(&workspace, rehearsal);
    match context.format {
        Format::Json => context.json("cutover", &steps)?,
        Format::Text => context.ui.data(&render(&steps))?,
    }
    Ok(ExitStatus::Success)
}

fn render(steps: &[Step]) -> String {
    let mut text = String::new();
    for (number, step) in (1..).zip(steps) {
        let took = step.took.map(|seconds| format!(" (took {} in a rehearsal)", duration(seconds)));
        let took = took.unwrap_or_default();
        writeln!(text, "{number}. {}{took}", step.title).expect("a string takes everything");
        for note in &step.notes {
            writeln!(text, "   {note}").expect("a string takes everything");
        }
        for command in &step.commands {
            writeln!(text, "     {command}").expect("a string takes everything");
        }
        text.push('\n');
    }
    text
}

fn duration(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else if seconds < 5400.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}
