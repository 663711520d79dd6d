//! Every cell of the log equals, byte for byte, what a `SELECT` of ours reads by the text protocol.

use std::collections::BTreeMap;

use migration_assist::mysql::binlog::{LogCell, LogEvent, RowChange};
use migration_assist::mysql::{Connection, Flavour, Row, Server, Value};

use super::fixture::{end_of_log, events_until, follow, replica_id, writer};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours![every_type_is_spelled_as_it_is_read];

/// Types of both servers with their edge values, as statements take them.
const TYPES: &[(&str, &[&str])] = &[
    ("tinyint", &["-128", "127", "0", "-1"]),
    ("tinyint(1)", &["0", "1", "-1"]),
    ("tinyint unsigned", &["0", "255", "128"]),
    ("smallint", &["-32768", "32767"]),
    ("smallint unsigned", &["65535", "32768"]),
    ("mediumint", &["-8388608", "8388607", "-1"]),
    ("mediumint unsigned", &["16777215", "8388608"]),
    ("int", &["-2147483648", "2147483647"]),
    ("int unsigned", &["4294967295", "2147483648"]),
    ("int(5) zerofill", &["42", "123456"]),
    ("bigint", &["-9223372036854775808", "9223372036854775807", "0"]),
    ("bigint unsigned", &["18446744073709551615", "9223372036854775808"]),
    ("float", &["0", "0.1", "16777216", "3.4e38", "-1.17e-38", "1e15"]),
    (
        "double",
        &[
            "0",
            "0.1",
            "1e15",
            "1e14",
            "1e-15",
            "1e-16",
            "123456789.123456789",
            "5e-324",
            "-1.7976931348623157e308",
            "1234567890123456.7",
            "1e20",
        ],
    ),
    ("decimal(1,0)", &["0", "-9"]),
    ("decimal(10,2)", &["12345678.90", "-0.05", "0"]),
    (
        "decimal(65,30)",
        &["12345678901234567890123456789012345.123456789012345678901234567890", "-1"],
    ),
    ("decimal(30,30)", &["0.000000000000000000000000000001", "-0.5"]),
    ("decimal(18,9)", &["123456789.000000001", "-999999999.999999999"]),
    ("decimal(5,2) unsigned", &["999.99"]),
    ("year", &["0", "1901", "2155"]),
    ("date", &["'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2024-02-00'"]),
    ("datetime", &["'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'"]),
    ("datetime(1)", &["'2024-02-29 12:34:56.7'", "'0000-00-00 00:00:00'"]),
    ("datetime(2)", &["'2024-02-29 12:34:56.78'"]),
    ("datetime(3)", &["'2024-02-29 12:34:56.789'"]),
    ("datetime(4)", &["'2024-02-29 12:34:56.7891'"]),
    ("datetime(5)", &["'2024-02-29 12:34:56.78912'"]),
    ("datetime(6)", &["'9999-12-31 23:59:59.999999'", "'2024-02-29 00:00:00.000001'"]),
    ("timestamp null", &["0", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "NULL"]),
    ("timestamp(1) null", &["'2024-02-29 12:34:56.7'"]),
    ("timestamp(3) null", &["0", "'2024-02-29 12:34:56.789'"]),
    ("timestamp(6) null", &["'2038-01-19 03:14:07.499999'", "'1970-01-01 00:00:01.000001'"]),
    ("time", &["'00:00:00'", "'838:59:59'", "'-838:59:59'", "'-00:00:01'", "'100:00:00'"]),
    ("time(1)", &["'-00:00:01.1'", "'-00:00:00.9'", "'12:00:00.5'"]),
    ("time(2)", &["'-00:00:01.10'", "'-00:00:00.01'"]),
    ("time(3)", &["'-00:00:00.001'", "'838:59:58.999'"]),
    ("time(4)", &["'-12:34:56.7891'"]),
    ("time(5)", &["'-12:34:56.78912'"]),
    ("time(6)", &["'-838:59:58.999999'", "'00:00:00.000001'"]),
    ("bit(1)", &["b'0'", "b'1'"]),
    ("bit(10)", &["b'1000000001'", "0"]),
    ("bit(64)", &["18446744073709551615", "1"]),
    ("char(5)", &["''", "'ab  '", "'äöü😀€'"]),
    ("char(255)", &["REPEAT('😀', 255)", "'a'"]),
    ("varchar(10)", &["''", "'a  '", "'😀\\0\\n\\t\\\\'"]),
    ("varchar(300)", &["REPEAT('ä', 300)", "'x'"]),
    ("tinytext", &["''", "REPEAT('x', 255)"]),
    ("text", &["''", "REPEAT('ä', 32767)"]),
    ("mediumtext", &["REPEAT('x', 70000)"]),
    ("longtext", &["''", "REPEAT('😀', 50000)"]),
    ("char(5) character set latin1", &["'ä€'", "_latin1 0x8081"]),
    ("text character set latin1", &["_latin1 0xe4f6fc809f81", "'abc'"]),
    ("varchar(10) character set ascii", &["'abc'"]),
    ("varchar(10) character set utf8mb3", &["'ä€'"]),
    ("varchar(10) character set latin2", &["'abc'"]),
    ("binary(4)", &["''", "'ab'", "0x00000000", "0x61006200"]),
    ("binary(255)", &["REPEAT('x', 255)", "'y'"]),
    ("varbinary(10)", &["''", "0x00ff00", "0x6100"]),
    ("varbinary(300)", &["REPEAT(0xff, 300)"]),
    ("tinyblob", &["0x00"]),
    ("blob", &["''", "REPEAT(0xff, 65535)"]),
    ("mediumblob", &["REPEAT(0x00, 70000)"]),
    ("longblob", &["0x0001fffe"]),
    ("enum('a','it''s','x\\\\y','ä','')", &["'a'", "'it''s'", "'x\\\\y'", "'ä'", "''", "NULL"]),
    ("set('a','b','it''s','x\\\\y')", &["''", "'a'", "'it''s,x\\\\y'"]),
    ("geometry", &["ST_GeomFromText('POINT(1 2)')", "NULL"]),
    ("point", &["ST_GeomFromText('POINT(-1.5 2e10)')"]),
    (
        "json",
        &[
            "'null'",
            "'{}'",
            "'[]'",
            "'{\"bb\": 1, \"a\": [1, -1, 1.5, true, false, null]}'",
            "'\"x\\\\u0001\\\\n\\\\\"/\\\\\\\\ä😀\"'",
            "NULL",
            "'[18446744073709551615, -9223372036854775808, 65536, -65536, 32768, 1e15, 1e14, 1e-15]'",
            "CONCAT('[\"', REPEAT('x', 70000), '\", {\"k\": \"', REPEAT('y', 70000), '\"}]')",
        ],
    ),
];

