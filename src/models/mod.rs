//! The expected schemas of a set of migrations, on both sides.

mod expected;

pub(crate) use expected::ExpectedSchema;

use crate::mattermost::{Product, migrator_table};
use crate::release::MigrationSet;
use crate::schema::{Catalog, Table};

/// The schemas that a source is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    /// The rows of the source's `db_migrations`, number and name; `None` if the table is missing.
    pub applied: Option<&'a [(u32, String)]>,
    /// The migrations that this version of the tool contains.
    pub known: &'a MigrationSet,
    /// The schema of the applied migrations on the source.
    pub source: &'a Catalog,
    /// The schema of the applied migrations on the target.
    pub target: &'a Catalog,
    /// Every table and column that the applied migrations ever created, and every column of a known version
    /// of a product: leftovers of these are recognised.
    pub past: &'a Catalog,
    /// The tables of the products, including Mattermost's configuration store.
    pub products: &'a [ProductModel<'a>],
}

/// The tables of a product on both sides.
#[derive(Debug, Clone, Copy)]
pub struct ProductModel<'a> {
    /// The product; `None` for tables of no known product that are copied nevertheless.
    pub product: Option<Product>,
    /// The tables on the source.
    pub source: &'a Catalog,
    /// The tables on the target.
    pub target: &'a Catalog,
    /// What the copy does with it.
    pub standing: ProductStatus<'a>,
}

/// What the copy does with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductStatus<'a> {
    /// The rows are copied.
    #[default]
    Copied,
    /// The user excluded it.
    LeftOut,
    /// The tables have an unknown version or are incomplete, and have no rows.
    Empty {
        /// The version of the source's tables; empty if it is not recorded.
        found: &'a str,
    },
    /// The tables cannot be created on the target.
    UnknownVersion {
        /// The version of the source's tables; empty if it is not recorded.
        found: &'a str,
        /// The known versions, as text.
        known: &'a str,
    },
}

/// The target's table for a table of the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counterpart<'a> {
    /// The target's table, and its catalog.
    pub(crate) target: &'a Table,
    pub(crate) catalog: &'a Catalog,
}

impl<'a> ProductModel<'a> {
    /// A product that is copied.
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

    /// The target's table for a table of the source; `None` if there is none.
    pub(crate) fn counterpart(&self, table: &str) -> Option<Counterpart<'a>> {
        let model = self.owner(table).filter(|model| model.standing == ProductStatus::Copied)?;
        Some(Counterpart { target: model.target.table(table)?, catalog: model.target })
    }

    /// The spelling of a table's name in Mattermost or the product; `None` for a table of no known product.
    #[must_use]
    pub fn spelling(&self, table: &str) -> Option<&'a str> {
        let known = self.products.iter().filter(|model| model.product.is_some());
        let mut catalogs = std::iter::once(self.source).chain(known.map(|model| model.source));
        let own = catalogs.find_map(|catalog| catalog.table(table));
        let own = own.map(|table| table.name.as_str());
        own.or_else(|| migrator_table(table).map(|(name, _)| name))
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

    /// Mattermost's own tables. They are excluded together with its configuration store, but do not depend on
    /// the version of the store.
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
