//! Opening the connections again after one was lost, from the position in the ledger.

use std::time::Duration;

use tokio::time::sleep;

use super::apply::Applier;
use super::open::connect;
use super::run::{Setup, Totals};
use super::table::TableRoute;
use super::{Error, FollowStatus, Lag};
use crate::{ledger, postgres};

/// The waits before connections are opened again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long to wait before the next attempt.
pub(super) struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(FIRST_PAUSE)
    }
}

impl Pauses {
    fn take(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

/// Opens the target again, and reads the position there: the one in memory does not count any more,
/// because the last commit may have been lost or not.
pub(super) async fn wait_and_reopen(
    setup: &Setup<'_>,
    routes: &[TableRoute],
    totals: &Totals,
    pauses: &mut Pauses,
    lost: &Error,
) -> Result<Applier, Error> {
    let mut reason = lost.to_string();
    loop {
        setup.observer.status(&waiting(&reason, totals));
        sleep(pauses.take()).await;
        // A server that was restarted is another instance.
        setup.source.instances.forget();
        setup.target.instances.forget();
        match reopen(setup, routes).await {
            // The server may not have noticed yet that the lost session is gone.
            Err(error) if error.is_passing() || error.is_schema_in_use() => {
                reason = error.to_string();
            }
            outcome => return outcome,
        }
    }
}

fn waiting(reason: &str, totals: &Totals) -> FollowStatus {
    FollowStatus {
        position: String::new(),
        lag: Lag::default(),
        applied: totals.applied,
        changes_per_second: 0,
        waiting_for: Some(reason.to_owned()),
    }
}

pub(super) async fn recorded(
    connection: &postgres::Connection,
    schema: &str,
) -> Result<ledger::FollowingRecord, Error> {
    let record = ledger::read_following(connection, schema).await?;
    // A copy that was started meanwhile removes it.
    record.ok_or(Error::AppliedElsewhere)
}

async fn reopen(setup: &Setup<'_>, routes: &[TableRoute]) -> Result<Applier, Error> {
    let schema = &setup.options.schema;
    let connection = connect(&setup.target, schema).await?;
    let record = recorded(&connection, schema).await?;
    Applier::new(connection, schema, routes, &record).await
}
