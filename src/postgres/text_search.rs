//! The text search configurations of a database: which one Mattermost searches with, and with which each
//! full-text index was built.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, Error, Note, Readiness};
use crate::schema::{MIGRATIONS_CONFIGURATION, PHRASE_INDEX};
use crate::sql::Dialect::Postgres;

/// A full-text index and its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct FullTextIndex {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// The configuration that it was built with, such as `pg_catalog.english`; `None` if its definition
    /// names none.
    pub configuration: Option<String>,
}

impl FullTextIndex {
    /// Whether it serves searches for a phrase, whatever the setting is.
    #[must_use]
    pub fn is_phrase_index(&self) -> bool {
        self.name == PHRASE_INDEX
    }
}

/// The configuration of that name with its schema, as Mattermost's session finds it: in `pg_catalog`, or
/// else in the schema of its tables. `None` if there is none.
pub async fn resolve_configuration(
    connection: &Connection,
    schema: &str,
    name: &str,
) -> Result<Option<String>, Error> {
    let statement = "SELECT quote_ident(nspname) || '.' || quote_ident(cfgname)
        FROM pg_catalog.pg_ts_config AS config
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = config.cfgnamespace
        WHERE $2::text IN (
            quote_ident(nspname) || '.' || quote_ident(cfgname),
            nspname::text || '.' || cfgname::text,
            CASE WHEN nspname IN ('pg_catalog', $1) THEN quote_ident(cfgname) END,
            CASE WHEN nspname IN ('pg_catalog', $1) THEN cfgname::text END
        )
        ORDER BY nspname = 'pg_catalog' DESC LIMIT 1";
    let row = connection.query_opt(statement, &[&schema, &name]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The configurations that can be named, without a schema where that is enough.
pub async fn configuration_names(
    connection: &Connection,
    schema: &str,
) -> Result<Vec<String>, Error> {
    let statement = "SELECT CASE WHEN nspname IN ('pg_catalog', $1) THEN quote_ident(cfgname)
                ELSE quote_ident(nspname) || '.' || quote_ident(cfgname) END AS name
        FROM pg_catalog.pg_ts_config AS config
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = config.cfgnamespace
        ORDER BY name";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The plan of a search for one word in all posts, as Mattermost writes it, even if another plan costs more.
pub async fn explain_search(
    connection: &Connection,
    schema: &str,
    configuration: &str,
) -> Result<Vec<String>, Error> {
    let posts = Postgres.qualified(schema, "posts");
    let configuration = Postgres.literal(configuration);
    let statements = format!(
        "SET LOCAL enable_seqscan = off;
         EXPLAIN (COSTS OFF) SELECT id FROM {posts}
         WHERE to_tsvector({configuration}, message) @@ to_tsquery({configuration}, 'word')"
    );
    connection.batch_query(&statements).await
}

impl Readiness {
    /// The configuration that all full-text indexes share, but for the one for phrases; `None` if there is
    /// none or more than one.
    #[must_use]
    pub fn indexed_configuration(&self) -> Option<&str> {
        let mut configurations = self.searched_indexes().map(|it| it.configuration.as_deref());
        let first = configurations.next()??;
        configurations.all(|it| it == Some(first)).then_some(first)
    }

    /// The full-text indexes that no search of Mattermost can use, since it searches with the setting.
    #[must_use]
    pub fn unusable_indexes(&self) -> Vec<&FullTextIndex> {
        let setting = &self.text_search_configuration;
        self.searched_indexes().filter(|it| it.configuration != *setting).collect()
    }

    fn searched_indexes(&self) -> impl Iterator<Item = &FullTextIndex> {
        self.full_text_indexes.iter().filter(|index| !index.is_phrase_index())
    }

    /// The statement that lets Mattermost's next session search with a configuration; `None` if the DSN
    /// names another.
    #[must_use]
    pub fn set_configuration(&self, configuration: &str) -> Option<String> {
        let [role, database] = [&self.user, &self.database].map(|it| Postgres.identifier(it));
        let place = match self.text_search_source.as_str() {
            "client" => return None,
            "user" => format!("ROLE {role}"),
            "database user" => format!("ROLE {role} IN DATABASE {database}"),
            _ => format!("DATABASE {database}"),
        };
        let configuration = Postgres.literal(configuration);
        Some(format!("ALTER {place} SET default_text_search_config = {configuration};"))
    }

    /// Mattermost searches by the setting of its session, and an index serves only its own configuration.
    pub(super) fn text_search_note(&self) -> Option<Note> {
        let configured = &self.text_search;
        let has_indexes = self.searched_indexes().next().is_some();
        let unusable = self.unusable_indexes();
        let setting = self.text_search_configuration.as_deref();
        let agrees = if has_indexes {
            unusable.is_empty()
        } else {
            setting == Some(MIGRATIONS_CONFIGURATION)
        };
        if agrees {
            return None;
        }
        let indexed = match self.indexed_configuration() {
            Some(configuration) => Some(configuration),
            None => (!has_indexes).then_some(MIGRATIONS_CONFIGURATION),
        };
        let problem = match (setting, indexed) {
            (None, _) => format!(
                "`default_text_search_config` is `{configured}`, which does not exist: Mattermost's searches fail"
            ),
            (Some(_), Some(indexed)) => format!(
                "`default_text_search_config` is `{configured}`, and Mattermost's search indexes are built with \
                 `{indexed}`: searches read every post"
            ),
            (Some(_), None) => {
                let of_index = |index: &&FullTextIndex| {
                    let configuration = index.configuration.as_deref().unwrap_or("none");
                    format!("`{}` ({configuration})", index.name)
                };
                let listed: Vec<String> = unusable.iter().map(of_index).collect();
                format!(
                    "`default_text_search_config` is `{configured}`, and full-text indexes are built with other \
                     configurations, so that searches read every row: {}; build them again with \
                     `migration-assist post-migrate --text-search-config {configured} --rebuild-full-text`",
                    listed.join(", ")
                )
            }
        };
        let statement = indexed.and_then(|configuration| self.set_configuration(configuration));
        let is_of_dsn = self.text_search_source == "client";
        let message = if is_of_dsn {
            format!("{problem}; the DSN sets it: remove `default_text_search_config` from it")
        } else {
            problem
        };
        Some(Note { id: "text-search", message, statement, plan: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::notes::testing::readiness;
    use super::{FullTextIndex, Readiness};

    fn with(setting: &str, indexes: &[(&str, &str)]) -> Readiness {
        let index = |(name, configuration): &(&str, &str)| FullTextIndex {
            table: "posts".to_owned(),
            name: (*name).to_owned(),
            configuration: Some((*configuration).to_owned()),
        };
        Readiness {
            text_search: setting.to_owned(),
            text_search_configuration: Some(setting.to_owned()),
            full_text_indexes: indexes.iter().map(index).collect(),
            ..readiness()
        }
    }

    #[test]
    fn indexes_and_setting_agree_whatever_the_configuration_is() {
        let [english, german] = ["pg_catalog.english", "pg_catalog.german"];
        assert_eq!(with(english, &[]).text_search_note(), None);
        assert_eq!(with(german, &[("a", german), ("b", german)]).text_search_note(), None);
        let phrases = (crate::schema::PHRASE_INDEX, "pg_catalog.simple");
        assert_eq!(with(english, &[("a", english), phrases]).text_search_note(), None);
    }

    #[test]
    fn the_statement_sets_what_the_indexes_have() {
        let [english, german] = ["pg_catalog.english", "pg_catalog.german"];
        let note = with(english, &[("a", german)]).text_search_note().expect("a note");
        assert!(note.statement.expect("one").ends_with("= 'pg_catalog.german';"));
        let note = with(german, &[]).text_search_note().expect("a note");
        assert!(note.statement.expect("one").ends_with("= 'pg_catalog.english';"));
        let mixed = with(english, &[("a", german), ("b", english)]);
        let note = mixed.text_search_note().expect("a note");
        assert_eq!(note.statement, None);
        assert!(note.message.contains("`a` (pg_catalog.german); build"), "{}", note.message);
        let of_dsn = Readiness { text_search_source: "client".to_owned(), ..with(german, &[]) };
        let note = of_dsn.text_search_note().expect("a note");
        assert!(note.statement.is_none() && note.message.contains("the DSN sets it"));
        let gone = Readiness { text_search_configuration: None, ..with("x", &[]) };
        assert!(gone.text_search_note().expect("a note").message.contains("does not exist"));
    }
}
