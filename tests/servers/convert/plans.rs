//! Plans for the tables that Mattermost and its plugins really have.

use std::collections::HashSet;

use migration_assist::convert::{Policy, TablePlan};
use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_model, source_model, target_model};
use migration_assist::release::{MigrationSet, releases};
use migration_assist::schema::Catalog;
use migration_assist::sql::Dialect;

/// Plans every table that both sides have, and says how many columns that were.
fn plan_all(source: &Catalog, target: &Catalog, what: &str) -> usize {
    let pairs =
        source.tables.values().filter_map(|table| Some((table, target.table(&table.name)?)));
    pairs
        .map(|(table, to)| {
            let plan = TablePlan::new(table, to, target, |_| Policy::default());
            let plan = plan.unwrap_or_else(|error| panic!("{error}, {what}"));
            assert!(plan.source_only.is_empty(), "{what}: {:?}", plan.source_only);
            assert!(plan.target_only.is_empty(), "{what}: {:?}", plan.target_only);
            plan.columns.len()
        })
        .sum()
}

#[test]
fn every_table_of_every_release_and_plugin_has_one() {
    let sets: HashSet<&MigrationSet> =
        releases().iter().map(|release| &release.migrations).collect();
    for set in sets {
        let source = source_model(set).expect("a known set");
        let target = target_model(set).expect("a known set");
        assert!(plan_all(&source, &target, &format!("set {set}")) > 300);
    }
    for product in Product::ALL {
        let source = product_model(Dialect::MySql, product).expect("known tables");
        let target = product_model(Dialect::Postgres, product).expect("known tables");
        assert!(plan_all(&source, &target, product.name()) > 0);
    }
}
