//! Opening the connections again after one was lost, from the position in the ledger.

use std::time::Duration;

use tokio::time::sleep;

use super::apply::Applier;
use super::open::connect;
use super::run::{Setup, Totals};
use super::table::TableRoute;
use super::{Error, FollowStatus, Lag};

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

/// Opens the target again, and reads the position and the definitions there: those in memory do not count
/// any more, because the last commit may have been lost or not.
pub(super) async fn wait_and_reopen(
    setup: &Setup<'_>,
    totals: &Totals,
    pauses: &mut Pauses,
    lost: &Error,
) -> Result<(Vec<TableRoute>, Applier), Error> {
    let mut reason = lost.to_string();
    loop {
        setup.observer.status(&waiting(&reason, totals));
        sleep(pauses.take()).await;
        // A server that was restarted is another instance.
        setup.source.instances.forget();
        setup.target.instances.forget();
        match reopen(setup).await {
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

async fn reopen(setup: &Setup<'_>) -> Result<(Vec<TableRoute>, Applier), Error> {
    let connection = connect(&setup.target, &setup.options.schema).await?;
    let (planned, applier) = Applier::resume(connection, &setup.catalog, &setup.options).await?;
    Ok((planned.routes, applier))
}
