//! The models of a source's schema: its own migrations, its products, and its tables of no known product.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use super::known_product::{Found, KnownProduct, Presence};
use super::unknown_tables::{Unknown, UnknownTables};
use crate::copy::Creation;
use crate::mattermost::{MIGRATOR_TABLES, Product};
use crate::migrations;
use crate::models::{Models, ProductModel};
use crate::mysql::{self, Connection};
use crate::release::{MigrationSet, releases};
use crate::schema::{Catalog, Column, Table};
use crate::verify::VerifyOptions;

/// The models of a source with these applied migrations, without unknown ones.
pub struct SourceModels {
    applied: Option<Vec<(u32, String)>>,
    known: MigrationSet,
    source: Catalog,
    target: Catalog,
    past: Catalog,
    products: Vec<KnownProduct>,
    unknown: UnknownTables,
}

/// The number of columns of the expected tables that are missing or have another type, and of additional ones.
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
    /// Builds the models from the rows of a source's `db_migrations`, with every product at the newest
    /// version of its tables.
    pub(crate) fn of(applied: Option<Vec<(u32, String)>>) -> Result<Self, migrations::Error> {
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

    /// The same for a source with this catalog: products at the versions of their tables, without those outside
    /// `chosen`, unless that is empty.
    pub(crate) async fn of_source(
        connection: &mut Connection,
        chosen: &[Product],
        unknown: Unknown<'_>,
    ) -> Result<(Self, Catalog), Error> {
        let live = mysql::read_catalog(connection).await?;
        let applied = mysql::applied_migrations(connection, &live).await?;
        let models = if applied.as_ref().is_none_or(Vec::is_empty) {
            Self::nearest_without_rows(&live, applied)?
        } else {
            Self::of(applied)?
        };
        let versions = mysql::product_versions(connection, &live).await?;
        let tables = models.tables_of_products(&live);
        let with_rows = mysql::tables_with_rows(connection, &tables).await?;
        Ok((models.with_tables(&live, &versions, &with_rows, chosen, unknown)?, live))
    }

    /// The source's tables of plugins and of the configuration store, by their exact names.
    fn tables_of_products(&self, live: &Catalog) -> Vec<String> {
        self.products.iter().flat_map(|it| it.tables_in(live)).map(str::to_owned).collect()
    }

    /// The same for a source's tables: its products at their versions, and the handling of its tables of no
    /// known product.
    pub(crate) fn with_tables(
        mut self,
        live: &Catalog,
        versions: &BTreeMap<Product, String>,
        with_rows: &BTreeSet<String>,
        chosen: &[Product],
        unknown: Unknown<'_>,
    ) -> Result<Self, Error> {
        let found = Found { live, versions, with_rows, chosen, unknown };
        self.products.iter_mut().try_for_each(|known| known.find(&found))?;
        refuse_calls_alone(&self, chosen)?;
        let is_known = |table: &str| self.knows(table);
        self.unknown = UnknownTables::find(live, is_known, unknown)?;
        Ok(self)
    }

    /// The same for a target with these applied migrations: products at the versions that its tables are
    /// nearest to.
    pub(crate) fn of_target(
        applied: Option<Vec<(u32, String)>>,
        live: &Catalog,
    ) -> Result<Self, migrations::Error> {
        let mut models = Self::of(applied)?;
        models.products.iter_mut().try_for_each(|known| known.find_on_target(live))?;
        Ok(models)
    }

    /// Whether a table belongs to Mattermost or a product, in any version.
    fn knows(&self, table: &str) -> bool {
        let is_known =
            migrations::is_known_name(&table.to_lowercase()) || self.past.table(table).is_some();
        is_known && !self.products.iter().any(|product| product.copies_by_types(table))
    }

    /// Whether the source has a table of migrations.
    pub(crate) fn has_migrations(&self) -> bool {
        self.applied.is_some()
    }

    /// Builds the models of the release with the schema nearest to that one.
    pub(crate) fn nearest(source: &Catalog) -> Result<Self, Error> {
        let mut nearest: Option<(usize, &MigrationSet)> = None;
        for release in releases() {
            let set = &release.migrations;
            let distance = distance(source, &migrations::known_source_model(set)?);
            // The oldest of several, because each later release can upgrade its schema.
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, set));
            }
        }
        let set = nearest.map(|(_, set)| set.clone()).unwrap_or_default();
        Ok(Self::of(Some(set.iter().map(|number| (number, String::new())).collect()))?)
    }

    /// The same for a source whose `db_migrations` is missing or empty.
    pub(crate) fn nearest_without_rows(
        source: &Catalog,
        applied: Option<Vec<(u32, String)>>,
    ) -> Result<Self, Error> {
        Ok(Self { applied, ..Self::nearest(source)? })
    }

    /// The products' models, for [`Self::models`].
    pub(crate) fn products(&self) -> Vec<ProductModel<'_>> {
        let known = self.products.iter().map(KnownProduct::model);
        known.chain([self.unknown.model()]).collect()
    }

    /// The tables that the target must have, in lower case.
    pub(crate) fn target_tables(&self) -> BTreeSet<String> {
        let of_products = self
            .products
            .iter()
            .filter(|it| matches!(it.presence, Presence::Known(_) | Presence::Unknown(_)));
        let of_products = of_products.flat_map(|it| it.target.tables.keys());
        let own = self.target.tables.keys();
        let unknown = self.unknown.target().tables.keys();
        own.chain(of_products).chain(unknown).map(|name| name.to_ascii_lowercase()).collect()
    }

    /// The tables of excluded products, by their names on the target, and those left behind by name.
    pub(crate) fn left_out(&self) -> Vec<String> {
        let products = || self.products.iter().filter(|it| it.presence == Presence::LeftOut);
        let is_core = products().any(|it| it.product == Product::Mattermost);
        let core = self.target.tables.keys().filter(|_| is_core);
        let of_products = products().flat_map(|it| it.target.tables.keys()).chain(core);
        of_products.chain(self.unknown.left_by_name()).cloned().collect()
    }

    /// The statements that create the tables of the products in the source, and of no known product.
    pub(crate) fn creations(&self) -> Vec<Creation> {
        let known = self.products.iter().filter_map(KnownProduct::creation);
        known.chain(self.unknown.creations()).collect()
    }

    /// The products with tables of unknown versions.
    pub(crate) fn unknown_versions(&self) -> Vec<(Product, &str, &str)> {
        self.products
            .iter()
            .filter_map(|it| match &it.presence {
                Presence::Unknown(found) => Some((it.product, found.as_str(), it.known.as_str())),
                _ => None,
            })
            .collect()
    }

    /// Refuses tables of Calls of an unknown version.
    pub(crate) fn refuse_unknown_calls(&self) -> Result<(), Error> {
        match self.unknown_versions().into_iter().find(|it| it.0 == Product::Calls) {
            None => Ok(()),
            Some((_, found, known)) => {
                let (found, known) = (found.to_owned(), known.to_owned());
                Err(Error::UnknownCalls { found, known, others: self.copied_products() })
            }
        }
    }

    /// Mattermost and the products of known versions, as the value of `--products`.
    fn copied_products(&self) -> String {
        let known = self.known_versions().into_iter().map(|(product, _)| product);
        let plugins = known.filter(|it| *it != Product::Mattermost);
        let names = std::iter::once(Product::Mattermost).chain(plugins).map(Product::name);
        names.collect::<Vec<_>>().join(",")
    }

    /// A comparison of all rows.
    pub(crate) fn verify_options(&self, schema: &str, jobs: usize) -> VerifyOptions {
        let own = MIGRATOR_TABLES.iter();
        let own = own.map(|&(table, reason)| (table.to_owned(), reason.to_owned()));
        VerifyOptions {
            schema: schema.to_owned(),
            jobs,
            bookkeeping: own.collect(),
            required: self.target_tables(),
            is_known_name: migrations::is_known_name,
            left_out: self.left_out(),
            ..VerifyOptions::default()
        }
    }

    /// The tables of Mattermost's own migrations on the target.
    pub(crate) fn core_tables(&self) -> BTreeSet<String> {
        self.target.tables.keys().cloned().collect()
    }

    /// Whether the source or the target has a table of that name.
    pub(crate) fn has_table(&self, live: &Catalog, name: &str) -> bool {
        live.table(name).is_some() || self.target.table(name).is_some()
    }

    /// Each product with a known version on the source.
    pub(crate) fn known_versions(&self) -> Vec<(Product, &str)> {
        let known = self.products.iter().filter_map(|it| match &it.presence {
            Presence::Known(version) => Some((it.product, version.as_str())),
            _ => None,
        });
        known.collect()
    }

    /// The tables of no known product.
    pub(crate) fn unknown_tables(&self) -> &UnknownTables {
        &self.unknown
    }

    /// The products of which the source has no tables.
    pub(crate) fn absent_products(&self) -> impl Iterator<Item = Product> {
        self.products.iter().filter(|it| it.presence == Presence::Absent).map(|it| it.product)
    }

    /// The models for the checks.
    pub(crate) fn models<'a>(&'a self, products: &'a [ProductModel<'a>]) -> Models<'a> {
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

/// Without tables, Calls reads its channels' state from its keys in `PluginKeyValueStore`, so that one without
/// the other would restore an outdated state.
fn refuse_calls_alone(models: &SourceModels, chosen: &[Product]) -> Result<(), Error> {
    let calls = models.products.iter().find(|it| it.product == Product::Calls);
    // Tables without a known version cannot be copied with them, so excluding them is a solution.
    let is_there = calls.is_some_and(|it| it.is_there && it.has_known_version);
    let is_chosen = |product| chosen.is_empty() || chosen.contains(&product);
    if !is_there || is_chosen(Product::Calls) == is_chosen(Product::Mattermost) {
        return Ok(());
    }
    Err(Error::CallsAlone)
}
