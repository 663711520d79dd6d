//! Products whose tables have an unknown version.

use crate::check::inventory::InventoryEntry;
use crate::check::{Choice, ChoiceCommand, Finding, Rule, Severity};
use crate::figures::counted;
use crate::mattermost::Product;
use crate::models::{Models, ProductModel, ProductStatus};

/// Reports each product whose tables in the source have an unknown version.
#[must_use]
pub fn unknown_versions(models: &Models<'_>, inventory: &[InventoryEntry]) -> Vec<Finding> {
    let others = others(models, inventory);
    let finding = |model: &ProductModel<'_>| {
        let product = model.product?;
        let rows = inventory.iter().filter(|entry| entry.product == Some(product));
        let rows: u64 = rows.map(|entry| entry.rows).sum();
        match model.standing {
            ProductStatus::UnknownVersion { found, known } => {
                Some(unknown_version(product, (found, known), rows, &others))
            }
            ProductStatus::Empty { found } => Some(empty(product, found)),
            _ => None,
        }
    };
    models.products.iter().filter_map(finding).collect()
}

/// The products of the source that can be copied, as the value of `--products`.
fn others(models: &Models<'_>, inventory: &[InventoryEntry]) -> String {
    let copied = models.products.iter().filter(|it| it.standing == ProductStatus::Copied);
    let copied = copied.filter_map(|it| it.product);
    let is_there =
        |product: &Product| inventory.iter().any(|entry| entry.product == Some(*product));
    let plugins = copied.filter(|it| *it != Product::Mattermost).filter(is_there);
    let names = std::iter::once(Product::Mattermost).chain(plugins).map(Product::name);
    names.collect::<Vec<_>>().join(",")
}

/// The version of a product's tables, and the versions that are known.
#[must_use]
pub fn describe_unknown_version(product: Product, found: &str, known: &str) -> String {
    let product = owner(product);
    if found.is_empty() {
        format!("the version of the tables of {product} is not recorded (known versions: {known})")
    } else {
        format!("the tables of {product} are of version {found} (known versions: {known})")
    }
}

/// What the tables belong to: Mattermost's own with a version are those of its configuration store.
fn owner(product: Product) -> &'static str {
    match product {
        Product::Mattermost => "the configuration store",
        plugin => plugin.name(),
    }
}

fn unknown_version(
    product: Product,
    (found, known): (&str, &str),
    rows: u64,
    others: &str,
) -> Finding {
    let message = describe_unknown_version(product, found, known);
    let action = format!(
        "the target's tables cannot be made for {}; a known version of {} makes them known: load a dump into a \
         temporary MySQL server, start that version there once, and migrate from that server",
        counted(rows, "row"),
        owner(product)
    );
    let mut choices = vec![Choice::new(
        "copy the tables, converted by the types of their columns",
        ChoiceCommand::Migrate,
        vec!["--copy-unknown".to_owned()],
    )];
    if product != Product::Mattermost {
        let others = vec![format!("--products {others}")];
        choices.push(Choice::new("leave the tables behind", ChoiceCommand::Migrate, others));
    }
    Finding::new(Rule::UnknownVersion, Severity::Blocks, message)
        .choices(choices)
        .at(product.version_table(), None)
        .count(rows)
        .action(action)
        .detail("version", found)
}

fn empty(product: Product, found: &str) -> Finding {
    let name = owner(product);
    let message = if found.is_empty() {
        format!("the tables of {name} are missing or incomplete, and have no rows")
    } else {
        format!("the tables of {name} are of version {found}, which is unknown, and have no rows")
    };
    Finding::new(Rule::UnknownVersion, Severity::Note, message)
        .at(product.version_table(), None)
        .action("nothing is copied; the tables are created on PostgreSQL when they are needed")
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
        let unknown = |found| ProductStatus::UnknownVersion { found, known: "39 and 40" };
        assert_eq!(
            said(unknown("37")).as_deref(),
            Some("the tables of boards are of version 37 (known versions: 39 and 40)")
        );
        assert!(said(unknown("")).is_some_and(|message| message.contains("is not recorded")));
        assert_eq!(said(ProductStatus::Copied), None);
        assert_eq!(said(ProductStatus::LeftOut), None);
    }
}
