//! Tables of no known product, and the tables that receive their rows on the target.

use std::collections::BTreeMap;

use super::Error;
use crate::check::policy::Decisions;
use crate::copy::Creation;
use crate::ddl::{Counterpart, counterpart, counterparts_catalog};
use crate::mattermost::is_leftover;
use crate::models::{ProductModel, ProductStatus};
use crate::schema::{Catalog, Table};

/// The decisions about tables of no known product.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unknown<'a> {
    /// Whether they are copied into tables with the same columns.
    pub are_copied: bool,
    /// The tables that are left behind by name.
    pub left_behind: &'a [String],
}

impl<'a> Unknown<'a> {
    /// What was decided about these tables.
    pub(crate) fn of(decisions: &'a Decisions) -> Self {
        Self { are_copied: decisions.copy_unknown, left_behind: &decisions.left_behind }
    }

    fn leaves_behind(self, table: &str) -> bool {
        self.left_behind.iter().any(|name| name.eq_ignore_ascii_case(table))
    }
}

/// The tables of no known product.
#[derive(Default)]
pub(crate) struct UnknownTables {
    /// The tables of the source.
    source: Catalog,
    /// The tables of the target for those that are copied.
    counterparts: Vec<Counterpart>,
    target: Catalog,
    /// The source's names of the skipped tables.
    left: Vec<String>,
    /// Those of them that are left behind by name, whatever the target has.
    left_by_name: Vec<String>,
}

impl UnknownTables {
    /// The tables of a source that `is_known` does not recognise.
    pub(crate) fn find(
        live: &Catalog,
        is_known: impl Fn(&str) -> bool,
        unknown: Unknown<'_>,
    ) -> Result<Self, Error> {
        let tables = live.tables.iter();
        let tables: BTreeMap<String, Table> = tables
            .filter(|(name, _)| !is_known(name) && !is_leftover(name))
            .map(|(name, table)| (name.clone(), table.clone()))
            .collect();
        let source = Catalog { tables, ..Catalog::default() };
        let (copied, left): (Vec<&Table>, Vec<&Table>) = source
            .tables
            .values()
            .partition(|table| unknown.are_copied && !unknown.leaves_behind(&table.name));
        refuse_collisions(&copied)?;
        let counterparts: Vec<Counterpart> = copied.into_iter().map(counterpart).collect();
        let target = counterparts_catalog(&counterparts);
        let left: Vec<String> = left.into_iter().map(|table| table.name.clone()).collect();
        let by_name = left.iter().filter(|name| unknown.leaves_behind(name));
        let left_by_name = by_name.cloned().collect();
        Ok(Self { source, counterparts, target, left, left_by_name })
    }

    /// The source's names of the tables that are left behind by name.
    pub(crate) fn left_by_name(&self) -> &[String] {
        &self.left_by_name
    }

    /// The source's names of the skipped tables.
    pub(crate) fn left(&self) -> Vec<&str> {
        self.left.iter().map(String::as_str).collect()
    }

    /// The target's tables for those that are copied.
    pub(crate) fn target(&self) -> &Catalog {
        &self.target
    }

    /// The statements that create the tables, one by one.
    pub(crate) fn creations(&self) -> impl Iterator<Item = Creation> + '_ {
        self.counterparts.iter().map(|counterpart| Creation {
            name: format!("`{}`", counterpart.name),
            tables: vec![counterpart.name.clone()],
            statements: counterpart.statements.clone(),
        })
    }

    /// The copied tables as text, with the indexes that they lose.
    pub(crate) fn describe(&self) -> Vec<String> {
        let words = |it: &Counterpart| match &it.indexes_left_out[..] {
            [] => it.name.clone(),
            lost => format!("{} (without its indexes {})", it.name, lost.join(", ")),
        };
        self.counterparts.iter().map(words).collect()
    }

    /// The model for the checks.
    pub(crate) fn model(&self) -> ProductModel<'_> {
        let (source, target) = (&self.source, &self.target);
        ProductModel { product: None, source, target, standing: ProductStatus::Copied }
    }
}

/// Names on the target have no capitals, so that two tables could become one.
fn refuse_collisions(tables: &[&Table]) -> Result<(), Error> {
    let mut names = BTreeMap::new();
    for name in tables.iter().map(|table| &table.name) {
        if let Some(other) = names.insert(name.to_lowercase(), name) {
            return Err(Error::CollidingNames { first: other.clone(), second: name.clone() });
        }
    }
    Ok(())
}
