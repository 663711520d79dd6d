//! Compares both sides value by value, by what each server itself says of a value.

use std::collections::BTreeMap;

use migration_assist::mysql::{self, Row, Value};
use migration_assist::postgres;
use migration_assist::schema::{Catalog, Column, Kind};
use migration_assist::sql::Dialect::{MySql, Postgres};

use super::workspace::Pair;

/// Tables that no copy touches.
const UNTOUCHED: [&str; 2] = ["db_migrations", "db_lock"];

/// Fails the test unless every table of the target holds the source's rows and no others; returns
/// how many rows were compared.
pub async fn assert_equal(pair: &Pair) -> usize {
    let mut source = pair.source.connect().await;
    let target = pair.target.connect().await;
    let source_catalog = mysql::read_catalog(&mut source).await.expect("a catalog");
    let target_catalog = postgres::read_catalog(&target, "public").await.expect("a catalog");
    let mut compared = 0;
    for table in target_catalog.tables.values() {
        if UNTOUCHED.contains(&table.name.as_str()) {
            continue;
        }
        let of_source = source_catalog.table(&table.name).expect("the source's table");
        let names: Vec<_> = table
            .columns
            .iter()
            .map(|column| of_source.column(&column.name).expect("a column").name.clone())
            .collect();
        let expected =
            source_rows(&mut source, &target, &of_source.name, &names, &table.columns).await;
        let actual = target_rows(&target, &table.name, &table.columns).await;
        assert_same(&table.name, &expected, &actual);
        compared += expected.values().sum::<usize>();
    }
    compared
}

/// Rows, each with how often it is there: a row that is there twice is no single row.
type Rows = BTreeMap<Vec<Option<String>>, usize>;

fn assert_same(table: &str, expected: &Rows, actual: &Rows) {
    let missing: Vec<_> = expected.iter().filter(|row| actual.get(row.0) != Some(row.1)).collect();
    let extra: Vec<_> = actual.iter().filter(|row| expected.get(row.0) != Some(row.1)).collect();
    let show = |rows: &[(&Vec<Option<String>>, &usize)]| format!("{:.2000?}", rows.first());
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{table}: {} rows of the source are not as they were, such as\n{}\n{} rows of the target are \
         not the source's, such as\n{}",
        missing.len(),
        show(&missing),
        extra.len(),
        show(&extra)
    );
}

async fn source_rows(
    source: &mut mysql::Connection,
    target: &postgres::Connection,
    table: &str,
    names: &[String],
    columns: &[Column],
) -> Rows {
    let sql = format!("SELECT {} FROM {}", MySql.identifiers(names), MySql.identifier(table));
    let rows: Vec<Row> = source.query(&sql).await.expect("rows");
    let mut by_column: Vec<Vec<Option<String>>> = vec![Vec::new(); columns.len()];
    for row in &rows {
        for (place, column) in columns.iter().enumerate() {
            by_column[place].push(match row.as_ref(place) {
                Some(Value::Bytes(bytes)) => Some(meaning(bytes, column.data_type.kind())),
                Some(Value::NULL) => None,
                other => panic!("{other:?} is no text"),
            });
        }
    }
    for (column, values) in columns.iter().zip(&mut by_column) {
        if matches!(column.data_type.kind(), Kind::Json { .. } | Kind::Array(_)) {
            canonical(target, values).await;
        }
    }
    let mut counted = Rows::new();
    for number in 0..rows.len() {
        let values = by_column.iter_mut().map(|values| values[number].take()).collect();
        *counted.entry(values).or_default() += 1;
    }
    counted
}

/// What a value of the source is in the terms in which the target is asked.
fn meaning(bytes: &[u8], kind: &Kind) -> String {
    match kind {
        Kind::Boolean => (bytes != b"0").to_string(),
        Kind::Binary => hex::encode(bytes),
        _ => std::str::from_utf8(bytes).expect("UTF-8").to_owned(),
    }
}

/// JSON as PostgreSQL keeps it: the server is the judge of what is the same.
async fn canonical(target: &postgres::Connection, values: &mut [Option<String>]) {
    let sql =
        "SELECT value::jsonb::text FROM unnest($1::text[]) WITH ORDINALITY AS t (value, place)
        ORDER BY place";
    let given: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
    let rows = target.query(sql, &[&given]).await.expect("JSON");
    for (value, row) in values.iter_mut().zip(rows) {
        *value = row.get(0);
    }
}

async fn target_rows(target: &postgres::Connection, table: &str, columns: &[Column]) -> Rows {
    let expressions: Vec<_> = columns
        .iter()
        .map(|column| {
            let name = Postgres.identifier(&column.name);
            match column.data_type.kind() {
                Kind::Binary => format!("encode({name}, 'hex')"),
                Kind::Array(_) => format!("array_to_json({name})::jsonb::text"),
                _ => format!("{name}::text"),
            }
        })
        .collect();
    let sql =
        format!("SELECT {} FROM {}", expressions.join(", "), Postgres.qualified("public", table));
    let mut counted = Rows::new();
    for row in target.query(&sql, &[]).await.expect("rows") {
        let values = (0..columns.len()).map(|place| row.get(place)).collect();
        *counted.entry(values).or_default() += 1;
    }
    counted
}

/// Tables, indexes and constraints of the target, to be compared before and after.
pub async fn structure(pair: &Pair) -> (Catalog, BTreeMap<String, String>) {
    let target = pair.target.connect().await;
    let catalog = postgres::read_catalog(&target, "public").await.expect("a catalog");
    let constraints = postgres::read_constraints(&target, "public").await.expect("constraints");
    (catalog, constraints)
}
