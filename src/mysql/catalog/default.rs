//! Column defaults, in the same form for both servers.

use crate::mysql::{Flavour, Server};
use crate::schema::ColumnType;

/// From this version on, `MariaDB` prints expressions, including quoted text (its manual, "Information Schema
/// COLUMNS Table").
const PRINTS_EXPRESSIONS: (u16, u16, u16) = (10, 2, 7);

/// A default as MySQL prints it: the value without quotes, or an expression.
///
/// MySQL accepts a default for `json`, `text` and `blob` only as an expression, and prints one of text as
/// `_utf8mb4\'[]\'`.
pub(super) fn value(server: &Server, column: &ColumnType, printed: String) -> Option<String> {
    if !server.is_at_least(Flavour::MariaDb, PRINTS_EXPRESSIONS) {
        return Some(printed);
    }
    if printed.eq_ignore_ascii_case("NULL") {
        return None;
    }
    if let Some(text) = printed.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        let text = unescape(text);
        let expression = format!("_utf8mb4\\'{text}\\'");
        return Some(if column.takes_expressions_only() { expression } else { text });
    }
    let is_now = printed.to_ascii_lowercase().starts_with("current_timestamp");
    // `MariaDB` writes empty parentheses where MySQL writes none.
    let printed = if is_now { printed.to_ascii_uppercase().replace("()", "") } else { printed };
    Some(printed)
}

/// Removes the escapes of quotes and backslashes from a literal.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                // Always doubled inside a literal.
                characters.next();
                plain.push('\'');
            }
            '\\' => plain.push(match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('0') => '\0',
                Some('Z') => '\x1a',
                Some(other) => other,
                None => '\\',
            }),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::value;
    use crate::mysql::Server;
    use crate::schema::ColumnType;

    #[test]
    fn both_servers_say_the_same() {
        let servers = ["8.0.36", "10.11.6-MariaDB", "10.1.48-MariaDB"]
            .map(|version| Server::read(version, ""));
        let [mysql, maria, old_maria] = &servers;
        for (column, of_mysql, of_maria) in [
            ("varchar(9)", Some(""), "''"),
            ("varchar(9)", Some("it's\\"), "'it''s\\\\'"),
            ("varchar(9)", Some("NULL"), "'NULL'"),
            ("bigint(20)", Some("0"), "0"),
            ("bigint(20)", None, "NULL"),
            ("json", Some("_utf8mb4\\'[]\\'"), "'[]'"),
            ("datetime(6)", Some("CURRENT_TIMESTAMP(6)"), "current_timestamp(6)"),
            ("timestamp", Some("CURRENT_TIMESTAMP"), "current_timestamp()"),
        ] {
            let column = ColumnType::mysql(column);
            assert_eq!(value(maria, &column, of_maria.to_owned()).as_deref(), of_mysql);
            for server in [mysql, old_maria] {
                let printed = of_mysql.map(str::to_owned);
                let read = printed.and_then(|it| value(server, &column, it));
                assert_eq!(read.as_deref(), of_mysql);
            }
        }
    }
}
