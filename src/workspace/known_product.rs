//! A product, and its tables in a source.

use std::collections::{BTreeMap, BTreeSet};

use super::Unknown;
use crate::copy::Creation;
use crate::ddl::compare;
use crate::mattermost::{Product, is_bookkeeping, is_plugin_state};
use crate::migrations::{
    self, list_product_versions, product_model, product_model_at, product_sql_at, product_versions,
};
use crate::models::{ProductModel, ProductStatus};
use crate::schema::{Catalog, EMPTY_CATALOG};
use crate::sql::Dialect::{MySql, Postgres};

/// A product's tables on both sides, and their presence in a source.
pub(super) struct KnownProduct {
    pub(super) product: Product,
    source: Catalog,
    pub(super) target: Catalog,
    pub(super) presence: Presence,
    /// Whether the source has any of its tables.
    pub(super) is_there: bool,
    /// Whether the version of its tables is known.
    pub(super) has_known_version: bool,
    /// The known versions, as text.
    pub(super) known: String,
}

/// The source in which products are looked for.
pub(super) struct Found<'a> {
    pub(super) live: &'a Catalog,
    /// The versions in the products' own tables.
    pub(super) versions: &'a BTreeMap<Product, String>,
    /// The tables of products that have rows, by their exact names.
    pub(super) with_rows: &'a BTreeSet<String>,
    /// The requested products; empty for all.
    pub(super) chosen: &'a [Product],
    pub(super) unknown: Unknown<'a>,
}

/// The presence of a product in a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// None of its tables.
    Absent,
    /// Tables of a known version.
    Known(String),
    /// Tables of another version, or incomplete ones, without rows; the version is empty if it is not recorded.
    Empty(String),
    /// Tables of another version, which are copied by the types of their columns.
    CopiedByTypes(String),
    /// Tables of another version; empty if it is not recorded.
    Unknown(String),
    /// The user excluded it.
    LeftOut,
}

impl KnownProduct {
    /// The product at the newest version of its tables.
    pub(super) fn newest(product: Product) -> Result<Self, migrations::Error> {
        Ok(Self {
            product,
            source: product_model(MySql, product)?,
            target: product_model(Postgres, product)?,
            presence: Presence::Absent,
            is_there: false,
            has_known_version: false,
            known: list_product_versions(product),
        })
    }

    /// Determines its presence.
    pub(super) fn find(&mut self, found: &Found<'_>) -> Result<(), migrations::Error> {
        let is_there = self.tables_in(found.live).next().is_some();
        self.is_there = is_there;
        let version = found.versions.get(&self.product).cloned().unwrap_or_default();
        let model = product_model_at(MySql, self.product, &version)?;
        self.has_known_version = model.is_some();
        if !found.chosen.is_empty() && !found.chosen.contains(&self.product) {
            self.presence = Presence::LeftOut;
        } else if !self.is_there {
            let is_begun = found.live.table(self.product.version_table()).is_some();
            self.presence = match model {
                None if is_begun && version.is_empty() => Presence::Empty(version),
                _ => Presence::Absent,
            };
        } else if let Some(source) = model {
            self.source = source;
            self.target =
                product_model_at(Postgres, self.product, &version)?.expect("known on both sides");
            self.presence = Presence::Known(version);
        } else if !self.tables_in(found.live).any(|table| found.with_rows.contains(table)) {
            self.presence = Presence::Empty(version);
        } else if found.unknown.are_copied {
            self.presence = Presence::CopiedByTypes(version);
        } else {
            self.presence = Presence::Unknown(version);
        }
        Ok(())
    }

    /// The tables in a source with more than the product's own bookkeeping.
    pub(super) fn tables_in<'a>(&'a self, live: &'a Catalog) -> impl Iterator<Item = &'a str> {
        let tables = self.source.tables.keys().filter_map(|table| live.table(table));
        let names = tables.map(|table| table.name.as_str());
        names.filter(|name| !is_bookkeeping(name) && !is_plugin_state(name))
    }

    /// Whether a table of the source is copied by the types of its columns, because no known version of the
    /// product has this table.
    pub(super) fn copies_by_types(&self, table: &str) -> bool {
        matches!(self.presence, Presence::CopiedByTypes(_))
            && self.source.table(table).is_some()
            && !is_bookkeeping(table)
    }

