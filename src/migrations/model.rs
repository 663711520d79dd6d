//! The schema that a set of migrations gives, read from their SQL.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::ddl;
use crate::release::MigrationSet;
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

use super::{Error, Migration, embedded, product_model};

/// The tables of Mattermost's own migrator.
const BOOKKEEPING: [&str; 2] = ["db_lock", "db_migrations"];

/// The source schema that a set of migrations gives, as MySQL shows it.
pub fn source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::MySql, embedded::source(), set)
}

/// The target schema that a set of migrations gives, as PostgreSQL shows it.
pub fn target_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::Postgres, embedded::target(), set)
}

/// The source schema that those migrations of a set give which are known here.
pub fn known_source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    source_model(&known_part(set))
}

/// The target schema that those migrations of a set give which are known here.
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
        ddl::apply(&mut catalog, dialect, &migration.sql).map_err(|source| Error::Unreadable {
            number: migration.number,
            name: migration.name.clone(),
            source,
        })?;
    }
    Ok(catalog)
}

/// Whether the target's tables, views and types of that name are Mattermost's or one of its plugins',
/// in whatever release.
#[must_use]
pub fn is_known_name(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut names: BTreeSet<String> = BOOKKEEPING.into_iter().map(str::to_owned).collect();
        let mut learn = |catalog: &Catalog| {
            names.extend(catalog.tables.keys().cloned());
            names.extend(catalog.views.keys().cloned());
            names.extend(catalog.enums.keys().cloned());
        };
        let mut catalog = Catalog::default();
        for migration in embedded::target() {
            ddl::apply(&mut catalog, Dialect::Postgres, &migration.sql)
                .expect("the embedded migrations can be read");
            learn(&catalog);
        }
        for product in Product::ALL {
            let catalog = product_model(Dialect::Postgres, product);
            learn(&catalog.expect("the embedded tables of plugins can be read"));
        }
        names
    });
    NAMES.contains(name)
}
