//! What arrives: everything, byte for byte, over every kind of line.

use std::path::PathBuf;
use std::sync::Arc;

use migration_assist::copy::{Consistency, CopyOptions, FullText, Start};
use migration_assist::mysql::{Dsn, Flavour, TlsMode, TlsSettings};
use migration_assist::progress::Silent;
use migration_assist::secret::Secret;
use migration_assist::sql::Dialect::Postgres;

use super::compare::{assert_equal, structure};
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours, variable};

on_both_flavours!(
    a_workspace_arrives_whole,
    awkward_values_arrive,
    every_connection_suffices,
    settings_of_the_target_make_no_difference,
    keys_of_all_shapes
);

/// The rows that the migrations leave in `Systems`.
const SEEDS: usize = 2;

async fn a_workspace_arrives_whole(source: Source) {
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    let wanted = CopyOptions { full_text: FullText::Build, ..options() };
    let report = pair.copy(&wanted).await.expect("a copy");
    let rows = assert_equal(&pair).await;
    assert!(rows > 3000, "{rows} rows are no workspace");
    assert_eq!(report.total.rows_read, rows as u64);
    assert_eq!(report.total.rows_written, rows as u64);
    assert!(report.is_whole() && report.left_out.is_empty() && report.quarantined.is_empty());
    assert_eq!(report.left_to_post_migrate, [""; 0]);
    assert!(report.built.len() > 10, "{:?} are all indexes that were built", report.built);
    assert!(matches!(report.consistency, Consistency::Lock | Consistency::Position));
    assert!(report.source_changed.is_some());
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
    let ids = &report.tables.iter().find(|table| table.source == "RetentionIdsForDeletion");
    let changes = &ids.expect("the table with an array").counts.changes["Ids"];
    assert!(changes["array-from-json"] > 0);
    // The same command once more finds nothing to do.
    let again = pair.copy(&wanted).await.expect("a copy");
    assert_eq!(again.total.rows_written, report.total.rows_written);
    assert!(again.built.is_empty());
}

async fn awkward_values_arrive(source: Source) {
    let pair = Pair::empty(source).await;
    let texts = [
        "",
        "\\N",
        "\\.",
        "a\\.\n\\.\nb",
        "\r\n",
        "\t\t\n",
        "\\",
        "\\\\n",
        "\u{1f600}\u{10ffff}",
        " trailing ",
        "'\"`$1{}%s",
        "\u{1}\u{7f}\u{85}\u{2028}\u{feff}",
        "é\u{301}",
        "NULL",
        "null",
    ];
    let mut sql = String::new();
    for (number, text) in texts.iter().enumerate() {
        let text = migration_assist::sql::Dialect::MySql.literal(text);
        sql += &String::from_iter([format!(
            "INSERT INTO Posts (Id, Message, Props) VALUES ('p{number}', {text}, JSON_OBJECT('k', {text}));
             INSERT INTO PluginKeyValueStore VALUES ('x', 'k{number}', CONCAT(X'00ff5c4e0a', {text}), 0);"
        )]);
    }
    sql.push_str(
        "INSERT INTO Posts (Id) VALUES ('nulls');
         INSERT INTO PluginKeyValueStore VALUES ('x', 'null', NULL, 0), ('x', 'empty', '', 0);
         INSERT INTO LinkMetadata VALUES (-9223372036854775808, 'u', 0, '', NULL),
             (9223372036854775807, 'v', 0, 't', '[1, 2.50, -0.25, \"\\\\\\\\N\"]');",
    );
    pair.sql(&sql).await;
    let times = "CREATE TABLE times (id int PRIMARY KEY, day date, at timestamp(6) NULL, n";
    pair.sql(&format!(
        "{times} decimal(20,5), x float, y double);
         INSERT INTO times VALUES (1, '2024-02-29', '2038-01-19 03:14:07.999999', -12345.67890, 0.1,
             0.1), (2, NULL, NULL, NULL, NULL, NULL), (3, '1000-01-01', '1970-01-01 00:00:01', 0,
             16777217, 1.7976931348623157e308)"
    ))
    .await;
    pair.target_sql(
        "CREATE TABLE public.times (id int PRIMARY KEY, day date, at timestamptz, n numeric(20,5),
             x real, y double precision)",
    )
    .await;
    pair.copy(&CopyOptions { exclude: vec!["times".into()], ..options() }).await.expect("a copy");
    pair.copy(&CopyOptions { tables: vec!["times".into()], ..options() }).await.expect("a copy");
    let found = "SELECT count(*) FROM public.times WHERE
        (id, day, at, n, x, y) = (1, '2024-02-29', '2038-01-19 03:14:07.999999+00', -12345.67890,
            0.1::real, 0.1::float8)
        OR (id = 2 AND (day, at, n, x, y) IS NULL)
        OR (id, day, at, n, x, y) = (3, '1000-01-01', '1970-01-01 00:00:01+00', 0, 16777216::real,
            1.7976931348623157e308::float8)";
    assert_eq!(pair.count(found).await, 3);
    pair.sql("DROP TABLE times").await;
    pair.target_sql("DROP TABLE public.times").await;
    assert_eq!(assert_equal(&pair).await, 2 * texts.len() + 5 + SEEDS);
    assert!(pair.kept().is_empty());
}

