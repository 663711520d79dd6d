//! Products and tables of no known product: what is refused, and what is printed about them.

use super::failure::hinted;
use crate::foreign_text::spell_out_names;
use crate::postgres::{Connection, product_versions};
use crate::release::MigrationSet;
use crate::schema::Product;
use crate::shell::shell_word;
use crate::ui::Ui;
use crate::workspace::SourceModels;

/// Refuses a target whose plugin has a newer schema than the source's: the copy would leave columns at their
/// defaults that the plugin's own migration would have filled.
pub(super) async fn refuse_newer(
    connection: &Connection,
    schema: &str,
    models: &SourceModels,
) -> anyhow::Result<()> {
    let on_target = product_versions(connection, schema).await?;
    for (product, source) in models.known_versions() {
        let Some(target) = on_target.get(&product).filter(|target| is_newer(target, source)) else {
            continue;
        };
        let message = format!(
            "the target's tables of {product} are of version {target}, newer than the source's {source}"
        );
        let hint = format!(
            "start the target's version of the plugin once on MySQL, which upgrades its tables there; or \
             drop the plugin's tables in schema `{schema}`, which the copy then makes; or leave the \
             plugin behind with `--products`"
        );
        return Err(hinted(message, hint).into());
    }
    Ok(())
}

/// Prints which tables belong to no known product, and how they are handled.
pub(super) fn warn_of_unknown(models: &SourceModels, ui: Ui) {
    let unknown = models.unknown_tables();
    let decided = unknown.left_by_name();
    if !decided.is_empty() {
        ui.say(format!("tables skipped by decision: {}", spell_out_names(decided)));
    }
    let is_decided = |name: &&str| decided.iter().any(|it| it == name);
    let left: Vec<&str> = unknown.left().into_iter().filter(|name| !is_decided(name)).collect();
    if !left.is_empty() {
        ui.warn(format!("tables of no known product are skipped: {}", spell_out_names(&left)));
        ui.hint(format!(
            "add `--copy-unknown` to copy them into tables of the same columns, or `--leave-behind {}` to \
             leave them behind",
            shell_word(&left.join(","))
        ));
    }
    let copied = spell_out_names(unknown.describe());
    if !copied.is_empty() {
        ui.warn(format!(
            "tables of no known product are copied by the types of their columns: {copied}"
        ));
        ui.say("the new tables have no defaults, foreign keys or identity columns");
    }
}

/// Prints which products have tables of versions that are not known; refuses those of Calls.
pub(super) fn warn_of_unknown_versions(models: &SourceModels, ui: Ui) -> anyhow::Result<()> {
    for (product, found, known) in models.unknown_versions() {
        if product == Product::Calls {
            let message = format!(
                "the tables of calls are of version `{found}`, which is unknown, and its keys in \
                 `PluginKeyValueStore` go with them"
            );
            let hint = format!(
                "start Calls once on MySQL in a version with {known} migrations; or copy its tables by \
                 their types with `--copy-unknown`; or leave them behind with `--products mattermost`"
            );
            return Err(hinted(message, hint).into());
        }
        ui.warn(format!(
            "the tables of {product} are of version `{found}`; known versions: {known}: they are copied only \
             where the target has them"
        ));
    }
    Ok(())
}

/// Prints which requested products the source does not have.
pub(super) fn warn_of_absent(models: &SourceModels, chosen: &[Product], ui: Ui) {
    for product in models.absent_products().filter(|it| chosen.contains(it)) {
        if product != Product::Mattermost {
            ui.warn(format!("the source has no tables of {product}"));
        }
    }
}

/// Whether the first version has something that the second one lacks.
fn is_newer(target: &str, source: &str) -> bool {
    if target.is_empty() {
        return false;
    }
    match (target.parse::<MigrationSet>(), source.parse::<MigrationSet>()) {
        (Ok(_), Ok(_)) => {
            let all = |version: &str| {
                let upto = format!("1-{version}");
                let set = if version.contains(['-', ',']) { version } else { &upto };
                set.parse::<MigrationSet>().unwrap_or_default()
            };
            !all(target).without(&all(source)).is_empty()
        }
        _ => numbers(target) > numbers(source),
    }
}

/// The numbers of a version such as `0.64.0`.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_compared_as_the_products_write_them() {
        assert!(is_newer("0.65.0", "0.64.0"));
        assert!(is_newer("0.100.0", "0.64.0"));
        assert!(!is_newer("0.63.0", "0.64.0"));
        assert!(!is_newer("0.64.0", "0.64.0"));
        assert!(is_newer("40", "1-38, 40"));
        assert!(!is_newer("1-38, 40", "40"));
        assert!(is_newer("41", "40"));
        assert!(!is_newer("", "40"));
    }
}
