//! `follow`: the source's binary log, applied to the target.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus, connect, decisions};
use crate::check::Step;
use crate::cli::{FollowArgs, OnErrorArg};
use crate::follow::{
    Ending, Error, FollowOptions, FollowReport, FollowStatus, Observer, OnRowProblem, Outcome,
    ReadAgain, Refusal, finish, follow, open, read_again,
};
use crate::mysql::{Access, Connection, Dsn};
use crate::quarantine::{Purpose, Quarantine};
use crate::transcript::LineKind;
use crate::ui::Ui;

pub(super) async fn run(args: FollowArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (source, target) = connect::sides(&args.sides, context.ui)?;
    let decided = decisions::recorded(&target, &args.sides.schema, context.ui).await?;
    let options = FollowOptions {
        schema: args.sides.schema.clone(),
        ending: if args.until_caught_up || args.finish {
            Ending::CaughtUp
        } else {
            Ending::Interruption
        },
        on_problem: match args.on_error {
            OnErrorArg::Stop => OnRowProblem::Stop,
            OnErrorArg::Quarantine => OnRowProblem::Quarantine,
        },
        policy: Arc::new(move |table, column| decided.policy(table, column)),
    };
    if args.finish && !is_read_only(&source).await? {
        context.ui.warn("the source is not read-only: changes could follow the last one");
        let freeze = "stop Mattermost and run `migration-assist cutover --freeze`, or run on the source: \
                      SET GLOBAL read_only = ON;";
        context.ui.hint(freeze);
        return Ok(ExitStatus::Findings);
    }
    let following = match open(&source, &target, &options).await {
        Err(Error::Refused(refusals)) => return refuse("follow", &refusals, context),
        opened => opened?,
    };
    let database = source.database.clone().unwrap_or_default();
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &database)?;
    let quarantine = Mutex::new(quarantine);
    let lines = StatusLines::new(context.ui);
    let mut report = follow(following, &quarantine, &lines).await?;
    let mut read = ReadAgain::default();
    if args.finish && report.outcome == Outcome::CaughtUp {
        read = read_again(&source, &target, &options, &quarantine).await?;
        report.built.extend(finish(&target, &args.sides.schema).await?);
    }
    describe(&report, context.ui);
    describe_read(&read, context.ui);
    if args.finish && report.outcome == Outcome::CaughtUp {
        context.ui.hint("run `migration-assist verify` next, and then `migration-assist cutover`");
    }
    let next = match (&report.outcome, args.finish) {
        (Outcome::CaughtUp, true) => {
            vec![Step::new("compare every row of both sides", "migration-assist verify")]
        }
        (Outcome::HandedOver, _) => Vec::new(),
        _ => vec![Step::new("follow on", "migration-assist follow")],
    };
    context.json("follow", &report, next)?;
    Ok(match report.outcome {
        Outcome::CaughtUp | Outcome::HandedOver => ExitStatus::Success,
        Outcome::Stopped { .. } => ExitStatus::Findings,
    })
}

/// Whether the source's server refuses writes.
async fn is_read_only(source: &Dsn) -> anyhow::Result<bool> {
    let mut server = Connection::connect(source, Access::ReadOnly).await?;
    let value: Option<i64> = server.query_optional("SELECT @@GLOBAL.read_only").await?;
    Ok(value == Some(1))
}

/// What keeps the command from following.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refused<'a> {
    refusals: &'a [Refusal],
}

/// Prints why the source cannot be followed.
pub(super) fn refuse(
    command: &str,
    refusals: &[Refusal],
    context: Context,
) -> anyhow::Result<ExitStatus> {
    for refusal in refusals {
        context.ui.warn(format!("cannot follow the source: {refusal}"));
    }
    for hint in refusals.iter().map(Refusal::hint).collect::<BTreeSet<_>>() {
        context.ui.hint(hint);
    }
    context.json(command, &Refused { refusals }, Vec::new())?;
    Ok(ExitStatus::Findings)
}

fn describe(report: &FollowReport, ui: Ui) {
    let counts = report.applied;
    ui.say(format!(
        "applied in {:.1} s: {} transactions, {} changes, {} rows written or deleted",
        report.seconds, counts.transactions, counts.changes, counts.net_changes
    ));
    if !report.built.is_empty() {
        ui.say(format!("indexes and constraints built: {}", report.built.join(", ")));
    }
    for (table, rows) in &report.rejected {
        ui.warn(format!(
            "rows of table `{table}` that do not fit and are absent from the target: {rows}"
        ));
    }
    match &report.outcome {
        Outcome::CaughtUp => ui.good(format!("caught up at {}", report.position)),
        Outcome::HandedOver => {
            ui.good(format!("another command takes over at {}", report.position));
        }
        Outcome::Stopped { reason, hint } => {
            ui.warn(format!("stopped: {reason}"));
            ui.hint(hint);
        }
    }
}

/// Prints what was read again, if anything was.
pub(super) fn describe_read(read: &ReadAgain, ui: Ui) {
    for (table, rows) in &read.tables {
        ui.say(format!("copied whole: {table} ({rows} rows)"));
    }
    if read.rows > 0 {
        ui.say(format!("rows read again: {}", read.rows));
    }
}

/// How often the state is printed.
const EVERY: Duration = Duration::from_mins(1);

/// Prints the state once a minute, and whenever the connections are lost or come back.
pub(super) struct StatusLines {
    ui: Ui,
    printed: Mutex<Printed>,
}

#[derive(Default)]
struct Printed {
    at: Option<Instant>,
    waiting_for: Option<String>,
}

impl StatusLines {
    pub(super) fn new(ui: Ui) -> Self {
        Self { ui, printed: Mutex::default() }
    }
}

impl Observer for StatusLines {
    fn status(&self, status: &FollowStatus) {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = printed.at.is_none_or(|at| at.elapsed() >= EVERY);
        if !is_due && printed.waiting_for == status.waiting_for {
            return;
        }
        *printed = Printed { at: Some(Instant::now()), waiting_for: status.waiting_for.clone() };
        match &status.waiting_for {
            Some(reason) => {
                self.ui.state(LineKind::Warning, format!("waiting to connect again: {reason}"));
            }
            None => self.ui.state(LineKind::Text, describe_status(status)),
        }
    }

    fn unknown_table(&self, table: &str) {
        self.ui.warn(format!("table `{table}` appeared in the source and is not followed"));
        self.ui.hint("copy again before the switch: `migration-assist copy --live --restart`");
    }

    fn log_is_ending(&self, file: &str) {
        self.ui.warn(format!("the source is about to remove `{file}`, which is not applied yet"));
        self.ui.hint(
            "keep binary logs for longer on the source, such as with `SET GLOBAL \
             binlog_expire_logs_seconds = 2592000;`",
        );
    }
}

fn describe_status(status: &FollowStatus) -> String {
    let bytes = match status.lag.bytes {
        Some(bytes) => format!("{} KiB", bytes.div_ceil(1024)),
        None => "an unknown number of bytes".to_owned(),
    };
    format!(
        "behind {} s, {bytes}; {} changes/s; applied up to {}",
        status.lag.seconds, status.changes_per_second, status.position
    )
}
