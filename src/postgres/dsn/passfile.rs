//! The password file: lines of `host:port:database:user:password`.

use super::Host;
use super::defaults::SOCKET_DIRECTORIES;
use crate::secret::Secret;

/// The password of the first line that matches (PostgreSQL manual, "The Password File").
///
/// `*` matches everything; `\:` and `\\` are escapes. A line has `localhost` for a socket in one of the usual
/// directories, and the path for any other.
pub(super) fn password(
    text: &str,
    host: &Host,
    port: u16,
    database: &str,
    user: &str,
) -> Option<Secret> {
    let host = match host {
        Host::Socket(path) if SOCKET_DIRECTORIES.contains(&path.as_str()) => "localhost",
        host => host.as_str(),
    };
    let wanted = [host, &port.to_string(), database, user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for wanted in wanted {
            let (field, after) = split_field(rest);
            if after.is_none() || (field != "*" && unescape(field) != wanted) {
                return None;
            }
            rest = after.unwrap_or_default();
        }
        Some(Secret::new(unescape(split_field(rest).0)))
    })
}

/// The text before the first unescaped colon, and the rest.
fn split_field(line: &str) -> (&str, Option<&str>) {
    let mut hidden = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if hidden => hidden = false,
            b'\\' => hidden = true,
            b':' => return (&line[..at], Some(&line[at + 1..])),
            _ => {}
        }
    }
    (line, None)
}

fn unescape(field: &str) -> String {
    let mut characters = field.chars();
    let mut plain = String::with_capacity(field.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Host, password};

    const FILE: &str = "\
# a comment:*:*:*:no
db:5432:mm:mmuser:first
db:5432:mm:mmuser:second
[2001\\:db8\\:\\:1]:*:*:*:no
2001\\:db8\\:\\:1:*:*:*:six
localhost:*:*:*:local
/srv/pg:*:*:*:by\\:path\\\\
*:6432:*:a\\:b:colon:and what follows
short:line
";

    fn find(host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        password(FILE, &Host::new(host), port, database, user)
            .map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_wins() {
        assert_eq!(find("db", 5432, "mm", "mmuser").as_deref(), Some("first"));
        assert_eq!(find("db", 5432, "mm", "other"), None);
        assert_eq!(find("short", 1, "line", "x"), None);
    }

    #[test]
    fn escapes_hide_colons_and_backslashes() {
        assert_eq!(find("2001:db8::1", 1, "x", "y").as_deref(), Some("six"));
        assert_eq!(find("x", 6432, "x", "a:b").as_deref(), Some("colon"));
        assert_eq!(find("/srv/pg", 1, "x", "y").as_deref(), Some("by:path\\"));
    }

    #[test]
    fn a_socket_in_a_usual_directory_is_localhost() {
        assert_eq!(find("/var/run/postgresql", 5432, "x", "y").as_deref(), Some("local"));
        assert_eq!(find("localhost", 5432, "x", "y").as_deref(), Some("local"));
    }
}
