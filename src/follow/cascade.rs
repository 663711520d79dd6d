//! What foreign keys of the source do to referencing rows: most servers do it below their log.

use std::collections::BTreeMap;

use super::Error;
use super::apply::Applier;
use super::columns::{CONVERTED, TextColumns};
use super::statements::{cast_type, unnest};
use super::table::{Child, KeyChange, TableRoute};
use crate::convert::copy_text;
use crate::ledger::{self, KeyHash, TouchedKeys, TouchedRow};
use crate::postgres::{self, Row};
use crate::schema::ForeignKeyAction;
use crate::sql::Dialect::Postgres;

/// The columns of a row, as text.
type Fields = Vec<Option<String>>;

impl Applier {
    /// Changes, in the open transaction, the rows that foreign keys of the source change with the rows of
    /// a parent, and theirs in turn.
    pub(super) async fn cascade(
        &mut self,
        routes: &[TableRoute],
        parent: usize,
        change: KeyChange,
    ) -> Result<(), Error> {
        let mut waiting = vec![(parent, change)];
        while let Some((parent, change)) = waiting.pop() {
            for child in &routes[parent].children {
                let changes = self.change_children(&routes[child.route], child, &change).await?;
                waiting.extend(changes.into_iter().map(|change| (child.route, change)));
            }
        }
        Ok(())
    }

    /// Changes the rows of one table that refer to changed keys; the changes of their own keys.
    async fn change_children(
        &mut self,
        route: &TableRoute,
        child: &Child,
        change: &KeyChange,
    ) -> Result<Vec<KeyChange>, Error> {
        let (keys, action): (Vec<&[u8]>, _) = match change {
            KeyChange::Gone(keys) => {
                (keys.iter().map(Vec::as_slice).collect(), child.actions.on_delete)
            }
            KeyChange::Moved { from, .. } => (vec![from.as_slice()], child.actions.on_update),
        };
        let mut referenced = TextColumns::new(child.columns.len());
        for key in keys {
            referenced.push_line(key);
        }
        let schema = self.schema.clone();
        let statements = ChildStatements::new(&schema, route, child);
        let table = &route.plan.target;
        let failed = |source| Error::Write { table: table.clone(), source };
        let is_in_key = child.columns.iter().any(|column| route.key.contains(column));
        match (action, change) {
            (ForeignKeyAction::None, _) => Ok(Vec::new()),
            (ForeignKeyAction::SetNull, _) => {
                let rows = self.run_on(&statements.set_null(), &referenced).await;
                let rows = rows.map_err(failed)?;
                self.touch(route, &rows).await?;
                Ok(Vec::new())
            }
            (ForeignKeyAction::Cascade, KeyChange::Moved { to, .. }) if is_in_key => {
                let mut new = TextColumns::new(child.columns.len());
                new.push_line(to);
                let new: BTreeMap<usize, Option<&str>> = child
                    .columns
                    .iter()
                    .zip(&new.0)
                    .map(|(&place, column)| (place, column.values()[0]))
                    .collect();
                self.move_children(route, &statements, &referenced, &new).await.map_err(failed)
            }
            (ForeignKeyAction::Cascade, KeyChange::Moved { to, .. }) => {
                let mut values = referenced;
                let mut new = TextColumns::new(child.columns.len());
                new.push_line(to);
                values.0.extend(new.0);
                let rows = self.run_on(&statements.set(), &values).await.map_err(failed)?;
                self.touch(route, &rows).await?;
                Ok(Vec::new())
            }
            (ForeignKeyAction::Cascade, KeyChange::Gone(_)) => {
                let rows = self.run_on(&statements.delete(), &referenced).await;
                let rows = rows.map_err(failed)?;
                let keys = self.touch(route, &rows).await?;
                Ok(if keys.is_empty() { Vec::new() } else { vec![KeyChange::Gone(keys)] })
            }
        }
    }

    /// Gives rows new values in their key. One that is there already is ahead of the log.
    async fn move_children(
        &mut self,
        route: &TableRoute,
        statements: &ChildStatements<'_>,
        referenced: &TextColumns,
        new: &BTreeMap<usize, Option<&str>>,
    ) -> Result<Vec<KeyChange>, postgres::Error> {
        let rows = self.run_on(&statements.take(), referenced).await?;
        let (mut changes, mut keys) = (Vec::new(), Vec::new());
        let mut values = TextColumns::new(route.plan.columns.len());
        for row in &rows {
            let before = fields(row, route.plan.columns.len())?;
            let mut after = before.clone();
            for (&place, value) in new {
                after[place] = value.map(str::to_owned);
            }
            let key = |fields: &Fields| {
                route.key.iter().map(|&place| fields[place].clone().unwrap_or_default()).collect()
            };
            let (from, to): (Vec<String>, Vec<String>) = (key(&before), key(&after));
            changes.push(KeyChange::Moved { from: key_line(&from), to: key_line(&to) });
            keys.extend([from, to]);
            for (value, column) in after.iter().zip(&mut values.0) {
                column.push(value.as_deref());
            }
        }
        if !rows.is_empty() {
            self.run_on(&statements.put(), &values).await?;
            self.record_touched(route, &keys).await?;
        }
        Ok(changes)
    }

