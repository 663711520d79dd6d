//! The schema that a set of migrations creates, read from their SQL.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::ddl;
use crate::mattermost::{MIGRATOR_TABLES, Product};
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::sql::Dialect;

use super::{Error, Migration, embedded, product_model_at, product_versions};

/// The source schema that a set of migrations creates, as MySQL shows it.
pub fn source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::MySql, embedded::source(), set)
}

/// The target schema that a set of migrations creates, as PostgreSQL shows it.
pub fn target_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::Postgres, embedded::target(), set)
}

/// The source schema that the known migrations of a set create.
pub fn known_source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    source_model(&known_part(set))
}

/// The target schema that the known migrations of a set create.
pub fn known_target_model(set: &MigrationSet) -> Result<Catalog, Error> {
    target_model(&known_part(set))
}

fn known_part(set: &MigrationSet) -> MigrationSet {
    let known: MigrationSet = embedded::target().iter().map(|migration| migration.number).collect();
    set.without(&set.without(&known))
}

fn model(dialect: Dialect, known: &[Migration], set: &MigrationSet) -> Result<Catalog, Error> {
    let numbers = set.without(&known.iter().map(|migration| migration.number).collect());
    if !numbers.is_empty() {
        return Err(Error::Unknown { numbers });
    }
    let mut catalog = Catalog::default();
    for migration in known.iter().filter(|migration| set.contains(migration.number)) {
        apply(&mut catalog, dialect, migration)?;
    }
    Ok(catalog)
}

/// Calls `show` with every form of the target's schema from the first migration to the last, and then with the
/// tables of the products.
pub fn each_target_model(show: &mut dyn FnMut(&Catalog)) -> Result<(), Error> {
    let mut catalog = Catalog::default();
    for migration in embedded::target() {
        apply(&mut catalog, Dialect::Postgres, migration)?;
        show(&catalog);
    }
    Product::ALL.into_iter().try_for_each(|product| {
        for version in product_versions(product) {
            if let Some(catalog) = product_model_at(Dialect::Postgres, product, version)? {
                show(&catalog);
            }
        }
        Ok(())
    })
}

/// Every table and column that the known migrations of a set create on the source, even if a later one drops
/// them, and those of every known version of the products.
pub fn past_source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    let (mut catalog, mut past) = (Catalog::default(), Catalog::default());
    for migration in embedded::source().iter().filter(|it| set.contains(it.number)) {
        apply(&mut catalog, Dialect::MySql, migration)?;
        remember(&mut past, &catalog);
    }
    for product in Product::ALL {
        for version in product_versions(product) {
            if let Some(catalog) = product_model_at(Dialect::MySql, product, version)? {
                remember(&mut past, &catalog);
            }
        }
    }
    Ok(past)
}

fn remember(past: &mut Catalog, present: &Catalog) {
    for (name, table) in &present.tables {
        let known = past.tables.entry(name.clone()).or_insert_with(|| table.clone());
        for column in &table.columns {
            if known.column(&column.name).is_none() {
                known.columns.push(column.clone());
            }
        }
    }
}

fn apply(catalog: &mut Catalog, dialect: Dialect, migration: &Migration) -> Result<(), Error> {
    ddl::apply(catalog, dialect, &migration.sql).map_err(|source| Error::Unreadable {
        number: migration.number,
        name: migration.name.clone(),
        source,
    })
}

/// Whether Mattermost or one of its plugins has a table, view or type of that name on the target, in any
/// release.
#[must_use]
pub fn is_known_name(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut names: BTreeSet<String> =
            MIGRATOR_TABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        each_target_model(&mut |catalog| {
            names.extend(catalog.tables.keys().cloned());
            names.extend(catalog.views.keys().cloned());
            names.extend(catalog.enums.keys().cloned());
        })
        .expect("the embedded migrations can be read");
        names
    });
    NAMES.contains(name)
}
