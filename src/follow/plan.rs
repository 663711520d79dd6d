//! Which tables are followed, and how: by key, or copied whole when nothing writes any more.

use std::collections::{BTreeMap, BTreeSet};

use super::open::followed_tables;
use super::table::{Child, NotByKey, TableRoute};
use super::{Error, FollowOptions, Refusal};
use crate::convert::TablePlan;
use crate::ledger::{self, CopyRecord, FollowedTable};
use crate::postgres::{self, read_catalog};
use crate::schema::{Catalog, ForeignKey};

/// The tables that were copied.
pub(super) struct Planned {
    /// Those whose rows are followed by key.
    pub(super) routes: Vec<TableRoute>,
    /// Those that are copied whole.
    pub(super) whole: Vec<TableRoute>,
}

/// Plans again, once the target has further unique indexes, or a table is copied whole.
pub(super) async fn plan_again(
    connection: &postgres::Connection,
    source: &Catalog,
    options: &FollowOptions,
) -> Result<Planned, Error> {
    let copy = ledger::read_copy(connection, &options.schema).await?;
    let target = read_catalog(connection, &options.schema).await?;
    let before = followed_tables(connection, &options.schema).await?;
    plan(&copy, source, &target, &before, options).map_err(Error::Refused)
}

/// Plans all tables that were copied. `before` has what is on record of them.
pub(super) fn plan(
    copy: &CopyRecord,
    source: &Catalog,
    target: &Catalog,
    before: &BTreeMap<String, FollowedTable>,
    options: &FollowOptions,
) -> Result<Planned, Vec<Refusal>> {
    let zones = copy.time_zones();
    let (mut routes, mut whole, mut refusals) = (Vec::new(), Vec::new(), Vec::new());
    for name in copy.tables.keys() {
        let (Some(from), Some(to)) = (source.table(name), target.tables.get(name)) else {
            refusals.push(Refusal::TableMissing { table: name.clone() });
            continue;
        };
        for key in to.foreign_keys.values() {
            let (table, name) = (name.clone(), key.name.clone());
            refusals.push(Refusal::ForeignKey { table, name });
        }
        let policy = |column: &_| (options.policy)(&to.name, column);
        let planned =
            TablePlan::new(from, to, target, policy).and_then(|plan| plan.with_time_zones(&zones));
        let plan = match planned {
            Ok(plan) => plan,
            Err(refused) => {
                refusals.extend(refused.obstacles.into_iter().map(|obstacle| {
                    let (table, obstacle) = (from.name.clone(), obstacle.to_string());
                    Refusal::NotConvertible { table, obstacle }
                }));
                continue;
            }
        };
        let is_whole = before.get(name).is_some_and(|table| table.copy_whole);
        let route = match TableRoute::new(plan.clone(), from, to) {
            Ok(route) if !is_whole => Ok((route, true)),
            Ok(_) | Err(NotByKey::NoKey) => {
                TableRoute::without_key(plan, from).map(|route| (route, false))
            }
            Err(changed) => Err(changed),
        };
        match route {
            Ok((route, true)) => routes.push(route),
            Ok((route, false)) => whole.push(route),
            Err(_) => refusals.push(Refusal::TableChanged { table: from.name.clone() }),
        }
    }
    if refusals.is_empty() { Ok(link(Planned { routes, whole }, source)) } else { Err(refusals) }
}

/// Finds the foreign keys by which rows change with those of another table. A table whose rows cannot be
/// found so is copied whole, and so are those that depend on it.
fn link(planned: Planned, source: &Catalog) -> Planned {
    let Planned { mut routes, mut whole } = planned;
    let mut not_found: BTreeSet<String> =
        whole.iter().map(|route| route.plan.source.to_lowercase()).collect();
    while let Some(place) = routes.iter().position(|it| is_lost(it, &routes, &not_found, source)) {
        let route = routes.remove(place);
        not_found.insert(route.plan.source.to_lowercase());
        whole.push(route);
    }
    for child in 0..routes.len() {
        for key in acting_keys(&routes[child], source) {
            let Some(parent) = parent_of(key, &routes) else { continue };
            let columns = child_of(&routes[parent], &routes[child], key);
            let columns = columns.expect("those without are copied whole");
            let actions = key.actions;
            routes[parent].children.push(Child { route: child, columns, actions });
        }
    }
    Planned { routes, whole }
}

/// The foreign keys of a table that delete or change its rows.
fn acting_keys<'a>(
    route: &TableRoute,
    source: &'a Catalog,
) -> impl Iterator<Item = &'a ForeignKey> + use<'a> {
    let table = source.tables.get(&route.plan.source);
    table.into_iter().flat_map(|it| it.foreign_keys.values()).filter(|it| !it.actions.is_empty())
}

fn parent_of(key: &ForeignKey, routes: &[TableRoute]) -> Option<usize> {
    routes.iter().position(|it| it.plan.source.eq_ignore_ascii_case(&key.referenced_table))
}

/// Whether a foreign key changes rows that cannot be found in the target.
fn is_lost(
    child: &TableRoute,
    routes: &[TableRoute],
    not_found: &BTreeSet<String>,
    source: &Catalog,
) -> bool {
    acting_keys(child, source).any(|key| match parent_of(key, routes) {
        Some(parent) => child_of(&routes[parent], child, key).is_none(),
        None => not_found.contains(&key.referenced_table.to_lowercase()),
    })
}

/// The places of the referencing columns in the order of the parent's key; `None` if the foreign key
/// refers to other columns.
fn child_of(parent: &TableRoute, child: &TableRoute, key: &ForeignKey) -> Option<Vec<usize>> {
    if key.referenced_columns.len() != parent.key.len() {
        return None;
    }
    let columns = parent.key.iter().map(|&place| {
        let name = &parent.plan.columns[place].source;
        let number = key.referenced_columns.iter().position(|it| it.eq_ignore_ascii_case(name))?;
        let column = &key.columns[number];
        child.plan.source_columns().position(|it| it.eq_ignore_ascii_case(column))
    });
    columns.collect()
}
