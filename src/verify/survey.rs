//! Reads from both sides what a plan needs to know.

use super::plan::{Situation, target_only};
use super::{Error, VerifyOptions};
use crate::postgres::{read_catalog, row_presence};
use crate::sql::Dialect::MySql;
use crate::{mysql, postgres};

pub(super) async fn survey(
    source: &mut mysql::Connection,
    target: &postgres::Connection,
    options: &VerifyOptions,
) -> Result<Situation, Error> {
    let mut situation = Situation {
        source: mysql::read_catalog(source).await?,
        sizes: mysql::table_sizes(source).await?,
        target: read_catalog(target, &options.schema).await?,
        ..Situation::default()
    };
    let alone = target_only(&situation.source, &situation.target);
    let presence = row_presence(target, &options.schema, &alone).await?;
    situation.target_only = presence.into_iter().collect();
    Ok(situation)
}

/// The source's database, and the id by which a workspace knows itself.
pub(super) async fn name_workspace(
    source: &mut mysql::Connection,
    situation: &Situation,
) -> Result<String, Error> {
    let database = source.database().await?;
    let Some(systems) = situation.source.table("systems") else { return Ok(database) };
    let sql = format!(
        "SELECT Value FROM {} WHERE Name = 'DiagnosticId'",
        MySql.identifier(&systems.name)
    );
    let id: Option<Option<String>> = source.query_optional(&sql).await?;
    Ok(id.flatten().map_or(database.clone(), |id| format!("{database} {id}")))
}
