//! Tables of the same columns and rows, each with a key of another shape.

use std::fmt::Write as _;

use migration_assist::sql::Dialect::MySql;

use super::fixture::Pair;
use crate::support::mysql::{Source, run};

/// A table and the columns of its primary key.
pub struct Shape {
    pub table: &'static str,
    pub key: &'static [&'static str],
    /// The columns by which its rows are named.
    pub name: &'static [&'static str],
}

const fn keyed(table: &'static str, key: &'static [&'static str]) -> Shape {
    Shape { table, key, name: key }
}

/// Every shape of key.
pub const SHAPES: [Shape; 5] = [
    keyed("ById", &["Id"]),
    keyed("ByPair", &["Owner", "Id"]),
    keyed("ByNumber", &["Number"]),
    keyed("ByThree", &["Owner", "Name", "Number"]),
    Shape { table: "NoKey", key: &[], name: &["Id", "Owner"] },
];

/// How many rows each table has.
pub const ROWS: u32 = 300;

/// The id of a row.
pub fn id(number: u32) -> String {
    const ALPHABET: &[u8] = b"13456789abcdefghijkmnopqrstuwxyz";
    let mut state = u64::from(number) + 1;
    let digits = (0..26).map(|_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(ALPHABET[usize::try_from(state >> 59).expect("five bits")])
    });
    digits.collect()
}

/// The value of a row's column, of those that name rows.
pub fn value(column: &str, number: u32) -> String {
    match column {
        "Id" => id(number),
        "Owner" => id(number % 7 + 100_000),
        "Number" => (i64::from(number) - 100).to_string(),
        "Name" => ["+1", "-1", "a b", "A B", "ä"][number as usize % 5].to_owned(),
        other => panic!("{other}"),
    }
}

fn row(number: u32) -> String {
    let text = |value: &str| MySql.literal(value);
    let odd = ["", "\t\\N\n", "\u{8}\\b\r", "日本語 😀", "a\0b", "\u{b}\u{c}\u{7f}"];
    let body = format!("Text {number} {}", odd[number as usize % odd.len()]);
    let note = match number % 3 {
        0 => "NULL".to_owned(),
        1 => "''".to_owned(),
        _ => text("a note"),
    };
    let flag = ["0", "1", "NULL"][number as usize % 3];
    let props = match number % 8 {
        5 => "NULL".to_owned(),
        6 => text("null"),
        7 => text("[1, 1.0, 10e-1, 12345678901234567890, 0.1, -0.0, 1e30]"),
        4 => text(r#"{"nul": "\u0000", "slash": "\/\\u0000"}"#),
        _ => text(&format!(
            r#"{{"zz": {number}, "b": {{"y": 1.50, "x": [true, null]}}, "a": "é\n"}}"#
        )),
    };
    let key = ["Id", "Owner"].map(|column| text(&value(column, number)));
    format!(
        "({}, {}, {}, {}, {}, {note}, {flag}, {props}, X'00ff5c{number:08x}', \
         '2024-02-29 23:59:{:02}.{number:06}', {number} / 8, {number} / 100)",
        key[0],
        key[1],
        value("Number", number),
        text(&value("Name", number)),
        text(&body),
        number % 60,
    )
}

/// Builds the tables on both sides, fills the source, and copies.
pub async fn build(source: Source) -> Pair {
    let pair = Pair::new(source).await;
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    let (mut of_source, mut of_target) = (String::new(), String::new());
    for Shape { table, key, .. } in SHAPES {
        let primary = |names: String| {
            if key.is_empty() { String::new() } else { format!(", PRIMARY KEY ({names})") }
        };
        write!(
            of_source,
            "CREATE TABLE {table} (Id varchar(26) NOT NULL, Owner varchar(26) NOT NULL,
                 Number bigint NOT NULL, Name varchar(64) NOT NULL, Body text, Note text,
                 Flag tinyint(1), Props json, Data mediumblob, At datetime(6), Share double,
                 Price decimal(9,2) {});
             INSERT INTO {table} VALUES {};",
            primary(key.join(", ")),
            rows.join(", ")
        )
        .expect("writing to a string cannot fail");
        write!(
            of_target,
            "CREATE TABLE {} (id varchar(26) NOT NULL, owner varchar(26) NOT NULL,
                 number bigint NOT NULL, name varchar(64) NOT NULL, body varchar(65535), note text,
                 flag boolean, props jsonb, data bytea, at timestamptz, share double precision,
                 price numeric(12,4) {});",
            table.to_lowercase(),
            primary(key.join(", ").to_lowercase())
        )
        .expect("writing to a string cannot fail");
    }
    run(&mut pair.source.connect().await, &of_source).await;
    pair.change(&of_target).await;
    pair.copy(&[]).await;
    pair
}