    async fn run_on(&self, sql: &str, columns: &TextColumns) -> Result<Vec<Row>, postgres::Error> {
        self.connection.query(sql, &columns.arrays().parameters()).await
    }

    /// Records the keys that a statement returned.
    async fn touch(&mut self, route: &TableRoute, rows: &[Row]) -> Result<Vec<Vec<u8>>, Error> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let fields = fields(row, route.key.len())?;
            keys.push(fields.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>());
        }
        self.record_touched(route, &keys).await?;
        Ok(keys.iter().map(|key| key_line(key)).collect())
    }

    async fn record_touched(
        &mut self,
        route: &TableRoute,
        keys: &[Vec<String>],
    ) -> Result<(), postgres::Error> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut touched = TouchedKeys::default();
        for key in keys {
            let line = key_line(key);
            let source_key: Vec<String> = key.iter().map(hex::encode).collect();
            let hash = KeyHash::of(&line);
            let target_key = String::from_utf8(line).expect(CONVERTED);
            let row = TouchedRow { hash, target_key, source_key: source_key.join(",") };
            touched.add(&route.plan.target, row);
        }
        self.open_counts.net_changes += keys.len() as u64;
        let (connection, schema, table) = (&self.connection, &self.schema, &route.plan.target);
        ledger::record_touched_keys(connection, schema, self.generation, &touched).await?;
        if !route.has_plain_key() {
            ledger::mark_proven_whole(connection, schema, table).await?;
        }
        Ok(())
    }
}

/// Columns of text that begin a row.
fn fields(row: &Row, count: usize) -> Result<Fields, postgres::Error> {
    (0..count).map(|place| Ok(row.try_get(place)?)).collect()
}

/// A key as a batch has it.
fn key_line(key: &[String]) -> Vec<u8> {
    let mut line = Vec::new();
    for (number, value) in key.iter().enumerate() {
        if number > 0 {
            line.push(copy_text::DELIMITER);
        }
        copy_text::escape(value.as_bytes(), &mut line);
    }
    line
}

/// The statements on the rows of a table that refer to keys, which are arrays: one for each column of the
/// foreign key. They return the rows' keys as text.
struct ChildStatements<'a> {
    schema: &'a str,
    route: &'a TableRoute,
    columns: &'a [usize],
}

impl<'a> ChildStatements<'a> {
    fn new(schema: &'a str, route: &'a TableRoute, child: &'a Child) -> Self {
        Self { schema, route, columns: &child.columns }
    }

    fn table(&self) -> String {
        Postgres.qualified(self.schema, &self.route.plan.target)
    }

    fn column(&self, place: usize) -> String {
        Postgres.identifier(&self.route.plan.columns[place].target)
    }

    fn cast(&self, place: usize) -> String {
        cast_type(self.route.plan.columns[place].target_type.as_str())
    }

    fn refers(&self) -> String {
        let equal = self.columns.iter().enumerate().map(|(number, &place)| {
            format!("t.{} = s.c{number}::{}", self.column(place), self.cast(place))
        });
        equal.collect::<Vec<_>>().join(" AND ")
    }

    fn returning(&self, places: impl Iterator<Item = usize>) -> String {
        let columns = places.map(|place| format!("t.{}::text", self.column(place)));
        columns.collect::<Vec<_>>().join(", ")
    }

    fn key(&self) -> String {
        self.returning(self.route.key.iter().copied())
    }

    fn delete(&self) -> String {
        let (table, keys) = (self.table(), unnest(self.columns.len()));
        format!(
            "DELETE FROM {table} AS t USING {keys} WHERE {} RETURNING {}",
            self.refers(),
            self.key()
        )
    }

    fn update(&self, arrays: usize, value: impl Fn(usize, usize) -> String) -> String {
        let set = self.columns.iter().enumerate();
        let set = set
            .map(|(number, &place)| format!("{} = {}", self.column(place), value(number, place)));
        format!(
            "UPDATE {} AS t SET {} FROM {} WHERE {} RETURNING {}",
            self.table(),
            set.collect::<Vec<_>>().join(", "),
            unnest(arrays),
            self.refers(),
            self.key()
        )
    }

    fn set_null(&self) -> String {
        self.update(self.columns.len(), |_, _| "NULL".to_owned())
    }

    /// The new values are further arrays.
    fn set(&self) -> String {
        let count = self.columns.len();
        self.update(2 * count, |number, place| {
            format!("s.c{}::{}", count + number, self.cast(place))
        })
    }

    /// Deletes rows and returns all of their columns.
    fn take(&self) -> String {
        let all = self.returning(0..self.route.plan.columns.len());
        let (table, keys) = (self.table(), unnest(self.columns.len()));
        format!("DELETE FROM {table} AS t USING {keys} WHERE {} RETURNING {all}", self.refers())
    }

    /// Inserts rows: an array for each column.
    fn put(&self) -> String {
        let count = self.route.plan.columns.len();
        let columns: Vec<String> = (0..count).map(|place| self.column(place)).collect();
        let values: Vec<String> =
            (0..count).map(|place| format!("s.c{place}::{}", self.cast(place))).collect();
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING",
            self.table(),
            columns.join(", "),
            values.join(", "),
            unnest(count)
        )
    }
}
