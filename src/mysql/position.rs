//! Where a source is in the order of its changes.

use mysql_async::{Row, Value};

use super::{Connection, Error, Flavour};

/// How far the source's log of changes has got; `None` where it keeps none, or where the account may
/// not see it.
pub async fn log_position(connection: &mut Connection) -> Result<Option<String>, Error> {
    let flavour = connection.server().flavour;
    let logs: Option<Option<i64>> = connection.query_optional("SELECT @@GLOBAL.log_bin").await?;
    if logs.flatten() != Some(1) {
        return Ok(None);
    }
    // Without GTIDs the variables stay what they were when there were some.
    let gtid = match flavour {
        Flavour::MariaDb => "SELECT @@GLOBAL.gtid_binlog_pos",
        Flavour::MySql => "SELECT IF(@@GLOBAL.gtid_mode = 'ON', @@GLOBAL.gtid_executed, '')",
    };
    let gtid: Option<Option<String>> = connection.query_optional(gtid).await?;
    if let Some(position) = gtid.flatten().filter(|it| !it.is_empty()) {
        return Ok(Some(position));
    }
    let newer = connection.server().is_at_least(Flavour::MySql, (8, 2, 0));
    let statement = if newer { "SHOW BINARY LOG STATUS" } else { "SHOW MASTER STATUS" };
    match connection.query_optional::<Row>(statement).await {
        Ok(row) => Ok(row.and_then(|row| Some(format!("{}:{}", text(&row, 0)?, text(&row, 1)?)))),
        // The account may not ask.
        Err(Error::Server { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn text(row: &Row, place: usize) -> Option<String> {
    match row.as_ref(place)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// The server's own time, as it prints it.
pub(super) async fn server_time(connection: &mut Connection) -> Result<Option<String>, Error> {
    connection.query_optional("SELECT CAST(NOW() AS CHAR)").await
}

/// When a table of the database was last written, as the server prints it; `None` where the server
/// does not know of any writing, which it forgets when it is restarted.
pub(super) async fn last_write(connection: &mut Connection) -> Result<Option<String>, Error> {
    let last: Option<Option<String>> = connection
        .query_optional(
            "SELECT CAST(MAX(UPDATE_TIME) AS CHAR) FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE()",
        )
        .await?;
    Ok(last.flatten())
}
