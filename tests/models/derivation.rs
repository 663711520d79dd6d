//! How many columns each rule covers at the newest set of the last releases on MySQL: computed from the
//! models, and held to what the facts say of the two schemas.

use std::collections::BTreeMap;

use migration_assist::check::{Rule, probes};
use migration_assist::migrations::{product_model, source_model, target_model};
use migration_assist::models::{Models, ProductModel};
use migration_assist::mysql::Flavour;
use migration_assist::release::MigrationSet;
use migration_assist::schema::{Catalog, Product};
use migration_assist::sql::Dialect;

fn covered(flavour: Flavour, set: &str, product: Option<Product>) -> BTreeMap<String, usize> {
    let set: MigrationSet = set.parse().expect("a set");
    let (source, target) = match product {
        None => (source_model(&set).expect("known"), target_model(&set).expect("known")),
        Some(_) => (Catalog::default(), Catalog::default()),
    };
    let (own, taken) = product.map_or_else(Default::default, |product| {
        let model = |dialect| product_model(dialect, product).expect("known tables");
        (model(Dialect::MySql), model(Dialect::Postgres))
    });
    let product = product.unwrap_or(Product::Mattermost);
    let products = [ProductModel::copied(product, &own, &taken)];
    let models = Models {
        past: &migration_assist::schema::EMPTY_CATALOG,
        applied: None,
        known: &set,
        source: &source,
        target: &target,
        products: &products,
    };
    let live = if source.tables.is_empty() { &own } else { &source };
    let mut counts = BTreeMap::new();
    for probe in probes(flavour, live, &models) {
        *counts.entry(probe.rule.rule().id().to_owned()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn mattermost_s_columns_at_set_141() {
    let mysql = covered(Flavour::MySql, "1-109,111-141", None);
    assert_eq!(
        line(&mysql),
        "accents 1, full-text 1, index-entry 1, invalid-utf8 358, json-null 6, keys-merge 18, large-value 4, name-case 8, name-form 8, \
         not-boolean 43, not-json-list 9, not-string-array 1, nul-byte 358, nul-escape 19, null-not-allowed 7, \
         out-of-range 1, too-long 58, unknown-enum-label 6"
    );
    assert_eq!(mysql[Rule::TooLong.id()], 58, "narrowing columns");
    assert_eq!(mysql[Rule::NotBoolean.id()], 37 + 6, "tinyint to boolean");
    assert_eq!(mysql[Rule::OutOfRange.id()], 1, "ChannelBookmarks.SortOrder");
    // The facts' nineteenth, AttributeView.Attributes, is a view's on MySQL: it holds no rows.
    assert_eq!(mysql[Rule::NulEscape.id()], 18 + 1, "json to jsonb, and to an array of text");
    assert_eq!(mysql[Rule::UnknownEnumLabel.id()], 6, "enumerated types");
    assert_eq!(mysql[Rule::NullNotAllowed.id()], 7, "NULL on one side only");
}

#[test]
fn json_is_text_on_mariadb() {
    let maria = covered(Flavour::MariaDb, "1-109,111-141", None);
    assert_eq!(
        line(&maria),
        "accents 1, empty-json 18, full-text 1, index-entry 1, invalid-json 18, invalid-utf8 376, json-depth 18, json-null 6, \
         json-number 18, keys-merge 18, large-value 4, lone-surrogate 18, name-case 8, name-form 8, \
         not-boolean 43, not-json-list 9, not-string-array 1, nul-byte 358, nul-escape 19, null-not-allowed 7, \
         out-of-range 1, too-long 58, unknown-enum-label 6"
    );
}

#[test]
fn an_old_release_is_asked_what_it_has() {
    assert_eq!(
        line(&covered(Flavour::MySql, "1-89", None)),
        "accents 1, full-text 1, index-entry 1, invalid-utf8 283, json-null 6, keys-merge 10, large-value 4, name-case 8, name-form 8, \
         not-boolean 39, not-json-list 6, nul-byte 283, nul-escape 10, too-long 54"
    );
}

#[test]
fn the_products_columns() {
    for (product, expected) in [
        (
            Product::Mattermost,
            "invalid-utf8 6, large-value 2, not-boolean 1, nul-byte 6, null-not-allowed 2",
        ),
        (
            Product::Playbooks,
            "empty-json 2, invalid-json 2, invalid-utf8 89, json-depth 2, kept-nul-escape 4, \
             not-boolean 32, nul-byte 87",
        ),
        (
            Product::Boards,
            "empty-json 5, invalid-date 5, invalid-json 5, invalid-utf8 97, \
             json-depth 5, kept-nul-escape 5, keys-merge 4, not-boolean 12, nul-byte 92, nul-escape 4",
        ),
        (Product::Calls, "invalid-utf8 15, keys-merge 5, not-boolean 2, nul-byte 15, nul-escape 5"),
        (Product::UserSurvey, "invalid-utf8 8, keys-merge 3, nul-byte 8, nul-escape 3"),
    ] {
        assert_eq!(line(&covered(Flavour::MySql, "", Some(product))), expected, "{product}");
    }
}

/// `rule count`, joined by commas.
fn line(counts: &BTreeMap<String, usize>) -> String {
    let pairs: Vec<String> = counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
    pairs.join(", ")
}
