//! The products that a source holds tables of, and the version of each one's schema.

use std::collections::BTreeMap;

use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

/// Where a product keeps the version of its schema.
const VERSIONS: [(Product, &str, &str); 4] = [
    (Product::Playbooks, "IR_System", "MAX(IF(SKey = 'DatabaseVersion', SValue, NULL))"),
    (Product::Boards, "focalboard_schema_migrations", "MAX(Version)"),
    (Product::Calls, "db_migrations_calls", "MAX(Version)"),
    (Product::UserSurvey, "user_survey_schema_migrations", "MAX(Version)"),
];

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
    for (product, table, version) in VERSIONS {
        let Some(table) = source.table(table) else { continue };
        let name = Dialect::MySql.identifier(&table.name);
        let sql = format!("SELECT CAST({version} AS CHAR) FROM {name}");
        let version: Option<Option<String>> = connection.query_optional(&sql).await?;
        products.insert(product.to_string(), version.flatten().unwrap_or_default());
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
