//! Asks the source what a switch has to know. Reads only.

use std::collections::BTreeMap;

use super::evidence::{ChangeEvidence, ChangedTable, SinceProof, SourceEvidence, SourceState};
use super::freeze::workspace_sessions;
use super::proof::Proof;
use super::server::read_server;
use crate::mysql::{
    self, Access, Connection, Dsn, TableSum, global_rights, log_position, open_sessions,
    read_catalog, table_sums,
};
use crate::schema::Catalog;
use crate::sql::Dialect::MySql;

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
    let workspace = workspace(&mut server, &database, &catalog).await?;
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

/// The database, and the id by which the workspace identifies itself.
async fn workspace(
    server: &mut Connection,
    database: &str,
    catalog: &Catalog,
) -> Result<String, mysql::Error> {
    let Some(systems) = catalog.table("systems") else { return Ok(database.to_owned()) };
    let name = MySql.identifier(&systems.name);
    let statement = format!("SELECT Value FROM {name} WHERE Name = 'DiagnosticId'");
    let id: Option<Option<String>> = server.query_optional(&statement).await?;
    Ok(id.flatten().map_or(database.to_owned(), |id| format!("{database} {id}")))
}

async fn since_proof(
    server: &mut Connection,
    catalog: &Catalog,
    workspace: &str,
    proof: &Proof,
) -> Result<SinceProof, mysql::Error> {
    let Some(compared) = &proof.source else {
        return Ok(SinceProof::Unknown { reason: "no comparison is on record" });
    };
    if !is_of(workspace, compared) {
        return Ok(SinceProof::OtherWorkspace { compared: compared.clone() });
    }
    let now = log_position(server).await?.map(|position| position.to_string());
    if proof.position.is_some() && proof.position == now {
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
        (Some(then), Some(now)) => SinceProof::PositionChanged { then: then.clone(), now },
        (_, None) => SinceProof::Unknown {
            reason: "the server keeps no binary log that the account may see, and the comparison \
                     recorded no sums of the tables",
        },
        (None, _) => SinceProof::Unknown {
            reason: "the comparison recorded neither a log position nor sums of the tables",
        },
    })
}

/// Whether a workspace is the one of a proof; one without an id is known by its database.
fn is_of(workspace: &str, compared: &str) -> bool {
    let database = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    workspace == compared
        || (!compared.contains(' ') || !workspace.contains(' '))
            && database(workspace) == database(compared)
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

    use super::{changed_tables, is_of};
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

    #[test]
    fn a_workspace_is_known_by_its_id_if_both_have_one() {
        assert!(is_of("chat x1", "chat x1"));
        assert!(is_of("chat x1", "chat"));
        assert!(!is_of("chat x2", "chat x1"));
        assert!(!is_of("blog", "chat x1"));
    }
}
