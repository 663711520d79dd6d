//! Whether a role can build and fill Mattermost's schema in a database: the facts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Connection, Error, Server};

const QUERY: &str = include_str!("readiness.sql");

/// What matters about a target before anything is written to it.
///
/// Privileges are what PostgreSQL itself would decide, memberships included: the owner of a database
/// is a member of `pg_database_owner`, who owns `public` since version 15.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// The server's version.
    pub server: Server,
    /// The role that asks.
    pub user: String,
    /// Whether it is a superuser, who may do everything.
    pub superuser: bool,
    /// The database.
    pub database: String,
    /// Its owner.
    pub database_owner: String,
    /// Its encoding, as `UTF8`; no other holds all of Mattermost's text.
    pub encoding: String,
    /// Whether it takes no writes: a standby, or a database set to be read only.
    pub read_only: bool,
    /// What the role may do.
    pub privileges: BTreeSet<Privilege>,
    /// The schema it is about.
    pub schema: String,
    /// The schema's owner; `None` where there is no such schema.
    pub schema_owner: Option<String>,
    /// What is in the schema and belongs to a role of which this one is no member, by kind and name.
    pub unowned: Vec<Unowned>,
    /// Those of them that the caller has found to belong to neither Mattermost nor a plugin.
    #[serde(default)]
    pub others: Vec<Unowned>,
    /// The setting `default_text_search_config` of a new session, and where it comes from, as
    /// `pg_settings` says it.
    pub text_search: String,
    /// See `text_search`.
    pub text_search_source: String,
}

/// A right that matters on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privilege {
    /// To create schemas in the database.
    CreateSchemas,
    /// To create temporary tables in the database.
    CreateTemporary,
    /// To use what is in the schema.
    UseSchema,
    /// To create tables in the schema.
    CreateInSchema,
}

impl Readiness {
    /// Sorts the objects that the role does not own: those whose names `is_ours` does not know are others'.
    pub fn set_others_apart(&mut self, is_ours: impl Fn(&str) -> bool) {
        let unowned = std::mem::take(&mut self.unowned);
        let (unowned, others) = unowned.into_iter().partition(|object| is_ours(&object.name));
        (self.unowned, self.others) = (unowned, others);
    }

    /// Whether the role may do this.
    #[must_use]
    pub fn may(&self, privilege: Privilege) -> bool {
        self.privileges.contains(&privilege)
    }
}

/// A table, view, sequence or type that another role owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unowned {
    /// What it is, as `ALTER` says it: `TABLE`, `MATERIALIZED VIEW` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
}

/// Asks a target what the connected role may do with one of its schemas. One round trip; it needs
/// no privilege.
pub async fn read_readiness(connection: &Connection, schema: &str) -> Result<Readiness, Error> {
    let row = connection.query_one(QUERY, &[&schema]).await?;
    let document: &str = row.try_get(0)?;
    serde_json::from_str(document)
        .map_err(|_| Error::Unexpected { what: "the privileges are not as expected".into() })
}
