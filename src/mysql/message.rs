//! Server messages without the values in them.

use crate::foreign_text::spell_out;

/// The maximum length of a message, in characters.
const LONGEST: usize = 300;

/// Errors whose messages contain names of objects, accounts, settings and limits, and never a value (reference
/// manual, "Server Error Message Reference"; `MariaDB` from 1900 to 1999 and from 4000).
const NAMES_ONLY: &[u16] = &[
    1005, 1007, 1008, 1040, 1041, 1044, 1045, 1046, 1048, 1049, 1050, 1051, 1054, 1060, 1061, 1068,
    1069, 1071, 1072, 1091, 1103, 1109, 1113, 1114, 1118, 1129, 1130, 1135, 1142, 1143, 1146, 1153,
    1170, 1171, 1193, 1203, 1205, 1213, 1215, 1226, 1227, 1231, 1232, 1238, 1264, 1265, 1267, 1270,
    1271, 1290, 1298, 1305, 1317, 1356, 1364, 1370, 1406, 1419, 1451, 1452, 1524, 1698, 1701, 1792,
    1820, 1836, 1862, 1927, 1969, 3024, 3118, 3159, 3750, 3819, 3903, 4025, 4031, 4151,
];

/// Errors whose messages contain unquoted text: `SIGNAL` of a trigger, a partition's value.
const HIDDEN: &[u16] = &[1525, 1526, 1643, 1644, 1645, 1690, 1748];

/// The message of a server error without values, and of bounded length.
///
/// Unless the error contains only names of objects, everything from the first quote to the last is replaced
/// by `…`, because a value can contain quotes. The column, key and row that the server names after a value
/// are kept.
pub(super) fn without_values(code: u16, sqlstate: &str, message: &str) -> String {
    // Triggers and procedures raise class 45 with texts of their own.
    let reduced = if HIDDEN.contains(&code) || sqlstate.starts_with("45") {
        "…".to_owned()
    } else if NAMES_ONLY.contains(&code) {
        message.to_owned()
    } else {
        cut_quotes(code, message)
    };
    spell_out(&bound(reduced.trim())).into_owned()
}

fn cut_quotes(code: u16, message: &str) -> String {
    let quotes = ['\'', '"', '`'];
    let (head, tail) = message.split_at(tail(code, message).unwrap_or(message.len()));
    match (head.find(quotes), head.rfind(quotes)) {
        // A single quote has no matching end.
        (Some(first), Some(last)) if first == last => format!("{}…{tail}", &head[..first]),
        (Some(first), Some(last)) => format!("{}…{}{tail}", &head[..first], &head[last + 1..]),
        _ => message.to_owned(),
    }
}

/// The start of the names that the server appends to a value, in the errors that have them.
///
/// The last match counts, and it must end the message, because a value can look the same.
fn tail(code: u16, message: &str) -> Option<usize> {
    match code {
        1062 | 1586 => message.rfind(" for key '"),
        1292 | 1366 | 1411 if message.ends_with(|it: char| it.is_ascii_digit()) => {
            message.rfind(" for column ")
        }
        3140 => message.rfind(" in value for column '"),
        _ => None,
    }
}

fn bound(message: &str) -> String {
    match message.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn names_stay_and_values_go() {
        for (code, message, reduced) in [
            (1146, "Table 'mm.Posts' doesn't exist", "Table 'mm.Posts' doesn't exist"),
            (
                1062,
                "Duplicate entry 'it's me' for key 'Users.Email'",
                "Duplicate entry … for key 'Users.Email'",
            ),
            (
                1062,
                "Duplicate entry 'x for key 'y' at row z' for key 'Users.Email'",
                "Duplicate entry … for key 'Users.Email'",
            ),
            (
                1366,
                "Incorrect string value: '\\xF0\\x9F' for column 'Message' at row 7",
                "Incorrect string value: … for column 'Message' at row 7",
            ),
            (
                1366,
                "Incorrect integer value: 'secret' for column `mm`.`Posts`.`CreateAt` at row 1",
                "Incorrect integer value: … for column `mm`.`Posts`.`CreateAt` at row 1",
            ),
            (
                3140,
                "Invalid JSON text: \"Invalid value.\" at position 0 in value for column 'Posts.Props'.",
                "Invalid JSON text: … at position 0 in value for column 'Posts.Props'.",
            ),
            (
                1292,
                "Truncated incorrect DOUBLE value: 'secret'",
                "Truncated incorrect DOUBLE value: …",
            ),
            (
                1292,
                "Truncated incorrect DOUBLE value: 'a for column 'secret' at row 1'",
                "Truncated incorrect DOUBLE value: …",
            ),
            (
                1064,
                "You have an error near 'SELECT secret' at line 1",
                "You have an error near … at line 1",
            ),
            (1105, "a lone ' secret", "a lone …"),
            (1690, "BIGINT value is out of range in (9 + 9)", "…"),
        ] {
            assert_eq!(without_values(code, "HY000", message), reduced);
        }
        assert_eq!(without_values(1644, "45000", "no secret here"), "…");
        assert_eq!(without_values(9999, "45001", "no secret here"), "…");
    }

    #[test]
    fn length_is_bounded() {
        let long = without_values(1146, "42S02", &"ü".repeat(5000));
        assert_eq!(long.chars().count(), 301);
    }
}
