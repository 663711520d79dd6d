//! Detects a connection pool that moves a session between server connections.
//!
//! In such a pool (`PgBouncer`'s transaction and statement mode, and similar ones) a session setting affects
//! other clients, and session locks and snapshots have no meaning.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use super::{Dsn, Error, connect, identity};

/// A session of the probe.
#[derive(Clone, Copy)]
enum Asked {
    First,
    Second,
}

/// A pool that hands out the server connection that was returned last gives both sessions the same one; a
/// pool that hands them out in turn gives the same session another one. This order detects both, for two
/// server connections as well.
const ORDER: [Asked; 6] = {
    use Asked::{First, Second};
    [Second, First, Second, Second, First, First]
};

/// Refuses a pool that moves sessions, before any setting is changed. Only the first session at an address is
/// compared with a second one; a later one must keep its own server process. Returns the server's number of
/// the session.
pub(super) async fn refuse_moving_sessions(client: &Client, dsn: &Dsn) -> Result<i32, Error> {
    let address = connect::address(dsn);
    let moving = || Error::MovingSessions { address: address.clone() };
    let one = process(client).await?;
    let id = one.split(' ').next().and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| Error::Unexpected { what: "no number of a process".into() })?;
    let mut first = BTreeSet::from([one, process(client).await?]);
    if first.len() > 1 {
        return Err(moving());
    }
    if dsn.instances.knows(&address) {
        return Ok(id);
    }
    let Some(other) = open(dsn).await? else { return Ok(id) };
    let mut second = BTreeSet::new();
    for asked in ORDER {
        match asked {
            Asked::First => first.insert(process(client).await?),
            Asked::Second => second.insert(served(process(&other), dsn).await?),
        };
    }
    if first.len() > 1 || second.len() > 1 || !first.is_disjoint(&second) {
        return Err(moving());
    }
    let (_, one) = identity::identify(client).await?;
    let (_, two) = identity::identify(&other).await?;
    identity::require_same(&address, &one, &two)?;
    Ok(id)
}

/// A second session; `None` if the server grants no more of them.
async fn open(dsn: &Dsn) -> Result<Option<Client>, Error> {
    match connect::connect(dsn).await {
        Ok((client, _)) => Ok(Some(client)),
        Err(error) if error.is_too_many_connections() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The server process behind a session: its number, and the start time of its server.
async fn process(client: &Client) -> Result<String, Error> {
    let sql = "SELECT pg_catalog.concat(pg_catalog.pg_backend_pid(), ' ',
        pg_catalog.pg_postmaster_start_time())";
    let row = identity::one_row(client, sql).await?;
    let process = row.get(0).map(str::to_owned);
    process.ok_or_else(|| Error::Unexpected { what: "no server process".into() })
}

/// A pool in session mode without a free server connection accepts a session and lets it wait.
async fn served<T>(answer: impl Future<Output = Result<T, Error>>, dsn: &Dsn) -> Result<T, Error> {
    let limit = connect::limit(dsn);
    if limit.is_zero() {
        return answer.await;
    }
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| {
        Err(Error::NotServed { address: connect::address(dsn), seconds: limit.as_secs() })
    })
}
