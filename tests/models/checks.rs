//! The page of the checks against the table of rules.

use std::fmt::Write as _;

use migration_assist::check::{RULES, RuleInfo};

fn table() -> String {
    let mut table = String::from("| rule | class | at most | what it finds |\n|---|---|---|---|\n");
    for RuleInfo { id, class, severity, summary, .. } in RULES {
        let [class, severity] = [serde_json::json!(class), serde_json::json!(severity)];
        let [class, severity] = [&class, &severity].map(|it| it.as_str().expect("a name"));
        writeln!(table, "| `{id}` | {class} | {severity} | {summary} |").expect("text");
    }
    table
}

#[test]
fn the_page_of_the_checks_has_the_table_of_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/checks.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let table = table();
    assert!(page.contains(&table), "docs/checks.md should contain this table:\n{table}");
}
