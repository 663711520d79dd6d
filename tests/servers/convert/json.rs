//! JSON: our verdict is the server's, and a repair leaves what the text meant.

use migration_assist::convert::json::{
    JsonType, MAXIMUM_DEPTH, remove_nul_escapes, replace_lone_surrogates, validate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use super::{Oracle, check};

const TYPES: [(JsonType, &str); 2] = [(JsonType::Json, "json"), (JsonType::Jsonb, "jsonb")];

/// Pieces of which text is made that is nearly JSON.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"a\":",
    "\"\\u0000\"",
    "\"\\\\u0000\"",
    "\\",
    "u0000",
    "\\ud83d",
    "\\ude00",
    "\"\\ud83d\\ude00\"",
    "\\n",
    "\\x",
    "\n",
    "\t",
    "\u{1}",
    "\u{7f}",
    " ",
    "é",
    "😀",
    "\u{a0}",
    "true",
    "false",
    "null",
    "nul",
    "0",
    "-",
    "1",
    "12",
    ".",
    ".5",
    "e",
    "E+",
    "1e131071",
    "1e131072",
    "1e-16383",
    "1e-16384",
    "0e400000",
    "0e1073741823",
    "\"\u{feff}\"",
    "/",
    "'",
];

/// Random JSON text with everything that can be a problem for a type.
fn json_text() -> impl Strategy<Value = String> {
    let string = vec(
        select(&["a", "é", "\\n", "\\\\", "\\u0041", "\\u0000", "\\ud83d\\ude00", "\\ud83d"][..]),
        0..4,
    )
    .prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    let number = "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,6})?";
    let word = select(&["true", "false", "null", "{}", "[]"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![string.clone(), number, word];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let member =
            (string.clone(), inner.clone()).prop_map(|(key, value)| format!("{key} : {value}"));
        prop_oneof![
            vec(inner, 0..4).prop_map(|elements| format!("[{}]", elements.join(" ,"))),
            vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(", "))),
        ]
    })
}

/// Such text, whole, or with a piece put in, or with some bytes cut out.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let damaged = (json_text(), any::<prop::sample::Index>(), select(PIECES), 0..3_usize);
    prop_oneof![
        json_text().prop_map(String::into_bytes),
        vec(select(PIECES), 0..8).prop_map(|pieces| pieces.concat().into_bytes()),
        damaged.prop_map(|(text, place, piece, length)| {
            let mut bytes = text.into_bytes();
            let start = place.index(bytes.len());
            let end = bytes.len().min(start + length);
            bytes.splice(start..end, piece.bytes());
            bytes
        }),
    ]
}

#[test]
fn verdicts_are_the_server_s() {
    let oracle = Oracle::new();
    check(&vec(nearly_json(), 60), |texts| {
        for (json_type, name) in TYPES {
            for (text, taken) in texts.iter().zip(oracle.takes(&texts, name)) {
                let verdict = validate(text, json_type);
                let shown = String::from_utf8_lossy(text);
                prop_assert_eq!(verdict.is_ok(), taken, "{} {:?}: {:?}", name, shown, verdict);
            }
        }
        Ok(())
    });
}

#[test]
fn the_server_takes_all_the_depth_that_we_take() {
    let oracle = Oracle::new();
    let nested =
        |open: &str, close: &str, depth| format!("{}1{}", open.repeat(depth), close.repeat(depth));
    let texts = [nested("[", "]", MAXIMUM_DEPTH), nested("{\"a\":", "}", MAXIMUM_DEPTH)];
    for (json_type, name) in TYPES {
        assert_eq!(oracle.takes(&texts, name), [true, true]);
        assert!(texts.iter().all(|text| validate(text.as_bytes(), json_type).is_ok()));
    }
}

#[test]
fn what_was_repaired_is_taken() {
    let oracle = Oracle::new();
    check(&vec(json_text(), 60), |texts| {
        let repaired: Vec<Vec<u8>> = texts
            .iter()
            .map(|text| {
                let paired = replace_lone_surrogates(text.as_bytes()).expect("JSON").text;
                remove_nul_escapes(&paired).expect("JSON").text
            })
            .collect();
        for (text, taken) in repaired.iter().zip(oracle.takes(&repaired, "jsonb")) {
            let verdict = validate(text, JsonType::Jsonb);
            prop_assert_eq!(verdict.is_ok(), taken, "{:?}", String::from_utf8_lossy(text));
        }
        Ok(())
    });
}

fn value() -> impl Strategy<Value = Value> {
    let string = vec(select(&["a", "b", "\0", "é", "\\", "\n", "u0000"][..]), 0..4)
        .prop_map(|pieces| pieces.concat());
    let leaf = prop_oneof![
        string.clone().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        let object = prop::collection::btree_map(string.clone(), inner.clone(), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The value without NUL, and whether keys came together.
fn without_nul(value: &Value, merged: &mut bool) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(elements) => elements.iter().map(|value| without_nul(value, merged)).collect(),
        Value::Object(members) => {
            let mut kept = Map::new();
            for (key, value) in members {
                let value = without_nul(value, merged);
                *merged |= kept.insert(key.replace('\0', ""), value).is_some();
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

#[test]
fn only_nul_is_removed_and_keys_that_merge_are_reported() {
    let oracle = Oracle::new();
    check(&vec(value(), 40), |values| {
        let (mut rows, mut expected) = (Vec::new(), Vec::new());
        for value in &values {
            let text = value.to_string();
            let mut merged = false;
            let kept = without_nul(value, &mut merged);
            let repaired = remove_nul_escapes(text.as_bytes()).expect("JSON");
            prop_assert_eq!(repaired.merges_keys, merged, "{}", text);
            if !merged {
                rows.push(vec![Some(text.into_bytes())]);
                expected.push(kept);
            }
        }
        let arrived = oracle.carry(&[("json", "jsonb")], &rows, "c0::text");
        for (row, kept) in arrived.iter().zip(expected) {
            let arrived: Value = serde_json::from_str(row.get(0)).expect("JSON");
            prop_assert_eq!(arrived, kept);
        }
        Ok(())
    });
}
