//! The expected schema: Mattermost's tables and those of every product that the source has.

use std::collections::BTreeMap;

use super::{Models, ProductModel, ProductStatus};
use crate::mattermost::{Product, migrator_table};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Column, Index, Kind, Limit, phrase_index};

/// The expected character set of Mattermost's text.
const CHARACTER_SET: &str = "utf8mb4";

/// Both catalogs, prepared for a comparison, with the product of each expected table.
pub struct ExpectedSchema {
    pub found: Catalog,
    pub expected: Catalog,
    /// By the table's name in lower case.
    pub products: BTreeMap<String, Product>,
}

impl ExpectedSchema {
    pub fn of_source(flavour: Flavour, found: &Catalog, models: &Models<'_>) -> Self {
        let mut expected = Self::new(found, models.source, models.products, |model| model.source);
        expected.encode_text();
        expected.spell_references();
        if flavour == Flavour::MariaDb {
            expected.take_text_for_json();
        }
        expected
    }

    pub fn of_target(found: &Catalog, models: &Models<'_>) -> Self {
        let mut expected = Self::new(found, models.target, models.products, |model| model.target);
        expected.take_text_search();
        expected
    }

    /// A full-text index is right with any text search configuration, as long as Mattermost searches with
    /// the same; so is the index for searches for a phrase.
    fn take_text_search(&mut self) {
        for table in self.expected.tables.values_mut() {
            let Some(found) = self.found.table(&table.name) else { continue };
            for index in table.indexes.values_mut().filter(|index| index.is_full_text()) {
                let found = found.indexes.get(&index.name);
                if let Some(configuration) = found.and_then(Index::text_search_configuration) {
                    *index = index.with_configuration(&configuration);
                }
            }
            let phrase_index = phrase_index();
            if table.name == phrase_index.table && found.indexes.contains_key(&phrase_index.name) {
                table.indexes.insert(phrase_index.name.clone(), phrase_index);
            }
        }
    }

    /// A product is expected as a whole if its version table exists; a product of an unknown version, or an
    /// excluded one, is left out on both sides.
    fn new<'a>(
        found: &Catalog,
        mattermost: &'a Catalog,
        products: &'a [ProductModel<'a>],
        side: impl Fn(&ProductModel<'a>) -> &'a Catalog,
    ) -> Self {
        let mut found = found.clone();
        let skipped = |table: &str| {
            let mut left_out = products.iter().filter(|it| it.standing != ProductStatus::Copied);
            migrator_table(table).is_some()
                || left_out.any(|model| side(model).table(table).is_some())
        };
        found.tables.retain(|name, _| !skipped(name));
        let mut expected = mattermost.clone();
        let mut owners = owned(mattermost, Product::Mattermost);
        for model in products.iter().filter(|it| it.standing == ProductStatus::Copied) {
            let Some(product) = model.product else { continue };
            if found.table(product.version_table()).is_some() {
                let catalog = side(model).clone();
                owners.extend(owned(&catalog, product));
                expected.tables.extend(catalog.tables);
                expected.views.extend(catalog.views);
                expected.enums.extend(catalog.enums);
            }
        }
        Self { found, expected, products: owners }
    }

    /// Spells the tables that foreign keys refer to as the source does.
    fn spell_references(&mut self) {
        let tables = self.expected.tables.values_mut();
        for key in tables.flat_map(|table| table.foreign_keys.values_mut()) {
            if let Some(table) = self.found.table(&key.referenced_table) {
                key.referenced_table.clone_from(&table.name);
            }
        }
    }

    /// The migrations name no character set: text is expected in the one that contains all of Unicode, and in
    /// the collation of most of the source's text.
    fn encode_text(&mut self) {
        let collation = usual_collation(&self.found);
        for column in self.expected.tables.values_mut().flat_map(|table| &mut table.columns) {
            if matches!(column.data_type.kind(), Kind::Text(_) | Kind::Enumeration(_)) {
                column.character_set = Some(CHARACTER_SET.to_owned());
                column.collation.clone_from(&collation);
            }
        }
    }

    /// Before 10.4.3, `MariaDB` gives a column of JSON no check that distinguishes it from text (its manual,
    /// "JSON Data Type"); the rules validate the text row by row.
    fn take_text_for_json(&mut self) {
        for table in self.expected.tables.values_mut() {
            let Some(found) = self.found.table(&table.name) else { continue };
            for column in table.columns.iter_mut().filter(|column| column.data_type.is_json()) {
                let is_long_text = |found: &&Column| {
                    found.data_type.text_limit() == Some(Limit::Bytes(u64::from(u32::MAX)))
                };
                if let Some(found) = found.column(&column.name).filter(is_long_text) {
                    column.data_type = found.data_type.clone();
                }
            }
        }
    }
}

/// The names of tables and views, in lower case, with their product.
fn owned(catalog: &Catalog, product: Product) -> BTreeMap<String, Product> {
    let names = catalog.tables.keys().chain(catalog.views.keys());
    names.map(|name| (name.to_lowercase(), product)).collect()
}

fn usual_collation(catalog: &Catalog) -> Option<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for column in catalog.tables.values().flat_map(|table| &table.columns) {
        if let Some(collation) = &column.collation
            && column.character_set.as_deref() == Some(CHARACTER_SET)
        {
            *counts.entry(collation).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(collation, _)| collation.clone())
}
