//! `migrate`: check, schema, copy, indexes and proof in one go.

use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use serde::Serialize;

use super::{Context, ExitStatus, connect, copy, mysql, postgres, verify};
use crate::check::{CheckOptions, CheckReport, Severity};
use crate::cli::{Format, MigrateArgs};
use crate::copy::{CopyOptions, CopyReport, FullText, default_jobs};
use crate::indexes::{self, BuildOptions, BuildReport, RefreshReport, Scope};
use crate::migrations::{self, RunReport};
use crate::postgres::Connection;
use crate::quarantine::{Purpose, Quarantine};
use crate::verify::VerifyReport;

#[derive(Debug, Default, Serialize)]
#[serde(default)]
struct MigrateReport {
    checks: Option<CheckReport>,
    schema: Option<RunReport>,
    copy: Option<CopyReport>,
    indexes: Option<BuildReport>,
    refresh: Option<RefreshReport>,
    verify: Option<VerifyReport>,
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    if let Some(path) = &args.log {
        context.ui.log_to(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let mut report = MigrateReport::default();
    let status = steps(&args, context, &mut report).await?;
    if context.format == Format::Json {
        context.json("migrate", &report)?;
    }
    Ok(status)
}

async fn steps(
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<ExitStatus> {
    let (source, target) = connect::sides(&args.sides)?;
    let (ui, schema) = (context.ui, args.sides.schema.as_str());
    let progress = Arc::new(ui.progress());

    ui.title("1. What in the source will not arrive as it is?");
    let mut connections = mysql::open(&source).await?;
    let chosen = &args.products.products;
    let knowledge = mysql::learn(&mut connections[0], chosen).await?;
    knowledge.warn_of_absent(chosen, ui);
    let products = knowledge.products();
    let models = knowledge.models(&products);
    let options = CheckOptions::default();
    let checks = crate::check::check(&mut connections, &models, options, &*progress).await?;
    drop(connections);
    ui.say(checks.to_string().trim_end());
    let verdict = refusal(&checks, args.fix_in_flight);
    report.checks = Some(checks);
    if let Some(hint) = verdict {
        ui.warn("nothing was written");
        ui.hint(hint);
        return Ok(ExitStatus::Findings);
    }

    ui.title("2. The schema of the source's own migrations");
    let mut connection = Connection::connect(&target).await?;
    if !postgres::check_privileges(&connection, schema, context).await? {
        return Ok(ExitStatus::Findings);
    }
    let set = models.applied_set();
    let done = migrations::run(&mut connection, schema, &set, &*progress).await?;
    postgres::describe_run(&done, schema, context);
    report.schema = Some(done);

    ui.title("3. The rows");
    let database = source.database.clone().unwrap_or_default();
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &database)?;
    let copying = copy::apply(
        &knowledge,
        CopyOptions {
            schema: schema.to_owned(),
            jobs: args.jobs.map_or_else(default_jobs, usize::from),
            full_text: FullText::Build,
            policy: Arc::new(copy::policy),
            ..CopyOptions::default()
        },
        ui,
    );
    let quarantine = Arc::new(Mutex::new(quarantine));
    let copied =
        crate::copy::copy(&source, &target, &copying, quarantine, progress.clone()).await?;
    copy::describe(&copied, context);
    report.copy = Some(copied);

    ui.title("4. Indexes, materialized views, the planner's figures");
    let model = migrations::known_target_model(&set)?;
    let building = BuildOptions { schema, scope: Scope::All, jobs: copying.jobs };
    let built = indexes::build(&target, &model, building, &*progress).await?;
    let refreshed = indexes::refresh(&connection, schema, &*progress).await?;
    super::post_migrate::describe(&built, &refreshed, context);
    let whole = built.failed.is_empty() && refreshed.failed.is_empty();
    (report.indexes, report.refresh) = (Some(built), Some(refreshed));

    ui.title("5. Every row of both sides");
    let comparing = verify::whole(&knowledge, schema, copying.jobs);
    let verified = crate::verify::verify(&source, &target, &comparing, progress).await?;
    verify::describe(&verified, ui);
    let proven = verified.proof && whole;
    report.verify = Some(verified);
    if proven {
        ui.hint("point Mattermost at the target, and start it");
    }
    Ok(if proven { ExitStatus::Success } else { ExitStatus::Findings })
}

/// What to do before anything may be written; `None` where nothing is in the way.
fn refusal(checks: &CheckReport, fix_in_flight: bool) -> Option<&'static str> {
    if checks.count(Severity::Blocks) > 0 {
        return Some("run the repairs that stand beside the findings, and start again");
    }
    (checks.count(Severity::Changes) > 0 && !fix_in_flight).then_some(
        "add `--fix-in-flight` to let the copy make these changes on the way, or repair the source \
         with `migration-assist mysql --fix all`",
    )
}
