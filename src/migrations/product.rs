//! The known versions of the tables of products, which no migration of Mattermost creates, with their SQL.

use super::Error;
use crate::ddl;
use crate::mattermost::Product;
use crate::schema::Catalog;
use crate::sql::Dialect;

/// A version of a product's schema, and the SQL that creates it with its version rows.
struct Version {
    name: &'static str,
    mysql: &'static [&'static str],
    postgres: &'static [&'static str],
}

macro_rules! version {
    ($name:literal: $($file:literal),+) => {
        Version {
            name: $name,
            mysql: &[$(include_str!(concat!("../../migrations/plugins/mysql/", $file))),+],
            postgres: &[$(include_str!(concat!("../../migrations/plugins/postgres/", $file))),+],
        }
    };
}

/// The known versions of a product, newest first; for Mattermost those of its configuration store.
fn versions(product: Product) -> &'static [Version] {
    match product {
        Product::Mattermost => {
            &[version!("3": "config.sql"), version!("2": "config.sql", "config_2.sql")]
        }
        Product::Playbooks => &[
            version!("0.64.0": "playbooks.sql", "playbooks_0_64.sql"),
            version!("0.63.0": "playbooks.sql"),
        ],
        Product::Boards => &[
            version!("40": "boards.sql"),
            version!("39": "boards.sql", "boards_39.sql"),
            version!("1-38, 40": "boards.sql", "boards_38_40.sql"),
            version!("38": "boards.sql", "boards_38.sql"),
        ],
        Product::Calls => &[version!("4": "calls.sql")],
        Product::UserSurvey => &[version!("14": "user_survey.sql")],
    }
}

impl Version {
    fn sql(&self, dialect: Dialect) -> &'static [&'static str] {
        match dialect {
            Dialect::MySql => self.mysql,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// The known versions of a product's schema, newest first.
#[must_use]
pub fn product_versions(product: Product) -> Vec<&'static str> {
    versions(product).iter().map(|version| version.name).collect()
}

/// The known versions of a product's schema as text, oldest first. Versions that differ only in the migrations
/// before their last are named once.
#[must_use]
pub fn list_product_versions(product: Product) -> String {
    let last = |name: &'static str| name.rsplit([' ', '-']).next().unwrap_or(name);
    let mut names: Vec<&str> = Vec::new();
    for version in versions(product) {
        let name = last(version.name);
        if !names.contains(&name) {
            names.insert(0, name);
        }
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// The SQL that creates a product's tables at the newest version, with its version rows.
#[must_use]
pub fn product_sql(dialect: Dialect, product: Product) -> &'static [&'static str] {
    versions(product)[0].sql(dialect)
}

/// The same for a version; `None` if it is unknown.
#[must_use]
pub fn product_sql_at(
    dialect: Dialect,
    product: Product,
    version: &str,
) -> Option<&'static [&'static str]> {
    versions(product).iter().find(|it| it.name == version).map(|it| it.sql(dialect))
}

/// The tables of a product at the newest version; for Mattermost those of the configuration store.
pub fn product_model(dialect: Dialect, product: Product) -> Result<Catalog, Error> {
    read(dialect, product, product_sql(dialect, product))
}

/// The same for a version; `None` if it is unknown.
pub fn product_model_at(
    dialect: Dialect,
    product: Product,
    version: &str,
) -> Result<Option<Catalog>, Error> {
    let sql = product_sql_at(dialect, product, version);
    sql.map(|sql| read(dialect, product, sql)).transpose()
}

fn read(dialect: Dialect, product: Product, sql: &[&str]) -> Result<Catalog, Error> {
    let mut catalog = Catalog::default();
    for sql in sql {
        ddl::apply(&mut catalog, dialect, sql)
            .map_err(|source| Error::UnreadableProduct { product, source })?;
    }
    Ok(catalog)
}

#[cfg(test)]
mod tests {
    use super::{list_product_versions, product_model_at, product_versions};
    use crate::mattermost::Product;
    use crate::sql::Dialect::{MySql, Postgres};

    #[test]
    fn both_sides_of_every_known_version_have_the_same_tables_and_columns() {
        for product in Product::ALL {
            for version in product_versions(product) {
                let [source, target] = [MySql, Postgres].map(|dialect| {
                    let model = product_model_at(dialect, product, version);
                    model.expect("readable").expect("known")
                });
                assert_eq!(source.tables.len(), target.tables.len(), "{product} {version}");
                for table in source.tables.values() {
                    let other = target.table(&table.name).expect("the target's table");
                    let names = |table: &crate::schema::Table| {
                        let mut names: Vec<_> =
                            table.columns.iter().map(|it| it.name.to_lowercase()).collect();
                        names.sort();
                        names
                    };
                    assert_eq!(names(table), names(other), "{} {version}", table.name);
                }
                assert!(source.table(product.version_table()).is_some());
            }
        }
    }

    #[test]
    fn versions_are_listed_as_in_a_sentence() {
        assert_eq!(list_product_versions(Product::Boards), "38, 39 and 40");
        assert_eq!(list_product_versions(Product::Playbooks), "0.63.0 and 0.64.0");
        assert_eq!(list_product_versions(Product::Calls), "4");
    }

    #[test]
    fn older_versions_lack_what_newer_ones_brought() {
        let lacks = |product, version, table: &str, column: &str| {
            let model = product_model_at(Postgres, product, version).expect("readable");
            model.expect("known").tables[table].column(column).is_none()
        };
        assert!(lacks(Product::Playbooks, "0.63.0", "ir_incident", "updateat"));
        assert!(!lacks(Product::Playbooks, "0.64.0", "ir_incident", "updateat"));
        assert!(lacks(Product::Boards, "1-38, 40", "focalboard_file_info", "path"));
        assert!(lacks(Product::Mattermost, "2", "configurations", "sha"));
        assert!(product_model_at(Postgres, Product::Calls, "5").expect("no error").is_none());
    }
}
