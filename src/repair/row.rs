//! The repair of one row.

use std::collections::HashSet;

use super::apply::is_row;
use super::candidates::{self, Candidate};
use super::error::{AtTable as _, Error};
use super::plan::{RowKey, TableFix};
use super::report::Place;
use super::stored::Stored;
use super::value::{Repair, repair};
use super::{FixOptions, Preview, Show};
use crate::check::{Key, Rule};
use crate::convert::text;
use crate::mysql::{self, Connection, Row};
use crate::quarantine::{Action, Cell, Columns, Record};

/// The characters of a value that a dry run shows.
const BEGINNING: usize = 60;

/// A record with the place and the rules that it counts for.
pub(super) struct Planned {
    pub(super) record: Record,
    /// The key as reports print it.
    pub(super) key: Key,
    pub(super) column: String,
    pub(super) rules: Vec<Rule>,
}

/// A row that needs an administrator's decision.
pub(super) struct Left {
    pub(super) column: String,
    pub(super) rule: Rule,
    pub(super) key: Key,
}

/// The decision about a row.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) planned: Vec<Planned>,
    pub(super) left: Vec<Left>,
}

impl Planned {
    pub(super) fn place(&self, rule: Rule) -> Place {
        (self.record.table.clone(), Some(self.column.clone()), rule)
    }
}

impl Planned {
    /// The change as a dry run shows it.
    pub(super) fn preview(&self, show: Show) -> Preview {
        let (old, new) = match &self.record.action {
            Action::Altered { old, new, .. } => (old.bytes(), new.bytes()),
            _ => (None, None),
        };
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let length = |bytes: &[u8]| text(bytes).map_or(bytes.len(), |it| it.chars().count());
        let beginning = |bytes: &[u8]| {
            let text = text(bytes).unwrap_or_else(|| hex::encode(bytes));
            text.chars().take(BEGINNING).collect()
        };
        let shown = |bytes: Option<&[u8]>| bytes.filter(|_| show == Show::Values).map(beginning);
        Preview {
            key: self.key.clone(),
            old_length: old.map(length),
            new_length: new.map(length),
            old: shown(old),
            new: shown(new),
        }
    }
}

/// Decides about the rows of a table.
pub(super) struct Planner<'p> {
    pub(super) table: &'p TableFix,
    pub(super) options: &'p FixOptions,
    /// The keys and columns of changes that the server rejected.
    refused: HashSet<(Columns, String)>,
}

impl<'p> Planner<'p> {
    pub(super) fn new(table: &'p TableFix, options: &'p FixOptions) -> Self {
        Self { table, options, refused: HashSet::new() }
    }

    /// Records a change that the server rejected, so that it is left for a decision from here on.
    pub(super) fn refuse(&mut self, planned: &Planned) {
        self.refused.insert((planned.record.key.clone(), planned.column.clone()));
    }

    /// Decides about a row; the connection reads the rest of a row that is deleted.
    pub(super) async fn plan(
        &self,
        connection: &mut Connection,
        row: &Candidate,
    ) -> Result<Plan, Error> {
        let table = self.table;
        let mut plan = Plan::default();
        let mut key = self.key(row);
        for ((place, probes), cell) in table.asked.iter().zip(&row.cells) {
            let Repair { new, reasons, delete_row, left } =
                repair(probes, self.options, cell.text.as_deref());
            let column = table.columns[*place].name.clone();
            let mut leave = |rule| {
                plan.left.push(Left { column: column.clone(), rule, key: self.printed_key(row) });
            };
            let may_change =
                !table.is_key(*place) && !self.refused.contains(&(key.clone(), column.clone()));
            if let Some(rule) = delete_row {
                let whole = self.whole_row(connection, &key).await.at(&table.name)?;
                if let Some(whole) = whole.filter(|_| may_change) {
                    let action = Action::Deleted { row: whole };
                    let record = self.record(&key, &[rule], action);
                    let key = self.printed_key(row);
                    let planned = vec![Planned { record, key, column, rules: vec![rule] }];
                    return Ok(Plan { planned, left: Vec::new() });
                }
                leave(rule);
            }
            left.into_iter().for_each(&mut leave);
            let Some(new) = new else { continue };
            if !may_change {
                reasons.into_iter().for_each(leave);
                continue;
            }
            let old = cell.raw.clone();
            let action = Action::Altered { column: column.clone(), old, new: new.clone() };
            let record = self.record(&key, &reasons, action);
            if table.key == RowKey::WholeRow {
                // The next change of this row finds it as this one leaves it.
                let altered = key.0.iter_mut().filter(|(name, _)| *name == column);
                altered.for_each(|(_, cell)| cell.clone_from(&new));
            }
            let key = self.printed_key(row);
            plan.planned.push(Planned { record, key, column, rules: reasons });
        }
        Ok(plan)
    }

    fn record(&self, key: &Columns, reasons: &[Rule], action: Action) -> Record {
        Record {
            table: self.table.name.clone(),
            key: key.clone(),
            reasons: reasons.iter().map(Rule::to_string).collect(),
            action,
        }
    }

    /// All values of a row that may be deleted and restored; `None` if it may not.
    async fn whole_row(
        &self,
        connection: &mut Connection,
        key: &Columns,
    ) -> Result<Option<Columns>, mysql::Error> {
        let table = self.table;
        let may_go = !table.is_referenced && table.key != RowKey::WholeRow;
        let Some(is_row) = is_row(table, key).filter(|_| may_go) else { return Ok(None) };
        let outputs: Vec<String> = table.columns.iter().map(Stored::raw).collect();
        let sql = format!("SELECT {} FROM {} WHERE {is_row}", outputs.join(", "), table.sql());
        let Some(row) = connection.query_optional::<Row>(&sql).await? else { return Ok(None) };
        let cells =
            row.unwrap_raw().into_iter().map(|it| Cell::from(it.and_then(candidates::bytes)));
        let names = table.columns.iter().map(|column| column.name.clone());
        let whole = Columns(names.zip(cells).collect());
        // The server does not accept text again that it would reject today.
        let can_return = table.columns.iter().zip(&whole.0).all(|(column, (_, cell))| {
            !column.is_utf8_text() || cell.bytes().is_none_or(|it| text::validate(it).is_ok())
        });
        Ok(can_return.then_some(whole))
    }

    fn key(&self, row: &Candidate) -> Columns {
        let names = self.table.key_columns().into_iter().map(|column| column.name.clone());
        Columns(names.zip(row.key.iter().cloned()).collect())
    }

    /// The key as reports print it; empty for a table without one, whose values are cells.
    fn printed_key(&self, row: &Candidate) -> Key {
        match self.table.key {
            RowKey::WholeRow => Key::new(),
            RowKey::Primary(_) => row.key.iter().map(printed).collect(),
        }
    }
}

/// A key column as text.
pub(super) fn printed(cell: &Cell) -> String {
    cell.bytes().map_or_else(String::new, |bytes| {
        std::str::from_utf8(bytes).map_or_else(|_| hex::encode(bytes), str::to_owned)
    })
}
