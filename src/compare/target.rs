//! The meaning of a difference of the target for the copy and for Mattermost.

use super::Meaning;
use crate::ddl::{Aspect, Change, Difference, SchemaItem};
use crate::schema::{Column, ForeignKey, Index};

pub(super) fn meaning(difference: &Difference<'_>) -> Meaning {
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => {
            Meaning::harmless("no known product has it: nothing is copied into it")
        }
        SchemaItem::Table(_) => Meaning::matters("the rows of the source's table cannot be copied"),
        SchemaItem::Column(Change::Missing(_), _) => {
            Meaning::matters("the values of the source's column cannot be copied")
        }
        SchemaItem::Column(Change::Extra(column), _) => extra_column(column),
        SchemaItem::Column(_, aspects) => {
            Meaning::all(aspects.iter().map(|aspect| of_aspect(*aspect)))
        }
        SchemaItem::Index(sides) => of_index(sides),
        SchemaItem::ForeignKey(sides) => of_foreign_key(sides),
        SchemaItem::Options(_) => Meaning::harmless("only affects how often the server vacuums"),
        SchemaItem::View(Change::Extra(_)) => Meaning::harmless("Mattermost does not read it"),
        SchemaItem::View(_) => Meaning::matters("Mattermost reads from it, and fails"),
        SchemaItem::Labels(sides) => of_labels(sides),
    }
}

fn extra_column(column: &Column) -> Meaning {
    if column.not_null && column.default.is_none() {
        return Meaning::matters(
            "every row is rejected: the column needs a value and has no default",
        );
    }
    Meaning::harmless("every row gets its default, or NULL")
}

fn of_aspect(aspect: Aspect) -> Meaning {
    match aspect {
        Aspect::Type => {
            Meaning::matters("values are stored in this type; Mattermost expects the other")
        }
        Aspect::TakesNull => Meaning::matters("NULL is accepted, which Mattermost does not expect"),
        Aspect::RefusesNull => Meaning::matters("rows with NULL are rejected"),
        Aspect::Default => Meaning::matters("new rows get another value than Mattermost expects"),
        Aspect::CharacterSet | Aspect::Collation => {
            Meaning::harmless("sorting and comparison differ")
        }
    }
}

fn of_index(sides: &Change<&Index>) -> Meaning {
    match sides {
        Change::Missing(index) if index.unique => Meaning::matters("duplicate rows are accepted"),
        Change::Missing(index) if index.is_full_text() => Meaning::matters(
            "searching reads every row; `migration-assist post-migrate` builds it too",
        ),
        Change::Missing(_) => Meaning::matters(
            "Mattermost is slow without it; `migration-assist post-migrate --create-indexes` builds \
             it too",
        ),
        Change::Extra(index) if index.unique => Meaning::matters("duplicate rows are rejected"),
        Change::Extra(_) => Meaning::harmless("only slows down writing"),
        Change::Differs { found, expected } if found.name != expected.name => Meaning::harmless(
            "only the name differs; a migration that drops it by name does not find it",
        ),
        Change::Differs { .. } => {
            Meaning::matters("it has the expected name and covers other columns")
        }
    }
}

fn of_foreign_key(sides: &Change<&ForeignKey>) -> Meaning {
    match sides {
        Change::Missing(_) => {
            Meaning::matters("rows remain when the row that they refer to is deleted")
        }
        Change::Extra(_) => Meaning::matters("rows without the referenced row are rejected"),
        Change::Differs { .. } => {
            Meaning::matters("it rejects, or deletes, other rows than Mattermost expects")
        }
    }
}

fn of_labels(sides: &Change<&[String]>) -> Meaning {
    match sides {
        Change::Differs { found, expected } if expected.iter().all(|it| found.contains(it)) => {
            Meaning::harmless("it has additional labels or another order")
        }
        _ => Meaning::matters("rows with a missing label are rejected"),
    }
}
