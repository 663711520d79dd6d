//! The configurations for plugins, run by the real pgloader.

use std::process::Command;

use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_sql_at, product_versions};
use migration_assist::mysql::Flavour;
use migration_assist::sql::Dialect::MySql;

use super::plugin_fixture::{Site, model};
use crate::support::mysql::Source;

/// What `pgloader` is asked for, and whose tables come.
const SUBJECTS: [(&str, Product); 5] = [
    ("playbooks", Product::Playbooks),
    ("boards", Product::Boards),
    ("calls", Product::Calls),
    ("user-survey", Product::UserSurvey),
    ("configuration", Product::Mattermost),
];

/// Writes a configuration and has pgloader run it; returns all that it says.
fn load(site: &Site, subject: &str, more: &[&str]) -> String {
    let arguments = ["pgloader", subject, "--output", "plugin.load", "--force"];
    site.run(&[&arguments[..], more].concat()).expect(0).says("pgloader plugin.load");
    let mut command = Command::new("pgloader");
    let output = command.arg("plugin.load").current_dir(site.folder()).output();
    let output = output.expect("pgloader runs");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8(said).expect("UTF-8")
}

async fn site() -> Site {
    Site::bare(Source::create(Flavour::MariaDb).await).await
}

#[tokio::test]
async fn every_row_and_table_arrives() {
    let site = Site::whole(Source::create(Flavour::MariaDb).await).await;
    for (subject, product) in SUBJECTS {
        let said = load(&site, subject, &[]);
        assert!(!said.contains("ERROR") && !said.contains("WARNING"), "{subject}:\n{said}");
        site.assert_tables(product, product_versions(product)[0]).await;
        site.assert_rows(&[model(product)]).await;
        // Once more: the rows are there, and stay.
        let said = load(&site, subject, &[]);
        assert!(said.contains("these tables hold rows already"), "{subject}:\n{said}");
        site.assert_rows(&[model(product)]).await;
        let said = load(&site, subject, &["--delete-existing-rows"]);
        assert!(!said.contains("ERROR"), "{subject}:\n{said}");
        site.assert_rows(&[model(product)]).await;
        site.assert_tables(product, product_versions(product)[0]).await;
    }
    // And the tool's own comparison agrees.
    let products = ["playbooks", "boards", "user-survey"].join(",");
    site.run(&["verify", "--products", &products]).expect(0).says("no difference");
}

#[tokio::test]
async fn nothing_in_json_can_become_null() {
    let site = site().await;
    site.add(Product::Boards, "40").await;
    load(&site, "boards", &["--empty-json", "null"]);
    let target = site.target.connect().await;
    let count = "SELECT count(*) FILTER (WHERE settings IS NULL), count(*)
        FROM public.focalboard_teams";
    let row = target.query_one(count, &[]).await.expect("counts");
    // One is NULL in the source, one is empty there.
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 3));
}

#[tokio::test]
async fn local_times_are_of_the_zone_that_is_named() {
    let site = site().await;
    for sql in product_sql_at(MySql, Product::Boards, "40").expect("a known version") {
        site.sql(sql).await;
    }
    let row = "SET time_zone = '+09:00';
        INSERT INTO focalboard_boards_history (id, team_id, channel_id, created_by, modified_by, type,
            title, properties, card_properties, update_at)
        VALUES ('a', '', '', '', '', 'O', '', '{}', '[]',
            CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))";
    site.sql(row).await;
    let said = load(&site, "boards", &[]);
    assert!(said.contains("rows whose local times are not in UTC: 1"), "{said}");
    let zone = ["--source-time-zone", "+09:00", "--delete-existing-rows"];
    let said = load(&site, "boards", &zone);
    assert!(!said.contains("ERROR"), "{said}");
    let target = site.target.connect().await;
    let sql = "SELECT abs(extract(epoch FROM insert_at) - update_at / 1000.0)::bigint
        FROM public.focalboard_boards_history";
    let distance: i64 = target.query_one(sql, &[]).await.expect("a row").get(0);
    assert!(distance < 60, "{distance}");
}

#[tokio::test]
async fn an_older_version_is_asked_for() {
    let site = site().await;
    site.add(Product::Playbooks, "0.63.0").await;
    let said = load(&site, "playbooks", &["--plugin-version", "0.63.0"]);
    assert!(!said.contains("ERROR") && !said.contains("WARNING"), "{said}");
    site.assert_tables(Product::Playbooks, "0.63.0").await;
    site.run(&["pgloader", "playbooks", "--plugin-version", "0.1.0"])
        .expect(2)
        .says("unrecognised version of playbooks: 0.1.0")
        .says("--plugin-version 0.64.0");
}

#[tokio::test]
async fn a_plugin_without_rows_gets_its_tables_and_another_version_is_named() {
    let site = site().await;
    for sql in product_sql_at(MySql, Product::Playbooks, "0.63.0").expect("a known version") {
        site.sql(sql).await;
    }
    let said = load(&site, "playbooks", &[]);
    assert!(said.contains("no rows of playbooks, which is installed"), "{said}");
    assert!(said.contains("the source has another version of playbooks than 0.64.0"), "{said}");
    assert!(said.contains("--plugin-version and one of: 0.64.0, 0.63.0"), "{said}");
    let tables = site.catalog().await.tables.into_keys().map(|it| format!("public.\"{it}\""));
    let drop = format!("DROP TABLE {} CASCADE", tables.collect::<Vec<_>>().join(", "));
    site.target_sql(&drop).await;
    let said = load(&site, "playbooks", &["--plugin-version", "0.63.0"]);
    assert!(!said.contains("ERROR") && !said.contains("another version"), "{said}");
    site.assert_tables(Product::Playbooks, "0.63.0").await;
    site.run(&["verify", "--products", "playbooks"]).expect(0).says("no difference");
}

#[tokio::test]
async fn rows_that_refer_to_nothing_are_counted() {
    let site = site().await;
    site.add(Product::Playbooks, "0.64.0").await;
    site.sql("SET foreign_key_checks = 0; DELETE FROM IR_Incident ORDER BY ID LIMIT 1").await;
    let said = load(&site, "playbooks", &[]);
    assert!(said.contains("1 of the rows of ir_statusposts refer to nothing"), "{said}");
    site.assert_rows(&[model(Product::Playbooks)]).await;
    let target = site.target.connect().await;
    let left = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated";
    assert!(target.query_one(left, &[]).await.expect("a count").get::<_, i64>(0) > 0);
}

#[tokio::test]
async fn a_plugin_that_is_not_there_is_reported() {
    let site = site().await;
    let said = load(&site, "calls", &[]);
    assert!(said.contains("the source has no rows of calls"), "{said}");
    assert!(site.catalog().await.tables.is_empty());
    site.target_sql("CREATE TABLE public.calls_jobs (id varchar(26))").await;
    let said = load(&site, "calls", &[]);
    assert!(said.contains("of the tables only some are there: calls_jobs"), "{said}");
    assert!(site.catalog().await.tables.contains_key("calls_jobs"));
}