/// Types that only one of the servers has.
const OF_MYSQL: &[(&str, &[&str])] = &[
    ("vector(2)", &["STRING_TO_VECTOR('[1,2.5]')"]),
    ("multipolygon", &["ST_GeomFromText('MULTIPOLYGON(((0 0,0 1,1 1,0 0)))')"]),
    (
        "json",
        &[
            "JSON_ARRAY(CAST(1.50 AS DECIMAL(5,2)), CAST(-0.05 AS DECIMAL(65,30)), CAST('-0' AS DOUBLE))",
            "JSON_ARRAY(CAST('2024-02-29' AS DATE), CAST('-12:34:56.7' AS TIME(1)), \
         CAST('2024-02-29 12:34:56.789' AS DATETIME(3)))",
            "JSON_ARRAY(CAST('a' AS BINARY(3)), 3.0, 1e300, 1e0, 12345678901234567890123)",
            "CAST(b'101' AS JSON)",
            "CAST(CAST(1.5 AS DECIMAL(3,2)) AS JSON)",
            "CONCAT('[', REPEAT('[', 90), REPEAT(']', 90), ', 1]')",
            "JSON_OBJECT('é', 1, 'z', 2, '', 3)",
        ],
    ),
];

/// What the log does not determine, or what is not decoded: the cell says so.
const INEXACT: &[(&str, &[&str])] = &[
    ("double(10,2)", &["1.5"]),
    ("decimal(10,2) zerofill", &["1.5"]),
    ("varchar(10) character set cp1251", &["'ж'"]),
    ("varchar(10) character set utf16", &["'abc'"]),
];

const INEXACT_OF_MARIADB: &[(&str, &[&str])] = &[
    ("uuid", &["'123e4567-e89b-12d3-a456-426655440000'"]),
    ("inet6", &["'2001:db8::ff00:42:8329'"]),
    ("text compressed", &["REPEAT('x', 1000)"]),
    ("varchar(1000) compressed", &["REPEAT('x', 1000)"]),
    ("blob compressed", &["'x'"]),
];

/// A table of one type, with a key in front.
struct Case {
    table: String,
    data_type: &'static str,
    values: &'static [&'static str],
    exact: bool,
}

