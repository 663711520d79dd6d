//! The facts that decide whether a role can build and fill Mattermost's schema in a database.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, Error, FullTextIndex, Locale, Server};

const QUERY: &str = include_str!("readiness.sql");

/// The state of a target before anything is written to it.
///
/// Privileges are PostgreSQL's own decisions, including memberships: the owner of a database is a member of
/// `pg_database_owner`, which owns `public` since version 15.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Readiness {
    /// The server's version.
    pub server: Server,
    /// The connected role.
    pub user: String,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// The database.
    pub database: String,
    /// The owner of the database.
    pub database_owner: String,
    /// Whether the role is its owner, a member of that role, or a superuser.
    pub owns_database: bool,
    /// The encoding, such as `UTF8`; others do not have all characters of Mattermost's text.
    pub encoding: String,
    /// How it sorts and compares text.
    pub locale: Locale,
    /// Whether it does not accept writes: a standby, or a read-only database.
    pub read_only: bool,
    /// The privileges of the role.
    pub privileges: BTreeSet<Privilege>,
    /// The schema it is about.
    pub schema: String,
    /// The schema's owner; `None` if the schema does not exist.
    pub schema_owner: Option<String>,
    /// The other schemas that have Mattermost's tables.
    #[serde(default)]
    pub other_schemas: Vec<String>,
    /// The objects in the schema that belong to a role of which this one is not a member, by kind and name.
    pub unowned: Vec<Unowned>,
    /// Those of them that belong to neither Mattermost nor a plugin.
    #[serde(default)]
    pub others: Vec<Unowned>,
    /// The setting `default_text_search_config` of a new session, and its source in `pg_settings`.
    pub text_search: String,
    /// See `text_search`.
    pub text_search_source: String,
    /// The configuration that the setting means, with its schema; `None` if it does not exist.
    pub text_search_configuration: Option<String>,
    /// The setting that is stored for the database, even if a new session does not get it.
    pub text_search_of_database: Option<String>,
    /// The full-text indexes of the schema.
    pub full_text_indexes: Vec<FullTextIndex>,
}

/// A privilege that matters on a target.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Privilege {
    /// Create schemas in the database.
    CreateSchemas,
    /// Create temporary tables in the database.
    CreateTemporary,
    /// Use objects in the schema.
    UseSchema,
    /// Create tables in the schema.
    CreateInSchema,
}

impl Readiness {
    /// Moves the objects that the role does not own, and whose names `is_ours` does not recognise, to `others`.
    pub fn set_others_apart(&mut self, is_ours: impl Fn(&str) -> bool) {
        let unowned = std::mem::take(&mut self.unowned);
        let (unowned, others) = unowned.into_iter().partition(|object| is_ours(&object.name));
        (self.unowned, self.others) = (unowned, others);
    }

    /// Whether the role has this privilege.
    #[must_use]
    pub fn may(&self, privilege: Privilege) -> bool {
        self.privileges.contains(&privilege)
    }
}

/// A table, view, sequence or type that another role owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Unowned {
    /// The kind for `ALTER`: `TABLE`, `MATERIALIZED VIEW` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
}

/// Reads the privileges of the connected role on a schema. One round trip; it needs no privilege.
pub async fn read_readiness(connection: &Connection, schema: &str) -> Result<Readiness, Error> {
    let row = connection.query_one(QUERY, &[&schema]).await?;
    let document: &str = row.try_get(0)?;
    serde_json::from_str(document)
        .map_err(|_| Error::Unexpected { what: "the privileges are not as expected".into() })
}
