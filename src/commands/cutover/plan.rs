//! `cutover --plan`: the plan of this workspace's migration.

use std::fmt::Write as _;

use super::describe::{leftover_lines, starts};
use super::{changed, flags, is_source_given, require_configuration, source_dsn, surroundings};
use crate::cli::CutoverArgs;
use crate::commands::clock::Clock;
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    MissingUnit, Plan, PlanFacts, PlannedServer, Step, duration, find_processes, other_databases,
    read_server, runbook, workspace_sessions,
};
use crate::foreign_text::spell_out_lines;
use crate::ledger::{self, PhaseTimes};
use crate::mysql::{self, Access, global_rights, has_log_filter, log_position, open_sessions};
use crate::postgres::{Connection, Error, Note, Privilege, read_readiness};
use crate::sql::Dialect::Postgres;

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
        Ok(dsn) => ask_server(dsn).await,
        Err(reason) => Err(reason.clone()),
    };
    let mut facts = PlanFacts {
        cutover_flags: flags::of_cutover(args),
        sides_flags: flags::of_other_commands(args),
        dsn_variables: flags::dsn_variables(args),
        source: source.ok().map(|dsn| dsn.to_string()),
        target: target.to_string(),
        starts: starts(&found, args),
        edits: leftover_lines(&found.leftovers),
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
            ask_target(&mut connection, &args.schema, &mut facts).await?;
            // The switch asks the same, and then writes a file.
            facts.asked_seconds = facts.server.is_ok().then(|| clock.seconds());
        }
        // A plan can be made before there is a target.
        Err(error @ (Error::Unreachable { .. } | Error::DatabaseMissing { .. })) => {
            context.ui.warn(format!("no times of a rehearsal are known: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    let plan = runbook(&facts);
    context.data(&spell_out_lines(&render(&plan)))?;
    context.json("cutover", &plan, Vec::new())?;
    Ok(ExitStatus::Success)
}

async fn ask_target(
    connection: &mut Connection,
    schema: &str,
    facts: &mut PlanFacts,
) -> anyhow::Result<()> {
    // A plan writes nothing: a ledger of an older version is upgraded for this reading only.
    let reading = connection.transaction().await?;
    facts.times = ledger::phase_times(&reading, schema).await?;
    facts.earlier_copy = ledger::read_copy(&reading, schema).await?.finished_at;
    reading.rollback().await?;
    let readiness = read_readiness(connection, schema).await?;
    let role = Postgres.identifier(&readiness.user);
    if !readiness.may(Privilege::CreateInSchema) {
        facts.target_issues.push(format!(
            "{role} may not create tables; an administrator grants it: GRANT USAGE, CREATE ON SCHEMA {} \
             TO {role};",
            Postgres.identifier(schema)
        ));
    }
    for Note { message, statement, .. } in readiness.notes() {
        facts.target_issues.push(match statement {
            None => message,
            Some(statement) => format!("{message}; an administrator runs: {statement}"),
        });
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
async fn ask_server(dsn: &mysql::Dsn) -> Result<PlannedServer, String> {
    let ask = async {
        let mut server = mysql::Connection::connect(dsn, Access::ReadOnly).await?;
        let rights = global_rights(&mut server).await?;
        let database = server.database().await?;
        let sessions = open_sessions(&mut server).await?;
        Ok::<_, mysql::Error>(PlannedServer {
            flavour: server.server().flavour,
            database: database.clone(),
            may_freeze: rights.may_freeze(server.server()),
            account: rights.account,
            position_is_evidence: has_log_filter(&mut server).await? == Some(false)
                && log_position(&mut server).await?.is_some(),
            frozen: read_server(&mut server).await?.is_frozen(),
            other_databases: other_databases(&mut server).await?,
            sessions: workspace_sessions(sessions, &database),
        })
    };
    ask.await.map_err(|error: mysql::Error| format!("{:#}", anyhow::Error::from(error)))
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
