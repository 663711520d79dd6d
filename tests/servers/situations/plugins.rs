//! Plugins whose tables are unfinished, old, or newer on the target.

use migration_assist::mattermost::Product;
use migration_assist::migrations::product_model_at;
use migration_assist::mysql::read_catalog;
use migration_assist::schema::{ForeignKey, Table};
use migration_assist::sql::Dialect::{MySql, Postgres};

use super::Situation;
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours![
    a_plugin_without_rows_stops_nothing,
    an_old_plugin_has_three_ways_on,
    a_newer_plugin_on_the_target_is_refused_before_anything_is_written,
    a_column_of_a_half_finished_migration_stops_nothing,
    foreign_keys_that_a_plugin_declares_are_no_difference,
    nul_escapes_that_json_keeps_are_a_note,
];

/// What the plugin Calls leaves on a server where its migrations fail.
const UNFINISHED: [&str; 2] = [
    "CREATE TABLE db_migrations_calls (Version bigint PRIMARY KEY, Name varchar(64) NOT NULL)",
    "INSERT INTO db_migrations_calls VALUES (1, 'create_calls_channels'), (2, 'create_calls');
     CREATE TABLE calls_channels (ChannelID varchar(26) PRIMARY KEY, Enabled tinyint(1), Props json)",
];

async fn a_plugin_without_rows_stops_nothing(source: Source) {
    let situation = Situation::new(source).await;
    // The second change of the source makes the first copy an old one.
    let migrations = [&["migrate"][..], &["migrate", "--restart"]];
    for (unfinished, migrate) in UNFINISHED.into_iter().zip(migrations) {
        situation.source_sql(unfinished).await;
        situation.run(&["mysql", "--force"]).expect(0);
        situation.run(migrate).expect(0).says("the target is proven equal");
    }
    situation.run(&["copy"]).expect(0);
    situation.run(&["mysql", "--force"]).says("calls").says("have no rows");
}

async fn an_old_plugin_has_three_ways_on(source: Source) {
    let situation = Situation::new(source).await;
    situation
        .source_sql(
            "CREATE TABLE IR_System (SKey varchar(64) PRIMARY KEY, SValue varchar(1024));
             INSERT INTO IR_System VALUES ('DatabaseVersion', '0.25.0');
             CREATE TABLE IR_UserInfo (ID varchar(26) PRIMARY KEY, Old text);
             INSERT INTO IR_UserInfo VALUES ('u1', 'x')",
        )
        .await;
    situation
        .run(&["migrate"])
        .expect(1)
        .says("of version 0.25.0 (known versions: 0.63.0 and 0.64.0)")
        .says("--copy-unknown")
        .says("--products mattermost\n");
    let behind = situation.run(&["migrate", "--products", "mattermost"]).expect(0);
    behind.says("the target is proven equal");
    situation.run(&["migrate", "--copy-unknown"]).expect(0).says("the target is proven equal");
    let copied = "SELECT count(*) FROM public.ir_userinfo WHERE old = 'x'";
    assert_eq!(situation.target_count(copied).await, 1);
}

async fn a_newer_plugin_on_the_target_is_refused_before_anything_is_written(source: Source) {
    let situation = Situation::new(source).await;
    crate::products::rows::add(&mut situation.source.connect().await, Product::Playbooks, "0.63.0")
        .await;
    let newer =
        "CREATE TABLE public.ir_system (skey varchar(64) PRIMARY KEY, svalue varchar(1024));
        INSERT INTO public.ir_system VALUES ('DatabaseVersion', '0.64.0')";
    situation.target.connect().await.batch_execute(newer).await.expect("a newer plugin");
    let refused = situation.run(&["migrate", "--fix-in-flight"]).expect(2);
    refused.says("version 0.64.0, newer than the source's 0.63.0").says("--products");
    let written = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(situation.target_count(written).await, 1);
}

async fn a_column_of_a_half_finished_migration_stops_nothing(source: Source) {
    let situation = Situation::new(source).await;
    crate::products::rows::add(&mut situation.source.connect().await, Product::Playbooks, "0.63.0")
        .await;
    situation
        .source_sql(
            "ALTER TABLE IR_Incident ADD COLUMN UpdateAt bigint NOT NULL DEFAULT 0;
             UPDATE IR_Incident SET UpdateAt = 5;
             ALTER TABLE Posts ADD COLUMN ParentId varchar(26);
             UPDATE Posts SET ParentId = 'x'",
        )
        .await;
    let migrated = situation.run(&["migrate", "--fix-in-flight"]).expect(0);
    migrated.says("IR_Incident.UpdateAt").says("Posts.ParentId").says("the target is proven equal");
}

async fn foreign_keys_that_a_plugin_declares_are_no_difference(source: Source) {
    let situation = Situation::new(source).await;
    let mut connection = situation.source.connect().await;
    crate::products::rows::add(&mut connection, Product::Playbooks, "0.63.0").await;
    let compare = || situation.run(&["mysql", "--full-schema-check", "--force"]);
    compare().never_shows("foreign-key]").says("Schema");
    let live = read_catalog(&mut connection).await.expect("a catalog");
    let model = product_model_at(Postgres, Product::Playbooks, "0.63.0");
    let model = model.expect("a model").expect("a known version");
    let name =
        |name: &str| MySql.identifier(&live.table(name).expect("a table of the source").name);
    let add = |(table, key): (&Table, &ForeignKey)| {
        format!(
            "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({})",
            name(&table.name),
            MySql.identifiers(&key.columns),
            name(&key.referenced_table),
            MySql.identifiers(&key.referenced_columns)
        )
    };
    let tables = model.tables.values();
    let keys = tables.flat_map(|table| table.foreign_keys.values().map(move |key| (table, key)));
    let statements: Vec<String> = keys.map(add).collect();
    assert!(statements.len() > 5, "{statements:?}");
    situation.source_sql(&format!("SET foreign_key_checks = 0; {}", statements.join(";"))).await;
    let shown = compare();
    shown.never_shows("foreign-key]").never_shows("extra-index").never_shows("DROP FOREIGN KEY");
    // A key that the plugin does not declare is a difference.
    let own = "SET foreign_key_checks = 0;
        ALTER TABLE IR_Playbook ADD CONSTRAINT own FOREIGN KEY (TeamID) REFERENCES IR_Category (ID)";
    situation.source_sql(own).await;
    compare().says("[extra-foreign-key] IR_Playbook.own");
}

async fn nul_escapes_that_json_keeps_are_a_note(source: Source) {
    let situation = Situation::new(source).await;
    let mut connection = situation.source.connect().await;
    crate::products::rows::add(&mut connection, Product::Playbooks, "0.63.0").await;
    let set =
        r#"UPDATE IR_Incident SET ChecklistsJSON = '[{"title": "a\\u0000"}]' ORDER BY ID LIMIT 1"#;
    situation.source_sql(set).await;
    let found = situation.run(&["mysql", "--force"]);
    found.says("[kept-nul-escape] IR_Incident.ChecklistsJSON").says("column of type json: 1;");
    let migrated = situation.run(&["migrate", "--fix-in-flight"]).expect(0);
    migrated.says("the target is proven equal");
    let kept = r#"SELECT count(*) FROM public.ir_incident
        WHERE checklistsjson::text = '[{"title": "a\u0000"}]'"#;
    assert_eq!(situation.target_count(kept).await, 1);
    let reading = "SELECT checklistsjson->0->>'title' FROM public.ir_incident";
    let read = situation.target.connect().await.query(reading, &[]).await;
    assert!(read.is_err(), "what the note says of operators is not so");
}
