//! The meaning of a difference of the source for its migration.

use super::{Kind, Meaning, SchemaDifference};
use crate::check::obstacles::Obstacles;
use crate::ddl::{Aspect, Change, Difference, SchemaItem};
use crate::mattermost::{is_leftover, is_leftover_column};
use crate::models::{ExpectedSchema, Models};
use crate::schema::{Catalog, Column, ForeignKey, Index};

pub(super) fn meaning(
    difference: &Difference<'_>,
    found: &Catalog,
    models: &Models<'_>,
) -> Meaning {
    let place = difference.place;
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => extra_table(place),
        SchemaItem::Table(_) => Meaning::matters(
            "`db_migrations` records that it was created; its rows are not in this database, and the target's table remains empty",
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
            Meaning::harmless("MySQL has no equivalent")
        }
    }
}

/// Offers no view to a server that lacks `JSON_TABLE`, if the view needs it.
pub(super) fn drop_impossible_view(difference: &mut SchemaDifference) {
    let needs_it = |statement: &String| statement.contains("JSON_TABLE");
    if difference.kind == Kind::MissingView && difference.statements.iter().any(needs_it) {
        difference.statements.clear();
        difference.meaning = String::from(
            "the server has no JSON_TABLE, which the view needs; views are not copied; the target has its own",
        );
    }
}

/// Whether a foreign key is one that the product declares and only some servers create, or the index that
/// such a server creates for it. Both states are expected.
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
        return Meaning::harmless("unused column or index of an older version; the copy skips it");
    }
    Meaning::matters("no known product has it: the copy skips its rows")
}

fn missing_column(expected: &Column, obstacles: &Obstacles) -> Meaning {
    Meaning::matters(if obstacles.needs_value(&expected.name) {
        "the copy stops: the target's column has no default and is NOT NULL"
    } else {
        "every row gets the default of the target's column, or NULL"
    })
}

fn extra_column(table: &str, column: &Column, models: &Models<'_>) -> Meaning {
    if is_leftover_column(table, &column.name) {
        return Meaning::harmless("unused column or index of an older version; the copy skips it");
    }
    let taker = models.counterpart(table).and_then(|it| it.target.column(&column.name));
    if taker.is_some() {
        return Meaning::harmless("the target has the column too, and the copy copies it");
    }
    Meaning::matters("the target has no such column: the copy skips its values")
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
            Meaning::matters("the copy stops: there is no conversion to the target's type")
        }
        (Aspect::Type, Some(taker)) => Meaning::matters(format!(
            "the copy converts each value to `{}`, and reports values that do not fit",
            taker.data_type
        )),
        (Aspect::Type, None) => Meaning::matters("the target has no such column"),
        (Aspect::TakesNull, Some(taker)) if taker.not_null => {
            Meaning::matters("the target's column rejects NULL")
        }
        (Aspect::TakesNull, _) => Meaning::harmless("NULL is copied as NULL"),
        (Aspect::RefusesNull, _) => {
            Meaning::harmless("stricter than expected; every value can be copied")
        }
        (Aspect::Default, _) => {
            Meaning::harmless("rows are copied unchanged; new rows get the target's default")
        }
        (Aspect::CharacterSet, _) => Meaning::harmless(
            "the server converts the text to UTF-8 as it is read; characters outside the set were lost earlier",
        ),
        (Aspect::Collation, _) => Meaning::harmless(
            "affects sorting and comparison on MySQL only; the target has its own collation",
        ),
    }
}

fn of_index(sides: &Change<&Index>) -> Meaning {
    match sides {
        Change::Missing(index) | Change::Differs { expected: index, .. } if index.unique => {
            let renamed = matches!(sides, Change::Differs { found, .. } if found.unique
                && found.columns == index.columns);
            if renamed {
                return Meaning::harmless("only the name differs");
            }
            Meaning::matters("without it, duplicate rows can exist, which the target rejects")
        }
        Change::Extra(_) => Meaning::harmless("the target does not have it"),
        _ => Meaning::harmless("only speeds up reading; the target has its own indexes"),
    }
}

fn of_foreign_key(sides: &Change<&ForeignKey>) -> Meaning {
    match sides {
        Change::Extra(_) => Meaning::harmless("the target does not have it"),
        Change::Differs { found, expected }
            if found.columns == expected.columns
                && found.referenced_table == expected.referenced_table =>
        {
            Meaning::harmless("on the target, the referencing rows are handled as expected")
        }
        Change::Missing(_) | Change::Differs { .. } => {
            Meaning::matters("rows might refer to missing rows, which the target rejects")
        }
    }
}
