//! `cutover --plan`: the plan of this workspace's move.

use std::fmt::Write as _;

use super::describe::{leftover_lines, starts};
use super::{changed, flags, require_configuration, source_dsn, surroundings};
use crate::cli::{CutoverArgs, Format};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    MissingUnit, Plan, PlanFacts, PlannedServer, Step, duration, find_processes, other_databases,
    read_server, runbook, workspace_sessions,
};
use crate::ledger::{self, PhaseTimes};
use crate::mysql::{self, Access, global_rights, open_sessions};
use crate::postgres::{Connection, Error, Privilege, read_readiness};
use crate::sql::Dialect::Postgres;

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let found = surroundings(args, &target, MissingUnit::Report)?;
    let mut facts = PlanFacts {
        cutover_flags: flags::of_cutover(args),
        sides_flags: flags::of_other_commands(args),
        dsn_variables: flags::dsn_variables(args),
        source: source_dsn(args).ok().map(|dsn| dsn.to_string()),
        target: target.to_string(),
        starts: starts(&found, args),
        edits: leftover_lines(&found.leftovers),
        not_looked_at: found.not_looked_at,
        times: PhaseTimes::default(),
        earlier_copy: None,
        server: ask_server(args).await,
        target_issues: Vec::new(),
        processes: find_processes(&args.machine.root, changed(args)),
    };
    match Connection::connect(&target).await {
        Ok(connection) => ask_target(&connection, &args.schema, &mut facts).await?,
        // A plan can be made before there is a target.
        Err(error @ (Error::Unreachable { .. } | Error::DatabaseMissing { .. })) => {
            context.ui.warn(format!("no times of a rehearsal are known: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    let plan = runbook(&facts);
    match context.format {
        Format::Json => context.json("cutover", &plan)?,
        Format::Text => context.ui.data(&render(&plan))?,
    }
    Ok(ExitStatus::Success)
}

async fn ask_target(
    connection: &Connection,
    schema: &str,
    facts: &mut PlanFacts,
) -> anyhow::Result<()> {
    facts.times = ledger::phase_times(connection, schema).await?;
    facts.earlier_copy = ledger::read_copy(connection, schema).await?.finished_at;
    let readiness = read_readiness(connection, schema).await?;
    let role = Postgres.identifier(&readiness.user);
    if !readiness.may(Privilege::CreateInSchema) {
        facts.target_issues.push(format!(
            "{role} may not create tables; an administrator grants it: GRANT USAGE, CREATE ON SCHEMA {} \
             TO {role};",
            Postgres.identifier(schema)
        ));
    }
    let statements = ledger::missing_rights(connection, &readiness).await?;
    if !statements.is_empty() {
        facts.target_issues.push(format!(
            "{role} may not create or use the schema `migration_assist`; an administrator runs: {}",
            statements.join(" ")
        ));
    }
    Ok(())
}

/// What the source shows; the reason if it cannot be asked.
async fn ask_server(args: &CutoverArgs) -> Result<PlannedServer, String> {
    let dsn = source_dsn(args).map_err(|error| error.to_string())?;
    let ask = async {
        let mut server = mysql::Connection::connect(&dsn, Access::ReadOnly).await?;
        let rights = global_rights(&mut server).await?;
        let database = server.database().await?;
        let sessions = open_sessions(&mut server).await?;
        Ok::<_, mysql::Error>(PlannedServer {
            flavour: server.server().flavour,
            database: database.clone(),
            may_freeze: rights.may_freeze(server.server()),
            account: rights.account,
            frozen: read_server(&mut server).await?.is_frozen(),
            other_databases: other_databases(&mut server).await?,
            sessions: workspace_sessions(sessions, &database),
        })
    };
    ask.await.map_err(|error| error.to_string())
}

fn render(plan: &Plan) -> String {
    let mut text = String::from("How long users cannot write\n");
    for line in &plan.downtime {
        writeln!(text, "   {line}").expect("a string takes everything");
    }
    if !plan.found.is_empty() {
        text.push_str("\nFound\n");
        for line in &plan.found {
            writeln!(text, "   {line}").expect("a string takes everything");
        }
    }
    text.push_str("\nSteps\n\n");
    for (number, step) in (1..).zip(&plan.steps) {
        render_step(number, step, &mut text);
    }
    text
}

fn render_step(number: u32, step: &Step, text: &mut String) {
    let took = step.seconds.map(|seconds| format!(" (took {} the last time)", duration(seconds)));
    writeln!(text, "{number}. {}{}", step.title, took.unwrap_or_default())
        .expect("a string takes everything");
    for note in &step.notes {
        writeln!(text, "   {note}").expect("a string takes everything");
    }
    for command in &step.commands {
        writeln!(text, "     {command}").expect("a string takes everything");
    }
    text.push('\n');
}
