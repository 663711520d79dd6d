//! `postgres` and `post-migrate` as a user types them.

use migration_assist::postgres::{Dsn, read_catalog};
use migration_assist::release::Document;
use migration_assist::secret::Secret;
use migration_assist::sql::Dialect::Postgres;

use crate::support::postgres::{Database, Role, administrator};
use crate::support::program::{Run, run};

fn postgres(dsn: &Dsn, arguments: &[&str]) -> Run {
    let dsn = dsn.render();
    run(["postgres", dsn.as_str()].iter().chain(arguments))
}

#[tokio::test]
async fn builds_the_schema_of_a_release_and_says_when_nothing_is_to_do() {
    let database = Database::create().await;
    let build = || postgres(&database.dsn, &["--run-migrations", "--mattermost-version=v10.5.9"]);
    build()
        .expect(0)
        .says("Mattermost 10.5.9 is not in the list; building the schema of 10.5.6")
        .says("129 migrations applied (1-109, 111-129, 135)");
    build().expect(0).says("already has all 129 migrations; nothing was changed");
}

#[tokio::test]
async fn another_schema_is_honoured_everywhere() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let name = "matter \"most\"-main";
    let create = format!("CREATE SCHEMA {}", Postgres.identifier(name));
    connection.batch_execute(&create).await.expect("a schema");
    let schema = ["--schema", name];
    postgres(
        &database.dsn,
        &[&schema[..], &["--run-migrations", "--mattermost-version=9.11"]].concat(),
    )
    .expect(0);
    let live = read_catalog(&connection, name).await.expect("a catalog");
    assert!(live.tables.contains_key("posts"));
    let public = read_catalog(&connection, "public").await.expect("a catalog");
    assert!(public.tables.is_empty() && public.enums.is_empty());
    let dsn = database.dsn.render();
    database.load_a_row(name).await;
    run(["post-migrate", &dsn, "--schema", name, "--create-indexes"]).expect(0);
}

#[tokio::test]
async fn a_role_without_rights_gets_the_statements_to_run() {
    let role = Role::create().await;
    let database = Database::create().await;
    let dsn = Dsn { database: database.dsn.database.clone(), ..role.dsn() };
    let arguments = ["--run-migrations", "--mattermost-version=10.11"];
    let statement =
        format!("GRANT CREATE ON SCHEMA \"public\" TO {};", Postgres.identifier(&role.name));
    postgres(&dsn, &arguments).expect(1).says(&statement).says("nothing was changed");
    let connection = database.connect().await;
    connection.batch_execute(&statement).await.expect("the administrator may");
    postgres(&dsn, &arguments).expect(0);
}

#[tokio::test]
async fn the_owner_of_the_database_is_fine_at_once() {
    let role = Role::create().await;
    let database = Database::create_for(&role.name).await;
    let dsn = Dsn { database: database.dsn.database.clone(), ..role.dsn() };
    postgres(&dsn, &["--run-migrations", "--mattermost-version=10.11"]).expect(0);
}

#[tokio::test]
async fn tables_with_rows_are_named_and_nothing_is_changed() {
    let database = Database::create().await;
    postgres(&database.dsn, &["--run-migrations", "--mattermost-version=10.10"]).expect(0);
    let connection = database.connect().await;
    connection
        .batch_execute(
            "INSERT INTO public.teams (id) VALUES ('t'); INSERT INTO public.systems VALUES ('x', '')",
        )
        .await
        .expect("rows");
    let newer = ["--run-migrations", "--mattermost-version=10.11.17", "--format=json"];
    let refused = postgres(&database.dsn, &newer)
        .expect(1)
        .says("tables with rows: systems, teams")
        .says("hint: choose one:")
        .never_shows("DROP ");
    let report = &refused.json()["report"];
    assert_eq!(report["tables_with_rows"], serde_json::json!(["systems", "teams"]));
    assert!(report.get("migrations").is_none());
    postgres(&database.dsn, &["--check-tables-empty=false"]).expect(0);
    // 142 to 144 include one that changes rows, which must not be taken for done.
    postgres(&database.dsn, &[&newer[..], &["--check-tables-empty=false"]].concat())
        .expect(2)
        .says("table `systems` has rows, which the pending migrations would have to change: 143");
}

#[tokio::test]
async fn every_index_is_restored_and_one_that_fails_stops_no_other() {
    let database = Database::create().await;
    postgres(&database.dsn, &["--run-migrations", "--mattermost-version=10.11"]).expect(0);
    let connection = database.connect().await;
    let whole = read_catalog(&connection, "public").await.expect("a catalog");
    connection.use_schema("public").await.expect("a schema");
    connection
        .batch_execute(
            "DROP INDEX idx_posts_message_txt, idx_fileinfo_content_txt, idx_posts_create_at;
             ALTER TABLE teams DROP CONSTRAINT teams_pkey;
             INSERT INTO fileinfo (id, content)
             SELECT 'long', string_agg(md5(n::text), ' ') FROM generate_series(1, 40000) AS n;
             INSERT INTO fileinfo (id, content) VALUES ('short', 'a word');",
        )
        .await
        .expect("damage");
    let dsn = database.dsn.render();
    let all = ["post-migrate", &dsn, "--create-indexes"];
    run(["postgres", "post-migrate", &dsn]).expect(1).says("1 built").says("takes: 1 (id long)");
    run(all)
        .expect(1)
        .says("2 built")
        .says("index `idx_fileinfo_content_txt` on `fileinfo` was not built")
        .says("SET \"content\" = left(\"content\", 200000) WHERE \"id\" IN ('long')")
        .says("materialized views refreshed: 5");
    let repair = "UPDATE fileinfo SET content = left(content, 200000) WHERE id = 'long'";
    connection.batch_execute(repair).await.expect("shortened");
    run(all).expect(0).says("1 built");
    run(all).expect(0).says("0 built");
    let restored = read_catalog(&connection, "public").await.expect("a catalog");
    assert_eq!(restored.tables, whole.tables);
}

