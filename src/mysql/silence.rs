//! Why a session is not answered: a lock, the network, or work.

use super::{Access, Connection, Dsn, Error, Flavour, OpenSession, Row, open_sessions};
use crate::activity::{Holder, Silence};
use crate::foreign_text::spell_out;

/// States of a session whose server reads from or writes to the network (reference manuals, "General Thread
/// States").
const OF_THE_NETWORK: [&str; 4] =
    ["Writing to net", "Sending to client", "Reading from net", "Receiving from client"];

/// Asks the server of a session in another one.
pub(super) async fn ask(dsn: &Dsn, id: u32) -> Result<Silence, Error> {
    let mut connection = Connection::connect(dsn, Access::ReadOnly).await?;
    let rows: Vec<Row> = connection.query("SHOW PROCESSLIST").await?;
    let own = rows.iter().find(|row| row.get::<u64, _>("Id") == Some(u64::from(id)));
    let Some(own) = own else { return Ok(Silence::Unheard) };
    let text = |column: &str| own.get::<Option<String>, _>(column).flatten().unwrap_or_default();
    let (command, state) = (text("Command"), text("State"));
    if command == "Sleep" {
        return Ok(Silence::Unheard);
    }
    // Such as `Waiting for table metadata lock`, `Waiting for global read lock`, `Waiting for table flush`.
    let waits = state.strip_prefix("Waiting for ");
    if let Some(lock) = waits.filter(|it| it.contains("lock") || it.contains("flush")) {
        let found = metadata_holders(&mut connection, id).await?;
        return locked(&mut connection, id, &format!("a {}", spell_out(lock)), found).await;
    }
    if let Some(holders) = row_holders(&mut connection, id).await? {
        return locked(&mut connection, id, "a row that another transaction has changed", holders)
            .await;
    }
    let is_stuck = OF_THE_NETWORK.iter().any(|it| state.eq_ignore_ascii_case(it));
    Ok(if is_stuck { Silence::Unheard } else { Silence::Working })
}

/// The wait for a lock, with the sessions that hold it or, if the server does not say which, those with open
/// transactions or with the same database.
async fn locked(
    connection: &mut Connection,
    id: u32,
    what: &str,
    holders: Vec<u64>,
) -> Result<Silence, Error> {
    let open = open_sessions(connection).await?.sessions;
    let others = |it: &&OpenSession| it.id != u64::from(id);
    let (ids, is_certain) = if holders.is_empty() {
        let transactions = "SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX";
        (allowed(connection, transactions).await?.unwrap_or_default(), false)
    } else {
        (holders, true)
    };
    let named: Vec<&OpenSession> =
        open.iter().filter(others).filter(|it| ids.contains(&it.id)).collect();
    let named = if named.is_empty() {
        let database = connection.database().await?;
        let is_here = |it: &&OpenSession| it.database.as_ref() == Some(&database);
        open.iter().filter(others).filter(is_here).collect()
    } else {
        named
    };
    let holder = |it: &OpenSession| Holder {
        session: spell_out(&it.to_string()).into_owned(),
        end: format!("KILL {};", it.id),
    };
    let holders = named.into_iter().map(holder).collect();
    Ok(Silence::Locked { what: what.to_owned(), holders, is_certain })
}

/// The sessions that hold the metadata lock that a session waits for. `MariaDB` shows them with the plugin
/// `metadata_lock_info` only.
async fn metadata_holders(connection: &mut Connection, id: u32) -> Result<Vec<u64>, Error> {
    let statement = match connection.server().flavour {
        Flavour::MySql => format!(
            "SELECT DISTINCT holder.PROCESSLIST_ID FROM performance_schema.metadata_locks AS wanted
             JOIN performance_schema.threads AS waiting
                 ON waiting.THREAD_ID = wanted.OWNER_THREAD_ID AND waiting.PROCESSLIST_ID = {id}
             JOIN performance_schema.metadata_locks AS held ON held.OBJECT_TYPE = wanted.OBJECT_TYPE
                 AND held.OBJECT_SCHEMA <=> wanted.OBJECT_SCHEMA
                 AND held.OBJECT_NAME <=> wanted.OBJECT_NAME AND held.LOCK_STATUS = 'GRANTED'
             JOIN performance_schema.threads AS holder ON holder.THREAD_ID = held.OWNER_THREAD_ID
             WHERE wanted.LOCK_STATUS = 'PENDING' AND holder.PROCESSLIST_ID <> {id}"
        ),
        Flavour::MariaDb => format!(
            "SELECT DISTINCT THREAD_ID FROM information_schema.METADATA_LOCK_INFO
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> '' AND THREAD_ID <> {id}"
        ),
    };
    Ok(allowed(connection, &statement).await?.unwrap_or_default())
}

/// The sessions that hold the row that a session waits for; `None` if it waits for no row, or the account may
/// not see that.
async fn row_holders(connection: &mut Connection, id: u32) -> Result<Option<Vec<u64>>, Error> {
    let waiting = format!(
        "SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX
         WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = {id}"
    );
    if allowed(connection, &waiting).await?.unwrap_or_default().is_empty() {
        return Ok(None);
    }
    let waits = [
        format!(
            "SELECT holder.trx_mysql_thread_id FROM information_schema.INNODB_LOCK_WAITS AS waits
             JOIN information_schema.INNODB_TRX AS waiting ON waiting.trx_id = waits.requesting_trx_id
             JOIN information_schema.INNODB_TRX AS holder ON holder.trx_id = waits.blocking_trx_id
             WHERE waiting.trx_mysql_thread_id = {id}"
        ),
        format!(
            "SELECT DISTINCT holder.trx_mysql_thread_id FROM performance_schema.data_lock_waits AS waits
             JOIN information_schema.INNODB_TRX AS waiting
                 ON waiting.trx_id = waits.REQUESTING_ENGINE_TRANSACTION_ID
             JOIN information_schema.INNODB_TRX AS holder
                 ON holder.trx_id = waits.BLOCKING_ENGINE_TRANSACTION_ID
             WHERE waiting.trx_mysql_thread_id = {id}"
        ),
    ];
    for statement in waits {
        if let Some(holders) = allowed(connection, &statement).await? {
            return Ok(Some(holders));
        }
    }
    Ok(Some(Vec::new()))
}

/// The numbers that a query returns; `None` if the server has no such table or cannot show it now, or the account
/// may not read it.
async fn allowed(connection: &mut Connection, statement: &str) -> Result<Option<Vec<u64>>, Error> {
    match connection.query(statement).await {
        Ok(ids) => Ok(Some(ids)),
        Err(error)
            if error.is_privilege_missing()
                || error.is_unknown_table()
                || error.is_text_unconvertible() =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
