//! The selection of tables to copy.

use super::plan::Situation;
use super::{CopyOptions, Refusal};
use crate::mattermost::is_bookkeeping;
use crate::schema::Table;

/// The tables of both sides, by what the copy does with them.
pub(super) struct Selection<'a> {
    situation: &'a Situation,
    options: &'a CopyOptions,
}

impl<'a> Selection<'a> {
    pub(super) fn new(situation: &'a Situation, options: &'a CopyOptions) -> Self {
        Self { situation, options }
    }

    /// The tables to copy, on both sides.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'a Table, &'a Table)> {
        let situation = self.situation;
        let is_shadow = |name: &str| {
            let plain = name.to_lowercase();
            plain != name && situation.target.tables.contains_key(&plain)
        };
        let targets = situation.target.tables.values().filter(move |table| {
            // Mattermost's own tables have lower-case names; `"Posts"` next to `posts` is not one of them.
            self.is_chosen(&table.name) && !is_shadow(&table.name)
        });
        targets.filter_map(|target| Some((situation.source.table(&target.name)?, target)))
    }

    /// Tables of the source that would become one table of the target.
    fn same_names(&self) -> impl Iterator<Item = Refusal> {
        let situation = self.situation;
        let collisions =
            situation.source.table_collisions().into_iter().filter(|names| {
                self.is_chosen(names[0]) && situation.target.table(names[0]).is_some()
            });
        collisions.map(|names| Refusal::SameName {
            tables: names.into_iter().map(|name| format!("`{name}`")).collect(),
        })
    }

    /// The problems of the selection.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let situation = self.situation;
        let unknown = self.options.tables.iter().chain(&self.options.exclude).filter(|name| {
            let is_other = situation.others.iter().any(|it| it.eq_ignore_ascii_case(name));
            situation.source.table(name).is_none()
                && situation.target.table(name).is_none()
                && !is_other
        });
        let unknown = unknown.map(|name| Refusal::UnknownTable { name: name.clone() });
        let missing = situation.target.tables.values().filter(|table| {
            self.is_chosen(&table.name)
                && situation.source.table(&table.name).is_none()
                && self.options.required.contains(&table.name)
        });
        let missing = missing.map(|table| Refusal::MissingInSource { table: table.name.clone() });
        unknown.chain(missing).chain(self.same_names()).collect()
    }

    /// The tables of the source without a counterpart.
    pub(super) fn left_out(&self) -> Vec<String> {
        let alone = self
            .situation
            .source
            .tables
            .keys()
            .filter(|name| self.is_chosen(name) && self.situation.target.table(name).is_none());
        alone.cloned().collect()
    }

    pub(super) fn is_chosen(&self, name: &str) -> bool {
        let listed = |names: &[String]| names.iter().any(|it| it.eq_ignore_ascii_case(name));
        let options = self.options;
        let failed = || {
            let ours = self.situation.ledger.tables.get(name);
            ours.is_some_and(|record| !record.is_complete() || record.counts().rows_quarantined > 0)
        };
        !is_bookkeeping(name)
            && (options.tables.is_empty() || listed(&options.tables))
            && !listed(&options.exclude)
            && !listed(&options.left_out)
            && (!options.only_failed || failed())
    }
}
