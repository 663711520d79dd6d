//! Fixes the rows of a table, batch by batch.

use super::Mode;
use super::apply::{self, is_row};
use super::candidates::{self, Candidate, From};
use super::error::{AtTable as _, Error};
use super::plan::{RowKey, TableFix};
use super::policy::Override;
use super::repair::{Repair, repair};
use super::report::{Counts, FixCount};
use crate::check::{Key, Rule};
use crate::convert::text;
use crate::mysql::{self, Connection};
use crate::progress::Progress;
use crate::quarantine::{Action, Cell, Columns, Quarantine, Record};

/// How often a table is gone through while somebody else changes rows under our hands.
const PASSES: usize = 3;

/// A record with the place that it counts for: the column, and the rules.
struct Planned {
    record: Record,
    column: String,
    rules: Vec<Rule>,
}

/// A row that a person has to look at.
struct Left {
    column: String,
    rule: Rule,
    key: Key,
}

#[derive(Default)]
struct Plan {
    planned: Vec<Planned>,
    left: Vec<Left>,
}

/// Fixes a table, or counts what would be done.
pub(super) async fn fix(
    connection: &mut Connection,
    table: &TableFix,
    overrides: &[Override],
    mode: &mut Mode<'_>,
    counts: &mut Counts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    progress.begin(&table.name, None);
    let mut walk = Walk { connection, table, overrides };
    match mode {
        Mode::DryRun => walk.look(counts, add).await?,
        Mode::Apply(quarantine) => {
            for pass in 1..=PASSES {
                walk.apply(quarantine, counts, progress).await?;
                let mut rest = Counts::default();
                walk.look(&mut rest, |count, _| count.unfinished += 1).await?;
                if pass == PASSES || rest.unfinished() == 0 {
                    counts.merge(rest);
                    break;
                }
            }
        }
    }
    progress.finish(&table.name);
    Ok(())
}

/// Counts a change as made.
fn add(count: &mut FixCount, record: &Record) {
    match record.action {
        Action::Deleted { .. } => count.deleted += 1,
        _ => count.altered += 1,
    }
}

impl Planned {
    fn place(&self, table: &TableFix, rule: Rule) -> super::report::Place {
        (table.name.clone(), Some(self.column.clone()), rule)
    }
}

/// A way through the rows of a table.
struct Walk<'w> {
    connection: &'w mut Connection,
    table: &'w TableFix,
    overrides: &'w [Override],
}

