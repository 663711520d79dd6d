//! The products that a source holds tables of, and the version of each one's schema.

use std::collections::BTreeMap;

use crate::mysql::{Connection, Error, product_versions};
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

/// The products found, by name; Mattermost's version is the release, where it is known.
pub(super) async fn versions(
    connection: &mut Connection,
    source: &Catalog,
    release: Option<&str>,
) -> Result<BTreeMap<String, String>, Error> {
    let mut products = BTreeMap::new();
    if let Some(release) = release {
        products.insert(Product::Mattermost.to_string(), release.to_owned());
    }
    for (product, version) in product_versions(connection, source).await? {
        if product != Product::Mattermost {
            products.insert(product.to_string(), version);
        }
    }
    Ok(products)
}

/// The `Version` in `Systems`, by which releases before 6.4 know their schema.
pub(super) async fn systems_version(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<Option<String>, Error> {
    let Some(table) = source.table("Systems") else { return Ok(None) };
    let name = Dialect::MySql.identifier(&table.name);
    connection.query_optional(&format!("SELECT Value FROM {name} WHERE Name = 'Version'")).await
}
