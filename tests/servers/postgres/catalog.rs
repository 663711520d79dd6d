//! The catalog.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use migration_assist::postgres::{Connection, read_catalog, read_constraints};
use migration_assist::schema::{Catalog, Role};
use serde_json::{Value, json};

use crate::support::postgres::Database;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

async fn build_mattermost(connection: &Connection, schema: &str) {
    let directory = root().join("migrations/postgres");
    let entries = fs::read_dir(directory).expect("the migrations are there");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    assert!(!files.is_empty());
    connection.use_schema(schema).await.expect("any schema can be chosen");
    for file in files {
        let statements = fs::read_to_string(&file).expect("a migration is text");
        let outcome = connection.batch_execute(&statements).await;
        outcome.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// A catalog in the shape of the facts.
fn as_facts(catalog: &Catalog, constraints: &BTreeMap<String, String>) -> Value {
    let tables: BTreeMap<_, _> = catalog
        .tables
        .values()
        .map(|table| {
            let columns: BTreeMap<_, _> = table
                .columns
                .iter()
                .map(|column| {
                    let fact = json!({
                        "type": column.data_type, "not_null": column.not_null,
                        "default": column.default,
                    });
                    (&column.name, fact)
                })
                .collect();
            (&table.name, json!({ "options": table.options, "columns": columns }))
        })
        .collect();
    let indexes: BTreeMap<_, _> =
        catalog.indexes().map(|index| (&index.name, &index.definition)).collect();
    json!({
        "enums": catalog.enums, "tables": tables, "indexes": indexes, "constraints": constraints,
    })
}

#[tokio::test]
async fn mattermost_s_schema_reads_as_the_facts_say() {
    let text = fs::read_to_string(root().join("testdata/facts/postgres/final.json")).unwrap();
    let mut facts: Value = serde_json::from_str(&text).unwrap();
    let views = facts.as_object_mut().unwrap().remove("views").unwrap();
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE SCHEMA \"Matter \"\"most\"").await.unwrap();
    for schema in ["public", "Matter \"most"] {
        build_mattermost(&connection, schema).await;
        let catalog = read_catalog(&connection, schema).await.unwrap();
        let constraints = read_constraints(&connection, schema).await.unwrap();
        let read = as_facts(&catalog, &constraints);
        for part in ["enums", "tables", "constraints", "indexes"] {
            assert_eq!(read[part], facts[part], "{part} of {schema}");
        }
        let names: Vec<_> = catalog.views.keys().collect();
        assert_eq!(names, views.as_object().unwrap().keys().collect::<Vec<_>>());
        assert!(catalog.views.values().all(|view| view.materialized));
        let order: Vec<_> =
            catalog.tables["teams"].columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(order[..4], ["id", "createat", "updateat", "deleteat"]);
        assert_eq!(catalog.tables["channelmembers"].primary_key(), ["channelid", "userid"]);
    }
}

#[tokio::test]
async fn every_kind_of_thing_is_read_without_its_schema_s_name() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection
        .batch_execute(
            r#"CREATE SCHEMA "my.schema"; SET search_path = "my.schema";
               CREATE TYPE kind AS ENUM ('b', 'a');
               CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
               CREATE TABLE parent (a int, b int, PRIMARY KEY (b, a));
               CREATE TABLE child (
                   "Id" int UNIQUE, kind kind DEFAULT 'a', kinds kind[], n int DEFAULT one(),
                   gone int, a int, b int,
                   CONSTRAINT up FOREIGN KEY (b, a) REFERENCES parent ON DELETE CASCADE
               ) WITH (fillfactor = 50, autovacuum_enabled = off);
               ALTER TABLE child DROP COLUMN gone;
               CREATE INDEX " ON my.schema." ON child ((one() + n)) INCLUDE (a) WHERE kind = 'a';
               CREATE UNIQUE INDEX wide ON child (b, a) INCLUDE (n);
               CREATE MATERIALIZED VIEW stored AS SELECT n FROM child;
               CREATE INDEX of_stored ON stored (n);
               CREATE VIEW shown AS SELECT n FROM stored;
               SET search_path = public, "my.schema""#,
        )
        .await
        .unwrap();
    let catalog = read_catalog(&connection, "my.schema").await.unwrap();
    let child = &catalog.tables["child"];
    let columns: Vec<_> = child
        .columns
        .iter()
        .map(|column| {
            let default = column.default.as_deref().unwrap_or("-");
            format!("{} {} {default}", column.name, column.data_type)
        })
        .collect();
    insta::assert_snapshot!(columns.join("\n"), @r"
    Id integer -
    kind kind 'a'::kind
    kinds kind[] -
    n integer one()
    a integer -
    b integer -
    ");
    assert_eq!(child.options, ["autovacuum_enabled=off", "fillfactor=50"]);
    let indexes: Vec<_> = catalog
        .indexes()
        .map(|index| {
            let definition = index.definition.as_deref().unwrap_or("-");
            format!("{:?} {:?} {definition}", index.role, index.columns)
        })
        .collect();
    insta::assert_snapshot!(indexes.join("\n"), @r#"
    Plain [] CREATE INDEX " ON my.schema." ON child USING btree (((one() + n))) INCLUDE (a) WHERE (kind = 'a'::kind)
    UniqueConstraint ["Id"] CREATE UNIQUE INDEX "child_Id_key" ON child USING btree ("Id")
    Plain ["b", "a"] CREATE UNIQUE INDEX wide ON child USING btree (b, a) INCLUDE (n)
    PrimaryKey ["b", "a"] CREATE UNIQUE INDEX parent_pkey ON parent USING btree (b, a)
    Plain ["n"] CREATE INDEX of_stored ON stored USING btree (n)
    "#);
    let key = &child.foreign_keys["up"];
    assert_eq!((&key.columns, key.referenced_table.as_str()), (&key.referenced_columns, "parent"));
    assert!(key.cascades);
    assert_eq!(catalog.enums["kind"], ["b", "a"]);
    let (shown, stored) = (&catalog.views["shown"], &catalog.views["stored"]);
    assert!(!shown.materialized && stored.materialized);
    // How columns are named in it depends on the server's version.
    assert!(shown.query.starts_with("SELECT ") && shown.query.ends_with("FROM stored"));
    let row = connection.query_one("SHOW search_path", &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "public, \"my.schema\"", "reading changes no setting");
}

#[tokio::test]
async fn reading_inside_a_transaction_leaves_its_settings_alone() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let transaction = connection.transaction().await.unwrap();
    transaction.use_schema("public").await.unwrap();
    transaction.batch_execute("CREATE TABLE t (id int PRIMARY KEY)").await.unwrap();
    let catalog = read_catalog(&transaction, "public").await.unwrap();
    assert_eq!(catalog.tables["t"].indexes["t_pkey"].role, Role::PrimaryKey);
    transaction.query("SELECT FROM t", &[]).await.expect("`t` is still in sight");
}

#[tokio::test]
async fn a_schema_that_is_not_there_reads_as_empty() {
    let database = Database::create().await;
    let connection = database.connect().await;
    assert_eq!(read_catalog(&connection, "nowhere").await.unwrap(), Catalog::default());
}
