//! Differences between two catalogs.

mod column;
mod index;

use std::collections::BTreeMap;

use crate::schema::{Catalog, Column, ForeignKey, Index, Table, View};
use crate::sql::Dialect;

pub use column::Aspect;
use index::same_keys;

pub(super) use index::same_index;

/// An object that is missing, unexpected or different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<T> {
    /// Expected, but not found.
    Missing(T),
    /// Found, but not expected.
    Extra(T),
    /// Found in another form than expected.
    Differs {
        /// As it is.
        found: T,
        /// As it should be.
        expected: T,
    },
}

/// The object that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaItem<'a> {
    /// A whole table.
    Table(Change<&'a Table>),
    /// A column, with the properties that differ.
    Column(Change<&'a Column>, Vec<Aspect>),
    /// An index, or the key that it backs.
    Index(Change<&'a Index>),
    /// A foreign key.
    ForeignKey(Change<&'a ForeignKey>),
    /// PostgreSQL's storage parameters of a table.
    Options(Change<&'a [String]>),
    /// A view, without its query, which servers print in their own form.
    View(Change<&'a View>),
    /// The labels of an enumerated type of PostgreSQL.
    Labels(Change<&'a [String]>),
}

/// One difference between a catalog and the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The table, view or type, as the found side spells it if it exists there.
    pub place: &'a str,
    pub thing: SchemaItem<'a>,
}

/// All differences between `found` and `expected`, by table.
///
/// Names are compared in any letter case. The order of columns, the queries of views, and types that a
/// server stores alike (`tinyint(1)` and `tinyint`) are not compared.
#[must_use]
pub fn compare<'a>(
    dialect: Dialect,
    found: &'a Catalog,
    expected: &'a Catalog,
) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    for sides in pairs(&found.tables, &expected.tables) {
        match sides {
            Change::Differs { found, expected } => {
                let of_table = tables(dialect, found, expected);
                differences.extend(
                    of_table.into_iter().map(|thing| Difference { place: &found.name, thing }),
                );
            }
            Change::Missing(table) | Change::Extra(table) => {
                differences
                    .push(Difference { place: &table.name, thing: SchemaItem::Table(sides) });
            }
        }
    }
    for sides in pairs(&found.views, &expected.views) {
        match sides {
            Change::Differs { found, expected } if found.materialized == expected.materialized => {
                let indexes = indexes(&found.indexes, &expected.indexes);
                differences.extend(indexes.into_iter().map(|sides| Difference {
                    place: &found.name,
                    thing: SchemaItem::Index(sides),
                }));
            }
            Change::Missing(view) | Change::Extra(view) | Change::Differs { found: view, .. } => {
                differences.push(Difference { place: &view.name, thing: SchemaItem::View(sides) });
            }
        }
    }
    differences.extend(labels(found, expected));
    differences
}

/// All differences between two tables of the same name.
fn tables<'a>(dialect: Dialect, found: &'a Table, expected: &'a Table) -> Vec<SchemaItem<'a>> {
    let mut things: Vec<SchemaItem<'a>> = Vec::new();
    for column in &expected.columns {
        match found.column(&column.name) {
            None => things.push(SchemaItem::Column(Change::Missing(column), Vec::new())),
            Some(there) => {
                let aspects = column::aspects(dialect, there, column);
                if !aspects.is_empty() {
                    let sides = Change::Differs { found: there, expected: column };
                    things.push(SchemaItem::Column(sides, aspects));
                }
            }
        }
    }
    let extra = found.columns.iter().filter(|column| expected.column(&column.name).is_none());
    things.extend(extra.map(|column| SchemaItem::Column(Change::Extra(column), Vec::new())));
    things.extend(indexes(&found.indexes, &expected.indexes).into_iter().map(SchemaItem::Index));
    for sides in pairs(&found.foreign_keys, &expected.foreign_keys) {
        let is_same =
            matches!(sides, Change::Differs { found, expected } if same_keys(found, expected));
        if !is_same {
            things.push(SchemaItem::ForeignKey(sides));
        }
    }
    if dialect == Dialect::Postgres && found.options != expected.options {
        let (found, expected) = (found.options.as_slice(), expected.options.as_slice());
        things.push(SchemaItem::Options(Change::Differs { found, expected }));
    }
    things
}

/// The indexes that differ; one with another name only is paired with its counterpart.
fn indexes<'a>(
    found: &'a BTreeMap<String, Index>,
    expected: &'a BTreeMap<String, Index>,
) -> Vec<Change<&'a Index>> {
    let (mut sides, mut extra) = (Vec::new(), Vec::new());
    for pair in pairs(found, expected) {
        match pair {
            Change::Differs { found, expected } if same_index(found, expected) => {}
            Change::Extra(index) => extra.push(index),
            other => sides.push(other),
        }
    }
    for side in &mut sides {
        let Change::Missing(expected) = *side else { continue };
        if let Some(renamed) = extra.iter().position(|found| same_index(found, expected)) {
            *side = Change::Differs { found: extra.remove(renamed), expected };
        }
    }
    sides.extend(extra.into_iter().map(Change::Extra));
    sides
}

fn labels<'a>(found: &'a Catalog, expected: &'a Catalog) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    for (name, labels) in &expected.enums {
        let expected = labels.as_slice();
        let sides = match found.enums.get(name).map(Vec::as_slice) {
            None => Change::Missing(expected),
            Some(found) if found != expected => Change::Differs { found, expected },
            Some(_) => continue,
        };
        differences.push(Difference { place: name, thing: SchemaItem::Labels(sides) });
    }
    differences
}

/// Every name of either side; names on both sides as [`Change::Differs`], even if they are equal.
fn pairs<'a, T>(
    found: &'a BTreeMap<String, T>,
    expected: &'a BTreeMap<String, T>,
) -> Vec<Change<&'a T>> {
    let lower = |map: &'a BTreeMap<String, T>| -> BTreeMap<String, &'a T> {
        map.iter().map(|(name, it)| (name.to_lowercase(), it)).collect()
    };
    let (mut found, expected) = (lower(found), lower(expected));
    let mut pairs: Vec<Change<&T>> = Vec::new();
    for (name, expected) in expected {
        pairs.push(match found.remove(&name) {
            Some(found) => Change::Differs { found, expected },
            None => Change::Missing(expected),
        });
    }
    pairs.extend(found.into_values().map(Change::Extra));
    pairs
}

#[cfg(test)]
mod tests;
