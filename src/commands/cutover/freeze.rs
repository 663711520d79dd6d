//! `cutover --freeze`: makes the source read-only until `--undo`.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::{flags, record_time, source_dsn};
use crate::check::Step;
use crate::cli::CutoverArgs;
use crate::commands::clock::Clock;
use crate::commands::failure::hinted;
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    Freeze, FreezeEffect, FreezeMode, FreezeRecords, Patience, SinceProof, SourceEvidence,
    ask_source, freeze, other_databases, read_proof,
};
use crate::ledger::Phase;
use crate::mysql::{self, Access, Connection, Flavour, OpenSession, quoted_account};
use crate::postgres;
use crate::render::{FREEZE_COSTS, session_lines};

#[derive(Debug, Default, Serialize, JsonSchema)]
pub(in crate::commands) struct FreezeReport {
    /// `None` if it was not confirmed.
    #[serde(flatten)]
    freeze: Option<Freeze>,
    /// The other databases of the server, which the freeze affects too.
    other_databases: Vec<String>,
    /// How long it took to make the source read-only, without the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    /// Whether the source was written since the proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_proof: Option<SinceProof>,
}

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let source = source_dsn(args)?;
    let target = connect_to_target(args, context).await?;
    let records =
        FreezeRecords { target: target.as_ref(), configuration: args.config.config.as_deref() };
    if !records.can_record() {
        let hint = "name the target with `--postgres DSN`, or Mattermost's configuration with `--config \
                    FILE`";
        return Err(hinted("cannot record the freeze anywhere", hint).into());
    }
    let mut server = Connection::connect(&source, Access::Writing).await?;
    let flavour = server.server().flavour;
    let place = format!("the {flavour} server at {}", source.address);
    let mut report = FreezeReport {
        other_databases: other_databases(&mut server).await?,
        ..FreezeReport::default()
    };
    announce(&report.other_databases, &place, context);
    let database = server.database().await?;
    let question = question(&place, &database, &report.other_databases);
    let mut clock = Clock::start();
    if !args.yes && !clock.without(|| context.ui.confirm(&question))? {
        context.ui.warn("nothing was changed");
        context.ui.hint(format!("add `--yes` to make {place} read only until `cutover --undo`"));
    } else {
        let frozen = freeze(&mut server, &source, records, Patience::default()).await?;
        let frozen_seconds = clock.seconds();
        describe(&frozen, &place, args, flavour, context);
        if let (Freeze::Done { already, .. }, Some(target)) = (&frozen, &target) {
            if !already {
                record_time(target, args, Phase::Freeze, frozen_seconds, context).await;
            }
            report.since_proof = since_proof(&source, target, args, context).await?;
        }
        report.seconds = Some(frozen_seconds);
        report.freeze = Some(frozen);
    }
    let verify = Step::new("compare every row of both sides", "migration-assist verify");
    let next = if report.freeze.is_some() { vec![verify] } else { Vec::new() };
    context.json("cutover", &report, next)?;
    let holds =
        matches!(report.freeze, Some(Freeze::Done { effect: FreezeEffect::Effective { .. }, .. }));
    Ok(if holds { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The target, if it is named and answers: a freeze can also be recorded next to the configuration only.
async fn connect_to_target(
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<Option<postgres::Connection>> {
    let connected = match connect::target_dsn(args.postgres.as_deref(), &args.target) {
        Ok(dsn) => postgres::Connection::connect(&dsn).await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    match connected {
        Ok(connection) => Ok(Some(connection)),
        Err(error) if args.config.config.is_none() => Err(error),
        Err(error) => {
            context
                .ui
                .warn(format!("the freeze is recorded only next to the configuration: {error:#}"));
            Ok(None)
        }
    }
}

fn announce(other_databases: &[String], place: &str, context: Context) {
    let ui = context.ui;
    ui.say(format!("a freeze makes {place} read only, as a whole"));
    if !other_databases.is_empty() {
        ui.warn(format!("other databases on it: {}", other_databases.join(", ")));
    }
    ui.say("what users see if Mattermost runs meanwhile:");
    for cost in FREEZE_COSTS {
        ui.say(format!("  {cost}"));
    }
    ui.say("stop Mattermost first to avoid this");
}

fn question(place: &str, database: &str, others: &[String]) -> String {
    if others.is_empty() {
        format!("Make {place} read only, with the database {database}?")
    } else {
        format!("Make {place} read only, with the databases {database}, {}?", others.join(", "))
    }
}

/// Whether this database was written since the proof, if it was compared at all.
async fn since_proof(
    source: &mysql::Dsn,
    target: &postgres::Connection,
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<Option<SinceProof>> {
    let ui = context.ui;
    let proof = read_proof(target, &args.schema).await?;
    if proof.source.is_none() {
        return Ok(None);
    }
    let SourceEvidence::Asked(state) = ask_source(source, &source.user, &proof).await? else {
        return Ok(None);
    };
    match &state.since_proof {
        SinceProof::Unchanged { .. } => {
            ui.good("this database was not written since it was compared with the target");
        }
        SinceProof::TablesChanged { tables } => {
            let names: Vec<&str> = tables.iter().map(|it| it.table.as_str()).collect();
            ui.warn(format!(
                "this database was written since it was compared with the target: {}",
                names.join(", ")
            ));
            ui.hint(
                "copy again: `migration-assist copy --restart`, then `migration-assist verify`",
            );
        }
        SinceProof::PositionChanged { .. } => {
            ui.warn(
                "the server was written since the comparison, in this or another database; \
                 `migration-assist verify` finds out which",
            );
        }
        SinceProof::OtherWorkspace { compared } => {
            ui.warn(format!("the target was compared with another workspace: {compared}"));
        }
        SinceProof::Unknown { reason } => {
            ui.warn(format!("cannot determine whether this database was written since: {reason}"));
        }
    }
    Ok(Some(state.since_proof))
}

fn describe(freeze: &Freeze, place: &str, args: &CutoverArgs, flavour: Flavour, context: Context) {
    match freeze {
        Freeze::Done { mode, already, recorded, effect } => {
            describe_effect(effect, *mode, *already, place, context);
            if *already && !recorded {
                context.ui.warn(
                    "no record of a freeze by this tool: `--undo` prints the statements that make the \
                     server writable, and does not run them",
                );
            }
        }
        Freeze::Denied { account, sessions } => {
            let ui = context.ui;
            ui.warn(format!(
                "account {account} may not make {place} read only: nothing was changed"
            ));
            for line in session_lines(sessions, account) {
                ui.say(line);
            }
            ui.say("REVOKE and ACCOUNT LOCK do not stop sessions that are open");
            ui.hint(format!(
                "choose one:\n  stop Mattermost on every node, which needs no right\n  freeze with the DSN of an \
                 administrator:\n    migration-assist cutover {} --freeze --mysql \
                 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'\n  let an administrator run:\n    {}",
                flags::of_cutover(args),
                statement_of(flavour),
            ));
        }
        Freeze::Blocked { sessions } => {
            let ui = context.ui;
            ui.warn(format!("{place} was not frozen: other sessions hold locks on its tables"));
            for session in &sessions.sessions {
                ui.warn(format!("  {session}"));
            }
            let see_all = "an administrator's DSN in `--mysql` shows all sessions";
            ui.hint(format!(
                "wait for the backup or the session that holds the lock, or end it with `KILL ID;`, and \
                 run the same command again{}",
                if sessions.complete { String::new() } else { format!("; {see_all}") }
            ));
        }
    }
}

/// The statement with which an administrator freezes a server.
fn statement_of(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON;",
        Flavour::MariaDb => "SET GLOBAL read_only = ON;",
    }
}

fn describe_effect(
    effect: &FreezeEffect,
    mode: FreezeMode,
    already: bool,
    place: &str,
    context: Context,
) {
    let ui = context.ui;
    let restart = "a restart of it ends that";
    match effect {
        FreezeEffect::Effective { sessions } => {
            let now = if already { "was frozen already" } else { "is frozen" };
            ui.good(format!("{place} {now}: no session of the workspace can write; {restart}"));
            if mode == FreezeMode::ReadOnly {
                ui.say(
                    "accounts with the right READ ONLY ADMIN still write; no such session is open",
                );
            }
            ui.say(format!("open sessions of the workspace: {}", sessions.sessions.len()));
            for session in &sessions.sessions {
                ui.say(format!("  {session}"));
            }
        }
        FreezeEffect::NotEffective { writers, accounts, rows_arrived } => {
            ui.warn(format!("{place} is read only, but the freeze is not effective"));
            if *rows_arrived {
                ui.warn("rows were written under the freeze: two readings of the server differ");
            }
            for session in writers {
                ui.warn(format!("  {session}: its account has the right READ ONLY ADMIN"));
            }
            ui.hint(stop_writers(writers, accounts));
        }
        FreezeEffect::Unconfirmed { sessions } => {
            ui.warn(format!(
                "{place} is read only; whether sessions still write is not known: this account may not \
                 see the rights or the sessions of others"
            ));
            for session in &sessions.sessions {
                ui.warn(format!("  {session}"));
            }
            ui.hint(
                "stop Mattermost on every node, or run the same command with the DSN of an administrator \
                 in `--mysql`",
            );
        }
    }
}

/// How to stop sessions that write on a read-only server. A revoked privilege stays with open sessions.
fn stop_writers(writers: &[OpenSession], accounts: &[String]) -> String {
    let mut hint = "stop Mattermost on every node and run the same command again".to_owned();
    if !writers.is_empty() {
        hint.push_str("; or let an administrator take the right and end the open sessions:");
        for account in accounts {
            let account = quoted_account(account);
            let _ = write!(hint, "\n  REVOKE READ_ONLY ADMIN ON *.* FROM {account};");
        }
        for session in writers {
            let _ = write!(hint, "\n  KILL {};", session.id);
        }
    }
    hint
}
