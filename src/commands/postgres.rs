//! `postgres`: checks the target, and builds its schema.

mod wanted;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus, connect, schema};
use crate::check::Step;
use crate::cli::PostgresArgs;
use crate::compare::ComparisonReport;
use crate::migrations::{RunReport, Skew};
use crate::postgres::{Connection, take_exclusive};
use crate::render::{migration_lines, skew_lines};
use crate::workspace::{AcceptedTarget, LedgerNeed, TargetChecks, TargetReport};
use wanted::wanted;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PostgresReport {
    #[serde(flatten)]
    target: TargetReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    migrations: Option<RunReport>,
    /// How the target's set differs from the requested one, if it is not to be built.
    #[serde(skip_serializing_if = "Option::is_none")]
    skew: Option<Skew>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_schema_check: Option<ComparisonReport>,
}

pub(super) async fn run_command(
    args: PostgresArgs,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let wanted = wanted(&args.set, context)?;
    let dsn = connect::target_dsn(args.dsn.as_deref(), &args.target)?;
    connect::note_unrecognised("PostgreSQL", &dsn.unrecognised(), context.ui);
    let mut connection = Connection::connect(&dsn).await?;
    let checks = TargetChecks {
        owner: args.check_schema_owner,
        empty: args.check_tables_empty,
        ledger: LedgerNeed::Later,
        accepted: AcceptedTarget { ctype: args.locale.accept_ctype, text_search: false },
    };
    let target = TargetReport::read(&connection, &args.schema, checks).await?;
    context.ui.lines(&target.lines(checks));
    let mut status = if target.is_ready() { ExitStatus::Success } else { ExitStatus::Findings };
    let mut report =
        PostgresReport { target, migrations: None, skew: None, full_schema_check: None };
    if !args.run_migrations {
        if let Some(wanted) = &wanted {
            let skew = wanted.skew(&connection, &args.schema).await?;
            context.ui.lines(&skew_lines(&skew, &args.schema));
            if !skew.is_none() {
                status = ExitStatus::Findings;
            }
            report.skew = Some(skew);
        }
    } else if let (Some(wanted), ExitStatus::Success) = (wanted, status) {
        take_exclusive(&connection, &args.schema).await?;
        let progress = context.ui.progress();
        let done = wanted.run(&mut connection, &args.schema, &progress).await?;
        context.ui.lines(&migration_lines(&done, &args.schema));
        report.migrations = Some(done);
    } else {
        context.ui.warn("the migrations were not run; nothing was changed");
    }
    report.full_schema_check =
        schema::check_target(&args.full, args.force, &connection, &args.schema, context).await?;
    if !report.full_schema_check.as_ref().is_none_or(ComparisonReport::is_as_expected) {
        status = ExitStatus::Findings;
    }
    let next = next(&report, status);
    context.json("postgres", &report, next)?;
    Ok(status)
}

/// The command that leads on.
fn next(report: &PostgresReport, status: ExitStatus) -> Vec<Step> {
    let is_built = report.migrations.is_some()
        || report.skew.as_ref().is_some_and(|skew| skew.missing.is_empty());
    if status != ExitStatus::Success {
        return Vec::new();
    }
    if is_built {
        return vec![Step::new("copy all rows", "migration-assist copy")];
    }
    let command = "migration-assist postgres --run-migrations --applied-migrations mysql.output";
    vec![Step::new("build the schema of the source's own migrations", command)]
}
