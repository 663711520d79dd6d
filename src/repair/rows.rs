//! Repairs the rows of a table, batch by batch.

use super::apply;
use super::candidates::{self, From};
use super::error::{AtTable as _, Error};
use super::plan::{RowKey, TableFix};
use super::report::{Counts, FixCount};
use super::row::{Planned, Planner};
use super::{FixOptions, Mode};
use crate::mysql::Connection;
use crate::progress::{Progress, Task, TaskSize, TaskUnit};
use crate::quarantine::{Action, Quarantine, Record};

/// The most passes over a table while other sessions change its rows.
const PASSES: usize = 3;

/// Repairs a table, or counts what would be done.
pub(super) async fn fix(
    connection: &mut Connection,
    table: &TableFix,
    options: &FixOptions,
    mode: &mut Mode<'_>,
    counts: &mut Counts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let size = TaskSize { total: None, unit: TaskUnit::Rows };
    let task = Task::begin(progress, &table.name, size);
    let mut walk = Walk { connection, planner: Planner::new(table, options) };
    match mode {
        Mode::DryRun => {
            let show = options.show;
            walk.look(counts, &|counts: &mut Counts, planned: &Planned| {
                add_all(counts, planned, add);
                for &rule in &planned.rules {
                    counts.preview(planned.place(rule), || planned.preview(show));
                }
            })
            .await?;
        }
        Mode::Apply(quarantine) => {
            for pass in 1..=PASSES {
                walk.apply(quarantine, counts, &task).await?;
                let mut rest = Counts::default();
                let unfinished = |counts: &mut Counts, planned: &Planned| {
                    add_all(counts, planned, |count, _| count.unfinished += 1);
                };
                walk.look(&mut rest, &unfinished).await?;
                if pass == PASSES || rest.unfinished() == 0 {
                    counts.merge(rest);
                    break;
                }
            }
        }
    }
    task.finish();
    Ok(())
}

/// Counts a change as made.
fn add(count: &mut FixCount, record: &Record) {
    match record.action {
        Action::Deleted { .. } => count.deleted += 1,
        _ => count.altered += 1,
    }
}

fn add_all(counts: &mut Counts, planned: &Planned, add: fn(&mut FixCount, &Record)) {
    for &rule in &planned.rules {
        add(counts.of(planned.place(rule)), &planned.record);
    }
}

/// A pass over the rows of a table.
struct Walk<'w> {
    connection: &'w mut Connection,
    planner: Planner<'w>,
}

impl Walk<'_> {
    /// Reads all rows, and counts the changes and the rows that need a decision.
    async fn look(
        &mut self,
        counts: &mut Counts,
        note: &(dyn Fn(&mut Counts, &Planned) + Sync),
    ) -> Result<(), Error> {
        let (mut from, mut seen) = (From::Start, 0);
        loop {
            let batch = self.read(&from).await?;
            for row in &batch.rows {
                let plan = self.planner.plan(self.connection, row).await?;
                plan.planned.iter().for_each(|planned| note(counts, planned));
                for left in plan.left {
                    let table = self.planner.table.name.clone();
                    counts.leave((table, Some(left.column), left.rule), || left.key);
                }
            }
            seen += batch.rows.len();
            let Some(next) = self.next(&batch, seen) else { return Ok(()) };
            from = next;
        }
    }

    /// Reads all rows and repairs them.
    async fn apply(
        &mut self,
        quarantine: &mut Quarantine,
        counts: &mut Counts,
        task: &Task<'_>,
    ) -> Result<(), Error> {
        let (mut from, mut stay) = (From::Start, 0);
        loop {
            let batch = self.read(&from).await?;
            let mut all = Vec::new();
            for row in &batch.rows {
                let plan = self.planner.plan(self.connection, row).await?;
                stay += usize::from(plan.planned.is_empty() || !plan.left.is_empty());
                all.extend(plan.planned);
            }
            stay += self.apply_batch(&all, quarantine, counts).await?;
            task.advance(batch.rows.len() as u64);
            let Some(next) = self.next(&batch, stay) else { return Ok(()) };
            from = next;
        }
    }

    /// Applies the planned changes, and returns how many could not be made.
    async fn apply_batch(
        &mut self,
        all: &[Planned],
        quarantine: &mut Quarantine,
        counts: &mut Counts,
    ) -> Result<usize, Error> {
        if all.is_empty() {
            return Ok(0);
        }
        let records: Vec<Record> = all.iter().map(|planned| planned.record.clone()).collect();
        let applied =
            apply::apply(self.connection, self.planner.table, &records, quarantine).await?;
        for (number, planned) in all.iter().enumerate() {
            if applied.refused.contains(&number) {
                self.planner.refuse(planned);
            } else if !applied.changed.contains(&number) {
                add_all(counts, planned, add);
            }
        }
        Ok(applied.changed.len() + applied.refused.len())
    }

    async fn read(&mut self, from: &From) -> Result<candidates::Batch, Error> {
        let table = self.planner.table;
        candidates::read(self.connection, table, from).await.at(&table.name)
    }

    fn next(&self, batch: &candidates::Batch, stay: usize) -> Option<From> {
        let last = batch.rows.last().filter(|_| !batch.is_last)?;
        Some(match self.planner.table.key {
            RowKey::Primary(_) => From::Key(last.key.clone()),
            RowKey::WholeRow => From::Count(stay),
        })
    }
}
