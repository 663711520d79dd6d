//! Rows: what was given to COPY arrives byte for byte.

use migration_assist::convert::text;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Oracle, check};

/// Text that would trip a careless writer of COPY.
fn tricky_text() -> impl Strategy<Value = String> {
    let pieces: &[&str] = &[
        "\\",
        "\\N",
        "\\.",
        "\n",
        "\r\n",
        "\t",
        "\u{8}",
        "\u{b}",
        "\u{c}",
        "\u{7f}",
        "'",
        "\"",
        ",",
        "{}",
        "x",
        "é",
        "e\u{301}",
        "日本語",
        "😀",
        "\u{feff}",
        "\u{10ffff}",
        " ",
        "null",
        "a longer piece of text",
    ];
    let any_text = "\\PC*".prop_map(String::from);
    prop_oneof![3 => vec(select(pieces), 0..8).prop_map(|pieces| pieces.concat()), 1 => any_text]
}

#[test]
fn text_and_bytes_arrive_as_they_were() {
    let oracle = Oracle::new();
    let row = (option::of(tricky_text()), option::of(vec(any::<u8>(), 0..40)), tricky_text());
    check(&vec(row, 1..60), |rows| {
        let types =
            [("longtext", "text"), ("blob", "bytea"), ("varchar(200)", "character varying")];
        let cells: Vec<Vec<Option<Vec<u8>>>> = rows
            .iter()
            .map(|(text, bytes, last)| {
                let text = text.clone().map(String::into_bytes);
                vec![text, bytes.clone(), Some(last.clone().into_bytes())]
            })
            .collect();
        let arrived = oracle.carry(&types, &cells, "c0, c1, c2");
        for (row, (text, bytes, last)) in arrived.iter().zip(rows) {
            prop_assert_eq!(row.get::<_, Option<String>>(0), text);
            prop_assert_eq!(row.get::<_, Option<Vec<u8>>>(1), bytes);
            prop_assert_eq!(row.get::<_, String>(2), last);
        }
        Ok(())
    });
}

#[test]
fn json_arrives_as_it_was() {
    let oracle = Oracle::new();
    let strings = vec(tricky_text(), 0..4);
    check(&vec(strings, 1..40), |values| {
        let text = |strings| serde_json::to_string(strings).expect("JSON");
        let rows: Vec<_> =
            values.iter().map(|value| vec![Some(text(value).into_bytes())]).collect();
        let arrived = oracle.carry(&[("text", "json")], &rows, "c0::text");
        for (row, value) in arrived.iter().zip(&values) {
            prop_assert_eq!(row.get::<_, String>(0), text(value));
        }
        Ok(())
    });
}

#[test]
fn arrays_of_json_arrive_as_arrays() {
    let oracle = Oracle::new();
    check(&vec(vec(option::of(tricky_text()), 0..5), 1..40), |arrays| {
        let text = |array| serde_json::to_string(array).expect("JSON").into_bytes();
        let rows: Vec<_> = arrays.iter().map(|array| vec![Some(text(array))]).collect();
        let types = [("json", "character varying(200)[]")];
        for (row, array) in oracle.carry(&types, &rows, "c0").iter().zip(arrays) {
            prop_assert_eq!(row.get::<_, Vec<Option<String>>>(0), array);
        }
        Ok(())
    });
}

#[test]
fn a_length_is_the_server_s() {
    let oracle = Oracle::new();
    check(&vec(tricky_text(), 1..40), |texts| {
        let rows: Vec<_> = texts.iter().map(|text| vec![Some(text.clone().into_bytes())]).collect();
        let arrived = oracle.carry(&[("text", "text")], &rows, "char_length(c0)");
        for (row, text) in arrived.iter().zip(&texts) {
            let length = usize::try_from(row.get::<_, i32>(0)).expect("a length");
            prop_assert!(!text::exceeds(text, length), "{:?}", text);
            prop_assert!(length == 0 || text::exceeds(text, length - 1), "{:?}", text);
            let shorter = text::truncate(text, length.saturating_sub(1));
            prop_assert!(text.starts_with(shorter) && (length == 0 || shorter.len() < text.len()));
        }
        Ok(())
    });
}
