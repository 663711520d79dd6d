//! Compares a whole schema with the one that its applied migrations define, on either side.
//!
//! Works on catalogs, whether read from a server or from a dump.

mod meaning;
mod report;
mod source;
mod target;
mod views;

use crate::ddl::{Change, Difference, SchemaItem, alter, compare, describe};
use crate::models::{ExpectedSchema, Models};
use crate::mysql::Server;
use crate::release::release_range;
use crate::schema::Catalog;
use crate::sql::Dialect;

use meaning::Meaning;

pub use report::{ComparisonReport, Kind, SchemaDifference, Weight};
pub use views::PrintedViews;

/// The server and the name of a schema.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The server's flavour and version.
    pub server: &'a str,
    /// The database, or the schema on PostgreSQL.
    pub name: &'a str,
}

/// Compares a source's catalog with the schema that its applied migrations define.
#[must_use]
pub fn compare_source(
    place: &Place<'_>,
    server: &Server,
    found: &Catalog,
    models: &Models<'_>,
) -> ComparisonReport {
    let schema = ExpectedSchema::of_source(server.flavour, found, models);
    let first = None;
    let printed = PrintedViews::new();
    let meaning = |difference: &Difference<'_>| source::meaning(difference, &schema.found, models);
    let mut report = report(Dialect::MySql, place, first, models, &schema, &printed, meaning);
    if !server.has_json_table() {
        report.differences.iter_mut().for_each(source::drop_impossible_view);
    }
    report
}

/// Compares a target's catalog with the schema that its applied migrations define; `models` are those of the
/// target's `db_migrations`, and `printed` has the expected queries of views as the server prints them.
#[must_use]
pub fn compare_target(
    place: &Place<'_>,
    found: &Catalog,
    models: &Models<'_>,
    printed: &PrintedViews,
) -> ComparisonReport {
    let schema = ExpectedSchema::of_target(found, models);
    let first = format!("SET search_path TO {}", Dialect::Postgres.identifier(place.name));
    report(Dialect::Postgres, place, Some(first), models, &schema, printed, target::meaning)
}

fn report(
    dialect: Dialect,
    place: &Place<'_>,
    first: Option<String>,
    models: &Models<'_>,
    schema: &ExpectedSchema,
    printed: &PrintedViews,
    meaning: impl Fn(&Difference<'_>) -> Meaning,
) -> ComparisonReport {
    let differences = compare(dialect, &schema.found, &schema.expected);
    let is_known = |difference: &&Difference<'_>| {
        dialect == Dialect::Postgres || !source::is_made_by_the_product(difference, schema, models)
    };
    let differences = differences.iter().filter(is_known).map(|difference| {
        let (found, expected) = describe(dialect, &difference.thing);
        let Meaning { weight, text } = meaning(difference);
        let (kind, name) = kind_and_name(&difference.thing);
        SchemaDifference {
            kind,
            weight,
            table: difference.place.to_owned(),
            product: schema.products.get(&difference.place.to_lowercase()).copied(),
            name: name.map(str::to_owned),
            found,
            expected,
            meaning: text,
            destroys: destroys(&difference.thing),
            statements: alter(dialect, difference),
        }
    });
    let mut differences: Vec<SchemaDifference> = differences.collect();
    let (of_views, not_compared) = views::compare_views(schema, printed);
    differences.extend(of_views);
    differences.sort_by(|a, b| (a.weight, &a.table).cmp(&(b.weight, &b.table)));
    let applied = models.applied_set();
    ComparisonReport {
        dialect,
        server: place.server.to_owned(),
        schema: place.name.to_owned(),
        release: release_range(&applied),
        unknown_migrations: applied.without(models.known),
        applied_migrations: applied,
        products: schema.products.values().copied().collect(),
        first,
        differences,
        not_compared,
    }
}

fn kind_and_name<'a>(thing: &SchemaItem<'a>) -> (Kind, Option<&'a str>) {
    /// Picks the name of the found object, or of the expected one.
    macro_rules! sides {
        ($sides:expr, $missing:ident, $extra:ident, $differs:ident) => {
            match $sides {
                Change::Missing(it) => (Kind::$missing, Some(it.name.as_str())),
                Change::Extra(it) => (Kind::$extra, Some(it.name.as_str())),
                Change::Differs { found, .. } => (Kind::$differs, Some(found.name.as_str())),
            }
        };
    }
    match thing {
        SchemaItem::Table(Change::Extra(_)) => (Kind::ExtraTable, None),
        SchemaItem::Table(_) => (Kind::MissingTable, None),
        SchemaItem::Column(sides, _) => sides!(sides, MissingColumn, ExtraColumn, ColumnDiffers),
        SchemaItem::Index(sides) => sides!(sides, MissingIndex, ExtraIndex, IndexDiffers),
        SchemaItem::ForeignKey(sides) => {
            sides!(sides, MissingForeignKey, ExtraForeignKey, ForeignKeyDiffers)
        }
        SchemaItem::Options(_) => (Kind::OptionsDiffer, None),
        SchemaItem::View(Change::Missing(_)) => (Kind::MissingView, None),
        SchemaItem::View(Change::Extra(_)) => (Kind::ExtraView, None),
        SchemaItem::View(_) => (Kind::ViewDiffers, None),
        SchemaItem::Labels(Change::Missing(_)) => (Kind::MissingType, None),
        SchemaItem::Labels(_) => (Kind::LabelsDiffer, None),
    }
}

/// Whether the correction removes something that contains values.
fn destroys(thing: &SchemaItem<'_>) -> bool {
    matches!(thing, SchemaItem::Table(Change::Extra(_)) | SchemaItem::Column(Change::Extra(_), _))
}
