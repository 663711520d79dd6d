//! What a difference of the source means for its migration.

use super::Meaning;
use crate::check::known::{self, LEFTOVER_COLUMNS};
use crate::check::obstacles::Obstacles;
use crate::ddl::{Aspect, Change, Difference, SchemaItem};
use crate::models::{ExpectedSchema, Models};
use crate::schema::{Catalog, Column, ForeignKey, Index, is_leftover};

pub(super) fn meaning(
    difference: &Difference<'_>,
    found: &Catalog,
    models: &Models<'_>,
) -> Meaning {
    let place = difference.place;
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => extra_table(place),
        SchemaItem::Table(_) => Meaning::matters(
            "`db_migrations` says that it was made: what it held is not in this database, and the \
             target's table stays empty",
        ),
        SchemaItem::Column(sides, aspects) => {
            let obstacles =
                found.table(place).map(|table| Obstacles::of(table, models)).unwrap_or_default();
            match sides {
                Change::Missing(expected) => missing_column(expected, &obstacles),
                Change::Extra(column) => extra_column(place, column, models),
                Change::Differs { found, .. } => Meaning::all(
                    aspects
                        .iter()
                        .map(|aspect| of_aspect(*aspect, place, found, models, &obstacles)),
                ),
            }
        }
        SchemaItem::Index(sides) => of_index(sides),
        SchemaItem::ForeignKey(sides) => of_foreign_key(sides),
        SchemaItem::View(_) => Meaning::harmless("views are not copied; the target has its own"),
        SchemaItem::Options(_) | SchemaItem::Labels(_) => {
            Meaning::harmless("MySQL has no such thing")
        }
    }
}

/// Whether a foreign key is one that the product declares and that some servers honour, or the index that
/// such a server makes for it. Both are right, whether they are there or not.
pub(super) fn is_made_by_the_product(
    difference: &Difference<'_>,
    schema: &ExpectedSchema,
    models: &Models<'_>,
) -> bool {
    let declared = |key: &ForeignKey| {
        let counterpart = models.counterpart(difference.place);
        counterpart
            .is_some_and(|it| it.target.foreign_keys.values().any(|own| refers_alike(key, own)))
    };
    match &difference.thing {
        SchemaItem::ForeignKey(Change::Extra(key)) => declared(key),
        SchemaItem::Index(Change::Extra(index)) if !index.unique => {
            let table = schema.found.table(difference.place);
            table.is_some_and(|table| {
                let mut keys = table.foreign_keys.values();
                keys.any(|key| key.columns == index.columns && declared(key))
            })
        }
        _ => false,
    }
}

fn refers_alike(found: &ForeignKey, declared: &ForeignKey) -> bool {
    let same = |found: &[String], declared: &[String]| {
        found.iter().map(|it| it.to_lowercase()).eq(declared.iter().map(|it| it.to_lowercase()))
    };
    found.referenced_table.eq_ignore_ascii_case(&declared.referenced_table)
        && same(&found.columns, &declared.columns)
        && same(&found.referenced_columns, &declared.referenced_columns)
}

fn extra_table(name: &str) -> Meaning {
    if is_leftover(name) {
        return Meaning::harmless("nobody reads it any more, and the copy leaves it behind");
    }
    Meaning::matters("no product known here has it: its rows stay behind")
}

fn missing_column(expected: &Column, obstacles: &Obstacles) -> Meaning {
    Meaning::matters(if obstacles.needs_value(&expected.name) {
        "the copy stops: the target's column has no default and takes no NULL"
    } else {
        "in every row the target's column takes its default, or NULL"
    })
}

fn extra_column(table: &str, column: &Column, models: &Models<'_>) -> Meaning {
    if LEFTOVER_COLUMNS.iter().any(|&listed| known::is_named(listed, table, &column.name)) {
        return Meaning::harmless("nobody reads it any more, and the copy leaves it behind");
    }
    let taker = models.counterpart(table).and_then(|it| it.target.column(&column.name));
    if taker.is_some() {
        return Meaning::harmless("the target has the column, and the copy takes it along");
    }
    Meaning::matters("the target has no such column: its values stay behind")
}

fn of_aspect(
    aspect: Aspect,
    table: &str,
    column: &Column,
    models: &Models<'_>,
    obstacles: &Obstacles,
) -> Meaning {
    let taker = models.counterpart(table).and_then(|it| it.target.column(&column.name));
    match (aspect, taker) {
        (Aspect::Type, _) if obstacles.cannot_convert(&column.name) => {
            Meaning::matters("the copy stops: no conversion leads to the target's type")
        }
        (Aspect::Type, Some(taker)) => Meaning::matters(format!(
            "the copy converts each value to `{}`, or names those that do not fit",
            taker.data_type
        )),
        (Aspect::Type, None) => Meaning::matters("the target has no such column"),
        (Aspect::TakesNull, Some(taker)) if taker.not_null => {
            Meaning::matters("the target's column refuses rows that hold NULL")
        }
        (Aspect::TakesNull, _) => Meaning::harmless("NULL arrives as NULL"),
        (Aspect::RefusesNull, _) => {
            Meaning::harmless("it is stricter than expected, and every value arrives")
        }
        (Aspect::Default, _) => {
            Meaning::harmless("rows arrive as they are; new ones get the target's own default")
        }
        (Aspect::CharacterSet, _) => Meaning::harmless(
            "the server converts the text to UTF-8 as it is read; what the set cannot hold was \
             lost before",
        ),
        (Aspect::Collation, _) => {
            Meaning::harmless("it sorts and compares on MySQL only; the target has its own")
        }
    }
}

fn of_index(sides: &Change<&Index>) -> Meaning {
    match sides {
        Change::Missing(index) | Change::Differs { expected: index, .. } if index.unique => {
            let renamed = matches!(sides, Change::Differs { found, .. } if found.unique
                && found.columns == index.columns);
            if renamed {
                return Meaning::harmless("only its name is another");
            }
            Meaning::matters(
                "nothing keeps rows apart that the target refuses to take twice, and the copy \
                 stops at the first of them",
            )
        }
        Change::Extra(_) => Meaning::harmless("the target does not get it"),
        _ => Meaning::harmless("it only makes reading faster; the target gets its own"),
    }
}

fn of_foreign_key(sides: &Change<&ForeignKey>) -> Meaning {
    match sides {
        Change::Extra(_) => Meaning::harmless("the target does not get it"),
        Change::Differs { found, expected }
            if found.columns == expected.columns
                && found.referenced_table == expected.referenced_table =>
        {
            Meaning::harmless("on the target, what happens to the children is as expected")
        }
        Change::Missing(_) | Change::Differs { .. } => {
            Meaning::matters("rows may be there whose parent is gone, and the target refuses them")
        }
    }
}