impl Walk<'_> {
    /// Goes through all rows, and counts what would be done and what is left for a person.
    async fn look(
        &mut self,
        counts: &mut Counts,
        add: fn(&mut FixCount, &Record),
    ) -> Result<(), Error> {
        let (mut from, mut seen) = (From::Start, 0);
        loop {
            let batch = self.read(&from).await?;
            for row in &batch.rows {
                let plan = self.plan(row).await?;
                for it in &plan.planned {
                    for &rule in &it.rules {
                        add(counts.of(it.place(self.table, rule)), &it.record);
                    }
                }
                for left in plan.left {
                    let place = (self.table.name.clone(), Some(left.column), left.rule);
                    counts.leave(place, || left.key);
                }
            }
            seen += batch.rows.len();
            let Some(next) = self.next(&batch, seen) else { return Ok(()) };
            from = next;
        }
    }

    /// Goes through all rows and repairs them.
    async fn apply(
        &mut self,
        quarantine: &mut Quarantine,
        counts: &mut Counts,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let (mut from, mut stay) = (From::Start, 0);
        loop {
            let batch = self.read(&from).await?;
            let mut all = Vec::new();
            for row in &batch.rows {
                let plan = self.plan(row).await?;
                stay += usize::from(plan.planned.is_empty() || !plan.left.is_empty());
                all.extend(plan.planned);
            }
            let records: Vec<Record> = all.iter().map(|it| it.record.clone()).collect();
            if !records.is_empty() {
                let applied =
                    apply::apply(self.connection, self.table, &records, quarantine).await?;
                stay += applied.changed.len() + applied.refused.len();
                let is_skipped =
                    |number| applied.changed.contains(&number) || applied.refused.contains(&number);
                for (_, it) in all.iter().enumerate().filter(|(number, _)| !is_skipped(*number)) {
                    for &rule in &it.rules {
                        add(counts.of(it.place(self.table, rule)), &it.record);
                    }
                }
            }
            progress.advance(&self.table.name, batch.rows.len() as u64);
            let Some(next) = self.next(&batch, stay) else { return Ok(()) };
            from = next;
        }
    }

    async fn read(&mut self, from: &From) -> Result<candidates::Batch, Error> {
        candidates::read(self.connection, self.table, from).await.at(&self.table.name)
    }

    fn next(&self, batch: &candidates::Batch, stay: usize) -> Option<From> {
        let last = batch.rows.last().filter(|_| !batch.is_last)?;
        Some(match self.table.key {
            RowKey::Primary(_) => From::Key(last.key.clone()),
            RowKey::WholeRow => From::Count(stay),
        })
    }

    /// What is to be done with a row.
    async fn plan(&mut self, row: &Candidate) -> Result<Plan, Error> {
        let table = self.table;
        let mut plan = Plan::default();
        let mut key = named_key(table, row);
        for ((place, probes), cell) in table.asked.iter().zip(&row.cells) {
            let Repair { new, reasons, delete_row, left } =
                repair(probes, self.overrides, cell.text.as_deref());
            let column = table.columns[*place].name.clone();
            let mut leave = |rule| {
                plan.left.push(Left { column: column.clone(), rule, key: printed(row, table) });
            };
            if let Some(rule) = delete_row {
                let Some(whole) = self.whole_row(&key).await.at(&table.name)? else {
                    leave(rule);
                    continue;
                };
                let record = Record {
                    table: table.name.clone(),
                    key,
                    reasons: vec![rule.to_string()],
                    action: Action::Deleted { row: whole },
                };
                let planned = vec![Planned { record, column, rules: vec![rule] }];
                return Ok(Plan { planned, left: Vec::new() });
            }
            if let Some(rule) = left {
                leave(rule);
            }
            let Some(new) = new else { continue };
            if table.is_key(*place) {
                reasons.into_iter().for_each(leave);
                continue;
            }
            let (old, new) = (cell.raw.clone(), Cell::from(new));
            let action = Action::Altered { column: column.clone(), old, new: new.clone() };
            let record = Record {
                table: table.name.clone(),
                key: key.clone(),
                reasons: reasons.iter().map(Rule::to_string).collect(),
                action,
            };
            plan.planned.push(Planned { record, column: column.clone(), rules: reasons });
            if table.key == RowKey::WholeRow {
                // The next change of this row finds it as this one leaves it.
                key.0
                    .iter_mut()
                    .filter(|(name, _)| *name == column)
                    .for_each(|it| it.1 = new.clone());
            }
        }
        Ok(plan)
    }

    /// All values of a row that may be deleted and put back; `None` where it may not.
    async fn whole_row(&mut self, key: &Columns) -> Result<Option<Columns>, mysql::Error> {
        let table = self.table;
        let Some(is_row) = is_row(table, key).filter(|_| !table.is_referenced) else {
            return Ok(None);
        };
        if table.key == RowKey::WholeRow {
            return Ok(None);
        }
        let outputs: Vec<String> = table.columns.iter().map(super::stored::Stored::raw).collect();
        let sql = format!("SELECT {} FROM {} WHERE {is_row}", outputs.join(", "), table.sql());
        let Some(row) = self.connection.query_optional::<mysql::Row>(&sql).await? else {
            return Ok(None);
        };
        let cells =
            row.unwrap_raw().into_iter().map(|it| Cell::from(it.and_then(candidates::bytes)));
        let names = table.columns.iter().map(|column| column.name.clone());
        let whole = Columns(names.zip(cells).collect());
        // The server takes no text back that it would refuse today.
        let can_return = table.columns.iter().zip(&whole.0).all(|(column, (_, cell))| {
            !column.is_utf8_text() || cell.bytes().is_none_or(|it| text::validate(it).is_ok())
        });
        Ok(can_return.then_some(whole))
    }
}

fn named_key(table: &TableFix, row: &Candidate) -> Columns {
    let names = table.key_columns().into_iter().map(|column| column.name.clone());
    Columns(names.zip(row.key.iter().cloned()).collect())
}

/// The key as reports print it; nothing of a table without one, whose values are cells.
fn printed(row: &Candidate, table: &TableFix) -> Key {
    match table.key {
        RowKey::WholeRow => Key::new(),
        RowKey::Primary(_) => row.key.iter().map(printed_cell).collect(),
    }
}

/// A part of a key as text.
pub(super) fn printed_cell(cell: &Cell) -> String {
    cell.bytes().map_or_else(String::new, |bytes| {
        std::str::from_utf8(bytes).map_or_else(|_| hex::encode(bytes), str::to_owned)
    })
}
