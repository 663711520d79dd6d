//! Which products are moved, and what is said of those that cannot be.

use migration_assist::mattermost::Product;

use super::plugin_fixture::Site;
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    products_that_are_not_asked_for_stay_behind,
    an_unknown_version_is_named,
    a_configuration_store_of_an_unknown_version_is_not_left_behind,
    a_part_of_a_product_is_reported,
    calls_goes_with_its_keys,
);

async fn products_that_are_not_asked_for_stay_behind(source: Source) {
    let site = Site::whole(source).await;
    let chosen = ["--products", "mattermost,calls,boards"];
    let arguments = [&["migrate", "--fix-in-flight"][..], &chosen].concat();
    site.run(&arguments).expect(0).says("the target is proven equal").says("IR_Incident: left out");
    let tables = site.catalog().await.tables;
    assert!(tables.contains_key("focalboard_blocks") && tables.contains_key("configurations"));
    assert!(!tables.contains_key("ir_incident") && !tables.contains_key("user_survey_survey"));
    // Without the choice, what stayed behind is missed.
    site.run(&["verify"]).expect(1).says("IR_Incident: the target has no such table");
    // The others can follow.
    site.run(&["copy", "--products", "playbooks"]).expect(0);
    site.run(&["verify", "--products", "playbooks"]).expect(0).says("no proof of the whole");
    site.run(&["copy"]).expect(0);
    site.run(&["verify"]).expect(0).says("the target is proven equal");
}

async fn an_unknown_version_is_named(source: Source) {
    let site = Site::bare(source).await;
    site.add(Product::Boards, "40").await;
    site.add(Product::Playbooks, "0.64.0").await;
    site.sql("DELETE FROM focalboard_schema_migrations WHERE Version > 36").await;
    site.sql("UPDATE IR_System SET SValue = '0.70.0' WHERE SKey = 'DatabaseVersion'").await;
    let said = "the tables of boards are of version 36 (known versions: 38, 39 and 40)";
    site.run(&["mysql", "--force"]).expect(1).says(said).says("playbooks are of version 0.70.0");
    site.run(&["migrate"]).expect(1).says(said).says("nothing was written");
    site.build_target();
    site.run(&["copy"]).expect(0).says(said);
    site.run(&["verify"]).expect(1).says("focalboard_blocks: the target has no such table");
    site.run(&["migrate", "--products", "mattermost"]).expect(0).says("left out by `--products`");
}

async fn a_configuration_store_of_an_unknown_version_is_not_left_behind(source: Source) {
    let site = Site::bare(source).await;
    site.add(Product::Mattermost, "3").await;
    site.sql("INSERT INTO db_config_migrations (Version, Name) VALUES (4, 'later')").await;
    let found = "the tables of the configuration store are of version 4 (known versions: 2 and 3)";
    let refused = site.run(&["migrate"]).expect(1).says(found).says("nothing was written");
    refused.says("migration-assist migrate --copy-unknown").never_shows("--products");
    let copied = site.run(&["migrate", "--copy-unknown"]).expect(0);
    copied.says("the target is proven equal");
    assert!(site.catalog().await.tables.contains_key("configurations"));
}

async fn a_part_of_a_product_is_reported(source: Source) {
    let site = Site::whole(source).await;
    site.sql("DROP TABLE focalboard_users").await;
    site.run(&["mysql", "--force"]).says("focalboard_users");
    site.build_target();
    site.target_sql("CREATE TABLE public.ir_system (skey varchar(64), svalue varchar(1024))").await;
    let refused = site.run(&["copy"]).expect(2);
    refused.says("only a part of the tables of playbooks").says("skip them all with `--exclude`");
    // Nothing was made for the others either.
    assert!(!site.catalog().await.tables.contains_key("focalboard_blocks"));
    site.target_sql("DROP TABLE public.ir_system").await;
    site.run(&["copy"]).expect(0);
    assert!(site.catalog().await.tables.contains_key("focalboard_users"));
    site.run(&["verify"]).expect(0).says("the target is proven equal");
}

async fn calls_goes_with_its_keys(source: Source) {
    let site = Site::bare(source).await;
    site.build_target();
    site.run(&["copy", "--products", "mattermost,playbooks"])
        .expect(0)
        .says("the source has no tables of playbooks");
    site.add(Product::Calls, "4").await;
    let hint = "name both in `--products`, or neither";
    for chosen in ["mattermost", "calls", "playbooks,calls"] {
        site.run(&["copy", "--products", chosen]).expect(2).says(hint);
    }
    site.run(&["copy", "--products", "mattermost,calls"]).expect(0);
    site.run(&["verify"]).expect(0).says("the target is proven equal");
    site.run(&["copy", "--products", "calendar"]).expect(2).says("is no product");
    site.sql("DELETE FROM db_migrations_calls WHERE Version = 4").await;
    site.run(&["copy"]).expect(2).says("of version 3 (known versions: 4)");
    // Each way that the message names works, and leaves no other product behind.
    site.add(Product::Playbooks, "0.64.0").await;
    let others = "migration-assist copy --products mattermost,playbooks";
    site.run(&["copy"]).expect(2).says(others);
    let copied = ["copy", "--products", "mattermost,playbooks"];
    site.run(&copied).expect(0);
    assert!(site.catalog().await.tables.contains_key("ir_incident"));
}
