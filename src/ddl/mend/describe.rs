//! What differs, in the words of a definition.

use super::definition::{column, foreign_key, mysql_index};
use crate::ddl::difference::{Sides, Thing};
use crate::schema::{ForeignKey, Index, View};
use crate::sql::Dialect;

/// What is found and what is expected, each as a definition without its table: where one is there.
///
/// A whole table is told by its name alone.
#[must_use]
pub fn describe(dialect: Dialect, thing: &Thing<'_>) -> (Option<String>, Option<String>) {
    let index = |index: &&Index| of_index(dialect, index);
    let key = |key: &&ForeignKey| foreign_key(dialect, key);
    match thing {
        Thing::Table(_) => (None, None),
        Thing::Column(sides, _) => both(sides, |it| column(dialect, it)),
        Thing::Index(sides) => both(sides, index),
        Thing::ForeignKey(sides) => both(sides, key),
        Thing::Options(sides) => both(sides, |options| options.join(", ")),
        Thing::View(sides) => both(sides, |view| of_view(view).to_owned()),
        Thing::Labels(sides) => both(sides, |labels| labels.join(", ")),
    }
}

fn both<T>(sides: &Sides<T>, say: impl Fn(&T) -> String) -> (Option<String>, Option<String>) {
    match sides {
        Sides::Missing(expected) => (None, Some(say(expected))),
        Sides::Extra(found) => (Some(say(found)), None),
        Sides::Differs { found, expected } => (Some(say(found)), Some(say(expected))),
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
