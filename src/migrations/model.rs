//! The schema that a set of migrations gives, read from their SQL.

use crate::ddl;
use crate::release::MigrationSet;
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

use super::{Error, Migration, embedded};

/// The source schema that a set of migrations gives, as MySQL shows it.
pub fn source_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::MySql, embedded::source(), set)
}

/// The target schema that a set of migrations gives, as PostgreSQL shows it.
pub fn target_model(set: &MigrationSet) -> Result<Catalog, Error> {
    model(Dialect::Postgres, embedded::target(), set)
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

/// The tables that a product keeps, at the newest version of its schema known here; for Mattermost
/// those of the configuration store, which are in no migration of the server.
pub fn product_model(dialect: Dialect, product: Product) -> Result<Catalog, Error> {
    let mut catalog = Catalog::default();
    for sql in product_sql(dialect, product) {
        ddl::apply(&mut catalog, dialect, sql)
            .map_err(|source| Error::UnreadableProduct { product, source })?;
    }
    Ok(catalog)
}

/// The SQL that builds a product's tables and leaves its version rows, oldest version first.
#[must_use]
pub fn product_sql(dialect: Dialect, product: Product) -> Vec<&'static str> {
    macro_rules! plugin {
        ($file:literal) => {
            match dialect {
                Dialect::MySql => include_str!(concat!("../../migrations/plugins/mysql/", $file)),
                Dialect::Postgres => {
                    include_str!(concat!("../../migrations/plugins/postgres/", $file))
                }
            }
        };
    }
    match product {
        Product::Mattermost => vec![plugin!("config.sql")],
        Product::Playbooks => vec![plugin!("playbooks.sql"), plugin!("playbooks_0_64.sql")],
        Product::Boards => vec![plugin!("boards.sql")],
        Product::Calls => vec![plugin!("calls.sql")],
        Product::UserSurvey => vec![plugin!("user_survey.sql")],
    }
}
