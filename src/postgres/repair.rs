//! The statements that let a role build and fill Mattermost's schema in a database.

use schemars::JsonSchema;
use serde::Serialize;

use super::Privilege::{CreateInSchema, CreateTemporary, UseSchema};
use super::{Readiness, Unowned};
use crate::sql::Dialect::Postgres;

/// Something that a role lacks, and the statement that grants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Repair {
    /// What is missing.
    pub need: Need,
    /// The statement, with its semicolon, for a superuser or the owner of the object.
    pub statement: String,
}

/// What a role can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The schema.
    Schema,
    /// The schema, which has another name: pgloader renames it while it loads, and back at the end.
    RenamedSchema,
    /// The privilege to use or create objects in it.
    SchemaPrivileges,
    /// The ownership of objects in it.
    Ownership,
    /// The privilege to create temporary tables.
    Temporary,
    /// The privilege to create or use the schema `migration_assist`.
    Ledger,
}

impl Readiness {
    /// The schema that `public` has become if a run of pgloader with the Go tool's configuration broke: the only
    /// one with Mattermost's tables.
    fn renamed_schema(&self) -> Option<&str> {
        match self.other_schemas.as_slice() {
            [other] if self.schema_owner.is_none() && self.schema == "public" => Some(other),
            _ => None,
        }
    }

    /// The statements that grant the role everything that it lacks; empty if nothing is missing.
    ///
    /// They cover all of [`Readiness::unowned`]: remove what is not Mattermost's first.
    #[must_use]
    pub fn repairs(&self) -> Vec<Repair> {
        let user = Postgres.identifier(&self.user);
        let schema = Postgres.identifier(&self.schema);
        let mut repairs = Vec::new();
        let mut add = |need, statement| repairs.push(Repair { need, statement });
        let wanted = [(UseSchema, "USAGE"), (CreateInSchema, "CREATE")];
        let lacking: Vec<_> = wanted
            .into_iter()
            .filter_map(|(privilege, word)| (!self.may(privilege)).then_some(word))
            .collect();
        if let Some(other) = self.renamed_schema() {
            let other = Postgres.identifier(other);
            add(Need::RenamedSchema, format!("ALTER SCHEMA {other} RENAME TO {schema};"));
        } else if self.schema_owner.is_none() {
            add(Need::Schema, format!("CREATE SCHEMA {schema} AUTHORIZATION {user};"));
        } else if !lacking.is_empty() {
            let privileges = lacking.join(", ");
            add(
                Need::SchemaPrivileges,
                format!("GRANT {privileges} ON SCHEMA {schema} TO {user};"),
            );
        }
        for Unowned { kind, name, .. } in &self.unowned {
            let name = Postgres.qualified(&self.schema, name);
            add(Need::Ownership, format!("ALTER {kind} {name} OWNER TO {user};"));
        }
        if !self.may(CreateTemporary) {
            let database = Postgres.identifier(&self.database);
            add(Need::Temporary, format!("GRANT TEMPORARY ON DATABASE {database} TO {user};"));
        }
        repairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::Server;
    use super::super::notes::testing::readiness;
    use super::{CreateInSchema, CreateTemporary, UseSchema};
    use super::{Need, Readiness, Unowned};

    fn ready() -> Readiness {
        Readiness {
            server: Server::new(150_018),
            user: "mm\"user".into(),
            database: "matter most".into(),
            privileges: [CreateTemporary, UseSchema, CreateInSchema].into(),
            ..readiness()
        }
    }

    fn statements(readiness: &Readiness) -> Vec<String> {
        readiness.repairs().into_iter().map(|repair| repair.statement).collect()
    }

    #[test]
    fn who_has_all_rights_needs_nothing() {
        assert_eq!(ready().repairs(), []);
    }

    #[test]
    fn each_lack_has_its_statement_with_quoted_names() {
        let unowned = ["TABLE", "TYPE"].map(|kind| Unowned {
            kind: kind.into(),
            name: format!("a {kind}"),
            owner: "other".into(),
        });
        let lacking =
            Readiness { privileges: [UseSchema].into(), unowned: unowned.into(), ..ready() };
        insta::assert_snapshot!(statements(&lacking).join("\n"), @r#"
        GRANT CREATE ON SCHEMA "public" TO "mm""user";
        ALTER TABLE "public"."a TABLE" OWNER TO "mm""user";
        ALTER TYPE "public"."a TYPE" OWNER TO "mm""user";
        GRANT TEMPORARY ON DATABASE "matter most" TO "mm""user";
        "#);
        let without_use = Readiness { privileges: [CreateTemporary].into(), ..ready() };
        assert_eq!(
            statements(&without_use),
            ["GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"mm\"\"user\";"]
        );
    }

    #[test]
    fn a_missing_schema_is_made_for_the_role() {
        let repairs =
            Readiness { schema_owner: None, privileges: [CreateTemporary].into(), ..ready() }
                .repairs();
        assert_eq!(repairs.len(), 1);
        assert_eq!(repairs[0].need, Need::Schema);
        assert_eq!(repairs[0].statement, "CREATE SCHEMA \"public\" AUTHORIZATION \"mm\"\"user\";");
    }

    #[test]
    fn a_schema_that_pgloader_renamed_gets_its_name_back() {
        let renamed = |schema: &str, others: &[&str]| {
            let other_schemas = others.iter().map(|&it| it.to_owned()).collect();
            let (schema, schema_owner) = (schema.to_owned(), None);
            statements(&Readiness { schema, schema_owner, other_schemas, ..ready() })
        };
        assert_eq!(
            renamed("public", &["chat db"]),
            [r#"ALTER SCHEMA "chat db" RENAME TO "public";"#]
        );
        assert!(renamed("public", &["a", "b"])[0].starts_with("CREATE SCHEMA"));
        assert!(renamed("mm", &["public"])[0].starts_with("CREATE SCHEMA"));
    }
}
