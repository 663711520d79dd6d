//! Compares the queries of views in the form that the server prints.

use std::collections::BTreeMap;

use super::{Kind, SchemaDifference, Weight};
use crate::mattermost::Product;
use crate::models::ExpectedSchema;

/// The expected queries of views by name, each as the server prints it, or why it could not be printed.
pub type PrintedViews = BTreeMap<String, Result<String, String>>;

/// The views whose queries differ, and those whose queries were not compared, with the reason.
pub(super) fn compare_views(
    schema: &ExpectedSchema,
    printed: &PrintedViews,
) -> (Vec<SchemaDifference>, Vec<String>) {
    let (mut differences, mut not_compared) = (Vec::new(), Vec::new());
    for found in schema.found.views.values() {
        let mut of_name =
            schema.expected.views.values().filter(|it| it.name.eq_ignore_ascii_case(&found.name));
        let Some(expected) = of_name.next().filter(|it| it.materialized == found.materialized)
        else {
            continue;
        };
        match printed.get(&expected.name) {
            Some(Ok(query)) if *query == found.query => {}
            Some(Ok(query)) => {
                let product = schema.products.get(&found.name.to_lowercase()).copied();
                differences.push(difference(&found.name, product, &found.query, query));
            }
            Some(Err(reason)) => {
                not_compared.push(format!("the query of view `{}`: {reason}", found.name));
            }
            None => not_compared.push(format!(
                "the query of view `{}`: the server prints it in another form",
                found.name
            )),
        }
    }
    (differences, not_compared)
}

/// Mattermost's own migrations write the queries differently, so a difference is not a defect by itself, and
/// no statement is offered to replace a view of Mattermost.
fn difference(
    name: &str,
    product: Option<Product>,
    found: &str,
    expected: &str,
) -> SchemaDifference {
    SchemaDifference {
        kind: Kind::ViewDiffers,
        weight: Weight::Harmless,
        table: name.to_owned(),
        product,
        name: None,
        found: Some(found.trim().to_owned()),
        expected: Some(expected.trim().to_owned()),
        meaning:
            "its query is worded differently, as in schemas that Mattermost itself created; the rows are the same"
                .to_owned(),
        destroys: false,
        statements: Vec::new(),
    }
}
