//! What is worth knowing of a target that can be built all the same.

use serde::Serialize;

use super::Readiness;
use crate::sql::Dialect::Postgres;

/// The oldest PostgreSQL on which Mattermost 11 starts.
const OLDEST_FOR_MATTERMOST_11: u32 = 14;
/// The configuration of text search by which Mattermost's migrations build its indexes.
const INDEXED_BY: &str = "pg_catalog.english";

/// Something that no row shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its stable name.
    pub id: &'static str,
    /// What it is.
    pub message: String,
    /// A statement for the owner of the database or a superuser, where one helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl Readiness {
    /// What is worth knowing before and after a migration, none of which stops it.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let notes = [self.text_search_note(), self.version_note(), self.other_owners_note()];
        notes.into_iter().flatten().collect()
    }

    /// Mattermost searches by the setting of its session, and an index serves only its own configuration.
    fn text_search_note(&self) -> Option<Note> {
        let configured = &self.text_search;
        let is_english = ["english", INDEXED_BY].contains(&configured.as_str());
        (!is_english).then(|| {
            let [role, database] = [&self.user, &self.database].map(|it| Postgres.identifier(it));
            let place = match self.text_search_source.as_str() {
                "user" => format!("ROLE {role}"),
                "database user" => format!("ROLE {role} IN DATABASE {database}"),
                _ => format!("DATABASE {database}"),
            };
            Note {
                id: "text-search",
                message: format!(
                    "`default_text_search_config` is `{configured}`, and Mattermost's search indexes \
                     are built with `{INDEXED_BY}`: searches read every post"
                ),
                statement: Some(format!(
                    "ALTER {place} SET default_text_search_config = '{INDEXED_BY}';"
                )),
            }
        })
    }

    fn version_note(&self) -> Option<Note> {
        (self.server.is_supported() && self.server.major() < OLDEST_FOR_MATTERMOST_11).then(|| Note {
            id: "mattermost-11",
            message: format!(
                "Mattermost 11 needs PostgreSQL {OLDEST_FOR_MATTERMOST_11} or later: this is {}",
                self.server
            ),
            statement: None,
        })
    }

    fn other_owners_note(&self) -> Option<Note> {
        (!self.others.is_empty()).then(|| {
            let object = |it: &super::Unowned| {
                format!("{} `{}` of `{}`", it.kind.to_lowercase(), it.name, it.owner)
            };
            let listed: Vec<String> = self.others.iter().map(object).collect();
            Note {
                id: "other-owner",
                message: format!(
                    "objects of other owners in schema `{}`, which are left alone: {}",
                    self.schema,
                    listed.join(", ")
                ),
                statement: None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Readiness, Server, Unowned};

    fn readiness() -> Readiness {
        let document = r#"{"server": 150004, "user": "mm", "superuser": false, "database": "chat",
            "database_owner": "mm", "encoding": "UTF8", "read_only": false, "privileges": [],
            "schema": "public", "schema_owner": "mm", "unowned": [],
            "text_search": "pg_catalog.english", "text_search_source": "configuration file"}"#;
        serde_json::from_str(document).expect("a document")
    }

    fn ids(readiness: &Readiness) -> Vec<&'static str> {
        readiness.notes().iter().map(|note| note.id).collect()
    }

    #[test]
    fn an_ordinary_target_needs_no_note() {
        assert_eq!(ids(&readiness()), Vec::<&str>::new());
    }

    #[test]
    fn the_statement_sets_the_search_configuration_where_it_is_set() {
        let statement = |source: &str| {
            let source = source.to_owned();
            let other = Readiness {
                text_search: "pg_catalog.german".to_owned(),
                text_search_source: source,
                ..readiness()
            };
            other.notes()[0].statement.clone().expect("a statement")
        };
        let set = "SET default_text_search_config = 'pg_catalog.english';";
        assert_eq!(statement("configuration file"), format!("ALTER DATABASE \"chat\" {set}"));
        assert_eq!(statement("user"), format!("ALTER ROLE \"mm\" {set}"));
        assert_eq!(
            statement("database user"),
            format!("ALTER ROLE \"mm\" IN DATABASE \"chat\" {set}")
        );
    }

    #[test]
    fn postgresql_13_is_too_old_for_mattermost_11() {
        let of = |version| Readiness { server: Server::new(version), ..readiness() };
        assert_eq!(ids(&of(130_016)), ["mattermost-11"]);
        assert_eq!(ids(&of(140_000)), Vec::<&str>::new());
    }

    #[test]
    fn objects_of_others_are_named_with_their_owner() {
        let object =
            Unowned { kind: "TABLE".into(), name: "heartbeat".into(), owner: "monitor".into() };
        let others = Readiness { others: vec![object], ..readiness() };
        assert!(others.notes()[0].message.ends_with("table `heartbeat` of `monitor`"));
    }
}
