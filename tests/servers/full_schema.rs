//! `--full-schema-check` on both sides: silent if nothing differs, and its statements correct differences.

mod source;
mod target;

use migration_assist::compare::ComparisonReport;
use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_model, source_model, target_model};
use migration_assist::models::{Models, ProductModel};
use migration_assist::release::{MigrationSet, newest};
use migration_assist::schema::Catalog;
use migration_assist::sql::Dialect;

/// The models of the newest release with every plugin.
pub struct Everything {
    applied: Vec<(u32, String)>,
    known: MigrationSet,
    source: Catalog,
    target: Catalog,
    products: Vec<(Product, Catalog, Catalog)>,
}

impl Everything {
    pub fn new() -> Self {
        let known = newest().migrations.clone();
        let product = |product| {
            let of = |dialect| product_model(dialect, product).expect("a model");
            (product, of(Dialect::MySql), of(Dialect::Postgres))
        };
        Self {
            applied: known.iter().map(|number| (number, String::new())).collect(),
            source: source_model(&known).expect("a model"),
            target: target_model(&known).expect("a model"),
            products: Product::ALL.into_iter().map(product).collect(),
            known,
        }
    }

    /// Hands the models to what compares.
    pub fn with<T>(&self, compare: impl FnOnce(&Models<'_>) -> T) -> T {
        let products = self.products.iter();
        let products: Vec<ProductModel<'_>> = products
            .map(|(product, source, target)| ProductModel::copied(*product, source, target))
            .collect();
        compare(&Models {
            past: &migration_assist::schema::EMPTY_CATALOG,
            applied: Some(&self.applied),
            known: &self.known,
            source: &self.source,
            target: &self.target,
            products: &products,
        })
    }
}

/// What a difference is called, and whether any of them matters.
pub fn kinds(report: &ComparisonReport) -> (Vec<String>, bool) {
    (report.differences.iter().map(|it| it.kind.to_string()).collect(), !report.is_as_expected())
}
