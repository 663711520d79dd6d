//! `cutover --freeze`: makes the source read-only until `--undo`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{flags, record_time, source_dsn};
use crate::check::Step;
use crate::cli::CutoverArgs;
use crate::commands::clock::Clock;
use crate::commands::failure::hinted;
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    Freeze, FreezeEffect, FreezeRecords, Patience, SinceProof, SourceEvidence, ask_source, freeze,
    other_databases, read_proof,
};
use crate::ledger::Phase;
use crate::mysql::{self, Access, Connection};
use crate::postgres;
use crate::render::freeze_notice;

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
    context.ui.lines(&freeze_notice(&place, &report.other_databases));
    let database = server.database().await?;
    let question = question(&place, &database, &report.other_databases);
    let mut clock = Clock::start();
    if !args.yes && !clock.without(|| context.ui.confirm(&question))? {
        context.ui.warn("nothing was changed");
        context.ui.hint(format!("add `--yes` to make {place} read only until `cutover --undo`"));
    } else {
        let frozen = freeze(&mut server, &source, records, Patience::default()).await?;
        let frozen_seconds = clock.seconds();
        context.ui.lines(&frozen.lines(&place, server.server(), &flags::of_cutover(args)));
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
    let proof = read_proof(target, &args.schema).await?;
    if proof.source.is_none() {
        return Ok(None);
    }
    let SourceEvidence::Asked(state) = ask_source(source, &source.user, &proof).await? else {
        return Ok(None);
    };
    context.ui.lines(&state.since_proof.lines());
    Ok(Some(state.since_proof))
}
