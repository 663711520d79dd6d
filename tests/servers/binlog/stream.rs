//! Transactions, statements, files and restarts in the log.

use migration_assist::mysql::binlog::{Error, Follower, LogEvent, LogStart, RowChanges};
use migration_assist::mysql::{Flavour, LogPosition, log_position, read_catalog};

use super::fixture::{end_of_log, events_until, follow, replica_id, writer};
use crate::support::mysql::{Source, end_sessions, on_both_flavours, run, with_source};

on_both_flavours![
    a_follower_restarts_at_every_commit,
    definitions_and_files_are_events,
    what_is_not_logged_as_whole_rows_ends_following,
    a_lost_connection_is_distinguished,
    a_log_that_was_removed_is_named,
];

/// What a session writes in the tests here: transactions, a rollback, and savepoints.
const WRITES: [&str; 6] = [
    "INSERT INTO Posts VALUES (1, 'a')",
    "BEGIN; INSERT INTO Posts VALUES (2, 'b'), (3, 'c'); UPDATE Posts SET text = 'd' WHERE id = 2; COMMIT",
    "BEGIN; INSERT INTO Posts VALUES (9, 'gone'); ROLLBACK",
    "BEGIN; INSERT INTO Posts VALUES (4, 'e'); SAVEPOINT a; INSERT INTO Posts VALUES (5, 'gone'); \
     ROLLBACK TO SAVEPOINT a; INSERT INTO Posts VALUES (6, 'f'); COMMIT",
    "UPDATE Posts SET id = 7 WHERE id = 6",
    "DELETE FROM Posts WHERE id < 3",
];

/// Creates the table, and returns where the log ends then.
async fn create(source: &Source) -> migration_assist::mysql::binlog::Position {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE Posts (id int PRIMARY KEY, text longtext)").await;
    end_of_log(&mut connection).await
}

fn rows(events: &[LogEvent]) -> Vec<RowChanges> {
    let rows = events.iter().filter_map(|event| match event {
        LogEvent::Rows(rows) => Some(rows.clone()),
        _ => None,
    });
    rows.collect()
}

async fn a_follower_restarts_at_every_commit(source: Source) {
    let start = create(&source).await;
    let mut connection = writer(&source).await;
    for sql in WRITES {
        run(&mut connection, sql).await;
    }
    let end = end_of_log(&mut connection).await;

    let mut follower = follow(&source, start, replica_id()).await;
    let events = events_until(&mut follower, &end).await;
    assert_eq!(rows(&events).len(), 7, "{events:?}");

    let mut restarts = 0;
    for (place, event) in events.iter().enumerate() {
        let LogEvent::Commit { position, time } = event else { continue };
        assert!(*time > 0);
        // Other tests write to the log as well.
        let is_followed_by_ours = !rows(&events[place + 1..]).is_empty();
        if !is_followed_by_ours {
            break;
        }
        let mut follower = follow(&source, position.clone(), replica_id()).await;
        let rest = events_until(&mut follower, &end).await;
        assert_eq!(rows(&rest), rows(&events[place + 1..]), "from {position}");
        restarts += 1;
    }
    assert!(restarts >= 4, "{events:?}");
}

