//! Conversion of the cells of one column.

use std::borrow::Cow;

use super::conversion::Conversion;
use super::json::{self, JsonType};
use super::transformer::ValueTransformer;
use super::{
    Change, InvalidUtf8, JsonNull, Line, Policy, Reason, Replacement, RowTimes, SearchText,
    Transform, copy_text, scalar, search_text, text,
};
use crate::schema::{ColumnType, Kind};
use crate::sql::Dialect::MySql;

/// The change that made a cell fit, if one was necessary, or the reason why it cannot fit.
pub type Outcome = Result<Option<Box<Change>>, Reason>;

/// The conversion of a source column to a target column.
#[derive(Debug, Clone)]
pub struct ColumnPlan {
    /// The column's name in the source.
    pub source: String,
    /// The column's name in the target.
    pub target: String,
    pub source_type: ColumnType,
    pub target_type: ColumnType,
    /// Whether the target's column is NOT NULL.
    pub not_null: bool,
    /// The policy for values that do not fit.
    pub policy: Policy,
    pub(super) conversion: Conversion,
}

impl ColumnPlan {
    /// Appends a cell to a line of COPY, and returns the change that made it fit, if one was necessary.
    ///
    /// On failure, the line may contain part of the value.
    pub fn convert<'a>(&self, cell: Option<&'a [u8]>, line: &mut impl Line<'a>) -> Outcome {
        self.convert_in_row(cell, RowTimes::default(), line)
    }

    /// The same for a cell of a row with these instants, which show the offset of its local times from UTC.
    pub fn convert_in_row<'a>(
        &self,
        cell: Option<&'a [u8]>,
        row: RowTimes,
        line: &mut impl Line<'a>,
    ) -> Outcome {
        let start = line.text().len();
        self.convert_as_is(cell, row, line).or_else(|reason| {
            line.cut(start);
            self.replace(reason, cell, row, line.text())
        })
    }

    /// Whether rows with such a value are left out by decision.
    #[must_use]
    pub fn leaves_out(&self, reason: Reason) -> bool {
        self.policy.left_out.contains(&reason)
    }

    /// Writes what the policy names in place of a value that does not fit for this reason.
    fn replace(
        &self,
        reason: Reason,
        cell: Option<&[u8]>,
        row: RowTimes,
        line: &mut Vec<u8>,
    ) -> Outcome {
        if self.leaves_out(reason) {
            return Err(reason);
        }
        let null_value = self.policy.null_value.filter(|_| reason == Reason::NullNotAllowed);
        let (transform, value) = match (null_value, &self.policy.replacement) {
            (Some(value), _) => (Transform::ReplaceNull, Some(Cow::Borrowed(value))),
            (None, None) => return Err(reason),
            (None, Some(replacement)) => {
                (Transform::ReplaceValue, self.replacement(replacement, reason, cell)?)
            }
        };
        let mut field = Vec::new();
        self.convert_as_is(value.as_deref(), row, &mut field).map_err(|_| reason)?;
        line.extend_from_slice(&field);
        let replacement = value.map(Cow::into_owned);
        Ok(Some(Box::new(Change { transforms: vec![transform], replacement })))
    }

    fn replacement<'p>(
        &self,
        replacement: &'p Replacement,
        reason: Reason,
        cell: Option<&[u8]>,
    ) -> Result<Option<Cow<'p, [u8]>>, Reason> {
        let cell = cell.unwrap_or_default();
        match (replacement, reason, &self.conversion) {
            // The length of a text has its own policy.
            (_, Reason::TooLong, Conversion::Text { .. }) => Err(reason),
            (Replacement::Null, ..) => Ok(None),
            (Replacement::Value(value), ..) => Ok(Some(Cow::Borrowed(value))),
            (Replacement::Nearest, Reason::OutOfRange, Conversion::Integer { bytes }) => {
                Ok(Some(Cow::Owned(scalar::nearest_integer(cell, *bytes))))
            }
            (Replacement::MarkNul, Reason::KeysMerge, _) => match json::mark_nul_escapes(cell) {
                Ok(marked) if !marked.merges_keys => Ok(Some(Cow::Owned(marked.text))),
                _ => Err(reason),
            },
            _ => Err(reason),
        }
    }

    fn convert_as_is<'a>(
        &self,
        cell: Option<&'a [u8]>,
        row: RowTimes,
        line: &mut impl Line<'a>,
    ) -> Outcome {
        let Some(cell) = cell else {
            self.null(line.text())?;
            return Ok(None);
        };
        if self.policy.parents.as_ref().is_some_and(|parents| !parents.contains(cell)) {
            return Err(Reason::ForeignKey);
        }
        match &self.conversion {
            Conversion::Text { limit } => return self.text(cell, *limit, line),
            Conversion::Json(json_type) => return self.json(cell, *json_type, line),
            Conversion::TextArray { limit } => return self.array(cell, *limit, line),
            Conversion::Boolean => {
                line.text().push(if scalar::boolean(cell)? { b't' } else { b'f' });
            }
            Conversion::Bytes => line.hexadecimal(cell),
            Conversion::Label(labels) => {
                scalar::label(cell, labels)?;
                line.escaped(cell);
            }
            Conversion::Integer { bytes } => {
                scalar::integer(cell, *bytes)?;
                line.plain(cell);
            }
            Conversion::Float { bytes } => {
                scalar::float(cell, *bytes)?;
                line.plain(cell);
            }
            Conversion::Decimal(digits) => {
                scalar::decimal(cell, *digits)?;
                line.plain(cell);
            }
            Conversion::Date => {
                scalar::date(cell)?;
                line.plain(cell);
            }
            Conversion::Timestamp { offset } => {
                scalar::timestamp(cell)?;
                line.plain(cell);
                line.text().extend_from_slice(offset.as_bytes());
            }
            Conversion::LocalTime { times, with_offset } => {
                scalar::timestamp(cell)?;
                if *with_offset {
                    let suffix = times.suffix(cell, row)?;
                    line.plain(cell);
                    line.text().extend_from_slice(suffix.as_bytes());
                } else {
                    line.text().extend_from_slice(&times.in_utc(cell, row)?);
                }
            }
        }
        Ok(None)
    }

    /// The column as an expression for SELECT. The server prints a `float` with six digits only, a `double`
    /// with all.
    #[must_use]
    pub fn selected(&self) -> String {
        let name = MySql.identifier(&self.source);
        let is_float = self.source_type.as_str().starts_with("float");
        if is_float { format!("{name} + 0E0") } else { name }
    }

    /// Whether the source's column is a `timestamp`, which a dump contains as local time.
    pub(super) fn is_timestamp(&self) -> bool {
        *self.source_type.kind() == Kind::Timestamp { time_zone: true }
    }

    /// Whether the instants of the row affect the conversion.
    #[must_use]
    pub fn has_local_times(&self) -> bool {
        matches!(self.conversion, Conversion::LocalTime { .. })
    }

    fn null(&self, line: &mut Vec<u8>) -> Result<(), Reason> {
        if self.not_null {
            return Err(Reason::NullNotAllowed);
        }
        line.extend_from_slice(copy_text::NULL);
        Ok(())
    }

    fn text<'a>(&self, cell: &'a [u8], limit: Option<usize>, line: &mut impl Line<'a>) -> Outcome {
        let limit = limit.unwrap_or(usize::MAX);
        // A character has at least one byte, so most texts fit without counting.
        if cell.len() <= limit.min(self.longest_unread()) && copy_text::is_plain(cell) {
            line.plain(cell);
            return Ok(None);
        }
        match text::validate(cell) {
            Ok(characters)
                if cell.len() <= self.longest_unread()
                    && !text::has_nul(cell)
                    && !text::exceeds(characters, limit) =>
            {
                line.escaped(cell);
                return Ok(None);
            }
            Err(_) if self.policy.invalid_utf8 == InvalidUtf8::Fail => {
                return Err(Reason::InvalidUtf8);
            }
            _ => {}
        }
        let mut transformer = ValueTransformer::new(cell, &self.policy);
        transformer.replace_invalid_utf8()?;
        transformer.remove_nul_bytes()?;
        transformer.shorten(limit)?;
        transformer.shorten_for_search();
        self.write_transformed(transformer, line.text())
    }

    /// How many bytes of text need no look at their words.
    fn longest_unread(&self) -> usize {
        match self.policy.search_text {
            SearchText::Keep => usize::MAX,
            SearchText::Shorten => search_text::SHORT,
        }
    }

    fn json<'a>(&self, cell: &'a [u8], json_type: JsonType, line: &mut impl Line<'a>) -> Outcome {
        let may_be_null = self.policy.json_null != JsonNull::Keep && json::is_null(cell);
        if !may_be_null && json::validate(cell, json_type).is_ok() {
            line.escaped(cell);
            return Ok(None);
        }
        let mut transformer = ValueTransformer::new(cell, &self.policy);
        transformer.make_json(json_type)?;
        self.write_transformed(transformer, line.text())
    }

    fn array<'a>(&self, cell: &'a [u8], limit: Option<usize>, line: &mut impl Line<'a>) -> Outcome {
        let mut transformer = ValueTransformer::new(cell, &self.policy);
        transformer.make_json(JsonType::Jsonb)?;
        let literal = match transformer.value.as_deref() {
            // The policy's replacement for empty JSON is an empty array here.
            Some(b"{}") if transformer.is_changed() => {
                return self.write_transformed(transformer, line.text());
            }
            Some(json) => json::array_literal(json, limit)?,
            None => None,
        };
        transformer.becomes(Transform::ArrayFromJson, literal.map(Cow::Owned));
        self.write_transformed(transformer, line.text())
    }

    fn write_transformed(&self, transformer: ValueTransformer<'_>, line: &mut Vec<u8>) -> Outcome {
        match transformer.value.as_deref() {
            Some(value) => copy_text::escape(value, line),
            None => self.null(line)?,
        }
        Ok(transformer.into_change())
    }
}

#[cfg(test)]
mod tests;
