//! Notes about a target that do not prevent the migration.

use schemars::JsonSchema;
use serde::Serialize;

use super::Readiness;

/// The oldest PostgreSQL on which Mattermost 11 starts.
const OLDEST_FOR_MATTERMOST_11: u32 = 14;

/// A note about a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// The stable name.
    pub id: &'static str,
    pub message: String,
    /// A statement for the owner of the database or a superuser, if one helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// The plan of a statement that shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<String>,
}

impl Readiness {
    /// The notes, none of which prevents a migration.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let notes = [self.text_search_note(), self.version_note(), self.other_owners_note()];
        notes.into_iter().flatten().collect()
    }

    fn version_note(&self) -> Option<Note> {
        (self.server.is_supported() && self.server.major() < OLDEST_FOR_MATTERMOST_11).then(|| Note {
            id: "mattermost-11",
            message: format!(
                "Mattermost 11 needs PostgreSQL {OLDEST_FOR_MATTERMOST_11} or later: this is {}",
                self.server
            ),
            statement: None,
            plan: Vec::new(),
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
                plan: Vec::new(),
            }
        })
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::super::Readiness;

    /// An ordinary target.
    pub fn readiness() -> Readiness {
        let document = r#"{"server": 150004, "user": "mm", "superuser": false, "database": "chat",
            "database_owner": "mm", "owns_database": true, "encoding": "UTF8", "locale": {"provider": "c",
            "collation": "en_US.utf8", "ctype": "en_US.utf8", "lowers_letters": true, "folds_words": true,
            "sorts_by_code_point": false}, "read_only": false, "privileges": [],
            "schema": "public", "schema_owner": "mm", "unowned": [],
            "text_search": "pg_catalog.english", "text_search_source": "configuration file",
            "text_search_configuration": "pg_catalog.english", "text_search_of_database": null,
            "full_text_indexes": []}"#;
        serde_json::from_str(document).expect("a document")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Readiness, Server, Unowned};
    use super::testing::readiness;

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
                text_search_configuration: Some("pg_catalog.german".to_owned()),
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
