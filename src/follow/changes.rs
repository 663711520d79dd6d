//! Changed rows of the log: converted, and applied with all that they entail.

use super::again::keep;
use super::batching::is_full;
use super::open::is_too_large;
use super::session::{End, Session, Step};
use super::stopping::{COPY_AGAIN, FIX_ROW};
use super::table::{Effect, KeyChange, Net, TableRoute};
use super::{Error, OnRowProblem};
use crate::ledger;
use crate::mysql::binlog::{Position, RowChanges};

impl Session<'_> {
    pub(super) async fn rows(&mut self, rows: &RowChanges) -> Step {
        let Some(&place) = self.places.get(rows.table.as_str()) else {
            // A table that was not copied, or one that is copied whole at the end.
            return Ok(None);
        };
        let routes = self.routes;
        let route = &routes[place];
        let mut keys = Vec::new();
        for change in &rows.changes {
            let converted = route.convert(change, &mut self.events[place]);
            if let Some(column) = converted.inexact_key {
                return self.copy_whole(route, &column).await;
            }
            if let Some(problem) = &converted.problem
                && self.setup.options.on_problem == OnRowProblem::Stop
            {
                let table = &route.plan.source;
                let reason =
                    format!("a row of table `{table}` that does not fit: {}", problem.failure);
                return self.stop(reason, FIX_ROW).await;
            }
            if !route.children.is_empty() {
                add_key_change(&converted.effects, &mut keys);
            }
            let open = self.open.get_or_insert_default();
            open.changes += 1;
            open.records.extend(converted.records);
            for effect in converted.effects {
                open.batch.add(place, effect);
            }
        }
        if !keys.is_empty() {
            self.apply_part().await?;
            for change in keys {
                self.applier.cascade(routes, place, change).await?;
            }
        }
        if self.open.as_ref().is_some_and(|open| is_full(&open.batch)) {
            self.apply_part().await?;
        }
        Ok(None)
    }

    /// Leaves a table out of the log's application whose rows it does not identify: it is copied whole when
    /// nothing writes any more.
    async fn copy_whole(&mut self, route: &TableRoute, column: &str) -> Step {
        let (table, target) = (&route.plan.source, &route.plan.target);
        if is_too_large(self.control.table_bytes(table).await?) {
            let reason = format!(
                "a value of the key column `{table}`.`{column}` that the log does not determine, of a table \
                 with more than 1 GB"
            );
            return self.stop(reason, COPY_AGAIN).await;
        }
        self.applier.roll_back().await?;
        self.open = None;
        if let Some(end) = self.flush().await? {
            return Ok(Some(end));
        }
        let schema = &self.setup.options.schema;
        ledger::mark_copied_whole(&self.applier.connection, schema, target).await?;
        Ok(Some(End::Replan))
    }

    /// Empties a table that the source emptied with a statement at this position.
    pub(super) async fn empty(&mut self, table: &str, position: Position, time: u32) -> Step {
        let routes = self.routes;
        let route = routes.iter().find(|it| it.plan.source.eq_ignore_ascii_case(table));
        let end = self.flush().await?;
        if let (Some(route), None) = (route, &end) {
            self.applier.empty(route).await?;
            self.pass(position, Some(time));
            return self.flush().await;
        }
        // A table that is copied whole, or an end before the statement, which is read again.
        if end.is_none() {
            self.pass(position, Some(time));
        }
        Ok(end)
    }

    /// Applies what is read of the open transaction, behind all that is complete.
    pub(super) async fn apply_part(&mut self) -> Result<(), Error> {
        if !self.applier.has_open_parts() {
            self.flush().await?;
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        let (batch, records) = (std::mem::take(&mut open.batch), std::mem::take(&mut open.records));
        keep(self.setup.quarantine, &records)?;
        self.applier.apply_part(self.routes, batch).await
    }
}

/// Adds what happened to the key of a row, in the order of the log.
fn add_key_change(effects: &[Effect], changes: &mut Vec<KeyChange>) {
    let Some(gone) = effects.first().filter(|effect| effect.net == Net::Gone) else { return };
    if let Some(after) = effects.get(1) {
        changes.push(KeyChange::Moved { from: gone.key.clone(), to: after.key.clone() });
    } else if let Some(KeyChange::Gone(keys)) = changes.last_mut() {
        keys.push(gone.key.clone());
    } else {
        changes.push(KeyChange::Gone(vec![gone.key.clone()]));
    }
}
