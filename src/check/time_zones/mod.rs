//! The time zone of the source's local times: evidence in the rows, candidates of the server, decisions.
//!
//! Mattermost's own tables store instants as milliseconds. Boards has `insert_at`, a `datetime` that the
//! server writes, in five tables and in the primary keys of three; tables of no known product may have
//! others. A `datetime` is a local time of the session that wrote it (MySQL manual, "The DATE, DATETIME,
//! and TIMESTAMP Types"), in the zone of the session, the server or the machine, which may have changed
//! since. A `timestamp` is an instant, which a server delivers in UTC to sessions in UTC, and which a
//! dump contains in the zone of its `SET TIME_ZONE`.
//!
//! Rows with `update_at` or `create_at` show the offset. The zones that the server is set to are only
//! candidates: every row that shows an offset has to agree.

mod decide;
mod decision;
mod evidence;
mod server;

pub use decide::decide;
pub use decision::{Basis, ColumnDecision, TimeZoneOptions, zones};
pub use evidence::{Agreement, ColumnEvidence, Stated};

pub(crate) use evidence::TableEvidence;

use crate::mysql::{Connection, Error};
use crate::progress::Progress;
use crate::schema::{Catalog, Table};
use crate::time_zone::TimeZone;

/// Decides about the local times of the tables of a server in `wanted`. `written_in` are the zones that the
/// programs which write to the server set, such as that of Mattermost's DSN. Without local times, the
/// server is not queried.
pub async fn decide_for_server(
    connection: &mut Connection,
    source: &Catalog,
    is_wanted: &(dyn Fn(&Table) -> bool + Sync),
    written_in: &[TimeZone],
    options: &TimeZoneOptions,
    progress: &dyn Progress,
) -> Result<Vec<ColumnDecision>, Error> {
    let evidence = server::read_evidence(connection, source, is_wanted, progress).await?;
    if evidence.is_empty() {
        return Ok(Vec::new());
    }
    let mut candidates = written_in.to_vec();
    candidates.extend(server::server_zone(connection).await?);
    Ok(decide(&evidence, &candidates, options))
}
