//! What a session does, and what it does not let happen.

use futures_util::FutureExt as _;
use migration_assist::mysql::{Access, Connection, Error, Flavour, Row, Value, open_sessions};
use migration_assist::sql::Dialect;

use crate::support::mysql::{Session, Source, on_both_flavours, open, run, sessions};

on_both_flavours![
    a_reader_cannot_write,
    a_server_names_itself,
    a_stream_can_be_left_early,
    a_transaction_takes_effect_when_it_is_committed,
    an_interrupted_statement_ends_the_session,
    dropping_a_connection_ends_the_session_amid_an_endless_result,
    literals_mean_what_they_say,
    an_error_about_an_answer_shows_no_value,
    server_errors_repeat_no_value,
    sessions_are_seen_whatever_their_statements_contain,
    settings_do_not_depend_on_the_server,
    text_arrives_as_utf8_whatever_the_table_holds,
    a_column_of_utf8_takes_nothing_else,
    values_that_do_not_fit_are_refused,
];

/// MySQL cannot show a statement with a character of four bytes in `information_schema`.
async fn sessions_are_seen_whatever_their_statements_contain(source: Source) {
    let mut busy = source.connect().await;
    run(&mut busy, "CREATE TABLE T (Id int PRIMARY KEY)").await;
    run(&mut busy, "START TRANSACTION; INSERT INTO T VALUES (1)").await;
    let (id, mut looking) = (busy.id(), source.connect().await);
    let look = async {
        let is_running = |session: &Session| {
            session.id == id && session.statement.as_deref().is_some_and(|it| it.contains('😀'))
        };
        while !sessions(&mut looking).await.iter().any(is_running) {}
        let shown =
            looking.query::<u64>("SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX");
        let is_unreadable = shown.await.is_err_and(|error| error.is_text_unconvertible());
        assert_eq!(is_unreadable, source.flavour == Flavour::MySql);
        let seen = open_sessions(&mut looking).await.expect("sessions");
        assert!(seen.complete);
        assert!(seen.sessions.iter().any(|it| it.id == u64::from(id)), "{:?}", seen.sessions);
        run(&mut looking, &format!("KILL {id}")).await;
    };
    let (ended, ()) = tokio::join!(busy.execute("SELECT SLEEP(600), '😀'"), look);
    assert!(ended.is_err());
}

async fn a_server_names_itself(source: Source) {
    let mut connection = source.connect().await;
    let server = connection.server().clone();
    assert_eq!(server.flavour, source.flavour);
    let printed: String = connection.query("SELECT VERSION()").await.expect("a version").remove(0);
    assert!(printed.contains(server.to_string().split_once(' ').expect("two words").1));
    assert_eq!(connection.database().await.expect("a database"), source.name());
    let id: u32 = connection.query("SELECT CONNECTION_ID()").await.expect("a number").remove(0);
    assert_eq!(connection.id(), id);
    connection.ping().await.expect("an answer");
}

async fn settings_do_not_depend_on_the_server(mut source: Source) {
    let account = source.account("SELECT", "BY 'pw'").await;
    let dsn = migration_assist::mysql::Dsn { password: "pw".into(), ..account };
    let mut connection = open(&dsn, Access::ReadOnly).await;
    let limit = match source.flavour {
        Flavour::MySql => "@@max_execution_time",
        Flavour::MariaDb => "@@max_statement_time",
    };
    let sql = format!(
        "SELECT CONCAT_WS('|', @@character_set_client, @@character_set_results, \
         @@collation_connection, @@time_zone, @@sql_mode, IF(@@autocommit, 1, 0), @@lc_messages, \
         @@sql_select_limit, {limit})"
    );
    let settings: Vec<String> = connection.query(&sql).await.expect("settings");
    let number = "18446744073709551615";
    let limit = if source.flavour == Flavour::MySql { "0" } else { "0.000000" };
    let mode = "NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES";
    let names = "utf8mb4|utf8mb4|utf8mb4_bin|+00:00";
    let expected = format!("{names}|{mode}|1|en_US|{number}|{limit}");
    assert_eq!(settings, [expected]);
}

async fn a_reader_cannot_write(source: Source) {
    run(&mut source.connect().await, "CREATE TABLE t (id int)").await;
    let mut reader = open(&source.dsn, Access::ReadOnly).await;
    for sql in ["INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TABLE u (id int)"] {
        let error = reader.execute(sql).await.expect_err(sql);
        assert_eq!(error.code(), Some(1792), "{sql}: {error}");
    }
}

