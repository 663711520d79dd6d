//! Tables of the source whose names differ only by case.

use crate::check::inventory::InventoryEntry;
use crate::check::{Finding, Models, Rule, Severity};
use crate::figures::counted;
use crate::schema::Catalog;
use crate::sql::Dialect::MySql;

/// Reports each name under which the source has several tables.
///
/// A dump of a server with lower-case names, restored on a case-sensitive server, has `posts`; Mattermost
/// does not find `Posts` there and creates it. PostgreSQL has one table for both.
#[must_use]
pub fn table_collisions(
    source: &Catalog,
    models: &Models<'_>,
    inventory: &[InventoryEntry],
) -> Vec<Finding> {
    let is_known = |names: &&Vec<&str>| names.iter().any(|name| models.spelling(name).is_some());
    let collisions = source.table_collisions();
    collisions.iter().filter(is_known).map(|names| finding(names, models, inventory)).collect()
}

fn finding(names: &[&str], models: &Models<'_>, inventory: &[InventoryEntry]) -> Finding {
    let rows = |name: &&str| inventory.iter().find(|it| it.table == *name).map(|it| it.rows);
    let described: Vec<String> = names
        .iter()
        .map(|name| format!("`{name}` ({})", counted(rows(name).unwrap_or_default(), "row")))
        .collect();
    let message = format!("tables whose names differ only by case: {}", described.join(", "));
    let own = models.spelling(names[0]).and_then(|own| names.iter().find(|it| **it == own));
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let finding = Finding::new(Rule::TableCollision, Severity::Blocks, message).count(count);
    match own {
        Some(own) => {
            let others: Vec<String> =
                names.iter().filter(|it| *it != own).map(|it| rename(it)).collect();
            finding
                .at(own, None)
                .action(format!(
                    "the copy refuses them: the target has one table for all of them, and Mattermost \
                     reads `{own}`"
                ))
                .statement(others.join(" "))
        }
        None => finding
            .at(names[0], None)
            .action(
                "the copy refuses them: the target has one table for all of them; rename those \
                     that Mattermost does not read",
            )
            .statement(rename(names[0])),
    }
}

fn rename(name: &str) -> String {
    let unused = MySql.identifier(&format!("{name}_unused"));
    format!("RENAME TABLE {} TO {unused};", MySql.identifier(name))
}
