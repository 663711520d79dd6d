//! The names of channels, in the order in which the source lists them.

use super::{Connection, Error};
use crate::sql::Dialect::MySql;

/// The most names that are read: a list that users see is shorter.
const MOST: usize = 1000;

/// The display names of public and private channels, sorted as the source's server sorts them for
/// Mattermost. `table` is the source's spelling of `Channels`.
pub async fn channel_names(connection: &mut Connection, table: &str) -> Result<Vec<String>, Error> {
    let table = MySql.identifier(table);
    let statement = format!(
        "SELECT DisplayName FROM {table} WHERE DeleteAt = 0 AND Type IN ('O', 'P') AND DisplayName <> ''
         ORDER BY DisplayName LIMIT {MOST}"
    );
    let names: Vec<Vec<u8>> = connection.query(&statement).await?;
    Ok(names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}
