//! What is printed about products and tables of no known product.

use crate::check::describe_unknown_version;
use crate::foreign_text::spell_out_names;
use crate::mattermost::Product;
use crate::shell::shell_word;
use crate::ui::Ui;
use crate::workspace::{Error, SourceModels};

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
pub(super) fn warn_of_unknown_versions(models: &SourceModels, ui: Ui) -> Result<(), Error> {
    for (product, found, known) in models.unknown_versions() {
        if product == Product::Calls {
            let (found, known) = (found.to_owned(), known.to_owned());
            return Err(Error::UnknownCalls { found, known, others: models.copied_products() });
        }
        let version = describe_unknown_version(product, found, known);
        ui.warn(format!("{version}; tables that the target does not have are skipped"));
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
