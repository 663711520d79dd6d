//! Rows as columns of text, as the statements take them.

use crate::convert::copy_text;
use crate::postgres::ToSql;

/// The values of a column, one behind the other: a large batch has hundreds of thousands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TextColumn {
    text: String,
    /// For each value, where it ends, and whether it is NULL.
    ends: Vec<(usize, bool)>,
}

impl TextColumn {
    pub(super) fn push(&mut self, value: Option<&str>) {
        self.text.push_str(value.unwrap_or_default());
        self.ends.push((self.text.len(), value.is_none()));
    }

    /// The values; NULL is `None`.
    pub(super) fn values(&self) -> Vec<Option<&str>> {
        let mut start = 0;
        let value = |&(end, is_null): &(usize, bool)| {
            let value = &self.text[start..end];
            start = end;
            (!is_null).then_some(value)
        };
        self.ends.iter().map(value).collect()
    }
}

/// Rows: columns with as many values each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TextColumns(pub(super) Vec<TextColumn>);

impl TextColumns {
    /// No rows of that many columns.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![TextColumn::default(); count])
    }

    /// Whether there are no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.0.first().is_none_or(|column| column.ends.is_empty())
    }

    /// Adds a row, the fields of a line of COPY.
    pub(super) fn push_line(&mut self, line: &[u8]) {
        for (field, column) in line.split(|&byte| byte == copy_text::DELIMITER).zip(&mut self.0) {
            if field == copy_text::NULL {
                column.push(None);
            } else {
                let value = copy_text::unescape(field);
                column.push(Some(std::str::from_utf8(&value).expect(CONVERTED)));
            }
        }
    }

    /// The arrays of all columns.
    pub(super) fn arrays(&self) -> Arrays<'_> {
        Arrays(self.0.iter().map(TextColumn::values).collect())
    }

    /// The arrays of some columns.
    pub(super) fn arrays_of<'p>(&self, places: impl Iterator<Item = &'p usize>) -> Arrays<'_> {
        Arrays(places.map(|&place| self.0[place].values()).collect())
    }
}

/// Columns as arrays.
pub(super) struct Arrays<'a>(Vec<Vec<Option<&'a str>>>);

impl Arrays<'_> {
    /// The parameters of a statement.
    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|array| array as &(dyn ToSql + Sync)).collect()
    }
}

/// Why a field is UTF-8.
pub(super) const CONVERTED: &str = "the conversion writes UTF-8";

#[cfg(test)]
mod tests {
    use super::TextColumns;

    #[test]
    fn lines_of_copy_are_read_as_columns() {
        let mut rows = TextColumns::new(2);
        assert!(rows.is_empty());
        for line in ["a\t\\N", "\tx\\ty", "ü\t"] {
            rows.push_line(line.as_bytes());
        }
        assert!(!rows.is_empty());
        let arrays = rows.arrays_of([1, 0].iter());
        let expected = [[None, Some("x\ty"), Some("")], [Some("a"), Some(""), Some("ü")]];
        assert_eq!(arrays.0, expected);
        assert_eq!(rows.arrays().parameters().len(), 2);
    }
}
