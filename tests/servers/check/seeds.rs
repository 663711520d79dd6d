//! Sources to check, and the models that they are compared with.

use migration_assist::check::{CheckOptions, CheckReport, check};
use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_model, source, source_model, target_model};
use migration_assist::models::{Models, ProductModel};
use migration_assist::mysql::{Access, Connection, Dsn, applied_migrations, read_catalog};
use migration_assist::progress::Silent;
use migration_assist::release::MigrationSet;
use migration_assist::schema::Catalog;
use migration_assist::sql::Dialect;

use crate::support::mysql::open;

/// The newest set.
pub const SET: &str = "1-109,111-144,195";

/// What a check of the database finds.
pub async fn report(dsn: &Dsn) -> CheckReport {
    report_of_set(dsn, None).await
}

/// The same for a database without `db_migrations`, as if it had these.
pub async fn report_of_set(dsn: &Dsn, assumed: Option<&str>) -> CheckReport {
    let mut connections = Vec::<Connection>::new();
    for _ in 0..2 {
        connections.push(open(dsn, Access::ReadOnly).await);
    }
    let source = read_catalog(&mut connections[0]).await.expect("a catalog");
    let applied: Option<Vec<(u32, String)>> = if let Some(set) = assumed {
        let set: MigrationSet = set.parse().expect("a set");
        Some(set.iter().map(|number| (number, String::new())).collect())
    } else {
        let applied = applied_migrations(&mut connections[0], &source).await;
        applied.expect("a list of migrations")
    };
    let models = Owned::of(applied);
    let products = models.products();
    let models = models.models(&products);
    check(&mut connections, source, &models, CheckOptions::default(), &Silent)
        .await
        .expect("a report")
}

/// Hands the models for these migrations to something that needs them.
pub fn models_of<T>(applied: Option<Vec<(u32, String)>>, with: impl FnOnce(&Models<'_>) -> T) -> T {
    let models = Owned::of(applied);
    let products = models.products();
    with(&models.models(&products))
}

/// What models borrow from.
struct Owned {
    applied: Option<Vec<(u32, String)>>,
    known: MigrationSet,
    expected: Catalog,
    target: Catalog,
    catalogs: Vec<(Product, Catalog, Catalog)>,
}

impl Owned {
    fn of(applied: Option<Vec<(u32, String)>>) -> Self {
        let set: MigrationSet = applied.iter().flatten().map(|(number, _)| *number).collect();
        let product = |product| {
            let model = |dialect| product_model(dialect, product).expect("known tables");
            (product, model(Dialect::MySql), model(Dialect::Postgres))
        };
        Self {
            applied,
            known: source().iter().map(|migration| migration.number).collect(),
            expected: source_model(&set).expect("known"),
            target: target_model(&set).expect("known"),
            catalogs: Product::ALL.into_iter().map(product).collect(),
        }
    }

    fn products(&self) -> Vec<ProductModel<'_>> {
        self.catalogs
            .iter()
            .map(|(product, source, target)| ProductModel::copied(*product, source, target))
            .collect()
    }

    fn models<'a>(&'a self, products: &'a [ProductModel<'a>]) -> Models<'a> {
        Models {
            past: &migration_assist::schema::EMPTY_CATALOG,
            applied: self.applied.as_deref(),
            known: &self.known,
            source: &self.expected,
            target: &self.target,
            products,
        }
    }
}
