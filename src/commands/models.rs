//! What is known about a source's schema, put together for the modules that work with it.

use std::collections::BTreeSet;

use crate::check::{Models, ProductModel};
use crate::migrations;
use crate::release::MigrationSet;
use crate::schema::{Catalog, Product};
use crate::sql::Dialect;

/// The models of a source with these applied migrations; those not known here are left out.
pub(super) struct Knowledge {
    applied: Option<Vec<(u32, String)>>,
    known: MigrationSet,
    source: Catalog,
    target: Catalog,
    products: Vec<(Product, Catalog, Catalog)>,
}

impl Knowledge {
    /// Builds the models for the rows of a source's `db_migrations`.
    pub(super) fn of(applied: Option<Vec<(u32, String)>>) -> Result<Self, migrations::Error> {
        let known = migrations::target().iter().map(|migration| migration.number).collect();
        let set: MigrationSet = applied.iter().flatten().map(|(number, _)| *number).collect();
        let product = |product| -> Result<_, migrations::Error> {
            let of = |dialect| migrations::product_model(dialect, product);
            Ok((product, of(Dialect::MySql)?, of(Dialect::Postgres)?))
        };
        Ok(Self {
            applied,
            known,
            source: migrations::known_source_model(&set)?,
            target: migrations::known_target_model(&set)?,
            products: Product::ALL.into_iter().map(product).collect::<Result<_, _>>()?,
        })
    }

    /// The products' models, of which [`Self::models`] takes a list.
    pub(super) fn products(&self) -> Vec<ProductModel<'_>> {
        self.products
            .iter()
            .map(|(product, source, target)| ProductModel { product: *product, source, target })
            .collect()
    }

    /// The tables that the target has to have, in lower case.
    pub(super) fn target_tables(&self) -> BTreeSet<String> {
        self.target.tables.keys().map(|name| name.to_ascii_lowercase()).collect()
    }

    /// The models as the checks take them.
    pub(super) fn models<'a>(&'a self, products: &'a [ProductModel<'a>]) -> Models<'a> {
        Models {
            applied: self.applied.as_deref(),
            known: &self.known,
            source: &self.source,
            target: &self.target,
            products,
        }
    }
}