async fn every_connection_suffices(mut source: Source) {
    let account = source.account("SELECT", "BY 'it''s a secret'").await;
    let (user, authority) = (account.user.clone(), authority(source.flavour));
    let pair = Pair::empty(source).await;
    pair.sql("INSERT INTO Posts (Id, Message) VALUES ('a', 'ü')").await;
    let plugin = format!("SELECT plugin FROM mysql.user WHERE user = '{user}'");
    let plugin: Option<String> =
        pair.source.connect().await.query_optional(&plugin).await.expect("a plugin");
    let expected = match pair.source.flavour {
        Flavour::MySql => "caching_sha2_password",
        Flavour::MariaDb => "mysql_native_password",
    };
    assert_eq!(plugin.as_deref(), Some(expected));
    let copy = async |mode: TlsMode| {
        let ca = (mode == TlsMode::VerifyCa).then(|| authority.clone());
        let password = Secret::new("it's a secret");
        let dsn = Dsn { password, tls: TlsSettings { mode, ca }, ..account.clone() };
        let wanted =
            CopyOptions { start: Start::Restart, tables: vec!["posts".into()], ..options() };
        pair.copy_from(&dsn, &wanted, Arc::new(Silent)).await
    };
    let encrypted = [TlsMode::Preferred, TlsMode::Required, TlsMode::VerifyCa];
    for mode in [&encrypted[..], &[TlsMode::Disabled]].concat() {
        let report = copy(mode).await.expect("a copy");
        assert_eq!(report.total.rows_written, 1);
        assert_ne!(report.consistency, Consistency::Lock);
    }
    // The server itself is the judge of what is encrypted.
    pair.sql(&format!("ALTER USER {user}@'%' REQUIRE SSL")).await;
    for mode in encrypted {
        assert_eq!(copy(mode).await.expect("a copy").total.rows_written, 1, "{mode:?}");
    }
    assert!(copy(TlsMode::Disabled).await.is_err());
    assert_eq!(assert_equal(&pair).await, 1 + SEEDS);
}

fn authority(flavour: Flavour) -> PathBuf {
    PathBuf::from(variable(match flavour {
        Flavour::MySql => "MIGRATION_ASSIST_TEST_MYSQL_CA",
        Flavour::MariaDb => "MIGRATION_ASSIST_TEST_MARIADB_CA",
    }))
}

async fn settings_of_the_target_make_no_difference(source: Source) {
    let pair = Pair::filled(source).await;
    let database = Postgres.identifier(&pair.target.dsn.database);
    for setting in [
        "DateStyle = 'SQL, DMY'",
        "TimeZone = 'Asia/Kolkata'",
        "standard_conforming_strings = off",
        "bytea_output = 'escape'",
        "client_encoding = 'LATIN1'",
        "search_path = 'pg_catalog'",
        "statement_timeout = '20ms'",
        "lock_timeout = '1ms'",
        "idle_in_transaction_session_timeout = '1ms'",
        "default_transaction_isolation = 'serializable'",
        "maintenance_work_mem = '1MB'",
    ] {
        pair.target_sql(&format!("ALTER DATABASE {database} SET {setting}")).await;
    }
    let report = pair.copy(&options()).await.expect("a copy");
    assert!(report.is_whole());
    assert_equal(&pair).await;
}

/// Tables with keys of every kind, each in many parts, come over once and whole.
async fn keys_of_all_shapes(source: Source) {
    let pair = Pair::empty(source).await;
    let mut names = Vec::new();
    for (name, key, mysql_type, value) in [
        (
            "k_id",
            "id",
            "varchar(26) COLLATE utf8mb4_general_ci",
            "CONCAT(SUBSTR('ybnDrfg8ejkmcpqxot1uwisza345h769', 1 + n % 32, 1), HEX(n), 'ß')",
        ),
        ("k_latin", "id", "varchar(26) CHARACTER SET latin1", "CONCAT(LOWER(HEX(n * 7919)), 'é')"),
        ("k_text", "id", "varchar(60)", "CONCAT(n % 13, '-', n, '%''\\\\')"),
        ("k_number", "id", "bigint", "n * 1000003 - 90000000"),
        ("k_unsigned", "id", "bigint unsigned", "n * 1000"),
        ("k_bytes", "id", "varbinary(20)", "UNHEX(LPAD(HEX(n), 8, '0'))"),
        ("k_pair", "id, b", "varchar(20), b int", "'same', n"),
        ("k_none", "", "int", "n"),
    ] {
        let definition =
            if key.is_empty() { String::new() } else { format!(", PRIMARY KEY ({key})") };
        pair.sql(&format!(
            "CREATE TABLE {name} (id {mysql_type} NOT NULL, filler varchar(200){definition});
             INSERT INTO {name} ({}, filler)
             SELECT {value}, REPEAT('x', 190) FROM
                 (SELECT a.v * 50 + b.v AS n FROM seq50 a JOIN seq50 b) numbers",
            if key.contains('b') { "id, b" } else { "id" },
        ).replace("seq50", "(WITH RECURSIVE s (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM s WHERE v < 49) SELECT v FROM s)"))
        .await;
        let target_type = match name {
            "k_number" | "k_unsigned" => "bigint",
            "k_bytes" => "bytea",
            "k_pair" => "text, b int",
            "k_none" => "int",
            _ => "text",
        };
        pair.target_sql(&format!(
            "CREATE TABLE public.{name} (id {target_type}, filler text{definition})"
        ))
        .await;
        pair.sql(&format!("ANALYZE TABLE {name}")).await;
        names.push(name.to_owned());
    }
    let report = pair.copy(&CopyOptions { tables: names, ..options() }).await.expect("a copy");
    assert_eq!(report.total.rows_written, 8 * 2500);
    assert_equal(&pair).await;
    let parts = "SELECT count(*) FROM (SELECT table_name FROM migration_assist.copied_parts
        WHERE rows_written > 0 GROUP BY table_name HAVING count(*) > 3) AS split";
    // Without a key, and with one of bytes, a table is one part.
    assert_eq!(pair.count(parts).await, 6);
}
