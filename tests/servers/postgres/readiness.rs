//! What a role may do on a target, and what is in it already.

use migration_assist::postgres::{
    Need, Privilege, applied_migrations, read_readiness, row_presence,
};
use migration_assist::sql::Dialect::Postgres;

use crate::support::postgres::{Database, Role};

#[tokio::test]
async fn the_owner_of_the_database_is_ready_at_once() {
    let role = Role::create().await;
    let database = Database::create_for(&role.name).await;
    let readiness = read_readiness(&database.connect_as(&role).await, "public").await.unwrap();
    assert_eq!(readiness.repairs(), []);
    assert_eq!((readiness.user, readiness.database_owner), (role.name.clone(), role.name.clone()));
    assert_eq!(
        (readiness.database, readiness.encoding.as_str()),
        (database.dsn.database.clone(), "UTF8")
    );
    assert!(!readiness.superuser && !readiness.read_only);
}

#[tokio::test]
async fn what_a_role_lacks_is_cured_by_the_statements() {
    let role = Role::create().await;
    let database = Database::create().await;
    let administrator = database.connect().await;
    administrator
        .batch_execute(&format!(
            r#"REVOKE ALL ON SCHEMA public FROM PUBLIC;
               REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC;
               CREATE TABLE public."Posts" (id serial PRIMARY KEY);
               CREATE MATERIALIZED VIEW public.stats AS SELECT 1 AS n;
               CREATE VIEW public.seen AS SELECT 1 AS n;
               CREATE SEQUENCE public.loose;
               CREATE TYPE public.team_type AS ENUM ('I', 'O');"#,
            Postgres.identifier(&database.dsn.database)
        ))
        .await
        .unwrap();
    let connection = database.connect_as(&role).await;
    let before = read_readiness(&connection, "public").await.unwrap();
    assert!(!before.may(Privilege::UseSchema) && !before.may(Privilege::CreateInSchema));
    let kinds: Vec<_> = before.unowned.iter().map(|unowned| unowned.kind.as_str()).collect();
    assert_eq!(kinds, ["MATERIALIZED VIEW", "SEQUENCE", "TABLE", "TYPE", "VIEW"]);
    let needs: Vec<_> = before.repairs().into_iter().map(|repair| repair.need).collect();
    assert_eq!((needs[0], needs[6]), (Need::SchemaPrivileges, Need::Temporary));

    for repair in before.repairs() {
        administrator.batch_execute(&repair.statement).await.expect("the statement runs");
    }
    let after = read_readiness(&connection, "public").await.unwrap();
    assert_eq!(after.repairs(), []);
    connection
        .batch_execute(
            r#"CREATE TABLE public.new (); ALTER TABLE public."Posts" ADD COLUMN body text;
               ALTER TYPE public.team_type ADD VALUE 'X'; REFRESH MATERIALIZED VIEW public.stats"#,
        )
        .await
        .expect("the role can do all that was lacking");
}

#[tokio::test]
async fn a_schema_that_is_missing_is_made_for_the_role() {
    let role = Role::create().await;
    let database = Database::create().await;
    let connection = database.connect_as(&role).await;
    let before = read_readiness(&connection, "my \"schema").await.unwrap();
    assert_eq!(before.schema_owner, None);
    for repair in before.repairs() {
        database.connect().await.batch_execute(&repair.statement).await.unwrap();
    }
    let after = read_readiness(&connection, "my \"schema").await.unwrap();
    assert_eq!((after.schema_owner.as_ref(), after.repairs()), (Some(&role.name), vec![]));
}

#[tokio::test]
async fn tables_with_rows_are_distinguished_from_empty_ones() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection
        .batch_execute(
            r#"CREATE SCHEMA "my schema"; CREATE TABLE "my schema".empty (id int);
               CREATE TABLE "my schema"."Full" AS SELECT 1 AS id"#,
        )
        .await
        .unwrap();
    let presence = row_presence(&connection, "my schema", &["empty", "Full"]).await.unwrap();
    assert_eq!(presence, [("empty".to_owned(), false), ("Full".to_owned(), true)]);
    assert_eq!(row_presence::<&str>(&connection, "my schema", &[]).await.unwrap(), []);
}

#[tokio::test]
async fn applied_migrations_come_by_number() {
    let database = Database::create().await;
    let connection = database.connect().await;
    assert_eq!(applied_migrations(&connection, "public").await.unwrap(), None);
    connection
        .batch_execute(
            "CREATE TABLE public.db_migrations (version bigint PRIMARY KEY, name varchar NOT NULL);
             INSERT INTO public.db_migrations VALUES (92, 'add_createat_to_teamembers'), (1, 'one')",
        )
        .await
        .unwrap();
    assert_eq!(
        applied_migrations(&connection, "public").await.unwrap().unwrap(),
        [(1, "one".to_owned()), (92, "add_createat_to_teamembers".to_owned())]
    );
}
