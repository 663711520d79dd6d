//! What a difference of the target means for the copy, and for Mattermost afterwards.

use super::Meaning;
use crate::ddl::{Aspect, Change, Difference, SchemaItem};
use crate::schema::{Column, ForeignKey, Index};

pub(super) fn meaning(difference: &Difference<'_>) -> Meaning {
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => {
            Meaning::harmless("no product known here has it: nothing is copied into it")
        }
        SchemaItem::Table(_) => {
            Meaning::matters("the rows of the source's table have no place to go")
        }
        SchemaItem::Column(Change::Missing(_), _) => {
            Meaning::matters("the values of the source's column have no place to go")
        }
        SchemaItem::Column(Change::Extra(column), _) => extra_column(column),
        SchemaItem::Column(_, aspects) => {
            Meaning::all(aspects.iter().map(|aspect| of_aspect(*aspect)))
        }
        SchemaItem::Index(sides) => of_index(sides),
        SchemaItem::ForeignKey(sides) => of_foreign_key(sides),
        SchemaItem::Options(_) => Meaning::harmless("it only tells how often the server tidies up"),
        SchemaItem::View(Change::Extra(_)) => Meaning::harmless("Mattermost does not read it"),
        SchemaItem::View(_) => Meaning::matters("Mattermost reads from it, and fails"),
        SchemaItem::Labels(sides) => of_labels(sides),
    }
}

fn extra_column(column: &Column) -> Meaning {
    if column.not_null && column.default.is_none() {
        return Meaning::matters("every row is refused: it needs a value that nothing gives");
    }
    Meaning::harmless("it takes its default, or NULL, in every row")
}

fn of_aspect(aspect: Aspect) -> Meaning {
    match aspect {
        Aspect::Type => {
            Meaning::matters("values become this type, and Mattermost expects the other")
        }
        Aspect::TakesNull => Meaning::matters("NULL gets in, which Mattermost does not expect"),
        Aspect::RefusesNull => Meaning::matters("rows that hold NULL are refused"),
        Aspect::Default => Meaning::matters("new rows get another value than Mattermost relies on"),
        Aspect::CharacterSet | Aspect::Collation => {
            Meaning::harmless("it sorts and compares in its own way")
        }
    }
}

fn of_index(sides: &Change<&Index>) -> Meaning {
    match sides {
        Change::Missing(index) if index.unique => {
            Meaning::matters("nothing keeps rows apart that must not repeat")
        }
        Change::Missing(index) if index.is_full_text() => Meaning::matters(
            "searching reads every row; `migration-assist post-migrate` builds it too",
        ),
        Change::Missing(_) => Meaning::matters(
            "Mattermost is slow without it; `migration-assist post-migrate --create-indexes` builds \
             it too",
        ),
        Change::Extra(index) if index.unique => {
            Meaning::matters("rows that repeat in it are refused")
        }
        Change::Extra(_) => Meaning::harmless("it only makes writing slower"),
        Change::Differs { found, expected } if found.name != expected.name => Meaning::harmless(
            "only its name is another; a migration that drops it by its name leaves it",
        ),
        Change::Differs { .. } => {
            Meaning::matters("it covers something else, and bears the name of the right one")
        }
    }
}

fn of_foreign_key(sides: &Change<&ForeignKey>) -> Meaning {
    match sides {
        Change::Missing(_) => Meaning::matters("rows stay when their parent goes"),
        Change::Extra(_) => Meaning::matters("rows without that parent are refused"),
        Change::Differs { .. } => {
            Meaning::matters("it refuses, or deletes, other rows than Mattermost expects")
        }
    }
}

fn of_labels(sides: &Change<&[String]>) -> Meaning {
    match sides {
        Change::Differs { found, expected } if expected.iter().all(|it| found.contains(it)) => {
            Meaning::harmless(
                "it takes more labels than Mattermost uses, or has them in another order",
            )
        }
        _ => Meaning::matters("rows with a label that is not there are refused"),
    }
}
