//! The indexes and constraints that a copy removes before it writes rows.

use std::collections::BTreeMap;

use crate::ledger::{Definition, Stage};
use crate::schema::{Catalog, Index, Role, Table};
use crate::sql::Dialect::Postgres;

/// The indexes of a table. `constraints` are the bodies of all constraints, by `table.name`.
#[must_use]
pub fn definitions(table: &Table, constraints: &BTreeMap<String, String>) -> Vec<Definition> {
    let of_index = |index: &Index| {
        if index.role != Role::Plain {
            let body = constraints.get(&format!("{}.{}", table.name, index.name))?;
            return Some(of_constraint(&table.name, &index.name, Stage::Key, body));
        }
        Some(Definition {
            table: table.name.clone(),
            name: index.name.clone(),
            stage: if index.is_full_text() { Stage::FullText } else { Stage::Index },
            statement: index.definition.clone()?,
        })
    };
    let mut found: Vec<_> = table.indexes.values().filter_map(of_index).collect();
    found.sort_by_key(|definition| definition.stage);
    found
}

/// The foreign keys from and to tables for which `concerned` holds.
#[must_use]
pub fn foreign_keys(
    catalog: &Catalog,
    constraints: &BTreeMap<String, String>,
    concerned: impl Fn(&str) -> bool,
) -> Vec<Definition> {
    let of_table = |table: &Table| {
        let keys = table.foreign_keys.values();
        let keys = keys.filter(|key| concerned(&table.name) || concerned(&key.referenced_table));
        let found = keys.filter_map(|key| {
            let body = constraints.get(&format!("{}.{}", table.name, key.name))?;
            Some(of_constraint(&table.name, &key.name, Stage::ForeignKey, body))
        });
        found.collect::<Vec<_>>()
    };
    catalog.tables.values().flat_map(of_table).collect()
}

fn of_constraint(table: &str, name: &str, stage: Stage, body: &str) -> Definition {
    let (quoted, constraint) = (Postgres.identifier(table), Postgres.identifier(name));
    Definition {
        table: table.to_owned(),
        name: name.to_owned(),
        stage,
        statement: format!("ALTER TABLE {quoted} ADD CONSTRAINT {constraint} {body}"),
    }
}
