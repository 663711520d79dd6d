//! Describes a difference by the definitions on both sides.

use super::definition::{column, foreign_key, mysql_index};
use crate::ddl::difference::{Change, SchemaItem};
use crate::schema::{ForeignKey, Index, View};
use crate::sql::Dialect;

/// The found and the expected definition, without the table, as far as they exist.
///
/// A whole table is described by its name alone.
#[must_use]
pub fn describe(dialect: Dialect, thing: &SchemaItem<'_>) -> (Option<String>, Option<String>) {
    let index = |index: &&Index| of_index(dialect, index);
    let key = |key: &&ForeignKey| foreign_key(dialect, key);
    match thing {
        SchemaItem::Table(_) => (None, None),
        SchemaItem::Column(sides, _) => both(sides, |it| column(dialect, it)),
        SchemaItem::Index(sides) => both(sides, index),
        SchemaItem::ForeignKey(sides) => both(sides, key),
        SchemaItem::Options(sides) => both(sides, |options| options.join(", ")),
        SchemaItem::View(sides) => both(sides, |view| of_view(view).to_owned()),
        SchemaItem::Labels(sides) => both(sides, |labels| labels.join(", ")),
    }
}

fn both<T>(sides: &Change<T>, say: impl Fn(&T) -> String) -> (Option<String>, Option<String>) {
    match sides {
        Change::Missing(expected) => (None, Some(say(expected))),
        Change::Extra(found) => (Some(say(found)), None),
        Change::Differs { found, expected } => (Some(say(found)), Some(say(expected))),
    }
}

fn of_index(dialect: Dialect, index: &Index) -> String {
    match (dialect, &index.definition) {
        (Dialect::Postgres, Some(definition)) => definition.clone(),
        _ if index.columns.is_empty() => format!("{} of an expression", index.name),
        _ => mysql_index(index),
    }
}

fn of_view(view: &View) -> &'static str {
    if view.materialized { "materialized view" } else { "view" }
}
