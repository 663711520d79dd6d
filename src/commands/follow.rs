//! `follow`: the source's binary log, applied to the target.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus, connect, decisions};
use crate::check::Step;
use crate::cli::{FollowArgs, OnErrorArg};
use crate::follow::{
    Ending, Error, FollowOptions, FollowStatus, Observer, OnRowProblem, Outcome, ReadAgain,
    Refusal, finish, follow, open, read_again,
};
use crate::ledger;
use crate::mysql::{Access, Connection, Dsn};
use crate::quarantine::{Purpose, Quarantine};
use crate::render::{ending_log_lines, refusal_lines, unknown_table_lines};
use crate::ui::Ui;
use crate::workspace::LiveObserver;

/// What following does with a row that does not fit.
pub(super) fn on_problem(arg: OnErrorArg) -> OnRowProblem {
    match arg {
        OnErrorArg::Stop => OnRowProblem::Stop,
        OnErrorArg::Quarantine => OnRowProblem::Quarantine,
    }
}

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
        on_problem: on_problem(args.on_error),
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
    context.ui.lines(&report.lines());
    context.ui.lines(&read.lines());
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
    context.ui.lines(&refusal_lines(refusals));
    context.json(command, &Refused { refusals }, Vec::new())?;
    Ok(ExitStatus::Findings)
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
        let line = status.line();
        self.ui.state(line.kind, &line.text);
    }

    fn unknown_table(&self, table: &str) {
        self.ui.lines(&unknown_table_lines(table));
    }

    fn log_is_ending(&self, file: &str, statement: &str) {
        self.ui.lines(&ending_log_lines(file, statement));
    }
}

impl LiveObserver for StatusLines {
    /// The next state is printed at once.
    fn begin(&self) {
        *self.printed.lock().unwrap_or_else(PoisonError::into_inner) = Printed::default();
    }

    fn cannot_read_decisions(&self, error: &ledger::Error) {
        decisions::warn_of_unreadable(error, self.ui);
    }
}
