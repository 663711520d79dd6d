//! The canonical form of a value, in which both sides are compared.
//!
//! The expected value and the target's value are both fields of COPY. If PostgreSQL prints a value in
//! another form than it read, both are brought to a third.

mod array;
mod number;
mod time;

use super::conversion::Conversion;
use super::{ColumnPlan, JsonNull, Outcome, RowTimes, copy_text, json, text};
use crate::schema::Kind;

/// Marks a field that is not a value of the column's type; no field of COPY contains a line feed.
const NO_VALUE: u8 = b'\n';

impl ColumnPlan {
    /// Appends the canonical form of a value, which contains no tab and no carriage return.
    ///
    /// `field` is a field of COPY, written by [`Self::convert`] or by PostgreSQL. The form ignores
    /// insignificant zeros of numbers, whitespace and the order of keys in JSON, offsets of points in time,
    /// and trailing spaces of `character(n)`; all other values are compared byte for byte. NULL equals NULL
    /// only.
    pub fn write_canonical(&self, field: &[u8], out: &mut Vec<u8>) {
        if field == copy_text::NULL {
            out.extend_from_slice(field);
            return;
        }
        let start = out.len();
        let is_value = match &self.conversion {
            Conversion::Json(json_type) => {
                json::write_canonical(&copy_text::unescape(field), *json_type, out).is_ok()
            }
            Conversion::TextArray { .. } => {
                array::write(&copy_text::unescape(field), out).is_some()
            }
            Conversion::Float { bytes } => number::write_float(field, *bytes, out).is_some(),
            Conversion::Decimal(_) | Conversion::Integer { .. } => {
                number::write_decimal(field, out);
                true
            }
            Conversion::Timestamp { .. } | Conversion::LocalTime { .. } => {
                time::write(field, out).is_some()
            }
            Conversion::Text { .. } if self.is_padded() => {
                let blanks = field.iter().rev().take_while(|&&byte| byte == b' ').count();
                write_text(&field[..field.len() - blanks], out);
                true
            }
            Conversion::Text { .. } | Conversion::Label(_) => {
                write_text(field, out);
                true
            }
            Conversion::Boolean | Conversion::Bytes | Conversion::Date => {
                out.extend_from_slice(field);
                true
            }
        };
        if !is_value {
            out.truncate(start);
            out.push(NO_VALUE);
            out.extend_from_slice(field);
        }
    }

    /// Whether a field that PostgreSQL printed is in canonical form, unless it may contain a backspace
    /// ([`copy_text::may_have_backspace`]).
    #[must_use]
    pub fn is_printed_canonically(&self) -> bool {
        match self.conversion {
            Conversion::Text { .. } => !self.is_padded(),
            Conversion::Integer { .. }
            | Conversion::Boolean
            | Conversion::Date
            | Conversion::Label(_) => true,
            _ => false,
        }
    }

    /// Whether values are parsed for their canonical form, which then depends on nothing else of the row.
    #[must_use]
    pub fn is_parsed(&self) -> bool {
        matches!(self.conversion, Conversion::Json(_) | Conversion::TextArray { .. })
    }

    /// Converts a cell of the source and appends its canonical form; returns the change that made it fit, if
    /// one was necessary. `scratch` is a buffer for reuse.
    ///
    /// On failure, `out` may contain part of the value.
    pub fn convert_canonical(
        &self,
        cell: Option<&[u8]>,
        row: RowTimes,
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let is_canonical = match self.conversion {
            Conversion::Text { .. } => !self.is_padded(),
            Conversion::Integer { .. } => cell.is_some_and(number::is_canonical_integer),
            Conversion::Boolean | Conversion::Bytes | Conversion::Date | Conversion::Label(_) => {
                true
            }
            _ => false,
        };
        if is_canonical || (cell.is_none() && !self.not_null) {
            return self.convert(cell, out);
        }
        if let (Conversion::Json(json_type), Some(text), None) =
            (&self.conversion, cell, &self.policy.parents)
        {
            // One pass over the text both validates and canonicalises it, if nothing has to be changed.
            let start = out.len();
            let is_kept = self.policy.json_null == JsonNull::Keep || !json::is_null(text);
            if is_kept
                && text::validate(text).is_ok()
                && json::write_canonical(text, *json_type, out).is_ok()
            {
                return Ok(None);
            }
            out.truncate(start);
        }
        scratch.clear();
        let change = self.convert_in_row(cell, row, scratch)?;
        self.write_canonical(scratch, out);
        Ok(change)
    }

    /// Whether PostgreSQL pads values with spaces, which it ignores in comparisons.
    fn is_padded(&self) -> bool {
        let spelling = self.target_type.as_str();
        matches!(self.target_type.kind(), Kind::Text(_))
            && (spelling.starts_with("character(") || spelling.starts_with("bpchar"))
    }
}

