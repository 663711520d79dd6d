//! Sessions: their settings, transactions and COPY.

use bytes::Bytes;

use crate::support::postgres::{Database, Role};

#[tokio::test]
async fn settings_of_the_role_and_the_database_make_no_difference() {
    let role = Role::create().await;
    let database = Database::create_for(&role.name).await;
    let administrator = database.connect().await;
    let quote = |name: &str| migration_assist::sql::Dialect::Postgres.identifier(name);
    for (what, name) in [("ROLE", &role.name), ("DATABASE", &database.dsn.database)] {
        let name = quote(name);
        administrator
            .batch_execute(&format!(
                "ALTER {what} {name} SET search_path = 'nowhere';
                 ALTER {what} {name} SET standard_conforming_strings = off;
                 ALTER {what} {name} SET statement_timeout = '200ms';
                 ALTER {what} {name} SET idle_in_transaction_session_timeout = '1ms';
                 ALTER {what} {name} SET TimeZone = 'Asia/Tokyo';
                 ALTER {what} {name} SET DateStyle = 'German';
                 ALTER {what} {name} SET bytea_output = 'escape';
                 ALTER {what} {name} SET client_encoding = 'LATIN1';
                 ALTER {what} {name} SET quote_all_identifiers = on;
                 ALTER {what} {name} SET transform_null_equals = on;
                 ALTER {what} {name} SET default_transaction_read_only = on;
                 ALTER {what} {name} SET default_transaction_isolation = 'serializable';
                 ALTER {what} {name} SET exit_on_error = on;
                 ALTER {what} {name} SET idle_session_timeout = '30s';"
            ))
            .await
            .unwrap();
    }
    let mut connection = database.connect_as(&role).await;
    let transaction = connection.transaction().await.unwrap();
    let row = transaction
        .query_one(
            r"SELECT to_timestamp(0)::text, '\x00ff'::bytea::text, '\'::text,
                     current_setting('statement_timeout'), current_setting('client_encoding'),
                     current_setting('application_name'), current_schema(),
                     current_setting('transaction_read_only'),
                     current_setting('transaction_isolation'),
                     current_setting('idle_session_timeout'),
                     current_setting('exit_on_error'), quote_ident('posts'),
                     (NULL = NULL)::text",
            &[],
        )
        .await
        .unwrap();
    let texts: Vec<Option<String>> = (0..13).map(|column| row.get(column)).collect();
    let texts: Vec<_> = texts.iter().map(|text| text.as_deref().unwrap_or("-")).collect();
    assert_eq!(
        texts,
        [
            "1970-01-01 00:00:00+00",
            r"\x00ff",
            r"\",
            "0",
            "UTF8",
            "migration-assist",
            "-",
            "off",
            "read committed",
            "0",
            "off",
            "posts",
            "-"
        ]
    );
}

#[tokio::test]
async fn limits_of_time_of_the_role_end_no_session() {
    let role = Role::create().await;
    let database = Database::create_for(&role.name).await;
    let administrator = database.connect().await;
    // Which of them there are depends on the version; all versions that the tests run on have the first ones.
    let limits = "name IN ('statement_timeout', 'idle_in_transaction_session_timeout',
        'idle_session_timeout', 'transaction_timeout')";
    let known = format!("SELECT name FROM pg_settings WHERE {limits}");
    let names = administrator.query(&known, &[]).await.expect("settings");
    assert!(names.len() >= 2);
    let role_name = migration_assist::sql::Dialect::Postgres.identifier(&role.name);
    for row in names {
        let alter = format!("ALTER ROLE {role_name} SET {} = '10s'", row.get::<_, &str>(0));
        administrator.batch_execute(&alter).await.expect("a limit");
    }
    let connection = database.connect_as(&role).await;
    let left = format!("SELECT count(*) FROM pg_settings WHERE {limits} AND setting <> '0'");
    let left: i64 = connection.query_one(&left, &[]).await.expect("a count").get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_chosen_schema_is_the_only_one_in_sight() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection
        .batch_execute(
            r#"CREATE SCHEMA "my ""schema";
               CREATE TABLE public.elsewhere ();
               CREATE TABLE "my ""schema".here ()"#,
        )
        .await
        .unwrap();
    connection.use_schema("my \"schema").await.unwrap();
    connection.query("SELECT FROM here", &[]).await.unwrap();
    let error = connection.query("SELECT FROM elsewhere", &[]).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P01"));
}

