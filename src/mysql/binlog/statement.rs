//! Statements in the log, by their first words: transaction control, changes of rows, anything else.

/// What kind of statement was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logged<'a> {
    Begin,
    Commit,
    Rollback,
    /// `ROLLBACK TO SAVEPOINT`: a part of the transaction is undone.
    RollbackTo,
    /// `SAVEPOINT` and `RELEASE SAVEPOINT`, which change nothing.
    Savepoint,
    Xa,
    /// It changes rows; its first word.
    Rows(&'a str),
    /// Only comments, such as `MariaDB`'s `# Dummy event`.
    Nothing,
    Other,
}

/// First words of statements that change rows, or could.
const ROWS: [&str; 9] =
    ["INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL", "DO", "EXECUTE"];

impl<'a> Logged<'a> {
    pub(super) fn read(sql: &'a str) -> Self {
        let (first, rest) = word(sql);
        let is = |word: &str| first.eq_ignore_ascii_case(word);
        let next = || word(rest).0.to_ascii_uppercase();
        match first {
            "" if rest.is_empty() => Self::Nothing,
            _ if is("BEGIN") => Self::Begin,
            _ if is("START") && next() == "TRANSACTION" => Self::Begin,
            _ if is("COMMIT") => Self::Commit,
            _ if is("ROLLBACK") && next() == "TO" => Self::RollbackTo,
            _ if is("ROLLBACK") => Self::Rollback,
            _ if is("SAVEPOINT") || is("RELEASE") => Self::Savepoint,
            _ if is("XA") => Self::Xa,
            _ if ROWS.iter().any(|word| is(word)) => Self::Rows(first),
            _ => Self::Other,
        }
    }
}

/// The first word, and what follows it. Comments are skipped, but for those that servers execute.
fn word(sql: &str) -> (&str, &str) {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == '(' || it == ';');
        let executed = ["/*!", "/*M!"].iter().find_map(|opening| rest.strip_prefix(opening));
        if let Some(inside) = executed {
            rest = inside.trim_start_matches(|it: char| it.is_ascii_digit());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else if rest.starts_with('#') || rest.starts_with("-- ") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else {
            let end = rest.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(rest.len());
            return rest.split_at(end);
        }
    }
}

/// Whether a statement that was given in another database could be about this one: its text has the name.
pub(super) fn mentions(sql: &str, database: &str) -> bool {
    !database.is_empty() && sql.to_lowercase().contains(&database.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Logged, mentions};

    #[test]
    fn statements_are_classified_by_their_first_words() {
        for (sql, logged) in [
            ("BEGIN", Logged::Begin),
            ("START TRANSACTION /* app */", Logged::Begin),
            ("COMMIT /* by mariadb */", Logged::Commit),
            ("ROLLBACK", Logged::Rollback),
            ("rollback to `a`", Logged::RollbackTo),
            ("SAVEPOINT `begin`", Logged::Savepoint),
            ("XA PREPARE X'31',X'',1", Logged::Xa),
            ("/* x */ -- y\n update Posts set a = 1", Logged::Rows("update")),
            ("/*!40000 INSERT INTO t VALUES (1) */", Logged::Rows("INSERT")),
            ("(WITH a AS (SELECT 1) UPDATE t SET x = 1)", Logged::Rows("WITH")),
            ("# Dummy event replacing event type 160 that slave cannot handle.", Logged::Nothing),
            ("  ", Logged::Nothing),
            ("CREATE TABLE t (a int) START TRANSACTION", Logged::Other),
            ("TRUNCATE TABLE Posts", Logged::Other),
            ("123", Logged::Other),
        ] {
            assert_eq!(Logged::read(sql), logged, "{sql}");
        }
    }

    #[test]
    fn a_name_anywhere_is_a_mention() {
        assert!(mentions("UPDATE `Chat`.Posts SET a = 1", "chat"));
        assert!(!mentions("UPDATE Posts SET a = 1", "chat"));
    }
}