    /// Takes the version whose tables differ least from those of the target.
    pub(super) fn find_on_target(&mut self, live: &Catalog) -> Result<(), migrations::Error> {
        let mut least = usize::MAX;
        for version in product_versions(self.product) {
            let model =
                product_model_at(Postgres, self.product, version)?.expect("a known version");
            let of_product = live.tables.iter().filter(|(name, _)| model.table(name).is_some());
            let tables = of_product.map(|(name, table)| (name.clone(), table.clone())).collect();
            let found = Catalog { tables, ..Catalog::default() };
            let differences = compare(Postgres, &found, &model).len();
            if differences < least {
                (least, self.target) = (differences, model);
            }
        }
        Ok(())
    }

    /// The statements that create its tables, with only the rows that record their version.
    pub(super) fn creation(&self) -> Option<Creation> {
        let Presence::Known(version) = &self.presence else { return None };
        let tables: Vec<String> = self.target.tables.keys().cloned().collect();
        // A new plugin has initial rows; here the rows come from the source.
        let emptied = tables.iter().filter(|table| !is_bookkeeping(table));
        let emptied = emptied.map(|it| format!("DELETE FROM {};\n", Postgres.identifier(it)));
        let statements = product_sql_at(Postgres, self.product, version)?.iter();
        let statements = statements.map(ToString::to_string).chain(emptied).collect();
        let name = match self.product {
            Product::Mattermost => "the configuration store".to_owned(),
            plugin => plugin.to_string(),
        };
        Some(Creation { name, tables, statements })
    }

    /// The model for the checks.
    pub(super) fn model(&self) -> ProductModel<'_> {
        let standing = match &self.presence {
            Presence::Absent | Presence::Known(_) => ProductStatus::Copied,
            Presence::LeftOut => ProductStatus::LeftOut,
            Presence::Empty(found) => ProductStatus::Empty { found },
            // These tables are in the model of the tables of no known product.
            Presence::CopiedByTypes(_) => {
                return ProductModel::copied(self.product, &EMPTY_CATALOG, &EMPTY_CATALOG);
            }
            Presence::Unknown(found) => ProductStatus::UnknownVersion { found, known: &self.known },
        };
        ProductModel { standing, ..ProductModel::copied(self.product, &self.source, &self.target) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, KnownProduct, Presence, Unknown, product_model_at};
    use crate::mattermost::Product;
    use crate::models::ProductStatus;
    use crate::sql::Dialect::Postgres;

    #[test]
    fn what_is_there_decides_what_is_made() {
        let found = |version: Option<&str>, chosen: &[Product]| {
            let mut known = KnownProduct::newest(Product::Playbooks).expect("a model");
            let live = known.source.clone();
            let versions = version.map(|it| (Product::Playbooks, it.to_owned())).into_iter();
            let with_rows = live.tables.keys().cloned().collect();
            let found = Found {
                live: &live,
                versions: &versions.collect(),
                with_rows: &with_rows,
                chosen,
                unknown: Unknown::default(),
            };
            known.find(&found).expect("readable models");
            known
        };
        let old = found(Some("0.63.0"), &[]);
        let creation = old.creation().expect("tables to make");
        assert!(!creation.statements.contains("0.64.0"));
        assert!(creation.statements.contains("DELETE FROM \"ir_incident\";"));
        assert!(!creation.statements.contains("DELETE FROM \"ir_system\";"));
        assert_eq!(creation.tables.len(), 15);
        assert!(old.target.tables["ir_incident"].column("updateat").is_none());
        let unknown = found(Some("0.70.0"), &[]);
        assert_eq!(unknown.presence, Presence::Unknown("0.70.0".to_owned()));
        assert!(unknown.creation().is_none());
        assert!(matches!(unknown.model().standing, ProductStatus::UnknownVersion { .. }));
        assert!(matches!(found(None, &[]).presence, Presence::Unknown(_)));
        assert_eq!(found(Some("0.64.0"), &[Product::Boards]).presence, Presence::LeftOut);
    }

    #[test]
    fn the_nearest_version_is_the_target_s() {
        for (version, is_updated) in [("0.63.0", false), ("0.64.0", true)] {
            let live = product_model_at(Postgres, Product::Playbooks, version).expect("readable");
            let mut live = live.expect("known");
            // Other differences do not affect the version.
            live.tables.remove("ir_viewedchannel");
            let mut known = KnownProduct::newest(Product::Playbooks).expect("a model");
            known.find_on_target(&live).expect("readable models");
            let incident = &known.target.tables["ir_incident"];
            assert_eq!(incident.column("updateat").is_some(), is_updated, "{version}");
        }
    }
}
