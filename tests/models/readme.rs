//! The README's tables against the code that they describe.

use migration_assist::check::policy::overflow_policies;
use migration_assist::migrations::{source, source_model, target_model};

#[test]
fn the_policy_of_each_narrowing_column_stands_in_the_readme() {
    let all = source().iter().map(|migration| migration.number).collect();
    let models = (source_model(&all).expect("known"), target_model(&all).expect("known"));
    let rows = overflow_policies(&models.0, &models.1).into_iter().map(|it| {
        format!("| `{}.{}` | {} | {} | {} |\n", it.table, it.column, it.limit, it.policy, it.why)
    });
    let table = rows.collect::<String>();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("the README");
    assert!(readme.contains(&table), "the README should hold this table:\n{table}");
}