#[tokio::test]
async fn a_set_of_gtids_is_a_start() {
    with_source(Flavour::MySql, async |source: Source| {
        create(&source).await;
        let mut connection = writer(&source).await;
        run(&mut connection, WRITES[0]).await;
        let set = match log_position(&mut connection).await.expect("a position") {
            Some(LogPosition::GtidSet(set)) => set,
            other => panic!("the test server has GTIDs: {other:?}"),
        };
        run(&mut connection, WRITES[1]).await;
        let end = end_of_log(&mut connection).await;
        let catalog = read_catalog(&mut connection).await.expect("a catalog");
        let start = LogStart::GtidSet(set);
        let follower = Follower::open(&source.dsn, &catalog, &start, replica_id()).await;
        let mut follower = follower.expect("a follower");
        let events = events_until(&mut follower, &end).await;
        assert_eq!(rows(&events).len(), 2, "{events:?}");
        let mut commits = events.iter().filter_map(|event| match event {
            LogEvent::Commit { position, .. } => Some(position.clone()),
            _ => None,
        });
        let last = commits.next_back().expect("a commit");
        assert!(last <= end && follow(&source, last, replica_id()).await.next().await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn compressed_transactions_are_read() {
    with_source(Flavour::MySql, async |source: Source| {
        let start = create(&source).await;
        let mut connection = writer(&source).await;
        run(&mut connection, "SET SESSION binlog_transaction_compression = ON").await;
        run(&mut connection, "INSERT INTO Posts VALUES (1, REPEAT('x', 1000000))").await;
        for sql in &WRITES[1..] {
            run(&mut connection, sql).await;
        }
        let end = end_of_log(&mut connection).await;
        let mut follower = follow(&source, start.clone(), replica_id()).await;
        let events = events_until(&mut follower, &end).await;
        // A row beyond `binlog_row_event_max_size` has an event of its own.
        assert_eq!(rows(&events).len(), 8, "{events:?}");
        // The log has transactions of other tests too, none of them compressed.
        let logs: Vec<(String, u64, String)> =
            connection.query("SHOW BINARY LOGS").await.expect("the logs");
        let mut is_compressed = false;
        for (file, ..) in logs.iter().filter(|(file, ..)| *file >= start.file) {
            let from = if *file == start.file { start.offset } else { 4 };
            let sql = format!("SHOW BINLOG EVENTS IN '{file}' FROM {from}");
            let events: Vec<(String, u64, String, u32, u64, String)> =
                connection.query(&sql).await.expect("its events");
            is_compressed |= events.iter().any(|(_, _, kind, ..)| kind == "Transaction_payload");
        }
        assert!(is_compressed);
    })
    .await;
}

async fn definitions_and_files_are_events(source: Source) {
    let start = create(&source).await;
    let mut connection = writer(&source).await;
    run(&mut connection, "ALTER TABLE Posts COMMENT = 'x'").await;
    run(&mut connection, "FLUSH BINARY LOGS").await;
    run(&mut connection, "CREATE TABLE Later (id int PRIMARY KEY); DROP TABLE Later").await;
    run(&mut connection, WRITES[0]).await;
    let end = end_of_log(&mut connection).await;
    let mut follower = follow(&source, start, replica_id()).await;
    let events = events_until(&mut follower, &end).await;
    let ours = |event: &LogEvent| match event {
        LogEvent::Statement { database, sql, position, .. } => (database.as_deref()
            == Some(source.name()))
        .then(|| (sql.expose().to_owned(), position.clone())),
        _ => None,
    };
    let statements: Vec<_> = events.iter().filter_map(ours).collect();
    let words: Vec<&str> =
        statements.iter().map(|(sql, _)| sql.split(' ').next().expect("a word")).collect();
    assert_eq!(words, ["ALTER", "CREATE", "DROP"]);
    let rotations = events.iter().filter(|event| matches!(event, LogEvent::Rotate(_))).count();
    assert!(rotations >= 1, "{events:?}");
    let file = follower.log_file().expect("a file");
    assert!(file.name == end.file && file.created > 1_700_000_000, "{file:?}");
    // It is the same from the middle of the file; other tests begin new ones.
    for number in 100.. {
        let from = end_of_log(&mut connection).await;
        run(&mut connection, &format!("INSERT INTO Posts VALUES ({number}, 'x')")).await;
        let to = end_of_log(&mut connection).await;
        if from.file == to.file {
            events_until(&mut follower, &to).await;
            let mut middle = follow(&source, from, replica_id()).await;
            events_until(&mut middle, &to).await;
            assert_eq!(middle.log_file(), follower.log_file());
            assert!(middle.log_file().is_some_and(|it| it.name == to.file));
            break;
        }
    }
    // Behind a statement, a follower can start again.
    let mut again = follow(&source, statements[1].1.clone(), replica_id()).await;
    let rest = events_until(&mut again, &end).await;
    assert_eq!(rest.iter().filter_map(ours).count(), 1, "{rest:?}");
    assert_eq!(rows(&rest).len(), 1);
}

async fn what_is_not_logged_as_whole_rows_ends_following(source: Source) {
    create(&source).await;
    let mut connection = writer(&source).await;
    run(&mut connection, "CREATE TABLE Props (id int PRIMARY KEY, value json, other int)").await;
    run(
        &mut connection,
        "INSERT INTO Props VALUES (1, '{\"a\": 1, \"b\": [1, 2, 3, 4, 5, 6]}', 1)",
    )
    .await;
    let mut cases = vec![
        ("binlog_format = 'STATEMENT'", "DELETE FROM Posts WHERE id = 1", "a statement instead of"),
        (
            "binlog_row_image = 'MINIMAL'",
            "UPDATE Props SET other = other + 1",
            "only parts of rows",
        ),
    ];
    if source.flavour == Flavour::MySql {
        let update = "UPDATE Props SET value = JSON_SET(value, '$.a', 2)";
        cases.push(("binlog_row_value_options = 'PARTIAL_JSON'", update, "only parts of JSON"));
    }
    for (setting, sql, message) in cases {
        let mut connection = writer(&source).await;
        run(&mut connection, WRITES[0]).await;
        let start = end_of_log(&mut connection).await;
        run(&mut connection, &format!("SET SESSION {setting}")).await;
        run(&mut connection, sql).await;
        let mut follower = follow(&source, start, replica_id()).await;
        let error = loop {
            match follower.next().await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains(message), "{error}: {setting}");
        assert!(error.hint().is_some_and(|hint| hint.contains("SET GLOBAL")), "{error}");
        assert!(!error.is_connection_lost());
        run(&mut connection, "SET SESSION binlog_format = 'ROW'; DELETE FROM Posts").await;
    }
}

async fn a_lost_connection_is_distinguished(source: Source) {
    let start = create(&source).await;
    let mut follower = follow(&source, start.clone(), replica_id()).await;
    let mut connection = writer(&source).await;
    run(&mut connection, WRITES[0]).await;
    let end = end_of_log(&mut connection).await;
    events_until(&mut follower, &end).await;
    let database = source.name().to_owned();
    end_sessions(&mut connection, |session| {
        session.database.as_ref() == Some(&database)
            && session.statement.as_ref().is_none_or(|it| !it.starts_with("SHOW"))
    })
    .await;
    let error = loop {
        match follower.next().await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(error.is_connection_lost(), "{error:?}");
    let mut again = follow(&source, start, replica_id()).await;
    assert_eq!(rows(&events_until(&mut again, &end).await).len(), 1);
}

async fn a_log_that_was_removed_is_named(source: Source) {
    create(&source).await;
    let mut connection = source.connect().await;
    let catalog = read_catalog(&mut connection).await.expect("a catalog");
    let end = end_of_log(&mut connection).await;
    let (base, _) = end.file.rsplit_once('.').expect("a number");
    let open = async |start: &str| {
        let start = LogStart::Position(start.parse().expect("a position"));
        let error = Follower::open(&source.dsn, &catalog, &start, replica_id()).await;
        error.expect_err("no such place")
    };
    let purged = open(&format!("{base}.999999:4")).await;
    assert!(matches!(purged, Error::Purged { .. }), "{purged:?}");
    let beyond = open(&format!("{}:4000000000", end.file)).await;
    assert!(matches!(beyond, Error::BeyondEnd { .. }), "{beyond:?}");
    let large = open(&format!("{}:4294967296", end.file)).await;
    assert!(matches!(large, Error::OffsetTooLarge { .. }), "{large:?}");
    // An offset inside of an event.
    let inside = format!("{}:{}", end.file, end.offset - 5);
    let start = inside.parse().expect("a position");
    let mut follower = follow(&source, start, replica_id()).await;
    let error = loop {
        match follower.next().await {
            Ok(LogEvent::Heartbeat) => {
                panic!("the server sends nothing from the middle of an event")
            }
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(!error.is_connection_lost(), "{error:?}");
}
