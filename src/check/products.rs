//! The products whose tables the source has, and the versions of their schemas.

use std::collections::BTreeMap;

use crate::mattermost::{Product, SYSTEMS, SYSTEMS_VERSION};
use crate::mysql::{Connection, Error, product_versions};
use crate::schema::Catalog;
use crate::sql::Dialect;

/// The plugins by name, each with the version of its schema.
pub(super) async fn versions(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<BTreeMap<String, String>, Error> {
    Ok(by_name(product_versions(connection, source).await?))
}

/// Keeps the plugins: Mattermost's version is its release, not that of its configuration store.
pub(super) fn by_name(versions: BTreeMap<Product, String>) -> BTreeMap<String, String> {
    let plugins = versions.into_iter().filter(|(product, _)| *product != Product::Mattermost);
    plugins.map(|(product, version)| (product.to_string(), version)).collect()
}

/// The `Version` in `Systems`, in which releases before 6.4 record the version of their schema.
pub(super) async fn systems_version(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<Option<String>, Error> {
    let Some(table) = source.table(SYSTEMS) else { return Ok(None) };
    let name = Dialect::MySql.identifier(&table.name);
    connection
        .query_optional(&format!("SELECT Value FROM {name} WHERE Name = '{SYSTEMS_VERSION}'"))
        .await
}
