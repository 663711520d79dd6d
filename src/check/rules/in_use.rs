//! Whether somebody is connected to the database, or writes to it.

use crate::check::finding::{counted, verb};
use crate::check::{Finding, Rule, Severity};
use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, Kind};
use crate::sql::Dialect;

/// Columns in which a running Mattermost leaves the time, in milliseconds.
const TIMES: [(&str, &str); 3] =
    [("Posts", "UpdateAt"), ("Status", "LastActivityAt"), ("ClusterDiscovery", "LastPingAt")];
/// What is younger than this was written by somebody who is still there.
const RECENT: i64 = 10 * 60;

/// Sessions other than ours on the database, as far as the account may see them: without `PROCESS` it
/// sees its own only.
pub async fn sessions(connection: &mut Connection, ours: &[u32]) -> Result<Option<Finding>, Error> {
    let database = connection.database().await?;
    let mut others = 0;
    let mut rows = connection.stream("SHOW PROCESSLIST").await?;
    while let Some(row) = rows.next().await? {
        let id: Option<u32> = row.get(0);
        let uses: Option<Option<String>> = row.get(3);
        let is_ours = id.is_some_and(|id| ours.contains(&id));
        others += u64::from(!is_ours && uses.flatten().as_deref() == Some(database.as_str()));
    }
    Ok((others > 0).then(|| {
        let message = format!(
            "{} {} connected to the database beside this one",
            counted(others, "session"),
            verb(others, "is", "are"),
        );
        Finding::new(Rule::InUse, Severity::Note, message).count(others).action(
            "what is written after the copy has begun may be missing: stop Mattermost first",
        )
    }))
}

/// A finding where one of the times is only minutes old.
pub async fn recent_writes(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<Option<Finding>, Error> {
    let mut youngest: Option<(i64, &str)> = None;
    for (table, column) in TIMES {
        let Some(table) = source.table(table) else { continue };
        let Some(column) = table.column(column) else { continue };
        if !matches!(column.data_type.kind(), Kind::Integer { .. }) {
            continue;
        }
        let name = Dialect::MySql.identifier(&column.name);
        let sql = format!(
            "SELECT CAST(UNIX_TIMESTAMP() - MAX({name}) DIV 1000 AS SIGNED) FROM {}",
            Dialect::MySql.identifier(&table.name)
        );
        let age: Option<Option<i64>> = connection.query_optional(&sql).await?;
        if let Some(age) = age.flatten() {
            let written = (age, table.name.as_str());
            youngest = Some(youngest.map_or(written, |youngest| youngest.min(written)));
        }
    }
    Ok(youngest.filter(|(age, _)| (0..RECENT).contains(age)).map(|(age, table)| {
        let message = format!("Mattermost wrote to the table {age} seconds ago");
        Finding::new(Rule::InUse, Severity::Note, message)
            .at(table, None)
            .action(
                "what is written after the copy has begun may be missing: stop Mattermost first",
            )
            .detail("seconds", age)
    }))
}
