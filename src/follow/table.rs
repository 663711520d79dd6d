//! A followed table: from a changed row in the log to what happens to rows of the target.

use xxhash_rust::xxh3::xxh3_128;

use crate::convert::{Events, Failure, TablePlan, copy_text};
use crate::mysql::binlog::{LogCell, RowChange};
use crate::quarantine::{Action, Cell, Columns, Record};
use crate::schema::{ForeignKeyActions, Table};
use crate::sql::Dialect::MySql;

/// How the changes of a table are carried over.
#[derive(Debug, Clone)]
pub struct TableRoute {
    /// How its rows are converted.
    pub plan: TablePlan,
    /// The place among the cells of a logged row of each column of the plan.
    cells: Vec<usize>,
    /// How many cells a logged row has.
    width: usize,
    /// The places in the plan of the columns that identify a row of the target.
    pub(super) key: Vec<usize>,
    /// The places in the plan of the columns of further unique indexes.
    pub(super) unique: Vec<usize>,
    /// Whether a unique index covers an expression, so that any change may move its value.
    pub(super) has_unique_expression: bool,
    /// The tables whose rows a foreign key of the source changes with one of these.
    pub(super) children: Vec<Child>,
}

/// A table with a foreign key that deletes or changes rows: most servers do it below their log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// The table's place among the routes.
    pub(super) route: usize,
    /// The places in its plan of the referencing columns, in the order of the parent's key.
    pub(super) columns: Vec<usize>,
    pub(super) actions: ForeignKeyActions,
}

/// Why a table cannot be followed by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotByKey {
    /// It has no primary key and no unique key without NULL.
    NoKey,
    /// The source's table lacks a column of the plan.
    Changed,
}

/// What happened to the key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyChange {
    /// Rows with these keys are gone.
    Gone(Vec<Vec<u8>>),
    /// A row has another key.
    Moved { from: Vec<u8>, to: Vec<u8> },
}

/// What happens to the row of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Net {
    /// It is absent.
    Gone,
    /// It is this line of COPY, without its end.
    Present(Vec<u8>),
    /// It is absent, because its latest version does not fit; the reason's id.
    Rejected(&'static str),
    /// It is absent until it is read again, because the log does not determine a value of it.
    Unknown,
}

/// An effect of a changed row on a row of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The key of the row in the target: its fields of COPY, separated by tabs.
    pub key: Vec<u8>,
    /// The key in the source: its cells in hexadecimal digits, separated by commas.
    pub source_key: String,
    /// What happens to it.
    pub net: Net,
}

/// A row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The key's columns and the cells, as text.
    pub key: Vec<(String, String)>,
    /// What is wrong.
    pub failure: Failure,
}

/// What a changed row becomes.
#[derive(Debug, Default)]
pub struct Converted {
    /// One effect, or two if the key has changed.
    pub effects: Vec<Effect>,
    /// What was altered or left out, as it was.
    pub records: Vec<Record>,
    /// The row that does not fit, if it does not.
    pub problem: Option<RowProblem>,
    /// The column of the key with a value that the log does not determine, if there is one.
    pub inexact_key: Option<String>,
}

