//! Errors of the server name the place, and never a value.

use bytes::Bytes;
use migration_assist::postgres::{Connection, Error, ServerError};

use crate::support::postgres::Database;

const VALUE: &str = "secret value";

async fn table(database: &Database) -> Connection {
    let connection = database.connect().await;
    connection
        .batch_execute(
            "CREATE TABLE public.posts (
                 id varchar(26) CONSTRAINT posts_pkey PRIMARY KEY,
                 props jsonb CONSTRAINT object CHECK (jsonb_typeof(props) = 'object'),
                 count int NOT NULL DEFAULT 0
             );
             INSERT INTO public.posts VALUES ('secret value')",
        )
        .await
        .expect("the table can be made");
    connection
}

fn server_error(error: Error) -> ServerError {
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains("secret"), "{shown}");
    assert!(std::error::Error::source(&error).is_none(), "a cause could show more");
    match error {
        Error::Server(error) => *error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn broken_rules_are_named_without_the_value() {
    let database = Database::create().await;
    let connection = table(&database).await;
    for (statement, code, constraint, column) in [
        ("INSERT INTO public.posts VALUES ($1)", "23505", Some("posts_pkey"), None),
        ("INSERT INTO public.posts VALUES ($1 || repeat('x', 99))", "22001", None, None),
        (
            "INSERT INTO public.posts VALUES ('b', to_jsonb($1::text))",
            "23514",
            Some("object"),
            None,
        ),
        ("INSERT INTO public.posts VALUES ($1 || '2', '{}', NULL)", "23502", None, Some("count")),
        ("SELECT $1::text::jsonb", "22P02", None, None),
        ("SELECT $1::text::int", "22P02", None, None),
    ] {
        let error = connection.execute(statement, &[&VALUE]).await.unwrap_err();
        let error = server_error(error);
        assert_eq!(error.sqlstate, code, "{statement}");
        assert_eq!(error.constraint.as_deref(), constraint, "{statement}");
        assert_eq!(error.column.as_deref(), column, "{statement}");
    }
    let statement = "DO $$ BEGIN RAISE EXCEPTION 'a secret value'; END $$";
    let error = server_error(connection.batch_execute(statement).await.unwrap_err());
    assert_eq!(error.message, "error raised by a function");
}

#[tokio::test]
async fn a_refused_row_of_a_copy_is_placed() {
    let database = Database::create().await;
    let connection = table(&database).await;
    let mut copy = connection.copy_in("COPY public.posts FROM STDIN").await.unwrap();
    copy.send(Bytes::from_static(b"a\t{}\t1\nb\tsecret\t1\n")).await.unwrap();
    let error = server_error(copy.finish().await.unwrap_err());
    assert_eq!(
        error.to_string(),
        "invalid text representation (SQLSTATE 22P02), table `posts`, column `props`, line 2"
    );
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_a_copy_is_no_lost_connection() {
    let database = Database::create().await;
    let connection = table(&database).await;
    let mut copy = connection.copy_in("COPY public.posts FROM STDIN").await.unwrap();
    copy.send(Bytes::from_static(b"b\tsecret\t1\n")).await.unwrap();
    let more = Bytes::from(format!("c\t{{\"a\": \"{}\"}}\t1\n", "x".repeat(100_000)));
    let mut refusal = None;
    for _ in 0..100 {
        refusal = refusal.or(copy.send(more.clone()).await.err());
    }
    let error = match refusal {
        Some(error) => error,
        None => copy.finish().await.unwrap_err(),
    };
    assert_eq!(server_error(error).sqlstate, "22P02");
    connection.query_one("SELECT 1", &[]).await.expect("the connection is of use again");
}

#[tokio::test]
async fn a_statement_s_own_mistake_keeps_its_message() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let error = connection.batch_execute("SELECT * FROM public.nowhere").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "PostgreSQL refused: relation \"public.nowhere\" does not exist (SQLSTATE 42P01)"
    );
}

#[tokio::test]
async fn a_killed_session_is_a_lost_connection() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let pid: i32 = connection.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let other = database.connect().await;
    other.query("SELECT pg_terminate_backend($1, 10000)", &[&pid]).await.unwrap();
    let error = connection.query("SELECT 1", &[]).await.unwrap_err();
    assert!(matches!(error, Error::Lost), "{error:?}");
}
