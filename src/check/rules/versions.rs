//! Products whose tables are of a version that the target's cannot be made for.

use crate::check::finding::counted;
use crate::check::inventory::InventoryEntry;
use crate::check::{Finding, Rule, Severity};
use crate::models::{Models, ProductStatus};

/// A finding for each product of which the source has tables of a version that is not known here.
#[must_use]
pub fn unknown_versions(models: &Models<'_>, inventory: &[InventoryEntry]) -> Vec<Finding> {
    let finding = |model: &crate::models::ProductModel<'_>| {
        let ProductStatus::UnknownVersion { found, known } = model.standing else { return None };
        let product = model.product?;
        let table = product.version_table();
        let message = if found.is_empty() {
            format!("nothing says which version the tables of {product} have")
        } else {
            format!("the tables of {product} are of version {found}; known are {known}")
        };
        let rows = inventory.iter().filter(|entry| entry.product == Some(product));
        let rows: u64 = rows.map(|entry| entry.rows).sum();
        Some(
            Finding::new(Rule::UnknownVersion, Severity::Blocks, message)
                .at(table, None)
                .count(rows)
                .action(format!(
                    "the target's tables cannot be made, and {} stay behind; bring the plugin to a \
                     known version on MySQL first, or leave it out with `--products`",
                    counted(rows, "row")
                ))
                .detail("version", found),
        )
    };
    models.products.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::unknown_versions;
    use crate::check::{Rule, Severity};
    use crate::models::{Models, ProductModel, ProductStatus};
    use crate::release::MigrationSet;
    use crate::schema::{Catalog, Product};

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
            Some("the tables of boards are of version 37; known are 40, 39")
        );
        assert!(said(unknown("")).is_some_and(|message| message.starts_with("nothing says")));
        assert_eq!(said(ProductStatus::Copied), None);
        assert_eq!(said(ProductStatus::LeftOut), None);
    }
}
