//! Two catalogs beside each other: what one has and the other has not, and what is not the same.

mod column;
mod index;

use std::collections::BTreeMap;

use crate::schema::{Catalog, Column, ForeignKey, Index, Table, View};
use crate::sql::Dialect;

pub use column::Aspect;
use index::same_keys;

pub(super) use index::same_index;

/// What is found, what is promised, or both where they are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides<T> {
    /// Promised, and not there.
    Missing(T),
    /// There, and not promised.
    Extra(T),
    /// There otherwise than promised.
    Differs {
        /// As it is.
        found: T,
        /// As it should be.
        promised: T,
    },
}

/// The thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing<'a> {
    /// A whole table.
    Table(Sides<&'a Table>),
    /// A column, with what is not the same about it.
    Column(Sides<&'a Column>, Vec<Aspect>),
    /// An index, or the key that it backs.
    Index(Sides<&'a Index>),
    /// A foreign key.
    ForeignKey(Sides<&'a ForeignKey>),
    /// PostgreSQL's storage parameters of a table.
    Options(Sides<&'a [String]>),
    /// A view; never its query, which servers print in words of their own.
    View(Sides<&'a View>),
    /// The labels of an enumerated type of PostgreSQL.
    Labels(Sides<&'a [String]>),
}

/// One way in which a catalog is not as promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The table, view or type it is in, as the found side spells it where it has it.
    pub place: &'a str,
    /// What differs.
    pub thing: Thing<'a>,
}

/// Everything in which `found` is not as `promised`, table by table.
///
/// Names are compared whatever their case. The order of columns, the queries of views, and types that a
/// server stores alike (`tinyint(1)` and `tinyint`) are no differences.
#[must_use]
pub fn compare<'a>(
    dialect: Dialect,
    found: &'a Catalog,
    promised: &'a Catalog,
) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    for sides in pairs(&found.tables, &promised.tables) {
        match sides {
            Sides::Differs { found, promised } => {
                let of_table = tables(dialect, found, promised);
                differences.extend(
                    of_table.into_iter().map(|thing| Difference { place: &found.name, thing }),
                );
            }
            Sides::Missing(table) | Sides::Extra(table) => {
                differences.push(Difference { place: &table.name, thing: Thing::Table(sides) });
            }
        }
    }
    for sides in pairs(&found.views, &promised.views) {
        match sides {
            Sides::Differs { found, promised } if found.materialized == promised.materialized => {
                let indexes = indexes(&found.indexes, &promised.indexes);
                differences.extend(
                    indexes
                        .into_iter()
                        .map(|sides| Difference { place: &found.name, thing: Thing::Index(sides) }),
                );
            }
            Sides::Missing(view) | Sides::Extra(view) | Sides::Differs { found: view, .. } => {
                differences.push(Difference { place: &view.name, thing: Thing::View(sides) });
            }
        }
    }
    differences.extend(labels(found, promised));
    differences
}

/// Everything in which two tables of one name differ.
fn tables<'a>(dialect: Dialect, found: &'a Table, promised: &'a Table) -> Vec<Thing<'a>> {
    let mut things: Vec<Thing<'a>> = Vec::new();
    for column in &promised.columns {
        match found.column(&column.name) {
            None => things.push(Thing::Column(Sides::Missing(column), Vec::new())),
            Some(there) => {
                let aspects = column::aspects(dialect, there, column);
                if !aspects.is_empty() {
                    let sides = Sides::Differs { found: there, promised: column };
                    things.push(Thing::Column(sides, aspects));
                }
            }
        }
    }
    let extra = found.columns.iter().filter(|column| promised.column(&column.name).is_none());
    things.extend(extra.map(|column| Thing::Column(Sides::Extra(column), Vec::new())));
    things.extend(indexes(&found.indexes, &promised.indexes).into_iter().map(Thing::Index));
    for sides in pairs(&found.foreign_keys, &promised.foreign_keys) {
        let is_same =
            matches!(sides, Sides::Differs { found, promised } if same_keys(found, promised));
        if !is_same {
            things.push(Thing::ForeignKey(sides));
        }
    }
    if dialect == Dialect::Postgres && found.options != promised.options {
        let (found, promised) = (found.options.as_slice(), promised.options.as_slice());
        things.push(Thing::Options(Sides::Differs { found, promised }));
    }
    things
}

/// The indexes that differ; one that only bears another name is paired with its twin.
fn indexes<'a>(
    found: &'a BTreeMap<String, Index>,
    promised: &'a BTreeMap<String, Index>,
) -> Vec<Sides<&'a Index>> {
    let (mut sides, mut extra) = (Vec::new(), Vec::new());
    for pair in pairs(found, promised) {
        match pair {
            Sides::Differs { found, promised } if same_index(found, promised) => {}
            Sides::Extra(index) => extra.push(index),
            other => sides.push(other),
        }
    }
    for side in &mut sides {
        let Sides::Missing(promised) = *side else { continue };
        if let Some(twin) = extra.iter().position(|found| same_index(found, promised)) {
            *side = Sides::Differs { found: extra.remove(twin), promised };
        }
    }
    sides.extend(extra.into_iter().map(Sides::Extra));
    sides
}

fn labels<'a>(found: &'a Catalog, promised: &'a Catalog) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    for (name, labels) in &promised.enums {
        let promised = labels.as_slice();
        let sides = match found.enums.get(name).map(Vec::as_slice) {
            None => Sides::Missing(promised),
            Some(found) if found != promised => Sides::Differs { found, promised },
            Some(_) => continue,
        };
        differences.push(Difference { place: name, thing: Thing::Labels(sides) });
    }
    differences
}

/// Every name of either side; those of both as [`Sides::Differs`], whether they do or not.
fn pairs<'a, T>(
    found: &'a BTreeMap<String, T>,
    promised: &'a BTreeMap<String, T>,
) -> Vec<Sides<&'a T>> {
    let lower = |map: &'a BTreeMap<String, T>| -> BTreeMap<String, &'a T> {
        map.iter().map(|(name, it)| (name.to_lowercase(), it)).collect()
    };
    let (mut found, promised) = (lower(found), lower(promised));
    let mut pairs: Vec<Sides<&T>> = Vec::new();
    for (name, promised) in promised {
        pairs.push(match found.remove(&name) {
            Some(found) => Sides::Differs { found, promised },
            None => Sides::Missing(promised),
        });
    }
    pairs.extend(found.into_values().map(Sides::Extra));
    pairs
}

#[cfg(test)]
mod tests;
