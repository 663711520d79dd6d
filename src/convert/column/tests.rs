//! Cells are converted, or refused with a reason, by the column's types and policy.

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

/// The text for COPY, and the transforms.
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
    assert_eq!(written(&jsonb, r#"["\u0000a", 1.0]"#), Ok(changed(r#"["a", 1.0]"#, &nul_escapes)));
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
    let other = of(Policy {
        empty_json: EmptyJson::Null,
        json_null: JsonNull::Object,
        ..Policy::default()
    });
    assert_eq!(
        written(&other, " \0"),
        Ok(changed("\\N", &[Transform::RemoveNulBytes, Transform::EmptyJsonToNull]))
    );
    assert_eq!(written(&other, " null"), Ok(changed("{}", &[Transform::JsonNullToObject])));
    assert_eq!(written(&other, "[null]"), Ok(same("[null]")));
    let fail =
        of(Policy { empty_json: EmptyJson::Fail, json_null: JsonNull::Fail, ..Policy::default() });
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