async fn values_that_do_not_fit_are_refused(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE t (a varchar(3), d date)").await;
    let error =
        connection.execute("INSERT INTO t (a) VALUES ('abcd')").await.expect_err("too long");
    assert_eq!(error.code(), Some(1406), "{error}");
    // What older servers let in can be put back.
    run(&mut connection, "INSERT INTO t (d) VALUES ('0000-00-00')").await;
}

async fn a_stream_can_be_left_early(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2), (3)").await;
    let mut rows = connection.stream("SELECT id FROM t ORDER BY id").await.expect("rows");
    let first: Row = rows.next().await.expect("a row").expect("the first");
    assert_eq!(first.as_ref(0), Some(&Value::Bytes(b"1".to_vec())));
    drop(rows);
    let rest: Vec<u8> = connection.query("SELECT id FROM t WHERE id > 1").await.expect("rows");
    assert_eq!(rest, [2, 3]);
    let none: Option<u8> =
        connection.query_optional("SELECT 1 FROM t WHERE id > 3").await.expect("none");
    assert_eq!(none, None);
    let some: Option<u8> =
        connection.query_optional("SELECT id FROM t ORDER BY id").await.expect("one");
    assert_eq!(some, Some(1));
}

async fn dropping_a_connection_ends_the_session_amid_an_endless_result(source: Source) {
    let mut watcher = source.connect().await;
    let mut connection = source.connect().await;
    let id = connection.id();
    run(&mut watcher, "CREATE TABLE t (i int); INSERT INTO t VALUES (0), (1), (2), (3), (4)").await;
    run(&mut watcher, "INSERT INTO t SELECT a.i FROM t a, t b, t c, t d").await;
    // Ten gigabytes: as good as endless.
    let endless = "SELECT REPEAT('x', 16000000) FROM t";
    let mut rows = connection.stream(endless).await.expect("rows");
    assert!(rows.next().await.expect("a row").is_some());
    drop(connection);
    let gone = async {
        while sessions(&mut watcher).await.iter().any(|session| session.id == id) {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_mins(1);
    tokio::time::timeout(patience, gone).await.expect("the server to notice");
}

async fn an_interrupted_statement_ends_the_session(source: Source) {
    let mut connection = source.connect().await;
    assert!(connection.execute("DO SLEEP(1)").now_or_never().is_none());
    let error = connection.execute("DO 1").await.expect_err("no answer of another statement");
    assert!(matches!(error, Error::Lost(_)), "{error}");
    assert!(error.hint().is_some());
}

async fn a_transaction_takes_effect_when_it_is_committed(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE t (id int) ENGINE=InnoDB").await;
    let count = "SELECT COUNT(*) FROM t";

    let mut transaction = connection.transaction().await.expect("a transaction");
    run(&mut transaction, "INSERT INTO t VALUES (1)").await;
    drop(transaction);
    assert_eq!(connection.query::<u64>(count).await.expect("a count"), [0], "dropped");

    let mut transaction = connection.transaction().await.expect("a transaction");
    run(&mut transaction, "INSERT INTO t VALUES (1)").await;
    transaction.rollback().await.expect("rolled back");
    assert_eq!(connection.query::<u64>(count).await.expect("a count"), [0], "rolled back");

    let mut reader = open(&source.dsn, Access::ReadOnly).await;
    let mut snapshot = reader.snapshot().await.expect("a snapshot");
    let mut transaction = connection.transaction().await.expect("a transaction");
    run(&mut transaction, "INSERT INTO t VALUES (1)").await;
    transaction.commit().await.expect("committed");
    assert_eq!(connection.query::<u64>(count).await.expect("a count"), [1], "committed");
    assert_eq!(snapshot.query::<u64>(count).await.expect("a count"), [0], "before");
}

async fn an_error_about_an_answer_shows_no_value(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE t (id int, a text)").await;
    run(&mut connection, "INSERT INTO t VALUES (1, 'a thing')").await;
    let error =
        connection.query::<u8>("SELECT a FROM t WHERE id = 1").await.expect_err("no number");
    assert!(
        matches!(error, Error::Unexpected(_)) && !error.to_string().contains("thing"),
        "{error}"
    );
}

async fn text_arrives_as_utf8_whatever_the_table_holds(source: Source) {
    let mut connection = source.connect().await;
    run(
        &mut connection,
        "CREATE TABLE t (a varchar(9) CHARACTER SET latin1, b varchar(9) CHARACTER SET utf8mb3, \
         c varchar(9), d varbinary(9));
         INSERT INTO t VALUES ('é€', 'é€', 'é€😀', 0x00ff)",
    )
    .await;
    let row: Vec<Row> = connection.query("SELECT a, b, c, d FROM t").await.expect("a row");
    let bytes = |text: &str| Value::Bytes(text.as_bytes().to_vec());
    let expected = [bytes("é€"), bytes("é€"), bytes("é€😀"), Value::Bytes(vec![0, 255])];
    assert_eq!(row[0].clone().unwrap(), expected);
}

/// The copy relies on it, and does not look for such rows before it begins. `MariaDB` takes halves of
/// surrogate pairs for characters, which only `mysql` finds.
async fn a_column_of_utf8_takes_nothing_else(source: Source) {
    let mut connection = source.connect().await;
    let sql = "SET SESSION sql_mode = '';
        CREATE TABLE t (Way varchar(9), Text text CHARACTER SET utf8mb4, Altered blob);
        INSERT INTO t (Way, Text) VALUES ('literal', X'61ff62');
        INSERT IGNORE INTO t (Way, Text) VALUES ('introduced', _binary X'61c3');
        SET NAMES binary;
        INSERT INTO t (Way, Text) VALUES ('client', X'61f5808080'), ('function', UNHEX('61c080'));
        INSERT INTO t (Way, Altered) VALUES ('altered', X'61ff62'), ('cut', X'e697');
        UPDATE t SET Text = Altered WHERE Way = 'altered';
        ALTER TABLE t CHANGE Altered Altered text CHARACTER SET utf8mb4";
    run(&mut connection, sql).await;
    let sql = "SELECT CAST(Text AS BINARY) FROM t UNION ALL SELECT CAST(Altered AS BINARY) FROM t";
    let cells: Vec<Option<Vec<u8>>> = connection.query(sql).await.expect("cells");
    let cells: Vec<Vec<u8>> = cells.into_iter().flatten().collect();
    assert!(
        cells.len() >= 7 && cells.contains(&b"a".to_vec()) == (source.flavour == Flavour::MySql)
    );
    assert!(cells.iter().all(|cell| std::str::from_utf8(cell).is_ok()), "{cells:02x?}");
    run(&mut connection, "TRUNCATE t; INSERT INTO t (Text) VALUES (X'eda080')").await;
    let halves: Vec<Vec<u8>> =
        connection.query("SELECT CAST(Text AS BINARY) FROM t").await.expect("a cell");
    let expected: &[u8] = if source.flavour == Flavour::MySql { b"" } else { b"\xed\xa0\x80" };
    assert_eq!(halves, [expected]);
}

async fn server_errors_repeat_no_value(source: Source) {
    let mut connection = source.connect().await;
    run(
        &mut connection,
        "CREATE TABLE t (id varchar(40) PRIMARY KEY, n int, j json);
         INSERT INTO t (id) VALUES ('it''s hunter2')",
    )
    .await;
    for (sql, code) in [
        ("INSERT INTO t (id) VALUES ('it''s hunter2')", 1062),
        ("INSERT INTO t (id, n) VALUES ('a', 'it''s hunter2')", 1366),
        ("INSERT INTO t (id, j) VALUES ('a', '{hunter2')", 3140),
        ("SELECT hunter2 hunter2 hunter2", 1064),
        ("INSERT INTO t (id, n) VALUES ('a', 99999999999)", 1264),
    ] {
        let error = connection.execute(sql).await.expect_err(sql);
        let said = format!("{error} {error:?}");
        // MariaDB's json is a text with a check.
        let expected = if code == 3140 && source.flavour == Flavour::MariaDb { 4025 } else { code };
        assert_eq!(error.code(), Some(expected), "{said}");
        assert!(!said.contains("hunter2") && !said.contains("99999999999"), "{said}");
    }
    let error = connection.execute("INSERT INTO t (id) VALUES ('it''s hunter2')").await;
    let message = error.expect_err("a duplicate").to_string();
    assert!(
        message.starts_with("server error 1062 (23000): Duplicate entry … for key '"),
        "{message}"
    );
}

async fn literals_mean_what_they_say(source: Source) {
    let mut connection: Connection = source.connect().await;
    for mode in ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"] {
        run(&mut connection, &format!("SET sql_mode = '{mode}'")).await;
        for text in ["", "it's", "C:\\new\\0", "\"q\"", "é€😀", "a\0b", "%_"] {
            let sql = format!("SELECT {}", Dialect::MySql.literal(text));
            let read: Vec<String> = connection.query(&sql).await.expect("a value");
            assert_eq!(read, [text], "{mode}");
        }
        for name in ["a`b", "a\"b", "sélect", "a b\\"] {
            let sql = format!("SELECT 1 AS {}", Dialect::MySql.identifier(name));
            let mut rows = connection.stream(&sql).await.expect("rows");
            let row = rows.next().await.expect("a row").expect("one");
            assert_eq!(row.columns_ref()[0].name_str(), name, "{mode}");
        }
    }
}
