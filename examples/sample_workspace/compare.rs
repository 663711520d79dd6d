//! Compares a small source with its target, value by value, by another way than the tool's own.

use migration_assist::mysql::{Connection as Source, Row, Value};
use migration_assist::postgres::Connection as Target;
use migration_assist::schema::{Catalog, Column, Kind, Table};
use migration_assist::sql::Dialect::{MySql, Postgres};

/// A table on both sides.
#[derive(Debug)]
pub struct Comparison {
    /// The table as the target spells it.
    pub table: String,
    /// Its rows on the source.
    pub source_rows: usize,
    /// Its rows on the target.
    pub target_rows: usize,
    /// Rows that only one side has, with that side's name in front.
    pub differences: Vec<String>,
}

/// Compares every table of `model` (the target's) that the source has. All rows are held in memory.
pub async fn compare(
    source: &mut Source,
    target: &Target,
    schema: &str,
    model: &Catalog,
) -> Vec<Comparison> {
    let live = migration_assist::mysql::read_catalog(source).await.expect("the source's catalog");
    let mut comparisons = Vec::new();
    for table in model.tables.values() {
        let Some(origin) = live.table(&table.name) else { continue };
        let columns: Vec<(&Column, &Column)> = table
            .columns
            .iter()
            .filter_map(|column| Some((origin.column(&column.name)?, column)))
            .collect();
        let left = source_rows(source, origin, &columns).await;
        let right = target_rows(target, schema, table, &columns).await;
        comparisons.push(Comparison {
            table: table.name.clone(),
            source_rows: left.len(),
            target_rows: right.len(),
            differences: differences(left, right),
        });
    }
    comparisons
}

async fn source_rows(
    source: &mut Source,
    table: &Table,
    columns: &[(&Column, &Column)],
) -> Vec<String> {
    let names = MySql.identifiers(columns.iter().map(|(origin, _)| &origin.name));
    let query = format!("SELECT {names} FROM {}", MySql.identifier(&table.name));
    let rows: Vec<Row> = source.query(&query).await.expect("the source's rows");
    let cell = |(row, place): (&Row, usize), column: &Column| match row.as_ref(place) {
        Some(Value::Bytes(bytes)) => source_cell(column, bytes),
        Some(Value::NULL) => "NULL".to_owned(),
        other => panic!("{other:?} is no text"),
    };
    rows.iter()
        .map(|row| {
            let cells = columns.iter().enumerate();
            cells
                .map(|(place, (_, column))| cell((row, place), column))
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect()
}

/// A value of the source as the target should show it.
fn source_cell(column: &Column, bytes: &[u8]) -> String {
    let text = || String::from_utf8(bytes.to_vec()).expect("UTF-8");
    match column.data_type.kind() {
        Kind::Binary => hex::encode(bytes),
        Kind::Boolean => (text() != "0").to_string(),
        // What the tool makes of nothing.
        Kind::Json { .. } if bytes.is_empty() => json("{}"),
        Kind::Json { .. } | Kind::Array(_) => json(&text()),
        _ => format!("{:?}", text()),
    }
}

async fn target_rows(
    target: &Target,
    schema: &str,
    table: &Table,
    columns: &[(&Column, &Column)],
) -> Vec<String> {
    let expression = |column: &Column| {
        let name = Postgres.identifier(&column.name);
        match column.data_type.kind() {
            Kind::Binary => format!("encode({name}, 'hex')"),
            Kind::Array(_) => format!("array_to_json({name})::text"),
            Kind::Timestamp { time_zone: true } => {
                format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
            }
            _ => format!("{name}::text"),
        }
    };
    let names: Vec<String> = columns.iter().map(|(_, column)| expression(column)).collect();
    let from = Postgres.qualified(schema, &table.name);
    let query = format!("SELECT {} FROM {from}", names.join(", "));
    let rows = target.query(&query, &[]).await.expect("the target's rows");
    let cell = |value: Option<String>, column: &Column| match value {
        None => "NULL".to_owned(),
        Some(text) => match column.data_type.kind() {
            Kind::Binary | Kind::Boolean => text,
            Kind::Json { .. } | Kind::Array(_) => json(&text),
            _ => format!("{text:?}"),
        },
    };
    rows.iter()
        .map(|row| {
            let cells = columns.iter().enumerate();
            cells
                .map(|(place, (_, column))| cell(row.get(place), column))
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect()
}

/// JSON as a value: without regard to the order of keys and to white space.
fn json(text: &str) -> String {
    fn sorted(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Object(map) => {
                let mut fields: Vec<String> =
                    map.iter().map(|(key, value)| format!("{key:?}:{}", sorted(value))).collect();
                fields.sort();
                format!("{{{}}}", fields.join(","))
            }
            serde_json::Value::Array(items) => {
                format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(","))
            }
            serde_json::Value::Number(number) => {
                number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())
            }
            other => other.to_string(),
        }
    }
    sorted(&serde_json::from_str(text).expect("JSON"))
}

fn differences(mut left: Vec<String>, mut right: Vec<String>) -> Vec<String> {
    left.sort();
    right.sort();
    let only = |these: &[String], those: &[String], side: &str| -> Vec<String> {
        let missing = these.iter().filter(|row| those.binary_search(row).is_err());
        missing.map(|row| format!("{side}: {row}")).collect()
    };
    let mut found = only(&left, &right, "source");
    found.extend(only(&right, &left, "target"));
    found
}
