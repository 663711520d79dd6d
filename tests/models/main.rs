//! The models that are read from `migrations/` against the facts, with no server.

mod checks;
mod commands;
mod derivation;
#[allow(dead_code, reason = "each of the two tests uses a part")]
mod facts;
mod manuals;

use std::collections::BTreeMap;

use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_model, source_model, target_model};
use migration_assist::release::{MigrationSet, releases};
use migration_assist::schema::{Catalog, Column, Role, Table};
use migration_assist::sql::Dialect;
use serde_json::{Value, json};

fn distinct_sets() -> Vec<MigrationSet> {
    let mut sets: Vec<MigrationSet> =
        releases().iter().map(|release| release.migrations.clone()).collect();
    sets.sort_by_key(ToString::to_string);
    sets.dedup();
    sets
}

/// A model's columns, a line each, by table.
fn columns(catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
    let lines = |table: &Table| {
        let line = |column: &Column| {
            facts::column_line(
                &column.name,
                column.data_type.as_str(),
                column.not_null,
                column.default.as_deref(),
            )
        };
        table.columns.iter().map(line).collect()
    };
    catalog.tables.iter().map(|(name, table)| (name.clone(), lines(table))).collect()
}

fn assert_same_columns(model: &Catalog, fact: &Value, what: &str) {
    let (model, fact) = (columns(model), facts::columns(fact));
    for (table, lines) in &fact {
        let read = model.get(table).map_or(&[][..], Vec::as_slice);
        for (read, line) in read.iter().zip(lines) {
            assert_eq!(read, line, "table {table} of {what}");
        }
        assert_eq!(read.len(), lines.len(), "columns of {table} of {what}");
    }
    assert_eq!(model.len(), fact.len(), "tables of {what}");
}

#[test]
fn every_released_set_gives_the_target_schema_of_the_facts() {
    let facts = facts::Facts::read("postgres");
    for set in distinct_sets() {
        let model = target_model(&set).expect("a known set");
        let fact = facts.catalog(&set);
        assert_same_columns(&model, &fact, &format!("set {set}"));
        assert_eq!(json!(model.enums), fact["enums"], "set {set}");
        let indexes: Vec<(&str, bool)> =
            sorted(model.indexes().map(|index| (index.name.as_str(), index.unique)));
        let expected = sorted(facts::object(&fact["indexes"]).iter().map(|(name, definition)| {
            (name.as_str(), definition.as_str().expect("SQL").starts_with("CREATE UNIQUE"))
        }));
        assert_eq!(indexes, expected, "set {set}");
        let views: Vec<&String> = model.views.keys().collect();
        assert_eq!(views, sorted(facts::object(&fact["views"]).keys()), "set {set}");
        let keys: Vec<String> = sorted(
            model
                .indexes()
                .filter(|index| index.role != Role::Plain)
                .map(|index| format!("{}.{}", index.table, index.name))
                .chain(model.tables.values().flat_map(|table| {
                    table.foreign_keys.keys().map(|key| format!("{}.{key}", table.name))
                })),
        );
        let constraints = sorted(facts::object(&fact["constraints"]).keys().cloned());
        assert_eq!(keys, constraints, "set {set}");
    }
}

#[test]
fn every_released_set_gives_the_source_schema_of_the_facts() {
    let facts = facts::Facts::read("mysql");
    for set in distinct_sets() {
        let model = source_model(&set).expect("a known set");
        let fact = facts.catalog(&set);
        assert_same_columns(&model, &fact, &format!("set {set}"));
        for (name, table) in &model.tables {
            let indexes: Vec<Value> = table
                .indexes
                .values()
                .map(|index| json!([index.name, index.columns, index.unique, index.method]))
                .collect();
            assert_eq!(
                Value::Array(indexes),
                facts::mysql_indexes(&fact, name),
                "{name}, set {set}"
            );
        }
    }
}

#[test]
fn the_plugins_tables_are_those_of_the_facts() {
    for (product, file) in [
        (Product::Playbooks, "playbooks-v2.4"),
        (Product::Boards, "boards"),
        (Product::Calls, "calls"),
        (Product::UserSurvey, "user_survey"),
        (Product::Mattermost, "config"),
    ] {
        for (dialect, side) in [(Dialect::MySql, "mysql"), (Dialect::Postgres, "postgres")] {
            let model = product_model(dialect, product).expect("known tables");
            let fact = facts::plugin(file, side);
            assert_same_columns(&model, &fact, &format!("{file} on {side}"));
        }
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}
