//! What the caller knows about both sides before a row is read.

use crate::release::MigrationSet;
use crate::schema::{Catalog, Product, Table};

/// The schemas that the live source is held against.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    /// The rows of the source's `db_migrations`, number and name; `None` where there is no such table.
    pub applied: Option<&'a [(u32, String)]>,
    /// The migrations known to this version of the tool.
    pub known: &'a MigrationSet,
    /// What the applied migrations promise of the source.
    pub source: &'a Catalog,
    /// What they promise of the target.
    pub target: &'a Catalog,
    /// The tables of the products, Mattermost's configuration store among them.
    pub products: &'a [ProductModel<'a>],
}

/// The tables of a product on both sides.
#[derive(Debug, Clone, Copy)]
pub struct ProductModel<'a> {
    /// The product.
    pub product: Product,
    /// What it has on the source.
    pub source: &'a Catalog,
    /// What it has on the target.
    pub target: &'a Catalog,
}

/// A table's place in the models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counterpart<'a> {
    pub(super) product: Product,
    /// What the source's table should be.
    pub(super) promised: Option<&'a Table>,
    /// The target's table, and the catalog that it stands in.
    pub(super) target: &'a Table,
    pub(super) catalog: &'a Catalog,
}

impl<'a> Models<'a> {
    /// The numbers in the source's `db_migrations`.
    #[must_use]
    pub fn applied_set(&self) -> MigrationSet {
        self.applied.unwrap_or_default().iter().map(|(number, _)| *number).collect()
    }

    /// What a table of the source becomes; `None` where nothing known takes it.
    pub(super) fn counterpart(&self, table: &str) -> Option<Counterpart<'a>> {
        let own =
            ProductModel { product: Product::Mattermost, source: self.source, target: self.target };
        std::iter::once(&own).chain(self.products).find_map(|model| {
            Some(Counterpart {
                product: model.product,
                promised: model.source.table(table),
                target: model.target.table(table)?,
                catalog: model.target,
            })
        })
    }
}
