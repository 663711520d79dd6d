//! Rows for the tables of products: every column of every table has values, awkward ones among them.

use migration_assist::mattermost::{Product, is_bookkeeping};
use migration_assist::migrations::{product_model_at, product_sql_at};
use migration_assist::mysql::{Connection, read_catalog};
use migration_assist::schema::{Column, Kind, Limit, Table};
use migration_assist::sql::Dialect::{MySql, Postgres};

use crate::support::mysql::run;

/// How many rows each table gets.
pub const ROWS: usize = 3;

/// Builds a product's tables on a source, at a version, and fills them.
pub async fn add(connection: &mut Connection, product: Product, version: &str) {
    for sql in product_sql_at(MySql, product, version).expect("a known version") {
        run(connection, sql).await;
    }
    let live = read_catalog(connection).await.expect("a catalog");
    let target = product_model_at(Postgres, product, version).expect("a model").expect("known");
    run(connection, "SET foreign_key_checks = 0").await;
    for table in target.tables.values().filter(|table| !is_bookkeeping(&table.name)) {
        let origin = live.table(&table.name).expect("the source's table");
        let columns = origin.columns.iter();
        let columns: Vec<(&Column, &Column)> =
            columns.map(|column| (column, table.column(&column.name).expect("a pair"))).collect();
        for number in 1..=ROWS {
            run(connection, &insert(origin, &columns, number)).await;
        }
    }
    run(connection, "SET foreign_key_checks = 1").await;
}

fn insert(table: &Table, columns: &[(&Column, &Column)], number: usize) -> String {
    let names = MySql.identifiers(columns.iter().map(|(column, _)| &column.name));
    let is_key = |column: &Column| {
        table.indexes.values().any(|it| it.unique && it.columns.contains(&column.name))
    };
    let values = columns.iter().map(|(column, taker)| {
        // One configuration is active, and no other says that it is not.
        if column.name == "Active" {
            return if number == 1 { "1".to_owned() } else { "NULL".to_owned() };
        }
        if number == ROWS && !column.not_null && !taker.not_null && !is_key(column) {
            return "NULL".to_owned();
        }
        value(column, taker, number, is_key(column))
    });
    let values: Vec<String> = values.collect();
    format!(
        "INSERT INTO {} ({names}) VALUES ({})",
        MySql.identifier(&table.name),
        values.join(", ")
    )
}

fn value(column: &Column, taker: &Column, number: usize, is_key: bool) -> String {
    match column.data_type.kind() {
        Kind::Integer { bytes: 8, .. } => (1_700_000_000_000 + number).to_string(),
        Kind::Integer { .. } if *taker.data_type.kind() == Kind::Boolean => {
            (number % 2).to_string()
        }
        Kind::Integer { .. } => number.to_string(),
        // The same instants in UTC, by which the time zone is recognised.
        Kind::Timestamp { .. } => format!("'2023-11-14 22:13:20.00{number}01{number}'"),
        Kind::Json { .. } => json(number),
        // Boards writes nothing where JSON is meant.
        Kind::Text(_) if taker.data_type.is_json() && number == 2 => "''".to_owned(),
        Kind::Text(_) if taker.data_type.is_json() => json(number),
        Kind::Text(limit) => text(*limit, number, is_key),
        other => panic!("{}: no value for {other:?}", column.name),
    }
}

fn json(number: usize) -> String {
    MySql.literal(&format!(
        r#"{{"n": {number}, "deep": [1.50, null, {{"\u00e9": "\\u0000 \u2028 😀"}}], "s": "a\tb"}}"#
    ))
}

/// Text that a column takes. A row's keys are alike in all tables, so that references hold.
fn text(limit: Limit, number: usize, is_key: bool) -> String {
    let limit = match limit {
        Limit::Characters(limit) => usize::try_from(limit).expect("a small number"),
        Limit::Bytes(_) | Limit::None => 65_535,
    };
    let key = char::from(b'a' + u8::try_from(number).expect("few rows")).to_string();
    let text = if limit <= 36 || is_key {
        key.repeat(limit.min(26))
    } else {
        format!("ünï\t\\N 😀 '{number}'\r\n\\.").chars().take(limit).collect()
    };
    MySql.literal(&text)
}
