//! Every value comes out of a dump as the server itself delivers it.

use migration_assist::dump::Event;
use migration_assist::mysql::{Connection, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::program::{dump, reader};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours!(bytes_and_texts_are_read_back, every_type_is_read_back);

const FLAGS: [&[&str]; 4] = [
    &[],
    &["--hex-blob"],
    &["--skip-extended-insert", "--complete-insert"],
    &["--skip-quote-names"],
];

/// The rows of a table, as the text protocol delivers them.
async fn delivered(connection: &mut Connection, table: &str) -> Vec<Vec<Option<Vec<u8>>>> {
    let mut stream = connection.stream(&format!("SELECT * FROM {table}")).await.expect("rows");
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await.expect("a row") {
        let cell = |place| match row.as_ref(place) {
            Some(Value::Bytes(bytes)) => Some(bytes.clone()),
            _ => None,
        };
        rows.push((0..row.len()).map(cell).collect());
    }
    rows
}

/// The rows of a table in a dump.
fn dumped(source: &Source, table: &str, flags: &[&str]) -> Vec<Vec<Option<Vec<u8>>>> {
    let mut reader = reader(dump(source, flags));
    let (mut wanted, mut columns, mut rows) = (None, 0, Vec::new());
    while let Some(event) = reader.next_event().expect("a dump") {
        match event {
            Event::Table { number, table: found, .. } if found.name == table => {
                (wanted, columns) = (Some(number), found.columns.len());
            }
            Event::Row { number, row } if Some(number) == wanted => {
                let cell = |place| row.value(place, &mut Vec::new()).map(<[u8]>::to_vec);
                rows.push((0..columns).map(cell).collect());
            }
            _ => {}
        }
    }
    rows
}

async fn bytes_and_texts_are_read_back(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE t (Id int PRIMARY KEY, B longblob, T longtext)").await;
    let mut runner = TestRunner::deterministic();
    let odd = prop::sample::select(vec![
        '\\', '\'', '"', '\0', '\n', '\r', '\u{1a}', '`', ';', 'é', '😀', 'x',
    ]);
    let text = prop::collection::vec(odd, 0..40).prop_map(String::from_iter);
    let row = (prop::collection::vec(any::<u8>(), 0..60), text);
    for number in 0..300 {
        let (bytes, text) = row.new_tree(&mut runner).expect("a value").current();
        let sql = format!(
            "INSERT INTO t VALUES ({number}, X'{}', CONVERT(X'{}' USING utf8mb4))",
            hex::encode(bytes),
            hex::encode(text)
        );
        run(&mut connection, &sql).await;
    }
    let expected = delivered(&mut connection, "t").await;
    for flags in FLAGS {
        assert_eq!(dumped(&source, "t", flags), expected, "{flags:?}");
    }
}

async fn every_type_is_read_back(source: Source) {
    let mut connection = source.connect().await;
    let sql = "CREATE TABLE t (
            Id bigint unsigned PRIMARY KEY, F float, D double, N decimal(30,10), Y year, Dt date,
            Ti time(3), Dm datetime(6), Ts timestamp(6) NULL, E enum('a','it''s'), S set('x','y'),
            B bit(13), C char(5), V varbinary(9), J json, L varchar(9) CHARACTER SET latin1,
            `odd ``name` int);
        SET sql_mode = '';
        INSERT INTO t VALUES
            (18446744073709551615, 1.5e-7, -1.7976931348623157e308, -12.5, 2024, '0000-00-00',
             '-838:59:59', '9999-12-31 23:59:59.999999', '2024-03-31 01:30:00.5', 'it''s', 'x,y',
             b'1000000000001', 'a', X'00ff', '{\"a\": \"\\\\n\"}', 'é€', -1),
            (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
             NULL, NULL)";
    run(&mut connection, sql).await;
    let expected = delivered(&mut connection, "t").await;
    assert_eq!(expected.len(), 2);
    for flags in FLAGS.iter().filter(|flags| !flags.contains(&"--skip-quote-names")) {
        assert_eq!(dumped(&source, "t", flags), expected, "{flags:?}");
    }
}