impl TableRoute {
    /// Plans a table, given its definitions on both sides; refuses one whose rows nothing identifies.
    pub fn new(plan: TablePlan, source: &Table, target: &Table) -> Result<Self, NotByKey> {
        let place = |name: &String| plan.columns.iter().position(|column| column.target == *name);
        let places = |names: &[String]| names.iter().map(place).collect::<Option<Vec<_>>>();
        let unique = target.indexes.values().filter(|index| index.unique);
        let key = places(target.row_key());
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return Err(NotByKey::NoKey);
        };
        let others =
            || unique.clone().filter(|index| places(&index.columns).as_ref() != Some(&key));
        Ok(Self {
            cells: cells(&plan, source)?,
            width: source.columns.len(),
            has_unique_expression: others().any(|index| index.columns.is_empty()),
            unique: {
                let mut columns: Vec<_> =
                    others().flat_map(|index| index.columns.iter().filter_map(place)).collect();
                columns.sort_unstable();
                columns.dedup();
                columns.retain(|column| !key.contains(column));
                columns
            },
            key,
            plan,
            children: Vec::new(),
        })
    }

    /// Plans a table that is only copied whole.
    pub(super) fn without_key(plan: TablePlan, source: &Table) -> Result<Self, NotByKey> {
        Ok(Self {
            cells: cells(&plan, source)?,
            width: source.columns.len(),
            plan,
            key: Vec::new(),
            unique: Vec::new(),
            has_unique_expression: false,
            children: Vec::new(),
        })
    }

    /// A row that was read, in the plan's order, as the log would have it if it was inserted now.
    pub(super) fn inserted<'a>(&self, cells: impl Iterator<Item = Option<&'a [u8]>>) -> RowChange {
        let mut row = vec![LogCell::Null; self.width];
        for (&place, cell) in self.cells.iter().zip(cells) {
            if let Some(cell) = cell {
                row[place] = LogCell::Bytes(cell.to_vec().into());
            }
        }
        RowChange { before: None, after: Some(row) }
    }

    /// Whether the key in the target, as text, is the key in the source too.
    pub(super) fn has_plain_key(&self) -> bool {
        const PLAIN: [&str; 6] =
            ["character varying", "text", "character", "bigint", "integer", "smallint"];
        self.key.iter().all(|&place| {
            let name = self.plan.columns[place].target_type.as_str();
            let name = name.split_once('(').map_or(name, |(name, _)| name);
            PLAIN.contains(&name)
        })
    }

    /// Converts a changed row.
    pub fn convert(&self, change: &RowChange, events: &mut Events) -> Converted {
        let mut converted = Converted::default();
        let rows = || change.before.iter().chain(&change.after);
        let is_inexact =
            |place: &&usize| rows().any(|row| row[self.cells[**place]] == LogCell::Inexact);
        if let Some(&place) = self.key.iter().find(is_inexact) {
            converted.inexact_key = Some(self.plan.columns[place].source.clone());
            return converted;
        }
        let before = change.before.as_ref().and_then(|row| {
            // A row that does not fit has never been in the target.
            let key = self.key_of(row)?;
            Some(Effect { key, source_key: self.source_key(row), net: Net::Gone })
        });
        let after = change.after.as_ref().and_then(|row| self.arrive(row, events, &mut converted));
        if let Some(before) = before
            && after.as_ref().is_none_or(|after| after.key != before.key)
        {
            converted.effects.push(before);
        }
        converted.effects.extend(after);
        converted
    }

    /// A row that is written.
    fn arrive(
        &self,
        row: &[LogCell],
        events: &mut Events,
        converted: &mut Converted,
    ) -> Option<Effect> {
        if self.cells.iter().any(|&place| row[place] == LogCell::Inexact) {
            let (key, source_key) = (self.key_of(row)?, self.source_key(row));
            return Some(Effect { key, source_key, net: Net::Unknown });
        }
        let mut line = Vec::new();
        match self.plan.convert_row(self.row(row), &mut line, events) {
            Ok(()) => {
                line.pop();
                let altered = events.take_altered();
                for it in altered {
                    converted.records.push(self.altered(row, it));
                }
                let key = self.key_of_line(&line);
                let source_key = self.source_key(row);
                Some(Effect { key, source_key, net: Net::Present(line) })
            }
            Err(failure) => {
                converted.records.push(self.left_out(row, failure.reason.id()));
                let net = Net::Rejected(failure.reason.id());
                converted.problem = Some(RowProblem { key: self.printed_key(row), failure });
                let key = self.key_of(row)?;
                Some(Effect { key, source_key: self.source_key(row), net })
            }
        }
    }

    /// The cells of a logged row in the plan's order.
    fn row<'a>(&'a self, row: &'a [LogCell]) -> impl Iterator<Item = Option<&'a [u8]>> {
        self.cells.iter().map(|&place| bytes(&row[place]))
    }

    /// The key of a row as the target has it; `None` if its cells have no counterpart there.
    fn key_of(&self, row: &[LogCell]) -> Option<Vec<u8>> {
        let cell = |place: usize| bytes(&row[self.cells[place]]);
        let times = self.plan.read_row_times(cell);
        let mut key = Vec::new();
        for (number, &place) in self.key.iter().enumerate() {
            if number > 0 {
                key.push(copy_text::DELIMITER);
            }
            self.plan.columns[place].convert_in_row(cell(place), times, &mut key).ok()?;
        }
        Some(key)
    }

    fn key_of_line(&self, line: &[u8]) -> Vec<u8> {
        let fields: Vec<&[u8]> = line.split(|&byte| byte == copy_text::DELIMITER).collect();
        let fields: Vec<&[u8]> = self.key.iter().map(|&place| fields[place]).collect();
        fields.join(&copy_text::DELIMITER)
    }

    /// The condition in MySQL's SQL for the row with a key of the source, as it is on record.
    pub(super) fn condition(&self, source_key: &str) -> Result<String, crate::ledger::Error> {
        let unreadable = || crate::ledger::Error::Unreadable { what: "`source_key` is no key" };
        let cells = source_key.split(',').map(hex::decode).collect::<Result<Vec<_>, _>>();
        let cells = cells.map_err(|_| unreadable())?;
        if cells.len() != self.key.len() {
            return Err(unreadable());
        }
        let equal = self.key.iter().zip(cells).map(|(&place, cell)| {
            let value = match String::from_utf8(cell) {
                Ok(text) => MySql.literal(&text),
                Err(bytes) => format!("X'{}'", hex::encode(bytes.into_bytes())),
            };
            format!("{} = {value}", MySql.identifier(&self.plan.columns[place].source))
        });
        Ok(equal.collect::<Vec<_>>().join(" AND "))
    }

    fn source_key(&self, row: &[LogCell]) -> String {
        let cells = self.key.iter().map(|&place| bytes(&row[self.cells[place]]));
        let cells: Vec<String> = cells.map(|it| hex::encode(it.unwrap_or_default())).collect();
        cells.join(",")
    }

    fn key_columns(&self, row: &[LogCell]) -> Columns {
        let column = |&place: &usize| (self.name(place), cell(&row[self.cells[place]]));
        Columns(self.key.iter().map(column).collect())
    }

    fn printed_key(&self, row: &[LogCell]) -> Vec<(String, String)> {
        let print = |(name, value): (String, Cell)| {
            (name, String::from_utf8_lossy(value.bytes().unwrap_or_default()).into_owned())
        };
        self.key_columns(row).0.into_iter().map(print).collect()
    }

    fn name(&self, place: usize) -> String {
        self.plan.columns[place].source.clone()
    }

    fn altered(&self, row: &[LogCell], altered: crate::convert::Altered) -> Record {
        let crate::convert::Altered { column, original, change } = altered;
        Record {
            table: self.plan.source.clone(),
            key: self.key_columns(row),
            reasons: change.transforms.iter().map(|it| it.id().to_owned()).collect(),
            action: Action::Altered {
                column: self.name(column),
                old: Cell::from(original),
                new: Cell::from(change.replacement),
            },
        }
    }

    fn left_out(&self, row: &[LogCell], reason: &str) -> Record {
        let columns = self.cells.iter().enumerate();
        let columns = columns.map(|(place, &at)| (self.name(place), cell(&row[at])));
        Record {
            table: self.plan.source.clone(),
            key: self.key_columns(row),
            reasons: vec![reason.to_owned()],
            action: Action::Deleted { row: Columns(columns.collect()) },
        }
    }
}

