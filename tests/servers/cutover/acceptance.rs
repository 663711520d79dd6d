//! Whether Mattermost would accept a target: the rules, on a real server.

use migration_assist::cutover::{Acceptance, RequiredMigration, judge, read_facts};
use migration_assist::migrations;
use migration_assist::postgres::{Connection, Dsn};
use migration_assist::sql::Dialect::Postgres;

use super::fixtures::workspace;
use crate::support::postgres::{Database, Role};

async fn accept(connection: &mut Connection) -> Acceptance {
    let facts = read_facts(connection, "public").await.expect("facts");
    let known: Vec<RequiredMigration> =
        migrations::target().iter().map(|it| (it.number, it.name.clone())).collect();
    let applied = facts.applied.iter().flatten().map(|(number, _)| *number).collect();
    let model = migrations::known_target_model(&applied).expect("a model");
    let tables: Vec<String> = model.tables.keys().cloned().collect();
    judge(&facts, &known, &tables, migrations::is_known_name)
}

fn ids(found: &Acceptance) -> Vec<&str> {
    found.obstacles.iter().map(|it| it.id).collect()
}

#[tokio::test]
async fn a_schema_of_ours_with_its_rows_is_accepted() {
    let database = workspace("10.11.0").await;
    let found = accept(&mut database.connect().await).await;
    assert_eq!(ids(&found), [""; 0], "{found:?}");
    assert!(found.notes.is_empty() && found.release.is_some());
}

#[tokio::test]
async fn the_patch_releases_of_10_11_lead_to_the_next_release() {
    let database = workspace("10.11.21").await;
    let found = accept(&mut database.connect().await).await;
    assert_eq!(ids(&found), [""; 0], "{found:?}");
    assert_eq!(found.release.as_deref(), Some("10.11.21"));
    assert!(found.notes[0].message.contains("142-144") && found.notes[0].hint.contains("11.7.3"));
}

#[tokio::test]
async fn an_empty_database_is_not() {
    let database = Database::create().await;
    let found = accept(&mut database.connect().await).await;
    assert_eq!(ids(&found), ["no-migrations", "no-diagnostic-id"]);
}

#[tokio::test]
async fn a_workspace_without_tables_or_users_is_not() {
    let database = workspace("10.11.0").await;
    let mut connection = database.connect().await;
    connection.batch_execute("DELETE FROM public.users").await.expect("no users");
    assert_eq!(ids(&accept(&mut connection).await), ["no-rows"]);
    let drop = "DROP TABLE public.posts, public.channels CASCADE";
    connection.batch_execute(drop).await.expect("tables are gone");
    let found = accept(&mut connection).await;
    assert_eq!(ids(&found), ["no-tables", "no-rows"]);
    assert!(found.obstacles[0].message.contains("missing: 2 (of "), "{found:?}");
}

#[tokio::test]
async fn a_migration_by_mysql_s_name_is_not() {
    let database = workspace("10.11.0").await;
    let mut connection = database.connect().await;
    let rename = "UPDATE public.db_migrations SET name = 'add_createat_to_teammembers'
        WHERE version = 92";
    connection.batch_execute(rename).await.expect("renamed");
    let found = accept(&mut connection).await;
    assert_eq!(ids(&found), ["migration-name"]);
    let statement = found.obstacles[0].hint.split('`').nth(1).expect("a statement");
    connection.use_schema("public").await.expect("the schema");
    connection.batch_execute(statement).await.expect("the hint's statement runs");
    assert_eq!(ids(&accept(&mut connection).await), [""; 0]);
}

#[tokio::test]
async fn a_search_path_that_pgloader_has_changed_is_not() {
    let role = Role::create().await;
    let database = workspace("10.11.0").await;
    let administrator = database.connect().await;
    let name = Postgres.identifier(&role.name);
    own_everything(&administrator, &role).await;
    let dsn = Dsn { database: database.dsn.database.clone(), ..role.dsn() };
    let spoil = format!("ALTER ROLE {name} SET search_path TO '\"$user\", public'");
    administrator.batch_execute(&spoil).await.expect("spoilt");
    let mut connection = Connection::connect(&dsn).await.expect("a session");
    let found = accept(&mut connection).await;
    assert_eq!(ids(&found), ["search-path"], "{found:?}");
    let statement = found.obstacles[0].hint.split(": ").nth(1).expect("a statement");
    administrator.batch_execute(statement).await.expect("the hint's statement runs");
    let mut connection = Connection::connect(&dsn).await.expect("a session");
    assert_eq!(ids(&accept(&mut connection).await), [""; 0]);
}

#[tokio::test]
async fn tables_of_another_owner_are_not() {
    let role = Role::create().await;
    let database = workspace("10.11.0").await;
    let administrator = database.connect().await;
    own_everything(&administrator, &role).await;
    let owner = "ALTER TABLE public.posts OWNER TO CURRENT_USER";
    administrator.batch_execute(owner).await.expect("taken");
    let mut connection = database.connect_as(&role).await;
    let found = accept(&mut connection).await;
    assert_eq!(ids(&found), ["owner", "rights"], "{found:?}");
    assert!(found.obstacles[0].message.ends_with(": posts"));
    let statement = found.obstacles[0].hint.split(": ").nth(1).expect("a statement");
    administrator.batch_execute(statement).await.expect("the hint's statement runs");
    assert_eq!(ids(&accept(&mut connection).await), [""; 0]);
}

/// Gives a role everything in `public`.
async fn own_everything(administrator: &Connection, role: &Role) {
    let name = Postgres.identifier(&role.name);
    let schema = format!("ALTER SCHEMA public OWNER TO {name}");
    administrator.batch_execute(&schema).await.expect("the schema");
    let facts = format!(
        "DO $$ DECLARE it record; BEGIN
             FOR it IN SELECT oid::regclass AS name, relkind FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm')
             LOOP
                 EXECUTE format('ALTER %s %s OWNER TO {name}', CASE it.relkind
                     WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
                     it.name);
             END LOOP;
             FOR it IN SELECT oid::regtype AS name FROM pg_type
                 WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
             LOOP
                 EXECUTE format('ALTER TYPE %s OWNER TO {name}', it.name);
             END LOOP;
         END $$"
    );
    administrator.batch_execute(&facts).await.expect("everything in it");
}
