//! `cutover --live`: the switch of a source that is followed. Writes stop only while the last changes are
//! applied and compared.

mod plan;
mod release;
mod start;
mod steps;
pub(in crate::commands) mod window;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use self::window::{Comparing, Window};
use super::{require_configuration, require_file, source_dsn};
use crate::cli::CutoverArgs;
use crate::commands::failure::hinted;
use crate::commands::follow::StatusLines;
use crate::commands::live::report_stop;
use crate::commands::{Context, ExitStatus, connect, verify};
use crate::figures::grouped;
use crate::follow::{Ending, OnRowProblem};
use crate::foreign_text::spell_out_names;
use crate::ledger;
use crate::mysql;
use crate::postgres::{Connection, Dsn};
use crate::quarantine::{self, Purpose, Quarantine};
use crate::render::extent;
use crate::workspace::{self, Followed, LiveSides};

/// How long to wait for a follower that another command runs.
const TAKE_OVER: Duration = Duration::from_mins(1);

pub(super) async fn run(
    mut args: Box<CutoverArgs>,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    require_configuration(&args)?;
    let (ui, source) = (context.ui, source_dsn(&args)?);
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    require_file(&args)?;
    let session = Connection::connect(&target).await?;
    let Some(following) = ledger::read_following(&session, &args.schema).await? else {
        let hint = "run `migration-assist migrate --live` first";
        return Err(hinted("the source is not followed into this schema", hint).into());
    };
    if args.plan {
        return plan::run(&session, &source, following, &args, context).await;
    }
    let comparing = match choose(&session, &args, context).await? {
        Ok(comparing) => comparing,
        Err(status) => return Ok(status),
    };
    let question =
        "Freeze the source, apply and compare the last changes, and switch the configuration?";
    if !args.yes && !ui.confirm(question)? {
        ui.warn("nothing was changed");
        ui.hint("add `--yes` to switch");
        return Ok(ExitStatus::Findings);
    }
    args.yes = true;
    // It runs until the configuration is switched and it is started again.
    args.accept.accept_running = true;
    let database = source.database.clone().unwrap_or_default();
    let quarantine = open_quarantine(&args, &database, &session).await?;
    let lines = StatusLines::new(ui);
    let sides = LiveSides {
        source: &source,
        target: &target,
        schema: &args.schema,
        on_problem: OnRowProblem::Stop,
        quarantine: &quarantine,
        observer: &lines,
    };
    // Before the window, so that little is left for it.
    if let Some(status) = take_over(sides, &session, context).await? {
        return Ok(status);
    }
    if let Some(reason) = appeared(&session, &args.schema).await? {
        context.ui.warn(format!("not switched: {reason}"));
        context.ui.hint("copy again: `migration-assist copy --live --restart`");
        return Ok(ExitStatus::Findings);
    }
    let options = verify::recorded_options(&source, &target, &args.schema, context).await?;
    let window = Window { sides, args: &args, comparing, options: &options, context };
    Box::pin(window.run(&session)).await
}

/// Opens the quarantine, once a follower that uses the same file has ended.
async fn open_quarantine(
    args: &CutoverArgs,
    database: &str,
    session: &Connection,
) -> anyhow::Result<Mutex<Quarantine>> {
    let deadline = Instant::now() + TAKE_OVER;
    loop {
        match Quarantine::open(&args.quarantine, Purpose::Copy, database) {
            Err(quarantine::Error::InUse { .. }) if Instant::now() < deadline => {
                ledger::request_handover(session, &args.schema, true).await?;
                sleep(Duration::from_millis(100)).await;
            }
            opened => return Ok(Mutex::new(opened?)),
        }
    }
}

/// Which rows are compared while writes are stopped; the status, if that would take too long.
async fn choose(
    session: &Connection,
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<Result<Comparing, ExitStatus>> {
    let ui = context.ui;
    let followed = ledger::followed_tables(session, &args.schema).await?;
    let whole = followed
        .iter()
        .filter(|(_, table)| table.copy_whole || table.prove_whole)
        .map(|(name, _)| name.as_str());
    let whole: Vec<&str> = whole.collect();
    let base =
        if whole.is_empty() { ledger::base_proof(session, &args.schema).await? } else { None };
    if let Some(base) = base {
        let counts = ledger::touched_tables(session, &args.schema).await?;
        let position = base.position.as_ref().map_or_else(String::new, |it| format!(" at {it}"));
        ui.say(format!(
            "{} were equal{position} ({} UTC); rows changed since, to be compared: {}",
            extent(base.rows, base.tables),
            base.verified_at,
            grouped(counts.values().sum())
        ));
        return Ok(Ok(Comparing::Touched(base)));
    }
    if whole.is_empty() {
        ui.warn("no proof of all rows was made while the source was followed");
    } else {
        ui.warn(format!("tables that only a comparison of all rows proves: {}", whole.join(", ")));
    }
    let seconds = ledger::phase_times(session, &args.schema).await?.proof;
    match seconds {
        Some(seconds) => ui.say(format!(
            "all rows will be compared while writes are stopped; that took {seconds:.0} s the last time"
        )),
        None => ui.say("all rows will be compared while writes are stopped; how long that takes is unknown"),
    }
    if whole.is_empty() {
        ui.hint("for a stop of seconds, run `migration-assist migrate --live` first, which compares all rows before");
    }
    let limit = args.stop_limit;
    if seconds.is_some_and(|seconds| Duration::from_secs_f64(seconds).as_secs() >= limit) {
        ui.warn(format!("not switched: the comparison takes longer than `--stop-limit {limit}`"));
        return Ok(Err(ExitStatus::Findings));
    }
    Ok(Ok(Comparing::All))
}

/// Why tables that were made since the copy are in the way; `None` if there are none.
async fn appeared(session: &Connection, schema: &str) -> anyhow::Result<Option<String>> {
    let tables = ledger::appeared_tables(session, schema).await?;
    let names = spell_out_names(&tables);
    Ok((!tables.is_empty()).then(|| format!("tables of the source that are not followed: {names}")))
}

/// Takes over from a follower that may run, and applies the log to its end; the status, if that is not
/// possible.
async fn take_over(
    sides: LiveSides<'_>,
    session: &Connection,
    context: Context,
) -> anyhow::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + TAKE_OVER;
    loop {
        // A follower that begins takes the request back.
        ledger::request_handover(session, sides.schema, true).await?;
        let followed = match sides.follow(Ending::CaughtUp).await {
            Err(error) if Instant::now() < deadline && is_schema_in_use(&error) => continue,
            followed => followed?,
        };
        return match followed {
            Followed::Arrived(_) => Ok(None),
            Followed::HandedOver(_) => {
                context.ui.warn("another command took over");
                Ok(Some(ExitStatus::Findings))
            }
            Followed::Stopped(stop) => Ok(Some(report_stop("cutover", &stop, context)?)),
        };
    }
}

fn is_schema_in_use(error: &workspace::Error) -> bool {
    matches!(error, workspace::Error::Follow(error) if error.is_schema_in_use())
}

/// The target's DSN and the source's, as the release needs them.
#[derive(Clone)]
struct Addresses {
    source: mysql::Dsn,
    target: Dsn,
    configuration: Option<PathBuf>,
}
