//! The window in which nothing is written: freeze, last changes, proof and switch.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Addresses;
use super::appeared;
use super::release::{ReleaseGuard, release_and_say};
use super::start::{self, Switched};
use super::steps::Steps;
use crate::cli::CutoverArgs;
use crate::commands::cutover::{named_database, switch};
use crate::commands::live::report_stop;
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{Freeze, FreezeEffect, FreezeRecords, Patience, freeze, read_config};
use crate::follow::Ending;
use crate::ledger::BaseProof;
use crate::mysql::binlog::Position;
use crate::mysql::{self, Access, log_file_position, log_position};
use crate::postgres::Connection;
use crate::render::difference_line;
use crate::verify::{TargetSnapshot, Touched, VerifyOptions, verify, verify_touched};
use crate::workspace::{Followed, LiveSides};

/// How long the freeze may wait: new writes wait as long.
const FREEZE: Patience =
    Patience { total: Duration::from_secs(4), look: Duration::from_millis(300) };

/// Which rows are compared in the window.
pub(super) enum Comparing {
    /// Those that changed since this comparison of all rows.
    Touched(BaseProof),
    /// All.
    All,
}

/// The report of a window that ended without a switch.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct Released {
    /// Why the source was released.
    released: String,
}

/// A switch that is about to be made.
pub(super) struct Window<'a> {
    pub(super) sides: LiveSides<'a>,
    pub(super) args: &'a CutoverArgs,
    pub(super) comparing: Comparing,
    pub(super) options: &'a VerifyOptions,
    pub(super) context: Context,
}

impl Window<'_> {
    /// Freezes the source, proves the target, and switches; releases the source if anything is in the way.
    pub(super) async fn run(self, session: &Connection) -> anyhow::Result<ExitStatus> {
        let (ui, steps) = (self.context.ui, Steps::start());
        let addresses = Addresses {
            source: self.sides.source.clone(),
            target: self.sides.target.clone(),
            configuration: self.args.config.config.clone(),
        };
        let mut guard = ReleaseGuard::new(addresses.clone(), ui);
        let limit = Duration::from_secs(self.args.stop_limit);
        let ready = match tokio::time::timeout(limit, self.prepare(session, &steps)).await {
            Ok(ready) => ready,
            Err(_) => Ok(Err(format!(
                "the steps took longer than {} s; the last one was {}",
                limit.as_secs(),
                steps.current()
            ))),
        };
        let reason = match ready {
            Ok(Ok(snapshot)) => {
                steps.begin("switching");
                match switch(self.args, self.context).await {
                    // Something else may still name MySQL, which is reported.
                    Ok(status) if self.is_switched()? => {
                        guard.disarm();
                        ui.say(steps.describe());
                        let switched = Switched { status, steps: &steps, snapshot };
                        return Box::pin(start::complete(&self, switched)).await;
                    }
                    Ok(_) => Ok("the configuration was not switched".to_owned()),
                    Err(error) if self.is_switched()? => {
                        guard.disarm();
                        return Err(error);
                    }
                    Err(error) => Err(error),
                }
            }
            Ok(Err(reason)) => Ok(reason),
            Err(error) => Err(error),
        };
        release_and_say(&addresses, steps.seconds(), ui).await?;
        guard.disarm();
        let reason = reason?;
        ui.warn(format!("not switched: {reason}"));
        ui.say(steps.describe());
        ui.hint("run `migration-assist follow` again, and this command when the cause is fixed");
        self.context.json("cutover", &Released { released: reason }, Vec::new())?;
        Ok(ExitStatus::Findings)
    }

    /// Freezes, drains and proves; the reason, if the switch cannot be made.
    async fn prepare(
        &self,
        session: &Connection,
        steps: &Steps,
    ) -> anyhow::Result<Result<TargetSnapshot, String>> {
        let LiveSides { source, target, schema, .. } = self.sides;
        steps.begin("making the source read-only");
        let configuration = self.args.config.config.as_deref();
        let records = FreezeRecords { target: Some(session), configuration };
        let mut server = mysql::Connection::connect(source, Access::Writing).await?;
        match freeze(&mut server, source, records, FREEZE).await? {
            Freeze::Done {
                effect: FreezeEffect::Effective { .. } | FreezeEffect::Unconfirmed { .. },
                ..
            } => {}
            Freeze::Done { .. } => return Ok(Err("sessions still write to the source".to_owned())),
            Freeze::Denied { account, .. } => {
                return Ok(Err(format!("account {account} may not make the source read-only")));
            }
            Freeze::Blocked { .. } => {
                return Ok(Err("other sessions hold locks on the source's tables".to_owned()));
            }
        }
        let end = end_of_log(&mut server).await?;
        steps.begin("applying the last changes");
        match self.sides.follow(Ending::At(end.clone())).await? {
            Followed::Arrived(_) => {}
            followed => {
                if let Followed::Stopped(stop) = &followed {
                    report_stop("cutover", stop, self.context)?;
                }
                return Ok(Err("the last changes could not be applied".to_owned()));
            }
        }
        if let Some(reason) = appeared(session, schema).await? {
            return Ok(Err(reason));
        }
        self.context.ui.lines(&self.sides.read_again().await?.lines());
        let snapshot = TargetSnapshot::export(target, schema, &end).await?;
        if let Err(reason) = self.compare(&mut server, &end, steps).await? {
            return Ok(Err(reason));
        }
        // Administrators of MariaDB can write to a read-only server.
        if end_of_log(&mut server).await? != end {
            return Ok(Err("the source was written while it was read-only".to_owned()));
        }
        Ok(Ok(snapshot))
    }

    /// Compares what has to be; the reason, if the target is not proven equal.
    async fn compare(
        &self,
        server: &mut mysql::Connection,
        end: &Position,
        steps: &Steps,
    ) -> anyhow::Result<Result<(), String>> {
        let LiveSides { source, target, .. } = self.sides;
        let ui = self.context.ui;
        let progress = Arc::new(ui.progress());
        match &self.comparing {
            Comparing::Touched(base) => {
                steps.begin("comparing the rows changed since the proof");
                let position = log_position(server).await?.map(|it| it.to_string());
                let touched = Touched { base, end, log_position: position.as_deref() };
                let report =
                    verify_touched(source, target, touched, self.options, progress).await?;
                if report.proof {
                    ui.say(format!("rows changed since the proof, all equal: {}", report.keys()));
                    return Ok(Ok(()));
                }
                report.differences.iter().for_each(|it| ui.warn(difference_line(it)));
                let count = report.difference_count;
                Ok(Err(format!(
                    "the target is not proven equal: changed rows that differ: {count}"
                )))
            }
            Comparing::All => {
                steps.begin("comparing all rows");
                let report = verify(source, target, self.options, progress).await?;
                if report.proof {
                    return Ok(Ok(()));
                }
                ui.lines(&report.lines());
                Ok(Err("the target is not proven equal".to_owned()))
            }
        }
    }

    /// Whether the configuration names PostgreSQL.
    pub(super) fn is_switched(&self) -> anyhow::Result<bool> {
        let Some(path) = &self.args.config.config else { return Ok(true) };
        let text = read_config(path)?.text;
        let named = named_database(&text, &path.display().to_string())?;
        Ok(named.is_some_and(|dsn| connect::parse_target(dsn.expose()).is_ok()))
    }
}

async fn end_of_log(server: &mut mysql::Connection) -> anyhow::Result<Position> {
    let end = log_file_position(server).await?;
    Ok(end.ok_or_else(|| {
        mysql::Error::Unexpected("the server shows no position of its binary log".to_owned())
    })?)
}
