//! What the caller knows about both sides before a row is read.

mod expected;

pub(crate) use expected::ExpectedSchema;

use crate::release::MigrationSet;
use crate::schema::{Catalog, MIGRATOR_TABLES, Product, Table};

/// The schemas that the live source is held against.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    /// The rows of the source's `db_migrations`, number and name; `None` where there is no such table.
    pub applied: Option<&'a [(u32, String)]>,
    /// The migrations known to this version of the tool.
    pub known: &'a MigrationSet,
    /// What the applied migrations define of the source.
    pub source: &'a Catalog,
    /// What they define of the target.
    pub target: &'a Catalog,
    /// Every table and column that the applied migrations ever made, and every column that a known
    /// version of a product has: what is left of them is known.
    pub past: &'a Catalog,
    /// The tables of the products, Mattermost's configuration store among them.
    pub products: &'a [ProductModel<'a>],
}

/// The tables of a product on both sides.
#[derive(Debug, Clone, Copy)]
pub struct ProductModel<'a> {
    /// The product; none for tables of no known product that are copied all the same.
    pub product: Option<Product>,
    /// What it has on the source.
    pub source: &'a Catalog,
    /// What it has on the target.
    pub target: &'a Catalog,
    /// What becomes of it.
    pub standing: ProductStatus<'a>,
}

/// What becomes of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductStatus<'a> {
    /// Its rows are copied.
    #[default]
    Copied,
    /// It was not asked for.
    LeftOut,
    /// Its tables are of an unknown version, or were never finished, and have no rows.
    Empty {
        /// The version that the source's tables have; empty where nothing says it.
        found: &'a str,
    },
    /// Its tables cannot be made on the target.
    UnknownVersion {
        /// The version that the source's tables have; empty where nothing says it.
        found: &'a str,
        /// Those that are known, in words.
        known: &'a str,
    },
}

/// A table's place in the models.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counterpart<'a> {
    /// The target's table, and the catalog that it stands in.
    pub(crate) target: &'a Table,
    pub(crate) catalog: &'a Catalog,
}

impl<'a> ProductModel<'a> {
    /// The tables of a product that is copied.
    #[must_use]
    pub fn copied(product: Product, source: &'a Catalog, target: &'a Catalog) -> Self {
        Self { product: Some(product), source, target, standing: ProductStatus::Copied }
    }
}

impl<'a> Models<'a> {
    /// The numbers in the source's `db_migrations`.
    #[must_use]
    pub fn applied_set(&self) -> MigrationSet {
        self.applied.unwrap_or_default().iter().map(|(number, _)| *number).collect()
    }

    /// What a table of the source becomes; `None` where nothing known takes it.
    pub(crate) fn counterpart(&self, table: &str) -> Option<Counterpart<'a>> {
        let model = self.owner(table).filter(|model| model.standing == ProductStatus::Copied)?;
        Some(Counterpart { target: model.target.table(table)?, catalog: model.target })
    }

    /// How Mattermost or a product spells the name of a table of the source; `None` for a table of no
    /// known product.
    #[must_use]
    pub fn spelling(&self, table: &str) -> Option<&'a str> {
        let known = self.products.iter().filter(|model| model.product.is_some());
        let mut catalogs = std::iter::once(self.source).chain(known.map(|model| model.source));
        let own = catalogs.find_map(|catalog| catalog.table(table));
        let own = own.map(|table| table.name.as_str());
        own.or_else(|| {
            let mut migrators = MIGRATOR_TABLES.iter().map(|(name, _)| *name);
            migrators.find(|name| name.eq_ignore_ascii_case(table))
        })
    }

    /// Whether an earlier migration, or a known version of a product, had that column.
    pub(crate) fn had_column(&self, table: &str, column: &str) -> bool {
        self.past.table(table).is_some_and(|table| table.column(column).is_some())
    }

    /// The product that a table belongs to.
    pub(crate) fn owner(&self, table: &str) -> Option<ProductModel<'a>> {
        let mut all = std::iter::once(self.mattermost()).chain(self.products.iter().copied());
        all.find(|model| model.target.table(table).is_some())
    }

    /// Mattermost's own tables. They are left out with its configuration store, whose version they do
    /// not depend on.
    fn mattermost(&self) -> ProductModel<'a> {
        let mut of_store =
            self.products.iter().filter(|it| it.product == Some(Product::Mattermost));
        let is_left_out = of_store.any(|store| store.standing == ProductStatus::LeftOut);
        let standing = if is_left_out { ProductStatus::LeftOut } else { ProductStatus::Copied };
        ProductModel {
            standing,
            ..ProductModel::copied(Product::Mattermost, self.source, self.target)
        }
    }
}
