//! Other sessions and recent writes on the source.

use crate::check::{Finding, NotChecked, Rule, Severity};
use crate::figures::counted;
use crate::mattermost::ACTIVITY;
use crate::mysql::{
    Connection, Error, OpenSession, OpenSessions, global_rights, open_sessions, quoted_account,
};
use crate::schema::{Catalog, Kind};
use crate::sql::Dialect;

/// Seconds within which a write means that Mattermost is still running.
const RECENT: i64 = 10 * 60;

/// The most sessions that a message names.
const NAMED: usize = 10;

/// Reports other sessions that use the database, by name; and that those of other accounts are not visible, which
/// needs the privilege `PROCESS`.
pub async fn sessions(
    connection: &mut Connection,
    ours: &[u32],
) -> Result<(Option<Finding>, Option<NotChecked>), Error> {
    let database = connection.database().await?;
    let OpenSessions { mut sessions, complete } = open_sessions(connection).await?;
    let is_ours = |it: &OpenSession| ours.iter().any(|id| u64::from(*id) == it.id);
    sessions.retain(|it| !is_ours(it) && it.database.as_deref() == Some(database.as_str()));
    let unseen = if complete {
        None
    } else {
        let account = quoted_account(&global_rights(connection).await?.account);
        Some(NotChecked::new(
            &[Rule::InUse],
            format!(
                "sessions of other accounts are not visible to the account; an administrator can grant it: GRANT \
                 PROCESS ON *.* TO {account};"
            ),
        ))
    };
    Ok((in_use(&sessions), unseen))
}

fn in_use(sessions: &[OpenSession]) -> Option<Finding> {
    let count = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
    let named: Vec<String> = sessions.iter().take(NAMED).map(OpenSession::to_string).collect();
    (count > 0).then(|| {
        let message = format!(
            "other sessions are connected to the database: {} ({})",
            counted(count, "session"),
            named.join("; ")
        );
        Finding::new(Rule::InUse, Severity::Note, message)
            .count(count)
            .action("stop Mattermost first: rows written after the copy has begun might be missing")
            .detail("sessions", serde_json::json!(sessions))
    })
}

/// Reports a write within the last minutes.
pub async fn recent_writes(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<Option<Finding>, Error> {
    let mut youngest: Option<(i64, &str)> = None;
    for (table, column) in ACTIVITY {
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
            .action("stop Mattermost first: rows written after the copy has begun might be missing")
            .detail("seconds", age)
    }))
}
