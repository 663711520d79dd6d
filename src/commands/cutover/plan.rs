//! `cutover --plan`: the plan of this workspace's migration.

use super::{changed, flags, is_source_given, require_configuration, source_dsn, surroundings};
use crate::cli::CutoverArgs;
use crate::commands::clock::Clock;
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{MissingUnit, PlanFacts, find_processes, read_planned_server};
use crate::foreign_text::spell_out_lines;
use crate::ledger::PhaseTimes;
use crate::postgres::{Connection, Error};
use crate::render::Plan;

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let found = surroundings(args, &target, MissingUnit::Report)?;
    let source = match source_dsn(args) {
        Ok(dsn) => Ok(dsn),
        // It was named, and by mistake.
        Err(error) if is_source_given(args) => return Err(error),
        Err(error) => Err(format!("{error:#}")),
    };
    let clock = Clock::start();
    let server = match &source {
        Ok(dsn) => read_planned_server(dsn)
            .await
            .map_err(|error| format!("{:#}", anyhow::Error::from(error))),
        Err(reason) => Err(reason.clone()),
    };
    let mut facts = PlanFacts {
        cutover_flags: flags::of_cutover(args),
        sides_flags: flags::of_other_commands(args),
        dsn_variables: flags::dsn_variables(args),
        source: source.ok().map(|dsn| dsn.to_string()),
        target: target.to_string(),
        starts: found.starts_of(args.machine.unit.as_deref()),
        leftovers: found.leftovers,
        not_looked_at: found.not_looked_at,
        times: PhaseTimes::default(),
        asked_seconds: None,
        earlier_copy: None,
        server,
        target_issues: Vec::new(),
        processes: find_processes(&args.machine.root, changed(args)),
    };
    match Connection::connect(&target).await {
        Ok(mut connection) => {
            facts.add_target(&mut connection, &args.schema).await?;
            // The switch asks the same, and then writes a file.
            facts.asked_seconds = facts.server.is_ok().then(|| clock.seconds());
        }
        // A plan can be made before there is a target.
        Err(error @ (Error::Unreachable { .. } | Error::DatabaseMissing { .. })) => {
            context.ui.warn(format!("no times of a rehearsal are known: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    let plan = Plan::of(&facts);
    context.data(&spell_out_lines(&plan.to_string()))?;
    context.json("cutover", &plan, Vec::new())?;
    Ok(ExitStatus::Success)
}
