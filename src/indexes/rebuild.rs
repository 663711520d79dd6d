//! Replaces full-text indexes that were built with another text search configuration.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::missing::search_order;
use crate::postgres::{Connection, Error, FullTextIndex, read_readiness};
use crate::schema::{Catalog, Index};
use crate::sql::Dialect::Postgres;

/// What the name of a replacement ends with until it takes the place of the old index.
const SUFFIX: &str = "_rebuild";

/// How often a replacement tries to take the old index's place, and the pause between: a transaction that uses
/// the table is given a minute to end.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_secs(1);

/// A full-text index with another configuration than the one asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OtherConfiguration {
    /// Its table.
    pub table: String,
    /// Its name.
    pub index: String,
    /// The configuration that it has.
    pub configuration: Option<String>,
}

/// The indexes of `model` that the target has with another configuration than `wanted`.
pub(super) fn other_configurations<'a>(
    model: &'a Catalog,
    present: &[FullTextIndex],
    wanted: &str,
) -> Vec<(&'a Index, OtherConfiguration)> {
    let of_model = model.indexes().filter(|it| it.is_full_text() && !it.is_phrase_index());
    let other = |index: &'a Index| {
        let found = present.iter().find(|it| it.name == index.name && it.table == index.table)?;
        (found.configuration.as_deref() != Some(wanted)).then(|| {
            let FullTextIndex { table, name, configuration } = found.clone();
            (index, OtherConfiguration { table, index: name, configuration })
        })
    };
    let mut others: Vec<_> = of_model.filter_map(other).collect();
    others.sort_by_key(|(index, _)| search_order(index));
    others
}

/// The same index under the name that it has until it is complete.
pub(super) fn replacement(index: &Index) -> Index {
    let name = format!("{}{SUFFIX}", index.name);
    let definition = index.definition.as_ref().map(|sql| sql.replacen(&index.name, &name, 1));
    Index { name, definition, ..index.clone() }
}

/// Removes replacements that an earlier run has left and that this run cannot use: those with another
/// configuration, and those of indexes that are not replaced now.
pub(super) async fn drop_leftovers(
    connection: &Connection,
    model: &Catalog,
    replaced: &[&Index],
    present: &[FullTextIndex],
    wanted: &str,
) -> Result<(), Error> {
    for index in model.indexes().filter(|it| it.is_full_text()) {
        let name = replacement(index).name;
        let is_useful = |it: &FullTextIndex| {
            it.configuration.as_deref() == Some(wanted)
                && replaced.iter().any(|replaced| replaced.name == index.name)
        };
        if present.iter().any(|it| it.name == name && !is_useful(it)) {
            let name = Postgres.identifier(&name);
            connection.batch_execute(&format!("DROP INDEX {name}")).await?;
        }
    }
    Ok(())
}

/// Lets the complete replacement take the place of the old index; the reason if it cannot. The schema is that of
/// the session.
pub(super) async fn finish_replacement(
    connection: &Connection,
    schema: &str,
    index: &Index,
    wanted: &str,
) -> Result<Result<(), String>, Error> {
    let present = read_readiness(connection, schema).await?.full_text_indexes;
    let name = replacement(index).name;
    let found = present.iter().find(|it| it.name == name);
    if found.is_none_or(|it| it.configuration.as_deref() != Some(wanted)) {
        let reason = "another session changed its replacement; run the same command again";
        return Ok(Err(reason.to_owned()));
    }
    for attempt in 1..=ATTEMPTS {
        match swap(connection, &index.name, &name).await {
            Ok(()) => return Ok(Ok(())),
            Err(error) if error.is_lock_timeout() && attempt < ATTEMPTS => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error @ Error::Server(_)) => {
                let reason = format!(
                    "its replacement is complete and could not take its place: {error}; end long transactions \
                     on table `{}` and run the same command again",
                    index.table
                );
                return Ok(Err(reason));
            }
            Err(lost) => return Err(lost),
        }
    }
    unreachable!("the last attempt returns")
}

/// Exchanges the names in one transaction that lasts for an instant. Searches use the old index until then, and
/// wait for two seconds at most if another transaction uses the table.
async fn swap(connection: &Connection, old: &str, new: &str) -> Result<(), Error> {
    let [old, new] = [old, new].map(|name| Postgres.identifier(name));
    let statements = format!(
        "SET LOCAL lock_timeout = '2s'; DROP INDEX {old}; ALTER INDEX {new} RENAME TO {old}"
    );
    connection.batch_execute(&statements).await
}

#[cfg(test)]
mod tests {
    use super::replacement;
    use crate::schema::phrase_index;

    #[test]
    fn a_replacement_has_a_name_of_its_own() {
        let replacement = replacement(&phrase_index());
        assert_eq!(replacement.name, "idx_posts_message_simple_rebuild");
        assert_eq!(
            replacement.definition.as_deref(),
            Some(
                "CREATE INDEX idx_posts_message_simple_rebuild ON posts USING gin \
                 (to_tsvector('simple', message))"
            )
        );
    }
}