#[tokio::test]
async fn a_transaction_is_undone_unless_it_is_committed() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.t (id int PRIMARY KEY)").await.unwrap();
    let insert = "INSERT INTO public.t VALUES ($1)";

    let transaction = connection.transaction().await.unwrap();
    assert_eq!(transaction.execute(insert, &[&1]).await.unwrap(), 1);
    drop(transaction);
    let transaction = connection.transaction().await.unwrap();
    transaction.execute(insert, &[&2]).await.unwrap();
    transaction.rollback().await.unwrap();
    let transaction = connection.transaction().await.unwrap();
    transaction.execute(insert, &[&3]).await.unwrap();
    transaction.commit().await.unwrap();

    let rows = connection.query("SELECT id FROM public.t", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [3]);
}

#[tokio::test]
async fn a_failed_transaction_cannot_pass_for_committed() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let transaction = connection.transaction().await.unwrap();
    transaction.batch_execute("SELECT 1/0").await.unwrap_err();
    let error = transaction.commit().await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("25P02"));
    connection.query_one("SELECT 1", &[]).await.expect("the connection is of use again");
}

#[tokio::test]
async fn a_snapshot_sees_one_instant_and_writes_nothing() {
    let database = Database::create().await;
    let other = database.connect().await;
    other.batch_execute("CREATE TABLE public.t (id int)").await.unwrap();
    let mut connection = database.connect().await;
    let snapshot = connection.snapshot().await.unwrap();
    let count = "SELECT count(*) FROM public.t";
    assert_eq!(snapshot.query_one(count, &[]).await.unwrap().get::<_, i64>(0), 0);
    other.batch_execute("INSERT INTO public.t VALUES (1)").await.unwrap();
    assert_eq!(snapshot.query_one(count, &[]).await.unwrap().get::<_, i64>(0), 0);
    let error = snapshot.batch_execute("DELETE FROM public.t").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("25006"));
}

#[tokio::test]
async fn what_copy_takes_in_it_gives_out() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.t (id int, body text)").await.unwrap();
    let mut copy = connection.copy_in("COPY public.t FROM STDIN").await.unwrap();
    // More than the driver holds back at once.
    let body = "x".repeat(10_000);
    for id in 0..100 {
        copy.send(Bytes::from(format!("{id}\t{body}\n"))).await.unwrap();
    }
    assert_eq!(copy.finish().await.unwrap(), 100);

    let mut copy = connection.copy_out("COPY public.t TO STDOUT").await.unwrap();
    let mut rows = 0;
    while let Some(row) = copy.next().await.unwrap() {
        assert_eq!(row, format!("{rows}\t{body}\n"));
        rows += 1;
    }
    assert_eq!(rows, 100);
}

#[tokio::test]
async fn an_unfinished_copy_leaves_nothing() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.t (id int)").await.unwrap();
    let mut copy = connection.copy_in("COPY public.t FROM STDIN").await.unwrap();
    copy.send(Bytes::from_static(b"1\n")).await.unwrap();
    drop(copy);
    let row = connection.query_one("SELECT count(*) FROM public.t", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_running_statement_can_be_cancelled() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let canceller = connection.canceller();
    connection.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
    let waiting = database.connect().await;
    let other = waiting.canceller();
    let statement = waiting.batch_execute("SELECT pg_advisory_lock(1)");
    let cancel = async {
        // Only what runs already can be cancelled.
        let wait = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while connection.query_one(wait, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
        other.cancel().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(statement, cancel);
    assert_eq!(outcome.unwrap_err().sqlstate(), Some("57014"));
    canceller.cancel().await.expect("with nothing running it does no harm");
}