#[tokio::test]
async fn wrong_input_is_named_with_the_next_step() {
    let database = Database::create().await;
    let secret = "s3cret-p@ss";
    let wrong = Dsn { password: Secret::new(secret), ..database.dsn.clone() };
    postgres(&wrong, &[]).expect(2).says("refused the password").never_shows(secret);
    let nowhere = Dsn { port: 1, password: Secret::new(secret), ..administrator() };
    postgres(&nowhere, &[])
        .expect(2)
        .says("cannot reach PostgreSQL")
        .says("hint:")
        .never_shows(secret);
    let missing = Dsn { database: "nope".to_owned(), ..administrator() };
    postgres(&missing, &[]).expect(2).says("has no database `nope`").says("CREATE DATABASE");
    run(["postgres", "postgres://u:s3cret-p@ss@host:port/db"]).expect(2).never_shows("s3cret");
    run(["postgres", "mysql://u:s3cret@host/db"]).expect(2).says("hint:").never_shows("s3cret");
    run(["postgres"]).expect(2).says("no PostgreSQL DSN was given").says("--postgres-dsn-file");
    let build = |set: &[&str]| postgres(&database.dsn, &[&["--run-migrations"], set].concat());
    build(&[]).expect(2).says("required");
    build(&["--mattermost-version=10.5", "--migrations-dir=/nonexistent"])
        .expect(2)
        .says("`--mattermost-version` has no effect next to `--migrations-dir`");
    build(&["--mattermost-version=99.1"])
        .expect(2)
        .says("Mattermost 99.1 is not known")
        .says("10.12.0");
    build(&["--mattermost-version=new"]).expect(2).says("`new` is not a Mattermost version");
    build(&["--migrations-dir=/nonexistent"]).expect(2).says("cannot read `/nonexistent`");
    run(["post-migrate", &database.dsn.render()]).expect(2).says("holds no Mattermost");
}

#[tokio::test]
async fn a_target_of_another_set_does_not_pass() {
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a folder");
    let with = |name: &str, set: &str, arguments: &[&str]| {
        let path = folder.path().join(name);
        let document = Document::new(set.parse().expect("a set"));
        std::fs::write(&path, document.render()).expect("written");
        let set = format!("--applied-migrations={}", path.display());
        postgres(&database.dsn, &[&[set.as_str()], arguments].concat())
    };
    // An ESR with a hole, as its backports leave it.
    let hole = "1-101,105,107,113";
    with("hole", hole, &[]).expect(1).says("lacks migrations: 1-101, 105, 107, 113");
    with("hole", hole, &["--run-migrations"]).expect(0).says("104 migrations applied");
    with("hole", hole, &[]).expect(0).says("has exactly the migrations of that set");
    with("older", "1-101", &[])
        .expect(1)
        .says("has migrations that the requested set lacks: 105, 107, 113");
    with("older", "1-101", &["--run-migrations"])
        .expect(2)
        .says("the target has migrations that the requested set lacks: 105, 107, 113");
    // Nor is anything of the requested set built next to it.
    with("another", "1-104", &["--run-migrations"]).expect(2).says("105, 107, 113");
    with("hole", hole, &[]).expect(0);
}

#[tokio::test]
async fn a_document_is_taken_in_either_form_or_refused_with_the_reason() {
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mysql.output");
    let build = |contents: &str| {
        std::fs::write(&path, contents).expect("a file");
        let document = format!("--applied-migrations={}", path.display());
        postgres(&database.dsn, &["--run-migrations", &document])
    };
    build("").expect(2).says("the document is empty");
    build(r#"{"applied_migrations": [1, 2"#).expect(2).says("the document is cut short");
    build("SELECT 1;").expect(2).says("is not an applied-migrations document");
    build(r#"{"applied_migrations": []}"#).expect(2).says("lists no applied migrations");
    build(r#"{"applied_migrations": [1, 2, 110, 999]}"#)
        .expect(2)
        .says("the migrations 110, 999 are not known")
        .says("--migrations-dir");
    let edited = r#"{"applied_migrations": [1, 2, 3], "server": "MySQL 8.4.3"}"#;
    build(edited).expect(2).says("was changed after it was written");
    build(r#"{"applied_migrations": [1, 2, 3]}"#).expect(0).says("3 migrations applied (1-3)");
}
