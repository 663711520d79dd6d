//! Every table, row and version of a product arrives.

use migration_assist::mattermost::Product;
use migration_assist::migrations::product_versions;

use super::plugin_fixture::{Site, core, model};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    products_arrive_with_the_rest,
    a_copy_makes_the_tables_of_the_source_s_version,
    a_second_run_finds_nothing_to_make,
    tables_are_made_in_the_schema_that_is_named,
    rows_that_refer_to_nothing_come_with_what_removes_them,
);

async fn products_arrive_with_the_rest(source: Source) {
    let site = Site::whole(source).await;
    let report = site.run(&["migrate", "--fix-in-flight", "--format=json"]).expect(0).json();
    let report = &report["report"];
    assert_eq!(report["verify"]["proof"], true);
    assert_eq!(report["checks"]["products"]["boards"], "40");
    assert!(report["copy"]["created"].as_array().expect("a list").len() > 40, "{report}");
    for product in Product::ALL {
        site.assert_tables(product, product_versions(product)[0]).await;
    }
    let models: Vec<_> = Product::ALL.into_iter().map(model).chain([core()]).collect();
    site.assert_rows(&models).await;
    let target = site.target.connect().await;
    let active = "SELECT count(*), count(active) FROM public.configurations";
    let row = target.query_one(active, &[]).await.expect("counts");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (3, 1));
}

async fn a_copy_makes_the_tables_of_the_source_s_version(source: Source) {
    let site = Site::bare(source).await;
    let versions =
        [(Product::Playbooks, "0.63.0"), (Product::Boards, "1-38, 40"), (Product::Mattermost, "2")];
    for (product, version) in versions {
        site.add(product, version).await;
    }
    site.build_target();
    site.run(&["copy"]).expect(0).says("ir_incident");
    for (product, version) in versions {
        site.assert_tables(product, version).await;
    }
    site.run(&["verify"]).expect(0).says("the target is proven equal");
    assert!(!site.catalog().await.tables.contains_key("calls"));
}

async fn a_second_run_finds_nothing_to_make(source: Source) {
    let site = Site::whole(source).await;
    site.build_target();
    site.run(&["copy"]).expect(0);
    let before = site.catalog().await;
    let again = site.run(&["copy", "--format=json"]).expect(0).json();
    assert_eq!(again["report"]["created"], serde_json::Value::Null);
    assert_eq!(site.catalog().await, before);
    // One of them is changed by hand: it stays as it is.
    site.target_sql("ALTER TABLE public.ir_run_participants ADD COLUMN mine text").await;
    site.run(&["copy", "--restart"]).expect(0);
    let table = &site.catalog().await.tables["ir_run_participants"];
    assert!(table.column("mine").is_some());
}

async fn tables_are_made_in_the_schema_that_is_named(source: Source) {
    let site = Site::bare(source).await;
    site.add(Product::Calls, "4").await;
    site.sql("CREATE TABLE Mine (Id int PRIMARY KEY); INSERT INTO Mine VALUES (1)").await;
    site.target_sql("CREATE SCHEMA \"My chat\"").await;
    let schema = ["--schema", "My chat"];
    let migrated = site.run(&[&["migrate", "--copy-unknown"][..], &schema].concat()).expect(0);
    migrated.says("the target is proven equal");
    assert!(site.catalog().await.tables.is_empty());
    let target = site.target.connect().await;
    let count =
        "SELECT (SELECT count(*) FROM \"My chat\".calls) + (SELECT count(*) FROM \"My chat\".mine)";
    assert_eq!(target.query_one(count, &[]).await.expect("a count").get::<_, i64>(0), 4);
}

async fn rows_that_refer_to_nothing_come_with_what_removes_them(source: Source) {
    let site = Site::bare(source).await;
    site.add(Product::Playbooks, "0.64.0").await;
    site.sql("SET foreign_key_checks = 0; DELETE FROM IR_Incident ORDER BY ID LIMIT 1").await;
    let check = || site.run(&["mysql", "--force", "--format=json"]);
    let report = check().expect(1).json();
    let findings = report["report"]["findings"].as_array().expect("a list");
    let statements = findings
        .iter()
        .filter(|it| it["id"] == "foreign-key")
        .map(|it| it["statement"].as_str().expect("a statement").to_owned());
    let statements: Vec<String> = statements.collect();
    assert!(statements.len() >= 4, "{statements:?}");
    for statement in &statements {
        site.sql(statement).await;
    }
    site.run(&["migrate", "--fix-in-flight"]).expect(0).says("the target is proven equal");
}
