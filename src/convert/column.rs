//! Converts the cells of one column.

use std::borrow::Cow;

use super::conversion::Conversion;
use super::json::{self, JsonType};
use super::transformer::ValueTransformer;
use super::{Change, JsonNull, Line, Policy, Reason, RowTimes, Transform, copy_text, scalar, text};
use crate::schema::{ColumnType, Kind};
use crate::sql::Dialect::MySql;

/// What was changed to make a cell fit, if anything was; or why it cannot fit.
pub type Outcome = Result<Option<Box<Change>>, Reason>;

/// How a column of the source feeds a column of the target.
#[derive(Debug, Clone)]
pub struct ColumnPlan {
    /// The source's name of it.
    pub source: String,
    /// The target's name of it.
    pub target: String,
    /// Its type in the source.
    pub source_type: ColumnType,
    /// Its type in the target.
    pub target_type: ColumnType,
    /// Whether the target refuses NULL.
    pub not_null: bool,
    /// What may be done to values that do not fit.
    pub policy: Policy,
    pub(super) conversion: Conversion,
}

impl ColumnPlan {
    /// Appends a cell to a line of COPY; says what was changed to make it fit, if anything was.
    ///
    /// On failure, part of the value may already stand in the line.
    pub fn convert<'a>(&self, cell: Option<&'a [u8]>, line: &mut impl Line<'a>) -> Outcome {
        self.convert_in_row(cell, RowTimes::default(), line)
    }

    /// The same for a cell of a row with these instants, which tell how far its local times are ahead
    /// of UTC.
    pub fn convert_in_row<'a>(
        &self,
        cell: Option<&'a [u8]>,
        row: RowTimes,
        line: &mut impl Line<'a>,
    ) -> Outcome {
        let Some(cell) = cell else {
            self.null(line.text())?;
            return Ok(None);
        };
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

    /// The column as it is read from a server. `float` is printed with six digits only, `double` with
    /// all.
    #[must_use]
    pub fn selected(&self) -> String {
        let name = MySql.identifier(&self.source);
        let is_float = self.source_type.as_str().starts_with("float");
        if is_float { format!("{name} + 0E0") } else { name }
    }

    /// Whether the source's column is a `timestamp`, of which a dump has local times.
    pub(super) fn is_timestamp(&self) -> bool {
        *self.source_type.kind() == Kind::Timestamp { time_zone: true }
    }

    /// Whether a cell is converted by the instants of its row.
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
        // A character has at least one byte, so most texts fit without being counted.
        if cell.len() <= limit && copy_text::is_plain(cell) {
            line.plain(cell);
            return Ok(None);
        }
        let characters = text::validate(cell).map_err(|_| Reason::InvalidUtf8)?;
        if !text::has_nul(cell) && !text::exceeds(characters, limit) {
            line.escaped(cell);
            return Ok(None);
        }
        let mut draft = ValueTransformer::new(cell, self.policy);
        draft.remove_nul_bytes()?;
        draft.shorten(limit)?;
        self.write_draft(draft, line.text())
    }

    fn json<'a>(&self, cell: &'a [u8], json_type: JsonType, line: &mut impl Line<'a>) -> Outcome {
        let may_be_null = self.policy.json_null != JsonNull::Keep && json::is_null(cell);
        if !may_be_null && json::validate(cell, json_type).is_ok() {
            line.escaped(cell);
            return Ok(None);
        }
        let mut draft = ValueTransformer::new(cell, self.policy);
        draft.make_json(json_type)?;
        self.write_draft(draft, line.text())
    }

    fn array<'a>(&self, cell: &'a [u8], limit: Option<usize>, line: &mut impl Line<'a>) -> Outcome {
        let mut draft = ValueTransformer::new(cell, self.policy);
        draft.make_json(JsonType::Jsonb)?;
        let literal = match draft.value.as_deref() {
            // What the policy writes for nothing is an empty array as well as an empty object.
            Some(b"{}") if draft.is_changed() => return self.write_draft(draft, line.text()),
            Some(json) => json::array_literal(json, limit)?,
            None => None,
        };
        draft.becomes(Transform::ArrayFromJson, literal.map(Cow::Owned));
        self.write_draft(draft, line.text())
    }

    fn write_draft(&self, draft: ValueTransformer<'_>, line: &mut Vec<u8>) -> Outcome {
        match draft.value.as_deref() {
            Some(value) => copy_text::escape(value, line),
            None => self.null(line)?,
        }
        Ok(draft.into_change())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::ColumnPlan;
    use crate::convert::conversion::Conversion;
    use crate::convert::{
        EmptyJson, JsonNull, LoneSurrogates, NulCharacters, Overflow, Policy, Reason, Transform,
    };
    use crate::schema::ColumnType;

    fn column(source: &str, target: &str, policy: Policy) -> ColumnPlan {
        let (source_type, target_type) = (ColumnType::mysql(source), ColumnType::postgres(target));
        let enums = BTreeMap::from([("team_type".to_owned(), vec!["O".to_owned()])]);
        ColumnPlan {
            source: "Column".to_owned(),
            target: "column".to_owned(),
            not_null: false,
            policy,
            conversion: Conversion::between(&source_type, &target_type, &enums)
                .expect("the types convert"),
            source_type,
            target_type,
        }
    }

    /// What COPY is given for a cell, and the transforms.
    fn written(column: &ColumnPlan, cell: &str) -> Result<(String, Vec<Transform>), Reason> {
        let mut line = Vec::new();
        let change = column.convert(Some(cell.as_bytes()), &mut line)?;
        let transforms = change.map(|change| change.transforms).unwrap_or_default();
        Ok((String::from_utf8(line).expect("UTF-8"), transforms))
    }

    fn same(text: &str) -> (String, Vec<Transform>) {
        (text.to_owned(), Vec::new())
    }

    fn changed(text: &str, transforms: &[Transform]) -> (String, Vec<Transform>) {
        (text.to_owned(), transforms.to_vec())
    }

    #[test]
    fn scalars_are_written_as_postgres_reads_them() {
        for (source, target, cell, expected) in [
            ("tinyint(1)", "boolean", "1", Ok(same("t"))),
            ("tinyint", "boolean", "2", Err(Reason::NotBoolean)),
            ("bigint", "integer", "-7", Ok(same("-7"))),
            ("bigint", "integer", "2147483648", Err(Reason::OutOfRange)),
            ("enum('O')", "team_type", "O", Ok(same("O"))),
            ("enum('O')", "team_type", "", Err(Reason::UnknownEnumLabel)),
            ("blob", "bytea", "\\N", Ok(same("\\\\x5c4e"))),
            ("double", "double precision", "1.5e-7", Ok(same("1.5e-7"))),
            ("decimal(9,2)", "numeric", "1.50", Ok(same("1.50"))),
            ("date", "date", "2024-02-29", Ok(same("2024-02-29"))),
            ("date", "date", "0000-00-00", Err(Reason::InvalidDate)),
            (
                "datetime(6)",
                "timestamp with time zone",
                "2024-02-29 23:59:59.000001",
                Ok(same("2024-02-29 23:59:59.000001+00:00")),
            ),
        ] {
            let column = column(source, target, Policy::default());
            assert_eq!(written(&column, cell), expected, "{source} to {target}: {cell}");
        }
    }

    #[test]
    fn text_fits_or_is_made_to_by_the_policy() {
        let fail = column("text", "character varying(3)", Policy::default());
        assert_eq!(written(&fail, "日本語"), Ok(same("日本語")));
        assert_eq!(written(&fail, "\\N\t"), Ok(same("\\\\N\\t")));
        assert_eq!(written(&fail, "abc "), Err(Reason::TooLong), "PostgreSQL would cut it unseen");
        assert_eq!(written(&fail, "a\0bc"), Ok(changed("abc", &[Transform::RemoveNulBytes])));
        assert_eq!(fail.convert(Some(b"\xff"), &mut Vec::new()), Err(Reason::InvalidUtf8));
        let keep_nul = Policy { nul: NulCharacters::Fail, ..Policy::default() };
        let column_of = |policy| column("text", "character varying(3)", policy);
        assert_eq!(written(&column_of(keep_nul), "a\0"), Err(Reason::NulByte));
        let cut = column_of(Policy { overflow: Overflow::Truncate, ..Policy::default() });
        assert_eq!(
            written(&cut, "a\0bcde"),
            Ok(changed("abc", &[Transform::RemoveNulBytes, Transform::Truncate]))
        );
        let mut to_null = column_of(Policy { overflow: Overflow::Null, ..Policy::default() });
        assert_eq!(written(&to_null, "abcd"), Ok(changed("\\N", &[Transform::OverflowToNull])));
        to_null.not_null = true;
        assert_eq!(written(&to_null, "abcd"), Err(Reason::NullNotAllowed));
    }

    #[test]
    fn jsonb_is_repaired_and_json_keeps_its_escapes() {
        let jsonb = column("json", "jsonb", Policy::default());
        assert_eq!(
            written(&jsonb, r#"{"a": "C:\\u0000"}"#),
            Ok(same(r#"{"a": "C:\\\\u0000"}"#)),
            "COPY takes one of each two backslashes"
        );
        let nul_escapes = [Transform::RemoveNulEscapes];
        assert_eq!(
            written(&jsonb, r#"["\u0000a", 1.0]"#),
            Ok(changed(r#"["a", 1.0]"#, &nul_escapes))
        );
        assert_eq!(
            written(&jsonb, "\"\0\\\0u0000\""),
            Ok(changed("\"\"", &[Transform::RemoveNulBytes, Transform::RemoveNulEscapes]))
        );
        assert_eq!(written(&jsonb, r#"{"k\u0000":1,"k":2}"#), Err(Reason::KeysMerge));
        assert_eq!(written(&jsonb, r#"["\ud83d"]"#), Err(Reason::LoneSurrogate));
        assert_eq!(written(&jsonb, "{"), Err(Reason::InvalidJson));
        let json = column("text", "json", Policy::default());
        assert_eq!(written(&json, r#"["\u0000\ud83d"]"#), Ok(same(r#"["\\u0000\\ud83d"]"#)));
        let policy = Policy {
            nul: NulCharacters::Fail,
            lone_surrogates: LoneSurrogates::Replace,
            ..Policy::default()
        };
        let column = column("json", "jsonb", policy);
        assert_eq!(written(&column, r#""\u0000""#), Err(Reason::NulEscape));
        assert_eq!(
            written(&column, r#""\ud83d""#),
            Ok(changed(r#""\\ufffd""#, &[Transform::ReplaceLoneSurrogates]))
        );
    }

    #[test]
    fn nothing_and_null_follow_the_policy() {
        let of = |policy| column("text", "jsonb", policy);
        let keep = of(Policy::default());
        assert_eq!(written(&keep, ""), Ok(changed("{}", &[Transform::EmptyJsonToObject])));
        assert_eq!(written(&keep, "null"), Ok(same("null")));
        let other =
            of(Policy { empty_json: EmptyJson::Null, json_null: JsonNull::Object, ..keep.policy });
        assert_eq!(
            written(&other, " \0"),
            Ok(changed("\\N", &[Transform::RemoveNulBytes, Transform::EmptyJsonToNull]))
        );
        assert_eq!(written(&other, " null"), Ok(changed("{}", &[Transform::JsonNullToObject])));
        assert_eq!(written(&other, "[null]"), Ok(same("[null]")));
        let fail =
            of(Policy { empty_json: EmptyJson::Fail, json_null: JsonNull::Fail, ..keep.policy });
        assert_eq!(written(&fail, ""), Err(Reason::EmptyJson));
        assert_eq!(written(&fail, "null"), Err(Reason::JsonNull));
    }

    #[test]
    fn arrays_are_made_of_json() {
        let array = column("json", "character varying(26)[]", Policy::default());
        let from_json = [Transform::ArrayFromJson];
        assert_eq!(
            written(&array, r#"["a\\","b"]"#),
            Ok(changed(r#"{"a\\\\","b"}"#, &from_json)),
            "a backslash is doubled for the array and again for COPY"
        );
        assert_eq!(written(&array, "null"), Ok(changed("\\N", &from_json)));
        assert_eq!(written(&array, ""), Ok(changed("{}", &[Transform::EmptyJsonToObject])));
        assert_eq!(written(&array, "{}"), Err(Reason::NotStringArray));
        assert_eq!(
            written(&array, r#"["\u0000"]"#),
            Ok(changed(r#"{""}"#, &[Transform::RemoveNulEscapes, Transform::ArrayFromJson]))
        );
    }
}
