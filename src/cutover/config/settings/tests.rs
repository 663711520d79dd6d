//! Valid and invalid configurations.

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Switch, plan_switch};
use crate::postgres::{Defaults, Dsn};

const TARGET: &str = "postgres://mm:p%26w@db:5432/mm?sslmode=disable&connect_timeout=10";
/// The same, as a configuration contains it.
const WRITTEN: &str = "postgres://mm:p%26w@db:5432/mm?sslmode=disable\\u0026connect_timeout=10";
const MYSQL: &str = "mmuser:hunter2@tcp(localhost:3306)/mattermost?charset=utf8mb4";

fn dsn(text: &str) -> Dsn {
    Dsn::parse(text, &Defaults::default()).unwrap()
}

fn switch(text: &str) -> Switch {
    plan_switch(text, &dsn(TARGET), &[]).unwrap()
}

fn diff(switch: &Switch) -> String {
    let line = |change: &super::Change| {
        let before = change.before.as_deref().unwrap_or("(not there)");
        format!("{}: {before} -> {}\n", change.setting, change.after)
    };
    switch.changes.iter().map(line).collect()
}

#[test]
fn only_the_values_change() {
    let text = format!(
        "\u{feff}{{\r\n\t\"ServiceSettings\": {{ \"SiteURL\" :\"https://x/?a=1\\u0026b\", \"N\": 1.50e+2 }},\r\n\
         \t\"SqlSettings\" : {{\r\n\
         \t\t\"DriverName\":   \"mysql\" ,\r\n\
         \t\t\"DataSource\": \"{MYSQL}\",\r\n\
         \t\t\"DataSourceReplicas\": [ \"{MYSQL}\" ],\r\n\
         \t\t\"DataSourceSearchReplicas\": [  ],\r\n\
         \t\t\"AtRestEncryptKey\": \"mysql\",\r\n\
         \t\t\"ReplicaLagSettings\": [{{\"DataSource\": \"{MYSQL}\", \"QueryTimeLag\": \"x\"}}]\r\n\
         \t}},\r\n\t\"Trace\": false\r\n}}\r\n\r\n"
    );
    let done = switch(&text);
    let expected = text
        .replace("\"mysql\" ,", "\"postgres\" ,")
        .replacen(MYSQL, WRITTEN, 1)
        .replace(&format!("[ \"{MYSQL}\" ]"), "[]")
        .replace(&format!("[{{\"DataSource\": \"{MYSQL}\", \"QueryTimeLag\": \"x\"}}]"), "[]");
    assert_eq!(done.text.expose(), expected);
    assert_snapshot!(diff(&done), @r"
    SqlSettings.DriverName: mysql -> postgres
    SqlSettings.DataSource: mmuser:****@tcp(localhost:3306)/mattermost -> postgres://mm:****@db:5432/mm?sslmode=disable&connect_timeout=10
    SqlSettings.DataSourceReplicas: [mmuser:****@tcp(localhost:3306)/mattermost] -> []
    SqlSettings.ReplicaLagSettings: [mmuser:****@tcp(localhost:3306)/mattermost] -> []
    ");
    assert_eq!(done.data_source, Some(MYSQL.into()));
    let again = switch(done.text.expose());
    assert!(again.changes.is_empty() && again.text == done.text);
}

#[test]
fn replicas_take_the_places_of_the_old_ones() {
    let text = format!(
        "{{\"SqlSettings\":{{\"DriverName\":\"mysql\",\"DataSource\":\"{MYSQL}\",\
         \"DataSourceReplicas\":null,\"DataSourceSearchReplicas\":[\"{MYSQL}\"],\
         \"ReplicaLagSettings\":[{{\"DataSource\":\"{MYSQL}\",\"QueryTimeLag\":\"x\"}}]}}}}"
    );
    let replica = dsn("postgres://mm:hunter3@db2/mm?sslmode=disable");
    let done = plan_switch(&text, &dsn(TARGET), std::slice::from_ref(&replica)).unwrap();
    let sql = &serde_json::from_str::<Value>(done.text.expose()).unwrap()["SqlSettings"];
    let rendered = replica.render();
    assert_eq!(sql["DataSourceReplicas"], json!([rendered]));
    assert_eq!(sql["DataSourceSearchReplicas"], json!([rendered]));
    assert_eq!(sql["ReplicaLagSettings"], json!([{"DataSource": rendered, "QueryTimeLag": "x"}]));
    let shown = diff(&done);
    assert!(!shown.contains("hunter"), "{shown}");
    let again = plan_switch(done.text.expose(), &dsn(TARGET), &[replica]).unwrap();
    assert_eq!(again.changes, []);
}

#[test]
fn what_is_missing_is_added_as_the_rest_is_written() {
    let text = "{\n    \"SqlSettings\": {\n        \"Trace\": false\n    }\n}\n";
    assert_eq!(
        switch(text).text.expose(),
        format!(
            "{{\n    \"SqlSettings\": {{\n        \"Trace\": false,\n        \
             \"DriverName\": \"postgres\",\n        \"DataSource\": \"{WRITTEN}\"\n    }}\n}}\n"
        )
    );
    let settings = format!("\"DriverName\": \"postgres\", \"DataSource\": \"{WRITTEN}\"");
    for (text, expected) in [
        ("{}", format!("{{\"SqlSettings\": {{{settings}}}}}")),
        ("{\"A\":1}", format!("{{\"A\":1,\"SqlSettings\":{{{settings}}}}}")),
        ("{\"SqlSettings\": null}", format!("{{\"SqlSettings\": {{{settings}}}}}")),
        ("{\"SqlSettings\": { }}", format!("{{\"SqlSettings\": {{{settings} }}}}")),
    ] {
        assert_eq!(switch(text).text.expose(), expected);
    }
}

#[test]
fn every_spelling_that_mattermost_reads_is_changed() {
    let text = format!(
        "{{\"sqlsettings\":{{\"DRIVERNAME\":\"mysql\",\"drivername\":\"mysql\"}},\
         \"SqlSetting\\u017f\":{{\"Data\\u0053ource\":\"{MYSQL}\"}}}}"
    );
    let done = switch(&text);
    assert!(
        !done.text.expose().contains("mysql") && !done.text.expose().contains("hunter2"),
        "{}",
        done.text.expose()
    );
    assert_eq!(done.changes.len(), 3);
}

#[test]
fn a_configuration_of_another_shape_is_refused_and_not_repeated() {
    for (text, message) in [
        ("", "invalid JSON at line 1, column 0"),
        ("{\"SqlSettings\": {\"DataSource\": \"hunter2", "invalid JSON at line 1, column 39"),
        ("[]", "`the configuration` is not an object"),
        ("{\"SqlSettings\": 1}", "`SqlSettings` is not an object"),
        ("{\"SqlSettings\": {\"DataSource\": 1}}", "`SqlSettings.DataSource` is not a text"),
        (
            "{\"SqlSettings\": {\"DataSourceReplicas\": \"hunter2\"}}",
            "`SqlSettings.DataSourceReplicas` is not a list",
        ),
    ] {
        let error = plan_switch(text, &dsn(TARGET), &[]).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_configuration_that_names_the_target_otherwise_is_left_alone() {
    let text = "{\"SqlSettings\":{\"DriverName\":\"postgres\",\
                \"DataSource\":\"postgresql://mm:p%26w@db/mm?sslmode=require\"}}";
    assert_eq!(switch(text).changes, []);
    let elsewhere = text.replace("db/mm", "db/other");
    assert_eq!(switch(&elsewhere).changes.len(), 1);
}

prop_compose! {
    fn any_config()(
        pretty: bool,
        before in proptest::collection::btree_map("[A-Z]\\PC{0,6}", "\\PC{0,8}", 0..4),
        after in proptest::collection::btree_map("[a-z]\\PC{0,6}", any::<i64>(), 0..4),
        other in proptest::collection::btree_map("x\\PC{0,6}", proptest::collection::vec("\\PC{0,5}", 0..3), 0..3),
        driver in proptest::option::of("mysql|postgres"),
        source in proptest::option::of("\\PC{0,12}"),
        replicas in proptest::option::of(proptest::collection::vec("\\PC{0,8}", 0..3)),
    ) -> String {
        let mut settings = json!(other);
        for (name, value) in [
            ("DriverName", json!(driver)),
            ("DataSource", json!(source)),
            ("DataSourceReplicas", json!(replicas)),
        ] {
            if !value.is_null() {
                settings[name] = value;
            }
        }
        let mut config = json!(before);
        config["SqlSettings"] = settings;
        for (name, value) in after {
            config[name] = json!(value);
        }
        if pretty { serde_json::to_string_pretty(&config).unwrap() } else { config.to_string() }
    }
}

proptest! {
    #[test]
    fn everything_else_means_what_it_meant(text in any_config()) {
        let done = switch(&text);
        let mut expected: Value = serde_json::from_str(&text).unwrap();
        let settings = &mut expected["SqlSettings"];
        settings["DriverName"] = json!("postgres");
        settings["DataSource"] = json!(dsn(TARGET).render());
        if settings.get("DataSourceReplicas").is_some() {
            settings["DataSourceReplicas"] = json!([]);
        }
        let read: Value = serde_json::from_str(done.text.expose()).unwrap();
        prop_assert_eq!(read, expected);
        prop_assert_eq!(switch(done.text.expose()).text, done.text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}|[{}\\[\\]\":,a-zA-Z ]{0,60}") {
        let _ = plan_switch(&text, &dsn(TARGET), &[]);
    }
}
