//! One fault at a time, in tables of every shape of key: each is named by row and column.

use migration_assist::verify::{Difference, Kind, Show, SourceChange, VerifyOptions};

use super::fixture::Pair;
use super::shapes::{ROWS, SHAPES, Shape, build, id, value};
use crate::support::mysql::{Source, on_both_flavours};

/// A change of one row of the target, and where it must be found.
struct Fault {
    what: &'static str,
    /// What is done to the row.
    sql: &'static str,
    row: u32,
    columns: &'static [&'static str],
}

/// The row of the last place: the greatest number, written last.
const LAST: u32 = ROWS - 1;

const UPDATES: [Fault; 16] = [
    Fault {
        what: "one bit of text",
        sql: "body = replace(body, 'T', 'U')",
        row: 12,
        columns: &["Body"],
    },
    Fault {
        what: "two columns swapped",
        sql: "body = note, note = body",
        row: 14,
        columns: &["Body", "Note"],
    },
    Fault { what: "NULL for nothing", sql: "note = NULL", row: 16, columns: &["Note"] },
    Fault { what: "nothing for NULL", sql: "note = ''", row: 15, columns: &["Note"] },
    Fault { what: "a blank at the end", sql: "body = body || ' '", row: 12, columns: &["Body"] },
    Fault { what: "another case", sql: "body = lower(body)", row: 13, columns: &["Body"] },
    Fault {
        what: "a control character lost",
        sql: "body = replace(body, E'\\b', '')",
        row: 14,
        columns: &["Body"],
    },
    Fault { what: "a truth turned round", sql: "flag = NOT flag", row: 18, columns: &["Flag"] },
    Fault {
        what: "a number of JSON",
        sql: "props = jsonb_set(props, '{b,y}', '1.51')",
        row: 16,
        columns: &["Props"],
    },
    Fault {
        what: "the last digit of a large number",
        sql: "props = replace(props::text, '7890', '7891')::jsonb",
        row: 15,
        columns: &["Props"],
    },
    Fault {
        what: "a key of JSON",
        sql: "props = replace(props::text, '\"zz\"', '\"zZ\"')::jsonb",
        row: 17,
        columns: &["Props"],
    },
    Fault { what: "null of JSON for NULL", sql: "props = 'null'", row: 13, columns: &["Props"] },
    Fault { what: "one byte", sql: "data = set_byte(data, 1, 254)", row: 12, columns: &["Data"] },
    Fault {
        what: "a microsecond",
        sql: "at = at + interval '1 microsecond'",
        row: 19,
        columns: &["At"],
    },
    Fault { what: "a cent", sql: "price = price + 0.01", row: 19, columns: &["Price"] },
    Fault { what: "the last place", sql: "share = share + 0.125", row: LAST, columns: &["Share"] },
];

fn condition(row: u32) -> String {
    format!("number = {}", value("Number", row))
}

fn key(shape: &Shape, row: u32) -> Key {
    shape.name.iter().map(|&column| (column.to_owned(), value(column, row))).collect()
}

/// A row's key, by column.
type Key = Vec<(String, String)>;

/// What was found, without values.
fn names(differences: &[Difference]) -> Vec<(String, Key, Kind, Vec<String>)> {
    let columns = |it: &Difference| it.columns.iter().map(|column| column.column.clone()).collect();
    let mut names: Vec<_> = differences
        .iter()
        .map(|it| (it.table.clone(), it.key.clone(), it.kind, columns(it)))
        .collect();
    names.sort();
    names
}

async fn expect(
    pair: &Pair,
    what: &str,
    expected: impl Fn(&Shape) -> Vec<(Key, Kind, &'static [&'static str])>,
) {
    let options = VerifyOptions { jobs: 1, ..VerifyOptions::default() };
    let report = pair.verify(&options).await;
    let mut wanted: Vec<_> = SHAPES
        .iter()
        .flat_map(|shape| {
            expected(shape).into_iter().map(|(key, kind, columns)| {
                let columns = columns.iter().map(|&name| name.to_owned()).collect();
                (shape.table.to_owned(), key, kind, columns)
            })
        })
        .collect();
    wanted.sort();
    assert_eq!(names(&report.differences), wanted, "{what}");
    assert_eq!(report.difference_count, wanted.len() as u64, "{what}");
    assert!(!report.proof && !report.is_equal(), "{what}");
}

async fn on_all(pair: &Pair, sql: impl Fn(&str) -> String) {
    let statements: Vec<String> = SHAPES.iter().map(|shape| sql(shape.table)).collect();
    pair.change(&statements.join(";")).await;
}