/// The place among the cells of a logged row of each column of a plan.
fn cells(plan: &TablePlan, source: &Table) -> Result<Vec<usize>, NotByKey> {
    let cell = |name: &str| source.columns.iter().position(|column| column.name == name);
    plan.source_columns().map(cell).collect::<Option<_>>().ok_or(NotByKey::Changed)
}

fn bytes(cell: &LogCell) -> Option<&[u8]> {
    match cell {
        LogCell::Bytes(bytes) => Some(bytes),
        LogCell::Null | LogCell::Inexact => None,
    }
}

fn cell(cell: &LogCell) -> Cell {
    Cell::from(bytes(cell).map(<[u8]>::to_vec))
}

/// A hash of what the conversion of a table's rows depends on in the source's definition.
#[must_use]
pub fn fingerprint(table: &Table) -> String {
    let mut text = String::new();
    let mut add = |part: &str| {
        text.push_str(part);
        text.push('\n');
    };
    for column in &table.columns {
        add(&column.name);
        add(column.data_type.as_str());
        add(column.character_set.as_deref().unwrap_or_default());
        add(if column.generated { "generated" } else { "" });
    }
    for index in table.indexes.values().filter(|index| index.unique) {
        add(&index.name);
        index.columns.iter().for_each(|column| add(column));
    }
    for key in table.foreign_keys.values().filter(|key| !key.actions.is_empty()) {
        add(&key.name);
        add(&format!("{:?}", key.actions));
        add(&key.referenced_table);
        key.columns.iter().chain(&key.referenced_columns).for_each(|column| add(column));
    }
    hex::encode(xxh3_128(text.as_bytes()).to_be_bytes())
}
