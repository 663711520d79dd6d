//! Products whose tables have an unknown version.

use crate::check::finding::counted;
use crate::check::inventory::InventoryEntry;
use crate::check::{Choice, ChoiceCommand, Finding, Rule, Severity};
use crate::mattermost::Product;
use crate::models::{Models, ProductModel, ProductStatus};

/// Reports each product whose tables in the source have an unknown version.
#[must_use]
pub fn unknown_versions(models: &Models<'_>, inventory: &[InventoryEntry]) -> Vec<Finding> {
    let finding = |model: &ProductModel<'_>| {
        let product = model.product?;
        let rows = inventory.iter().filter(|entry| entry.product == Some(product));
        let rows: u64 = rows.map(|entry| entry.rows).sum();
        match model.standing {
            ProductStatus::UnknownVersion { found, known } => {
                Some(unknown_version(product, found, known, rows))
            }
            ProductStatus::Empty { found } => Some(empty(product, found)),
            _ => None,
        }
    };
    models.products.iter().filter_map(finding).collect()
}

fn unknown_version(product: Product, found: &str, known: &str, rows: u64) -> Finding {
    let message = if found.is_empty() {
        format!("the version of the tables of {product} is not recorded (known versions: {known})")
    } else {
        format!("the tables of {product} are of version {found} (known versions: {known})")
    };
    let others = match product {
        Product::Calls => "mattermost",
        _ => "mattermost,calls",
    };
    let action = format!(
        "the target's tables cannot be made for {}; a known version of the plugin makes them known: load a \
         dump into a temporary MySQL server, start the plugin in that version there once, and migrate from \
         that server",
        counted(rows, "row")
    );
    let choices = vec![
        Choice::new(
            "copy the tables, converted by the types of their columns",
            ChoiceCommand::Migrate,
            vec!["--copy-unknown".to_owned()],
        ),
        Choice::new(
            "leave the tables behind",
            ChoiceCommand::Migrate,
            vec![format!("--products {others}")],
        ),
    ];
    Finding::new(Rule::UnknownVersion, Severity::Blocks, message)
        .choices(choices)
        .at(product.version_table(), None)
        .count(rows)
        .action(action)
        .detail("version", found)
}

fn empty(product: Product, found: &str) -> Finding {
    let message = if found.is_empty() {
        format!("the tables of {product} are missing or incomplete, and have no rows")
    } else {
        format!(
            "the tables of {product} are of version {found}, which is unknown, and have no rows"
        )
    };
    Finding::new(Rule::UnknownVersion, Severity::Note, message)
        .at(product.version_table(), None)
        .action("nothing is copied; the plugin creates its tables on PostgreSQL")
        .detail("version", found)
}

#[cfg(test)]
mod tests {
    use super::unknown_versions;
    use crate::check::{Rule, Severity};
    use crate::mattermost::Product;
    use crate::models::{Models, ProductModel, ProductStatus};
    use crate::release::MigrationSet;
    use crate::schema::Catalog;

    #[test]
    fn a_version_that_is_not_known_is_named() {
        let (nothing, known) = (Catalog::default(), MigrationSet::default());
        let model = |standing| ProductModel {
            standing,
            ..ProductModel::copied(Product::Boards, &nothing, &nothing)
        };
        let said = |standing| {
            let products = [model(standing)];
            let models = Models {
                past: &crate::schema::EMPTY_CATALOG,
                applied: None,
                known: &known,
                source: &nothing,
                target: &nothing,
                products: &products,
            };
            let found = unknown_versions(&models, &[]).pop()?;
            assert_eq!((found.id, found.severity), (Rule::UnknownVersion, Severity::Blocks));
            Some(found.message)
        };
        let unknown = |found| ProductStatus::UnknownVersion { found, known: "40, 39" };
        assert_eq!(
            said(unknown("37")).as_deref(),
            Some("the tables of boards are of version 37 (known versions: 40, 39)")
        );
        assert!(said(unknown("")).is_some_and(|message| message.contains("is not recorded")));
        assert_eq!(said(ProductStatus::Copied), None);
        assert_eq!(said(ProductStatus::LeftOut), None);
    }
}
