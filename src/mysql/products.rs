//! The versions of the products' tables, as the products themselves record them.

use std::collections::BTreeMap;

use super::{Connection, Error};
use crate::mattermost::PLAYBOOKS_VERSION;
use crate::release::MigrationSet;
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

/// The version of every product whose version table the source has. Playbooks has a text such as `0.64.0`; the
/// others have numbered migrations: `40` for all up to it, `1-38, 40` if some are missing.
///
/// The version of Mattermost is that of its configuration store.
pub async fn product_versions(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<BTreeMap<Product, String>, Error> {
    let mut versions = BTreeMap::new();
    for product in Product::ALL {
        let Some(table) = source.table(product.version_table()) else { continue };
        let name = Dialect::MySql.identifier(&table.name);
        let version = if product == Product::Playbooks {
            let sql = format!("SELECT SValue FROM {name} WHERE SKey = '{PLAYBOOKS_VERSION}'");
            let value: Option<Option<String>> = connection.query_optional(&sql).await?;
            value.flatten().unwrap_or_default()
        } else {
            let sql = format!("SELECT CAST(Version AS UNSIGNED) FROM {name}");
            let applied: MigrationSet = connection.query(&sql).await?.into_iter().collect();
            applied.as_version()
        };
        versions.insert(product, version);
    }
    Ok(versions)
}
