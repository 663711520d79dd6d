//! What is known about a source's schema, put together for the modules that work with it.

mod known_product;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use self::known_product::{Found, KnownProduct, Presence};
pub(super) use self::unknown::Unknown;
use self::unknown::UnknownTables;
use super::failure::hinted;
use crate::copy::Creation;
use crate::migrations;
use crate::models::{Models, ProductModel};
use crate::mysql::{self, Connection};
use crate::release::{MigrationSet, releases};
use crate::schema::{Catalog, Column, Product, Table};
use crate::ui::Ui;

/// The models of a source with these applied migrations; those not known here are left out.
pub(super) struct SourceModels {
    applied: Option<Vec<(u32, String)>>,
    known: MigrationSet,
    source: Catalog,
    target: Catalog,
    past: Catalog,
    products: Vec<KnownProduct>,
    unknown: UnknownTables,
}

/// How many columns of the expected tables are missing or of another type, and how many are more.
fn distance(source: &Catalog, expected: &Catalog) -> usize {
    let apart = |table: &Table| {
        let Some(present) = source.table(&table.name) else { return table.columns.len() };
        let is_kept = |column: &&Column| {
            present.column(&column.name).is_some_and(|it| it.data_type == column.data_type)
        };
        let kept = table.columns.iter().filter(is_kept).count();
        table.columns.len() - kept + present.columns.len() - kept
    };
    expected.tables.values().map(apart).sum()
}

impl SourceModels {
    /// Builds the models for the rows of a source's `db_migrations`, with every product at the newest
    /// version of its tables.
    pub(super) fn of(applied: Option<Vec<(u32, String)>>) -> Result<Self, migrations::Error> {
        let known = migrations::target().iter().map(|migration| migration.number).collect();
        let set: MigrationSet = applied.iter().flatten().map(|(number, _)| *number).collect();
        Ok(Self {
            applied,
            known,
            source: migrations::known_source_model(&set)?,
            target: migrations::known_target_model(&set)?,
            past: migrations::past_source_model(&set)?,
            products: Product::ALL
                .into_iter()
                .map(KnownProduct::newest)
                .collect::<Result<_, _>>()?,
            unknown: UnknownTables::default(),
        })
    }

    /// The same for what is there, with the source's catalog: products at the versions that their tables
    /// have, and those left out that are not among `chosen`, unless that is empty.
    pub(super) async fn of_source(
        connection: &mut Connection,
        chosen: &[Product],
        unknown: Unknown,
    ) -> anyhow::Result<(Self, Catalog)> {
        let live = mysql::read_catalog(connection).await?;
        let applied = mysql::applied_migrations(connection, &live).await?;
        let knowledge = if applied.as_ref().is_none_or(Vec::is_empty) {
            Self::nearest_without_rows(&live, applied)?
        } else {
            Self::of(applied)?
        };
        let versions = mysql::product_versions(connection, &live).await?;
        let tables = knowledge.tables_of_products(&live);
        let with_rows = mysql::tables_with_rows(connection, &tables).await?;
        Ok((knowledge.with_tables(&live, &versions, &with_rows, chosen, unknown)?, live))
    }

    /// The source's tables of plugins, by their exact names.
    fn tables_of_products(&self, live: &Catalog) -> Vec<String> {
        let plugins = self.products.iter().filter(|it| it.product != Product::Mattermost);
        plugins.flat_map(|it| it.tables_in(live)).map(str::to_owned).collect()
    }

    /// The same with what a source has: its products at their versions, and what becomes of its tables
    /// of no known product.
    pub(super) fn with_tables(
        mut self,
        live: &Catalog,
        versions: &BTreeMap<Product, String>,
        with_rows: &BTreeSet<String>,
        chosen: &[Product],
        unknown: Unknown,
    ) -> anyhow::Result<Self> {
        let found = Found { live, versions, with_rows, chosen, unknown };
        self.products.iter_mut().try_for_each(|known| known.find(&found))?;
        refuse_calls_alone(&self, chosen)?;
        let is_known = |table: &str| self.knows(table);
        self.unknown = UnknownTables::find(live, is_known, unknown)?;
        Ok(self)
    }

    /// The same for a target with these applied migrations: products at the versions that its tables are
    /// nearest to.
    pub(super) fn of_target(
        applied: Option<Vec<(u32, String)>>,
        live: &Catalog,
    ) -> Result<Self, migrations::Error> {
        let mut knowledge = Self::of(applied)?;
        knowledge.products.iter_mut().try_for_each(|known| known.find_on_target(live))?;
        Ok(knowledge)
    }

    /// Whether a table is Mattermost's or a product's, by any of their versions.
    fn knows(&self, table: &str) -> bool {
        let is_known =
            migrations::is_known_name(&table.to_lowercase()) || self.past.table(table).is_some();
        is_known && !self.products.iter().any(|product| product.copies_by_types(table))
    }

    /// Whether the source has a table of migrations.
    pub(super) fn has_migrations(&self) -> bool {
        self.applied.is_some()
    }

