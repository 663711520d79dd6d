//! The course of following: one session with the log after the other, until it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tokio::time::Instant;

use super::apply::Applier;
use super::definitions::build_definitions;
use super::reconnecting::{Pauses, wait_and_reopen};
use super::session::{End, follow_once};
use super::table::TableRoute;
use super::{Error, FollowOptions, FollowReport, Following, Observer, Outcome};
use crate::ledger::{self, Definition, FollowingCounts, FollowingRecord};
use crate::mysql;
use crate::postgres;
use crate::quarantine::Quarantine;
use crate::schema::Catalog;

/// What does not change while connections come and go.
pub(super) struct Setup<'a> {
    pub(super) source: mysql::Dsn,
    pub(super) target: postgres::Dsn,
    pub(super) options: FollowOptions,
    pub(super) database: String,
    pub(super) catalog: Catalog,
    pub(super) quarantine: &'a Mutex<Quarantine>,
    pub(super) observer: &'a dyn Observer,
}

/// What a run has done.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) applied: FollowingCounts,
    /// Tables of the source that the copy does not have, and those of them that the ledger does not have.
    pub(super) unknown_tables: BTreeSet<String>,
    pub(super) unrecorded: Vec<String>,
    pub(super) built: Vec<String>,
}

/// Follows until the end that the options name, until another command takes over, or until something is
/// not understood. Lost connections are opened again without limit.
pub async fn follow(
    following: Following,
    quarantine: &Mutex<Quarantine>,
    observer: &dyn Observer,
) -> Result<FollowReport, Error> {
    Box::pin(run(following, quarantine, observer)).await
}

async fn run(
    following: Following,
    quarantine: &Mutex<Quarantine>,
    observer: &dyn Observer,
) -> Result<FollowReport, Error> {
    let since = Instant::now();
    let Following {
        source,
        target,
        options,
        connection,
        database,
        catalog,
        mut routes,
        record,
        appeared,
    } = following;
    let schema = options.schema.clone();
    let setup = Setup { source, target, options, database, catalog, quarantine, observer };
    ledger::request_handover(&connection, &schema, false).await?;
    let mut applier = Applier::new(connection, &schema, &routes, &record).await?;
    let mut totals = Totals { unknown_tables: appeared, ..Totals::default() };
    let mut pauses = Pauses::default();
    loop {
        let before = totals.applied;
        let error = match advance(&setup, routes, applier, &record, &mut totals).await {
            Ok(Advanced::Ended { outcome, position, rejected }) => {
                return Ok(FollowReport {
                    outcome,
                    position,
                    applied: totals.applied,
                    rejected,
                    unknown_tables: totals.unknown_tables.into_iter().collect(),
                    built: totals.built,
                    seconds: since.elapsed().as_secs_f64(),
                });
            }
            Ok(Advanced::Planned(again)) => {
                (routes, applier) = *again;
                continue;
            }
            Err(error) if error.is_passing() => error,
            Err(error) => return Err(error),
        };
        if totals.applied != before {
            pauses = Pauses::default();
        }
        (routes, applier) = wait_and_reopen(&setup, &totals, &mut pauses, &error).await?;
    }
}

/// How far one session with the log has brought following.
enum Advanced {
    Ended {
        outcome: Outcome,
        position: String,
        rejected: BTreeMap<String, u64>,
    },
    /// It continues by a new plan.
    Planned(Box<(Vec<TableRoute>, Applier)>),
}

/// Follows by one session, and does what its end asks for.
///
/// # Errors
///
/// The session with the target is closed then.
async fn advance(
    setup: &Setup<'_>,
    routes: Vec<TableRoute>,
    mut applier: Applier,
    record: &FollowingRecord,
    totals: &mut Totals,
) -> Result<Advanced, Error> {
    let schema = &setup.options.schema;
    match follow_once(setup, &routes, &mut applier, record, totals).await? {
        End::Outcome(outcome) => {
            let rejected = ledger::rejected_rows(&applier.connection, schema).await?;
            return Ok(Advanced::Ended {
                outcome,
                position: applier.position.to_string(),
                rejected,
            });
        }
        End::Consistent => {
            let unique = Definition::refuses_duplicates;
            let built = &mut totals.built;
            build_definitions(&mut applier.connection, schema, unique, built).await?;
        }
        End::Replan => {}
    }
    let (planned, applier) =
        Applier::resume(applier.connection, &setup.catalog, &setup.options).await?;
    Ok(Advanced::Planned(Box::new((planned.routes, applier))))
}