/// PostgreSQL escapes a backspace; [`copy_text::escape`] does not.
fn write_text(field: &[u8], out: &mut Vec<u8>) {
    if copy_text::may_have_backspace(field) {
        copy_text::escape(&copy_text::unescape(field), out);
    } else {
        out.extend_from_slice(field);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::convert::{Policy, RowTimes, TablePlan, copy_text};
    use crate::schema::{Catalog, Column, ColumnType, Table};

    /// The canonical forms of a source's cell and of PostgreSQL's output.
    fn spellings(types: (&str, &str), cell: &str, printed: &str) -> (String, String) {
        let table =
            |column| Table { name: "t".to_owned(), columns: vec![column], ..Table::default() };
        let source = table(Column::of("c", ColumnType::mysql(types.0)));
        let target = table(Column::of("c", ColumnType::postgres(types.1)));
        let enums = BTreeMap::from([("team_type".to_owned(), vec!["O".to_owned()])]);
        let catalog = Catalog { enums, ..Catalog::default() };
        let plan = TablePlan::new(&source, &target, &catalog, |_| Policy::default());
        let column = &plan.expect("a plan").columns[0];
        let (mut field, mut left, mut right) = (Vec::new(), Vec::new(), Vec::new());
        let mut direct = Vec::new();
        let row = RowTimes::default();
        column
            .convert_canonical(Some(cell.as_bytes()), row, &mut field, &mut direct)
            .expect("it fits");
        field.clear();
        column.convert(Some(cell.as_bytes()), &mut field).expect("it fits");
        column.write_canonical(&field, &mut left);
        assert_eq!(direct, left, "both ways lead to one spelling");
        column.write_canonical(printed.as_bytes(), &mut right);
        if column.is_printed_canonically() && !copy_text::may_have_backspace(printed.as_bytes()) {
            assert_eq!(right, printed.as_bytes(), "nothing is to be done");
        }
        (String::from_utf8(left).expect("UTF-8"), String::from_utf8(right).expect("UTF-8"))
    }

    #[test]
    fn a_perfect_copy_is_spelled_the_same() {
        for (from, to, cell, printed) in [
            ("text", "text", "a\u{8}\t\\N\\b", "a\\b\\t\\\\N\\\\b"),
            ("varchar(9)", "character varying(9)", "a ü ", "a ü "),
            ("char(4)", "character(4)", "ab", "ab  "),
            ("bigint", "bigint", "-7", "-7"),
            ("int zerofill", "integer", "0007", "7"),
            ("double", "double precision", "1e20", "1e+20"),
            ("double", "double precision", "-0", "-0"),
            ("float", "real", "0.10000000149011612", "0.1"),
            ("decimal(9,2)", "numeric", "1.50", "1.50"),
            ("decimal(9,2)", "numeric(12,4)", "-1.50", "-1.5000"),
            ("tinyint(1)", "boolean", "1", "t"),
            ("blob", "bytea", "\u{0}\\", "\\\\x005c"),
            ("enum('O')", "team_type", "O", "O"),
            ("json", "jsonb", r#"{"b": 1.0, "aa": "\u00e9\n"}"#, r#"{"b": 1, "aa": "é\\n"}"#),
            (
                "json",
                "character varying(26)[]",
                r#"["a b", "c", null, "", "NULL"]"#,
                r#"{"a b",c,NULL,"","NULL"}"#,
            ),
            (
                "datetime(6)",
                "timestamp with time zone",
                "2024-02-29 23:59:59.500000",
                "2024-02-29 23:59:59.5+00",
            ),
            (
                "timestamp",
                "timestamp with time zone",
                "1969-12-31 23:00:00",
                "1970-01-01 04:30:00+05:30",
            ),
            ("date", "date", "2024-02-29", "2024-02-29"),
        ] {
            let (left, right) = spellings((from, to), cell, printed);
            assert_eq!(left, right, "{from} to {to}: {cell}");
        }
    }

    #[test]
    fn what_differs_is_spelled_otherwise() {
        for (from, to, cell, printed) in [
            ("text", "text", "a", "a "),
            ("text", "text", "a", "A"),
            ("text", "text", "", "\\N"),
            ("text", "text", "\\N", "\\N"),
            ("text", "text", "\\b", "\\b"),
            ("bigint", "bigint", "10", "1"),
            ("double", "double precision", "0", "-0"),
            ("double", "double precision", "0.1", "0.10000000000000002"),
            ("decimal(9,2)", "numeric", "1.50", "1.05"),
            ("json", "jsonb", r#"{"a": 12345678901234567890}"#, r#"{"a": 12345678901234567891}"#),
            ("json", "jsonb", r#"{"a": 1}"#, r#"{"a": "1"}"#),
            ("json", "jsonb", r#"{"a": null}"#, "{}"),
            ("json", "jsonb", "null", "\\N"),
            ("json", "jsonb", r"[1, 2]", "[2, 1]"),
            ("json", "character varying(26)[]", r"[null]", r#"{"NULL"}"#),
            (
                "datetime(6)",
                "timestamp with time zone",
                "2024-02-29 23:59:59.500000",
                "2024-02-29 23:59:59.500001+00",
            ),
        ] {
            let (left, right) = spellings((from, to), cell, printed);
            assert_ne!(left, right, "{from} to {to}: {cell}");
        }
    }
}