async fn a_perfect_copy_has_no_difference(source: Source) {
    let pair = build(source).await;
    let report = pair.verify(&VerifyOptions::default()).await;
    assert_eq!(report.differences, []);
    assert!(report.proof && report.recorded, "{report:?}");
    // Other tests write to the same server; what was written in this very second is not known.
    assert_ne!(report.source_changed, SourceChange::Yes);
    assert_eq!(report.rows(), u64::from(ROWS) * 5);
    assert!(report.tables.iter().all(|table| table.altered > 0), "NUL was taken out");
    let target = pair.target.connect().await;
    let sql = "SELECT proof, source_rows FROM migration_assist.proofs";
    let row = target.query_one(sql, &[]).await.expect("one proof");
    assert_eq!((row.get(0), row.get(1)), (true, i64::from(ROWS) * 5));
}

async fn each_changed_value_is_named(source: Source) {
    let pair = build(source).await;
    // The rows kept are no part of the copy.
    pair.change("CREATE SCHEMA kept").await;
    for Fault { what, sql, row, columns } in UPDATES {
        on_all(&pair, |table| {
            format!("CREATE TABLE kept.{table} AS SELECT * FROM {table} WHERE {}", condition(row))
        })
        .await;
        on_all(&pair, |table| format!("UPDATE {table} SET {sql} WHERE {}", condition(row))).await;
        expect(&pair, what, |shape| vec![(key(shape, row), Kind::Different, columns)]).await;
        on_all(&pair, |table| {
            format!(
                "DELETE FROM {table} WHERE {}; INSERT INTO {table} SELECT * FROM kept.{table};
                 DROP TABLE kept.{table}",
                condition(row)
            )
        })
        .await;
    }
    let report = pair.verify(&VerifyOptions::default()).await;
    assert!(report.proof, "all faults are repaired");
}

async fn rows_of_one_side_are_named(source: Source) {
    let pair = build(source).await;
    on_all(&pair, |table| format!("DELETE FROM {table} WHERE {}", condition(LAST))).await;
    expect(&pair, "a missing row", |shape| vec![(key(shape, LAST), Kind::Missing, &[])]).await;
    pair.copy(&[]).await;
    on_all(&pair, |table| {
        format!(
            "INSERT INTO {table} (id, owner, number, name) VALUES ('{}', 'o', 7777, 'n')",
            id(7777)
        )
    })
    .await;
    expect(&pair, "an extra row", |shape| {
        let of = |column: &&str| match *column {
            "Id" => id(7777),
            "Owner" => "o".to_owned(),
            "Number" => "7777".to_owned(),
            _ => "n".to_owned(),
        };
        let key = shape.name.iter().map(|column| ((*column).to_owned(), of(column))).collect();
        vec![(key, Kind::Extra, &[])]
    })
    .await;
    pair.copy(&[]).await;
    on_all(&pair, |table| format!("UPDATE {table} SET owner = 'o' WHERE {}", condition(20))).await;
    expect(&pair, "one side of a key", |shape| {
        let old = key(shape, 20);
        if !shape.key.contains(&"Owner") {
            return vec![(old, Kind::Different, &["Owner"])];
        }
        let mut new = old.clone();
        "o".clone_into(&mut new[0].1);
        vec![(old, Kind::Missing, &[]), (new, Kind::Extra, &[])]
    })
    .await;
    pair.copy(&[]).await;
    let twice = "INSERT INTO nokey SELECT * FROM nokey WHERE number = 5";
    pair.change(twice).await;
    expect(&pair, "a row twice", |shape| {
        let five = || vec![(key(shape, 105), Kind::Extra, &[] as &[_])];
        if shape.key.is_empty() { five() } else { vec![] }
    })
    .await;
}

async fn all_are_counted_and_values_shown_when_asked(source: Source) {
    let pair = build(source).await;
    pair.change("UPDATE byid SET name = 'secret' || name").await;
    let options = VerifyOptions { limit: 7, ..VerifyOptions::default() };
    let report = pair.verify(&options).await;
    assert_eq!((report.differences.len(), report.difference_count), (7, u64::from(ROWS)));
    let text = serde_json::to_string(&report).expect("JSON");
    assert!(!text.contains("secret"), "{text}");
    let options = VerifyOptions { limit: 1, show: Show::Values, ..options };
    let report = pair.verify(&options).await;
    let column = &report.differences[0].columns[0];
    let expected = column.expected.clone().expect("a value");
    assert_eq!(column.found, Some(format!("\"secret{}", &expected[1..])));
}

on_both_flavours!(
    a_perfect_copy_has_no_difference,
    each_changed_value_is_named,
    rows_of_one_side_are_named,
    all_are_counted_and_values_shown_when_asked,
);
