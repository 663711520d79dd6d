//! Conversion of a row.

use super::{Change, Events, Line, Reason, RowTimes, TablePlan, copy_text};

/// Why a row cannot be converted.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("column `{name}`: {reason}")]
pub struct Failure {
    /// The index of the column in the plan.
    pub column: usize,
    /// The column's name in the source.
    pub name: String,
    pub reason: Reason,
}

impl TablePlan {
    /// Appends a row to COPY's text. The cells must be in the order of [`Self::columns`].
    ///
    /// A row that fails leaves `out` and `events` unchanged.
    pub fn convert_row<'a>(
        &self,
        cells: impl IntoIterator<Item = Option<&'a [u8]>>,
        out: &mut impl Line<'a>,
        events: &mut Events,
    ) -> Result<(), Failure> {
        if !self.has_local_times() {
            return self.write_row(cells.into_iter(), RowTimes::default(), out, events);
        }
        let cells: Vec<_> = cells.into_iter().collect();
        let row = self.read_row_times(|place| cells.get(place).copied().flatten());
        self.write_row(cells.into_iter(), row, out, events)
    }

    fn write_row<'a>(
        &self,
        mut cells: impl Iterator<Item = Option<&'a [u8]>>,
        row: RowTimes,
        out: &mut impl Line<'a>,
        events: &mut Events,
    ) -> Result<(), Failure> {
        let start = out.text().len();
        let mut changes: Vec<(usize, Option<&[u8]>, Change)> = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            if place > 0 {
                out.text().push(copy_text::DELIMITER);
            }
            let cell = cells.next().expect("a row has a cell for each column of the plan");
            match column.convert_in_row(cell, row, out) {
                Ok(None) => {}
                Ok(Some(change)) => changes.push((place, cell, *change)),
                Err(reason) => {
                    out.cut(start);
                    return Err(Failure { column: place, name: column.source.clone(), reason });
                }
            }
        }
        out.text().push(copy_text::END_OF_ROW);
        for (place, original, change) in changes {
            events.record(place, original, change);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use crate::convert::{Altered, Events, Originals, Policy, Reason, TablePlan, Transform};
    use crate::schema::{Catalog, Column, ColumnType, Table};

    fn plan() -> TablePlan {
        let table = |name: &str, types: [ColumnType; 3]| {
            let columns = ["Id", "Props", "IsPinned"].into_iter().zip(types);
            let columns = columns.map(|(name, data_type)| Column::of(name, data_type));
            Table { name: name.to_owned(), columns: columns.collect(), ..Table::default() }
        };
        let source = table("Posts", ["varchar(26)", "json", "tinyint(1)"].map(ColumnType::mysql));
        let target = ["character varying(26)", "jsonb", "boolean"].map(ColumnType::postgres);
        let policy = |_: &Column| Policy::default();
        TablePlan::new(&source, &table("posts", target), &Catalog::default(), policy)
            .expect("a plan")
    }

    #[test]
    fn a_row_is_a_line() {
        let plan = plan();
        let (mut out, mut events) = (Vec::new(), Events::new(&plan, Originals::Keep));
        let row = [Some(&b"a\tb"[..]), Some(b"[]"), None];
        plan.convert_row(row, &mut out, &mut events).expect("a line");
        let row = [Some(&b""[..]), Some(br#""\u0000""#), Some(b"1")];
        plan.convert_row(row, &mut out, &mut events).expect("a line");
        assert_eq!(out, b"a\\tb\t[]\t\\N\n\t\"\"\tt\n");
        let counts: Vec<_> = events.counts().collect();
        assert_eq!(counts, [(1, Transform::RemoveNulEscapes, 1)]);
        let altered = events.take_altered();
        assert!(matches!(&altered[..], [Altered { column: 1, original, change }]
            if original.as_deref() == Some(br#""\u0000""#.as_slice()) && change.replacement.as_deref() == Some(b"\"\"")));
        assert!(events.take_altered().is_empty());
    }

    #[test]
    fn a_row_that_fails_leaves_nothing_behind() {
        let plan = plan();
        let (mut out, mut events) = (b"x\n".to_vec(), Events::new(&plan, Originals::Keep));
        let row = [Some(&b"a\0"[..]), Some(b"{}"), Some(b"7")];
        let failure = plan.convert_row(row, &mut out, &mut events).expect_err("no truth");
        let name = "IsPinned".to_owned();
        assert_eq!(failure, Failure { column: 2, name, reason: Reason::NotBoolean });
        assert_eq!(failure.to_string(), "column `IsPinned`: number is neither 0 nor 1");
        assert_eq!(out, b"x\n");
        assert_eq!(events.counts().count(), 0);
        assert!(events.take_altered().is_empty());
    }

    #[test]
    fn events_of_parts_add_up() {
        let plan = plan();
        let events_of = |originals| {
            let mut events = Events::new(&plan, originals);
            let row = [Some(&b"a\0"[..]), None, None];
            plan.convert_row(row, &mut Vec::new(), &mut events).expect("a line");
            events
        };
        let mut events = events_of(Originals::Keep);
        events.merge(events_of(Originals::Drop));
        assert_eq!(events.counts().collect::<Vec<_>>(), [(0, Transform::RemoveNulBytes, 2)]);
        assert_eq!(events.take_altered().len(), 1);
    }
}
