//! A workspace with plugins on a source, and an empty target.

use migration_assist::mattermost::{Product, is_bookkeeping};
use migration_assist::migrations::{
    product_model_at, product_sql_at, product_versions, source_model, target_model,
};
use migration_assist::postgres::{read_catalog, read_constraints};
use migration_assist::release::MigrationSet;
use migration_assist::schema::Catalog;
use migration_assist::sql::Dialect::Postgres;

use super::rows;
use crate::compare::compare;
use crate::support::mysql::Source;
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish};
use crate::workspace::build;

/// The migrations of the workspace: those of the oldest release, which are soonest built.
const SET: &str = "1-75";

/// Both sides.
pub struct Site {
    pub source: Source,
    pub target: Database,
    folder: tempfile::TempDir,
}

impl Site {
    /// Mattermost's own tables with hardly a row, and no product.
    pub async fn bare(source: Source) -> Self {
        Self::of_set(source, SET).await
    }

    /// The same of other migrations.
    pub async fn of_set(source: Source, set: &str) -> Self {
        build(&source, &set.parse().expect("a set")).await;
        let mut connection = source.connect().await;
        let rows = "INSERT INTO Systems (Name, Value) VALUES ('DiagnosticId', 'd');
            INSERT INTO PluginKeyValueStore (PluginId, PKey, PValue, ExpireAt)
            VALUES ('com.mattermost.calls', 'k', X'00FF', 0)";
        crate::support::mysql::run(&mut connection, rows).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target: Database::create().await, folder }
    }

    /// The same with every product at its newest version, rows in each table.
    pub async fn whole(source: Source) -> Self {
        let site = Self::bare(source).await;
        site.add_all().await;
        site
    }

    /// Adds every product at its newest version.
    pub async fn add_all(&self) {
        for product in Product::ALL {
            self.add(product, product_versions(product)[0]).await;
        }
    }

    /// Adds a product at a version.
    pub async fn add(&self, product: Product, version: &str) {
        rows::add(&mut self.source.connect().await, product, version).await;
    }

    /// Runs statements on the source.
    pub async fn sql(&self, sql: &str) {
        crate::support::mysql::run(&mut self.source.connect().await, sql).await;
    }

    /// Runs statements on the target.
    pub async fn target_sql(&self, sql: &str) {
        self.target.connect().await.batch_execute(sql).await.expect("sound statements");
    }

    /// Runs a command, the DSNs in the environment.
    pub fn run(&self, arguments: &[&str]) -> Run {
        finish(command_in(self.folder.path(), (&self.source.dsn, &self.target.dsn), arguments))
            .never_shows(self.source.dsn.password.expose())
    }

    /// Where files of a run are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Builds the target's own tables.
    pub fn build_target(&self) {
        self.run(&["mysql", "--output", "set.json", "--force", "--quiet"]);
        self.run(&["postgres", "--run-migrations", "--applied-migrations", "set.json"]).expect(0);
    }

    /// The target's tables.
    pub async fn catalog(&self) -> Catalog {
        read_catalog(&self.target.connect().await, "public").await.expect("a catalog")
    }

    /// Fails the test unless every row of every table of these models is on both sides.
    pub async fn assert_rows(&self, models: &[Catalog]) {
        let (mut source, target) = (self.source.connect().await, self.target.connect().await);
        for model in models {
            for table in compare(&mut source, &target, "public", model).await {
                assert!(table.differences.is_empty(), "{table:#?}");
                let is_filled = table.source_rows > 0 || is_core(&table.table);
                assert!(is_filled, "{} is empty: nothing is proven of it", table.table);
            }
        }
    }

    /// Fails the test unless a product's tables are, to the last index, what their SQL makes.
    pub async fn assert_tables(&self, product: Product, version: &str) {
        let other = Database::create().await;
        let connection = other.connect().await;
        connection.use_schema("public").await.expect("a schema");
        for sql in product_sql_at(Postgres, product, version).expect("a known version") {
            connection.batch_execute(sql).await.expect("the product's tables");
        }
        let expected = read_catalog(&connection, "public").await.expect("a catalog");
        let expected_constraints = read_constraints(&connection, "public").await.expect("bodies");
        let live = self.catalog().await;
        let target = self.target.connect().await;
        let constraints = read_constraints(&target, "public").await.expect("bodies");
        for (name, table) in &expected.tables {
            assert_eq!(live.tables.get(name), Some(table), "{name}");
            if is_bookkeeping(name) {
                let sql = format!("SELECT it::text FROM public.{name} AS it ORDER BY 1");
                let rows = async |connection: &migration_assist::postgres::Connection| {
                    let rows = connection.query(&sql, &[]).await.expect("rows");
                    rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
                };
                assert_eq!(rows(&target).await, rows(&connection).await, "{name}");
            }
        }
        for (name, body) in expected_constraints {
            assert_eq!(constraints.get(&name), Some(&body), "{name}");
        }
    }
}

/// The tables of a product at its newest version, as the target has them.
pub fn model(product: Product) -> Catalog {
    let newest = product_versions(product)[0];
    product_model_at(Postgres, product, newest).expect("a model").expect("known")
}

/// Mattermost's own tables.
pub fn core() -> Catalog {
    let mut model = target_model(&set()).expect("a model");
    model.tables.remove("db_migrations");
    model
}

fn set() -> MigrationSet {
    SET.parse().expect("a set")
}

fn is_core(table: &str) -> bool {
    source_model(&set()).expect("a model").table(table).is_some()
}