    /// Builds the models of the release whose schema is nearest to that one.
    pub(super) fn nearest(source: &Catalog) -> anyhow::Result<Self> {
        let mut nearest: Option<(usize, &MigrationSet)> = None;
        for release in releases() {
            let set = &release.migrations;
            let distance = distance(source, &migrations::known_source_model(set)?);
            // Of several, the oldest: each later release can upgrade what it has.
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, set));
            }
        }
        let set = nearest.map(|(_, set)| set.clone()).unwrap_or_default();
        Ok(Self::of(Some(set.iter().map(|number| (number, String::new())).collect()))?)
    }

    /// The same for a source whose `db_migrations` is missing or empty, which says no migrations.
    pub(super) fn nearest_without_rows(
        source: &Catalog,
        applied: Option<Vec<(u32, String)>>,
    ) -> anyhow::Result<Self> {
        Ok(Self { applied, ..Self::nearest(source)? })
    }

    /// The products' models, of which [`Self::models`] takes a list.
    pub(super) fn products(&self) -> Vec<ProductModel<'_>> {
        let known = self.products.iter().map(KnownProduct::model);
        known.chain([self.unknown.model()]).collect()
    }

    /// The tables that the target has to have, in lower case.
    pub(super) fn target_tables(&self) -> BTreeSet<String> {
        let of_products = self
            .products
            .iter()
            .filter(|it| matches!(it.presence, Presence::Known(_) | Presence::Unknown(_)));
        let of_products = of_products.flat_map(|it| it.target.tables.keys());
        let own = self.target.tables.keys();
        let unknown = self.unknown.target().tables.keys();
        own.chain(of_products).chain(unknown).map(|name| name.to_ascii_lowercase()).collect()
    }

    /// The tables of products that are there and were not asked for, by their names on the target.
    pub(super) fn left_out(&self) -> Vec<String> {
        let products = || self.products.iter().filter(|it| it.presence == Presence::LeftOut);
        let is_core = products().any(|it| it.product == Product::Mattermost);
        let core = self.target.tables.keys().filter(|_| is_core);
        products().flat_map(|it| it.target.tables.keys()).chain(core).cloned().collect()
    }

    /// What makes the tables of the products that are there, and of none.
    pub(super) fn creations(&self) -> Vec<Creation> {
        let known = self.products.iter().filter_map(KnownProduct::creation);
        known.chain(self.unknown.creations()).collect()
    }

    /// The products whose tables are of versions that are not known here.
    pub(super) fn unknown_versions(&self) -> Vec<(Product, &str, &str)> {
        self.products
            .iter()
            .filter_map(|it| match &it.presence {
                Presence::Unknown(found) => Some((it.product, found.as_str(), it.known.as_str())),
                _ => None,
            })
            .collect()
    }

    /// The tables that Mattermost's own migrations make on the target.
    pub(super) fn core_tables(&self) -> BTreeSet<String> {
        self.target.tables.keys().cloned().collect()
    }

    /// Whether the source or the target has a table of that name.
    pub(super) fn has_table(&self, live: &Catalog, name: &str) -> bool {
        live.table(name).is_some() || self.target.table(name).is_some()
    }

    /// Each product with a known version on the source.
    pub(super) fn known_versions(&self) -> Vec<(Product, &str)> {
        let known = self.products.iter().filter_map(|it| match &it.presence {
            Presence::Known(version) => Some((it.product, version.as_str())),
            _ => None,
        });
        known.collect()
    }

    /// Says which tables belong to no known product, and what becomes of them.
    pub(super) fn warn_of_unknown(&self, ui: Ui) {
        let left = self.unknown.left().join(", ");
        if !left.is_empty() {
            ui.warn(format!("tables of no known product stay behind: {left}"));
            ui.hint("add `--copy-unknown` to copy them into tables of the same columns");
        }
        let copied = self.unknown.describe().join(", ");
        if !copied.is_empty() {
            ui.warn(format!(
                "tables of no known product are copied by the types of their columns: {copied}"
            ));
            ui.say(
                "they have no defaults there, no foreign keys, and nothing that counts by itself",
            );
        }
    }

    /// Says which products were asked for and are not there.
    pub(super) fn warn_of_absent(&self, chosen: &[Product], ui: Ui) {
        let absent = self.products.iter().filter(|it| it.presence == Presence::Absent);
        for known in absent.filter(|it| chosen.contains(&it.product)) {
            if known.product != Product::Mattermost {
                ui.warn(format!("the source has no tables of {}", known.product));
            }
        }
    }

    /// The models as the checks take them.
    pub(super) fn models<'a>(&'a self, products: &'a [ProductModel<'a>]) -> Models<'a> {
        Models {
            applied: self.applied.as_deref(),
            known: &self.known,
            source: &self.source,
            target: &self.target,
            past: &self.past,
            products,
        }
    }
}

/// Calls takes its channels' state from its keys in `PluginKeyValueStore` where it has no tables, so one
/// without the other would bring stale state back.
fn refuse_calls_alone(knowledge: &SourceModels, chosen: &[Product]) -> anyhow::Result<()> {
    let calls = knowledge.products.iter().find(|it| it.product == Product::Calls);
    // Tables without a known version cannot go with them, so that leaving them out is a way on.
    let is_there = calls.is_some_and(|it| it.is_there && it.has_known_version);
    let is_chosen = |product| chosen.is_empty() || chosen.contains(&product);
    if !is_there || is_chosen(Product::Calls) == is_chosen(Product::Mattermost) {
        return Ok(());
    }
    Err(hinted(
        "the tables of calls go with those of mattermost, whose `PluginKeyValueStore` holds its keys",
        "name both in `--products`, or neither",
    )
    .into())
}
