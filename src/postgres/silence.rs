//! Why a session is not answered: a lock, the network, or work.

use super::sessions::read_session;
use super::{Connection, Dsn, Error};
use crate::activity::{Holder, Silence};
use crate::foreign_text::spell_out;

/// Asks the server of a session in another one.
pub(super) async fn ask(dsn: &Dsn, id: i32) -> Result<Silence, Error> {
    let statement =
        "SELECT holder.usename::text, host(holder.client_addr), holder.application_name,
            to_char(holder.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), holder.pid,
            waiting.wait_event_type, coalesce(waiting.state, ''), wanted.locktype,
            wanted.relation::regclass::text
        FROM pg_catalog.pg_stat_activity AS waiting
        LEFT JOIN LATERAL (
            SELECT locktype, CASE WHEN database = waiting.datid THEN relation END AS relation
            FROM pg_catalog.pg_locks WHERE pid = waiting.pid AND NOT granted LIMIT 1
        ) AS wanted ON true
        LEFT JOIN pg_catalog.pg_stat_activity AS holder
            ON holder.pid = ANY (pg_catalog.pg_blocking_pids(waiting.pid))
        WHERE waiting.pid = $1 ORDER BY holder.pid";
    let rows = Connection::connect(dsn).await?.query(statement, &[&id]).await?;
    let Some(first) = rows.first() else { return Ok(Silence::Unheard) };
    let (event, state): (Option<String>, String) = (first.try_get(5)?, first.try_get(6)?);
    let (kind, relation): (Option<String>, Option<String>) = (first.try_get(7)?, first.try_get(8)?);
    if let Some(kind) = kind {
        let mut holders = Vec::new();
        for row in &rows {
            let Some(holder) = row.try_get::<_, Option<i32>>(4)? else { continue };
            let session = format!("session {holder} ({})", read_session(row)?);
            let end = format!("SELECT pg_terminate_backend({holder});");
            holders.push(Holder { session, end });
        }
        let what = locked(&kind, relation.as_deref());
        return Ok(Silence::Locked { what, holders, is_certain: true });
    }
    let is_stuck = state != "active" || event.as_deref() == Some("Client");
    Ok(if is_stuck { Silence::Unheard } else { Silence::Working })
}

/// What a lock is on (PostgreSQL manual, "`pg_locks`").
fn locked(kind: &str, relation: Option<&str>) -> String {
    match (kind, relation) {
        ("advisory", _) => "the work of another command".to_owned(),
        ("transactionid" | "tuple", None) => {
            "a row that another transaction has changed".to_owned()
        }
        ("tuple", Some(table)) => format!("a row of table `{}`", spell_out(table)),
        (_, Some(table)) => format!("table `{}`", spell_out(table)),
        (kind, None) => format!("a lock of kind {kind}"),
    }
}
