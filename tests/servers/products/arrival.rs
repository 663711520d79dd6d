//! Every table, row and version of a product arrives.

use migration_assist::migrations::product_versions;
use migration_assist::schema::Product;

use super::site::{Site, core, model};
use crate::bed::{Source, on_both_flavours};

on_both_flavours!(
    products_arrive_with_the_rest,
    a_copy_makes_the_tables_of_the_source_s_version,
    a_second_run_finds_nothing_to_make,
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
