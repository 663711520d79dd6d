//! The page about text that is too long against the code that it describes.

use migration_assist::check::policy::overflow_policies;
use migration_assist::migrations::{source, source_model, target_model};

#[test]
fn the_policy_of_each_narrowing_column_is_on_its_page() {
    let all = source().iter().map(|migration| migration.number).collect();
    let models = (source_model(&all).expect("known"), target_model(&all).expect("known"));
    let rows = overflow_policies(&models.0, &models.1).into_iter().map(|it| {
        format!("| `{}.{}` | {} | {} | {} |\n", it.table, it.column, it.limit, it.policy, it.why)
    });
    let table = rows.collect::<String>();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/overflow.md");
    let page = std::fs::read_to_string(path).expect("the page");
    assert!(page.contains(&table), "docs/overflow.md should contain this table:\n{table}");
}