/// The types that the server has.
fn cases(server: &Server) -> Vec<Case> {
    let (exact, inexact) = match server.flavour {
        Flavour::MySql => (OF_MYSQL, &[][..]),
        Flavour::MariaDb => (&[][..], INEXACT_OF_MARIADB),
    };
    let exact = TYPES.iter().chain(exact).map(|case| (case, true));
    let inexact = INEXACT.iter().chain(inexact).map(|case| (case, false));
    let has_uuid = server.is_at_least(Flavour::MariaDb, (10, 7, 0));
    let exists = |((data_type, _), _): &(&(&str, &[&str]), bool)| has_uuid || *data_type != "uuid";
    let all = exact.chain(inexact).filter(exists).enumerate();
    all.map(|(number, (&(data_type, values), exact))| {
        let table = format!("t{number}");
        Case { table, data_type, values, exact }
    })
    .collect()
}

/// The cells of a table by key, as copies and proofs read them.
async fn read(connection: &mut Connection, case: &Case) -> BTreeMap<Vec<u8>, LogCell> {
    // `ColumnPlan::selected` reads a `float` like this.
    let selected = if case.data_type.starts_with("float") { "c + 0E0" } else { "c" };
    let sql = format!("SELECT id, {selected} FROM {}", case.table);
    let rows: Vec<Row> = connection.query(&sql).await.expect("rows");
    let bytes = |row: &Row, place: usize| match row.as_ref(place) {
        Some(Value::Bytes(bytes)) => Some(bytes.clone()),
        Some(Value::NULL) => None,
        other => panic!("not a value of the text protocol: {other:?}"),
    };
    rows.iter()
        .map(|row| {
            let cell = bytes(row, 1).map_or(LogCell::Null, |it| LogCell::Bytes(it.into()));
            (bytes(row, 0).expect("a key"), cell)
        })
        .collect()
}

/// The inserted rows and the deleted ones of each table by key.
type Images = BTreeMap<String, [BTreeMap<Vec<u8>, LogCell>; 2]>;

fn collect(events: Vec<LogEvent>) -> Images {
    let mut images = Images::new();
    let split = |row: Vec<LogCell>| match <[LogCell; 2]>::try_from(row) {
        Ok([LogCell::Bytes(key), cell]) => (key.to_vec(), cell),
        other => panic!("a key and a cell: {other:?}"),
    };
    for event in events {
        let LogEvent::Rows(rows) = event else { continue };
        let of_table = images.entry(rows.table).or_default();
        for RowChange { before, after } in rows.changes {
            of_table[0].extend(after.map(split));
            of_table[1].extend(before.map(split));
        }
    }
    images
}

fn differences(case: &Case, read: &BTreeMap<Vec<u8>, LogCell>, logged: &Images) -> Vec<String> {
    let mut differences = Vec::new();
    let images = logged.get(&case.table).cloned().unwrap_or_default();
    for (kind, image) in ["inserted", "deleted"].iter().zip(&images) {
        assert!(image.keys().eq(read.keys()), "{}: all rows are {kind}", case.data_type);
        for (key, cell) in read {
            let expected = match cell {
                LogCell::Bytes(_) if !case.exact => &LogCell::Inexact,
                cell => cell,
            };
            if image[key] != *expected {
                let short =
                    |cell: &LogCell| format!("{cell:?}").chars().take(200).collect::<String>();
                differences.push(format!(
                    "{} {kind} {}: {} is read, {} is logged",
                    case.data_type,
                    String::from_utf8_lossy(key),
                    short(expected),
                    short(&image[key])
                ));
            }
        }
    }
    differences
}

async fn every_type_is_spelled_as_it_is_read(source: Source) {
    let mut connection = writer(&source).await;
    let cases = cases(connection.server());
    run(&mut connection, "SET SESSION sql_mode = ''").await;
    for Case { table, data_type, .. } in &cases {
        run(&mut connection, &format!("CREATE TABLE {table} (id int PRIMARY KEY, c {data_type})"))
            .await;
    }
    let start = end_of_log(&mut connection).await;
    let mut expected = Vec::new();
    for case in &cases {
        for (id, value) in case.values.iter().enumerate() {
            run(&mut connection, &format!("INSERT INTO {} VALUES ({id}, {value})", case.table))
                .await;
        }
        run(&mut connection, &format!("INSERT INTO {} VALUES (-1, NULL)", case.table)).await;
        expected.push(read(&mut connection, case).await);
        run(&mut connection, &format!("DELETE FROM {}", case.table)).await;
    }
    let end = end_of_log(&mut connection).await;
    let mut follower = follow(&source, start, replica_id()).await;
    let logged = collect(events_until(&mut follower, &end).await);
    let pairs = cases.iter().zip(&expected);
    let differences: Vec<String> =
        pairs.flat_map(|(case, read)| differences(case, read, &logged)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
