//! Asks the source what a switch has to know. Reads only.

use std::collections::BTreeMap;

use super::evidence::{ChangeEvidence, ChangedTable, SinceProof, SourceEvidence, SourceState};
use super::freeze::workspace_sessions;
use super::proof::Proof;
use super::server::read_server;
use crate::mysql::{
    self, Access, Connection, Dsn, TableSum, global_rights, has_log_filter, log_position,
    open_sessions, read_catalog, source_identity, table_sums,
};
use crate::schema::Catalog;
use crate::source_identity::SourceIdentity;

/// Asks a source. `mattermost_user` is the account in Mattermost's configuration.
///
/// A source that cannot be reached or does not let the account in is evidence, not an error.
pub async fn ask_source(
    dsn: &Dsn,
    mattermost_user: &str,
    proof: &Proof,
) -> Result<SourceEvidence, mysql::Error> {
    let address = dsn.address.to_string();
    let mut server = match Connection::connect(dsn, Access::ReadOnly).await {
        Ok(server) => server,
        Err(error) => {
            return Ok(SourceEvidence::Unreachable { address, reason: chain(&error) });
        }
    };
    let database = server.database().await?;
    let catalog = read_catalog(&mut server).await?;
    let workspace = source_identity(&mut server, &catalog).await?;
    let since_proof = since_proof(&mut server, &catalog, &workspace, proof).await?;
    let frozen = read_server(&mut server).await?.is_frozen();
    // Last, so that they are the sessions of now.
    let sessions = open_sessions(&mut server).await?;
    Ok(SourceEvidence::Asked(Box::new(SourceState {
        address,
        server: server.server().to_string(),
        workspace,
        account: global_rights(&mut server).await?.account,
        frozen,
        sessions: workspace_sessions(sessions, &database),
        mattermost_user: mattermost_user.to_owned(),
        since_proof,
    })))
}

async fn since_proof(
    server: &mut Connection,
    catalog: &Catalog,
    workspace: &SourceIdentity,
    proof: &Proof,
) -> Result<SinceProof, mysql::Error> {
    let Some(compared) = &proof.source else {
        return Ok(SinceProof::Unknown { reason: "no comparison is on record" });
    };
    if !workspace.is_same_workspace(compared) {
        return Ok(SinceProof::OtherWorkspace { compared: compared.to_string() });
    }
    // Positions of two servers say nothing about each other.
    let now = log_position(server).await?.filter(|_| workspace.may_share_log(compared));
    let now = now.map(|position| position.to_string());
    // A log that may leave out this database is no evidence, and the tables themselves are.
    let is_evidence = has_log_filter(server).await? == Some(false);
    if proof.position.is_some() && proof.position == now && is_evidence {
        return Ok(SinceProof::Unchanged { by: ChangeEvidence::Position });
    }
    if !proof.sums.is_empty() {
        server.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        let tables = changed_tables(&proof.sums, &table_sums(server, catalog).await?);
        server.execute("COMMIT").await?;
        return Ok(if tables.is_empty() {
            SinceProof::Unchanged { by: ChangeEvidence::TableSums }
        } else {
            SinceProof::TablesChanged { tables }
        });
    }
    Ok(match (&proof.position, now) {
        (Some(then), Some(now)) if *then == now => SinceProof::Unknown {
            reason: "the log position is the same, the account may not see whether the log leaves out this \
                     database, and the comparison recorded no sums of the tables",
        },
        (Some(then), Some(now)) => SinceProof::PositionChanged { then: then.clone(), now },
        (_, None) => SinceProof::Unknown {
            reason: "the server is another one or keeps no binary log that the account may see, and \
                     the comparison recorded no sums of the tables",
        },
        (None, _) => SinceProof::Unknown {
            reason: "the comparison recorded neither a log position nor sums of the tables",
        },
    })
}

fn changed_tables(
    then: &BTreeMap<String, TableSum>,
    now: &BTreeMap<String, TableSum>,
) -> Vec<ChangedTable> {
    let mut names: Vec<&String> = then.keys().chain(now.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter(|name| then.get(*name) != now.get(*name));
    changed
        .map(|name| ChangedTable {
            table: name.clone(),
            rows_then: then.get(name).map(|it| it.rows),
            rows_now: now.get(name).map(|it| it.rows),
        })
        .collect()
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::changed_tables;
    use crate::mysql::TableSum;

    #[test]
    fn a_table_with_another_sum_or_without_one_has_changed() {
        let sums = |sums: &[(&str, u64, u64)]| -> BTreeMap<String, TableSum> {
            sums.iter()
                .map(|(name, rows, sum)| ((*name).to_owned(), TableSum { rows: *rows, sum: *sum }))
                .collect()
        };
        let then = sums(&[("Gone", 1, 1), ("Posts", 2, 5), ("Users", 3, 9)]);
        let now = sums(&[("New", 0, 0), ("Posts", 2, 6), ("Users", 3, 9)]);
        let changed = changed_tables(&then, &now);
        let names: Vec<&str> = changed.iter().map(|it| it.table.as_str()).collect();
        assert_eq!(names, ["Gone", "New", "Posts"]);
        assert_eq!((changed[2].rows_then, changed[2].rows_now), (Some(2), Some(2)));
    }
}
