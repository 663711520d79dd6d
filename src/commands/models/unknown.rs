//! Tables of no known product, and what takes their rows on the target.

use std::collections::BTreeMap;

use crate::commands::failure::hinted;
use crate::copy::Creation;
use crate::ddl::{Counterpart, counterpart, counterparts_catalog};
use crate::models::{ProductModel, ProductStatus};
use crate::schema::{Catalog, Table, is_leftover};

/// Whether tables of no known product are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Unknown {
    /// They stay behind.
    Left,
    /// They are copied into tables like them.
    Copied,
}

impl From<bool> for Unknown {
    fn from(copied: bool) -> Self {
        if copied { Self::Copied } else { Self::Left }
    }
}

/// The tables of no known product.
#[derive(Default)]
pub(super) struct UnknownTables {
    /// As the source has them.
    source: Catalog,
    /// What takes them; nothing where they are left.
    counterparts: Vec<Counterpart>,
    target: Catalog,
}

impl UnknownTables {
    /// Those of a source's tables that `is_known` does not know.
    pub(super) fn find(
        live: &Catalog,
        is_known: impl Fn(&str) -> bool,
        unknown: Unknown,
    ) -> anyhow::Result<Self> {
        let tables = live.tables.iter();
        let tables: BTreeMap<String, Table> = tables
            .filter(|(name, _)| !is_known(name) && !is_leftover(name))
            .map(|(name, table)| (name.clone(), table.clone()))
            .collect();
        let source = Catalog { tables, ..Catalog::default() };
        if unknown == Unknown::Left {
            return Ok(Self { source, ..Self::default() });
        }
        refuse_twins(&source)?;
        let counterparts: Vec<Counterpart> = source.tables.values().map(counterpart).collect();
        let target = counterparts_catalog(&counterparts);
        Ok(Self { source, counterparts, target })
    }

    /// The source's names of those that stay behind.
    pub(super) fn left(&self) -> Vec<&str> {
        if self.counterparts.is_empty() {
            self.source.tables.keys().map(String::as_str).collect()
        } else {
            Vec::new()
        }
    }

    /// The target's tables for those that are copied.
    pub(super) fn target(&self) -> &Catalog {
        &self.target
    }

    /// What makes the tables, one by one.
    pub(super) fn creations(&self) -> impl Iterator<Item = Creation> + '_ {
        self.counterparts.iter().map(|counterpart| Creation {
            name: format!("`{}`", counterpart.name),
            tables: vec![counterpart.name.clone()],
            statements: counterpart.statements.clone(),
        })
    }

    /// What is copied, in words: the tables, and the indexes that they lose.
    pub(super) fn describe(&self) -> Vec<String> {
        let words = |it: &Counterpart| match &it.indexes_left_out[..] {
            [] => it.name.clone(),
            lost => format!("{} (without its indexes {})", it.name, lost.join(", ")),
        };
        self.counterparts.iter().map(words).collect()
    }

    /// As the checks take it.
    pub(super) fn model(&self) -> ProductModel<'_> {
        let (source, target) = (&self.source, &self.target);
        ProductModel { product: None, source, target, standing: ProductStatus::Copied }
    }
}

/// On the target names have no capitals, so two tables could become one.
fn refuse_twins(source: &Catalog) -> anyhow::Result<()> {
    let mut names = BTreeMap::new();
    for name in source.tables.keys() {
        if let Some(other) = names.insert(name.to_lowercase(), name) {
            let message = format!("the tables `{other}` and `{name}` differ only by capitals");
            let hint = format!("rename one of them on MySQL: RENAME TABLE `{name}` TO `{name}_2`");
            return Err(hinted(message, hint).into());
        }
    }
    Ok(())
}
