//! What a statement in the source's binary log does: which tables it defines, alters, empties or drops.
//!
//! Only the words that say so are read, because a log has statements of every version and product. A
//! statement that begins in an unrecognised way is [`Effect::Unknown`].

use super::words::{Token, Words};

/// What a logged statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing to the rows or columns of any table.
    None,
    /// Something to these tables.
    Tables(Vec<AffectedTable>),
    /// Something to a whole database.
    Database(String),
    /// It changes rows: the log has a statement where it should have rows.
    Rows,
    /// Not known.
    Unknown,
}

/// A table that a statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedTable {
    /// The database in front of its name; `None` for the session's own.
    pub database: Option<String>,
    /// Its name, as the statement spells it.
    pub name: String,
    /// What happens to it.
    pub impact: Impact,
}

/// What a statement does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impact {
    /// It is made, if there is none of that name.
    CreatedIfMissing,
    /// It is made.
    Created,
    /// Its definition changes, and its rows keep their values unless a column's type changes.
    Altered,
    /// Rows or values may go, even if its definition is afterwards what it was.
    Rewritten,
    /// All of its rows go.
    Emptied,
    /// It goes, or gets another name.
    Dropped,
}

impl Impact {
    /// What a message calls the statement.
    #[must_use]
    pub fn statement(self) -> &'static str {
        match self {
            Self::CreatedIfMissing | Self::Created => "CREATE TABLE",
            Self::Altered | Self::Rewritten => "ALTER TABLE",
            Self::Emptied => "TRUNCATE TABLE",
            Self::Dropped => "DROP TABLE or RENAME TABLE",
        }
    }
}

/// Reads what a statement of MySQL or MariaDB does.
#[must_use]
pub fn affected(sql: &str) -> Effect {
    let mut words = Words::of(sql);
    let Some(Token::Word(first)) = words.next() else { return Effect::Unknown };
    match first.to_ascii_uppercase().as_str() {
        "CREATE" => create(&mut words),
        "ALTER" => alter(&mut words),
        "DROP" => drop_object(&mut words),
        "RENAME" => rename(&mut words),
        "TRUNCATE" => {
            words.skip(&["TABLE"]);
            tables(&mut words, Impact::Emptied)
        }
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "LOAD" | "WITH" | "CALL" => Effect::Rows,
        "GRANT" | "REVOKE" | "FLUSH" | "ANALYZE" | "ANALYSE" | "OPTIMIZE" | "OPTIMISE"
        | "REPAIR" | "CHECK" | "SET" | "RESET" | "INSTALL" | "UNINSTALL" => Effect::None,
        _ => Effect::Unknown,
    }
}

/// Objects without rows of their own. Rows that a trigger or procedure changes are logged as rows.
const WITHOUT_ROWS: [&str; 15] = [
    "VIEW",
    "TRIGGER",
    "PROCEDURE",
    "FUNCTION",
    "EVENT",
    "USER",
    "ROLE",
    "SERVER",
    "TABLESPACE",
    "LOGFILE",
    "SEQUENCE",
    "PACKAGE",
    "RESOURCE",
    "REFERENCE",
    "INSTANCE",
];

/// The kind of object that a statement is about: the first word that is one, behind words such as
/// `TEMPORARY` and `DEFINER = …`.
fn object(words: &mut Words<'_>) -> Option<(String, Vec<String>)> {
    let mut before = Vec::new();
    while let Some(token) = words.next() {
        let Token::Word(word) = token else { continue };
        let word = word.to_ascii_uppercase();
        let is_object = matches!(&*word, "TABLE" | "TABLES" | "INDEX" | "DATABASE" | "SCHEMA");
        if is_object || WITHOUT_ROWS.contains(&&*word) {
            return Some((word, before));
        }
        before.push(word);
    }
    None
}

fn create(words: &mut Words<'_>) -> Effect {
    let Some((kind, before)) = object(words) else { return Effect::Unknown };
    let is_before = |word: &str| before.iter().any(|it| it == word);
    match &*kind {
        "TABLE" if is_before("TEMPORARY") => Effect::None,
        "TABLE" => {
            let if_missing = words.skip(&["IF", "NOT", "EXISTS"]);
            let impact = match (if_missing, is_before("REPLACE")) {
                (_, true) => Impact::Dropped,
                (true, _) => Impact::CreatedIfMissing,
                (false, _) => Impact::Created,
            };
            words.table().map_or(Effect::Unknown, |table| one(table, impact))
        }
        "INDEX" if is_before("UNIQUE") => index_owner(words),
        "DATABASE" | "SCHEMA" => {
            let if_missing = words.skip(&["IF", "NOT", "EXISTS"]);
            match words.identifier() {
                Some(_) if if_missing => Effect::None,
                Some(name) => Effect::Database(name),
                None => Effect::Unknown,
            }
        }
        _ => Effect::None,
    }
}

/// The table behind `ON` of a statement about a unique index.
fn index_owner(words: &mut Words<'_>) -> Effect {
    while let Some(token) = words.next() {
        if token.is_word("ON") {
            return words.table().map_or(Effect::Unknown, |table| one(table, Impact::Altered));
        }
    }
    Effect::Unknown
}

fn alter(words: &mut Words<'_>) -> Effect {
    let Some((kind, _)) = object(words) else { return Effect::Unknown };
    match &*kind {
        "TABLE" => {
            words.skip(&["IF", "EXISTS"]);
            let Some(table) = words.table() else { return Effect::Unknown };
            let loses = ["DROP", "PARTITION", "TABLESPACE", "IGNORE"];
            let mut rest = words.rest().iter();
            let is_renamed = {
                let mut pairs = rest.clone().zip(rest.clone().skip(1));
                pairs.any(|(it, next)| it.is_word("RENAME") && !is_index_or_column(next))
            };
            let impact = if is_renamed {
                Impact::Dropped
            } else if rest.any(|token| loses.iter().any(|word| token.is_word(word))) {
                Impact::Rewritten
            } else {
                Impact::Altered
            };
            one(table, impact)
        }
        _ => Effect::None,
    }
}

fn is_index_or_column(token: &Token<'_>) -> bool {
    ["INDEX", "KEY", "COLUMN"].iter().any(|word| token.is_word(word))
}

fn drop_object(words: &mut Words<'_>) -> Effect {
    let Some((kind, before)) = object(words) else { return Effect::Unknown };
    match &*kind {
        "TABLE" | "TABLES" if before.iter().any(|it| it == "TEMPORARY") => Effect::None,
        "TABLE" | "TABLES" => {
            words.skip(&["IF", "EXISTS"]);
            tables(words, Impact::Dropped)
        }
        // The statement does not state whether it is unique; the catalog shows it afterwards.
        "INDEX" => index_owner(words),
        "DATABASE" | "SCHEMA" => {
            words.skip(&["IF", "EXISTS"]);
            words.identifier().map_or(Effect::Unknown, Effect::Database)
        }
        _ => Effect::None,
    }
}

/// Both names of each pair: another table may now have the name of a followed one.
fn rename(words: &mut Words<'_>) -> Effect {
    match words.next() {
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("USER") => return Effect::None,
        Some(token) if token.is_word("TABLE") || token.is_word("TABLES") => {}
        _ => return Effect::Unknown,
    }
    words.skip(&["IF", "EXISTS"]);
    let mut tables = Vec::new();
    loop {
        let Some((database, name)) = words.table() else { return Effect::Unknown };
        tables.push(AffectedTable { database, name, impact: Impact::Dropped });
        while !words.skip(&["TO"]) {
            match words.next() {
                // `RENAME TABLE a WAIT 5 TO b` of MariaDB.
                Some(Token::Word(_)) => {}
                _ => return Effect::Unknown,
            }
        }
        let Some((database, name)) = words.table() else { return Effect::Unknown };
        tables.push(AffectedTable { database, name, impact: Impact::Created });
        match words.next() {
            None => return Effect::Tables(tables),
            Some(Token::Mark(',')) => {}
            Some(_) => return Effect::Unknown,
        }
    }
}

/// A list of tables; what follows the last one, such as `CASCADE`, is skipped.
fn tables(words: &mut Words<'_>, impact: Impact) -> Effect {
    let mut tables = Vec::new();
    loop {
        let Some((database, name)) = words.table() else { return Effect::Unknown };
        tables.push(AffectedTable { database, name, impact });
        if words.next() != Some(Token::Mark(',')) {
            return Effect::Tables(tables);
        }
    }
}

fn one((database, name): (Option<String>, String), impact: Impact) -> Effect {
    Effect::Tables(vec![AffectedTable { database, name, impact }])
}

#[cfg(test)]
mod tests {
    use super::{Effect, affected};

    /// The tables as `database.name: impact`.
    fn tables(sql: &str) -> Vec<String> {
        match affected(sql) {
            Effect::Tables(tables) => tables
                .iter()
                .map(|it| {
                    let database =
                        it.database.as_ref().map_or(String::new(), |it| format!("{it}."));
                    format!("{database}{}: {:?}", it.name, it.impact)
                })
                .collect(),
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn tables_are_named_with_what_happens_to_them() {
        for (sql, expected) in [
            ("create table t (a int)", &["t: Created"][..]),
            ("CREATE TABLE IF NOT EXISTS db_lock (id varchar(64))", &["db_lock: CreatedIfMissing"]),
            ("CREATE OR REPLACE TABLE `a``b` (a int)", &["a`b: Dropped"]),
            ("CREATE TABLE mm.t LIKE u", &["mm.t: Created"]),
            ("ALTER TABLE `mm`.`Posts` ADD COLUMN x INT", &["mm.Posts: Altered"]),
            ("ALTER ONLINE TABLE Posts ADD INDEX i (a)", &["Posts: Altered"]),
            ("ALTER TABLE Posts TRUNCATE PARTITION p", &["Posts: Rewritten"]),
            ("ALTER TABLE Posts DROP COLUMN a, ADD a INT", &["Posts: Rewritten"]),
            ("ALTER TABLE Posts RENAME TO Old", &["Posts: Dropped"]),
            ("ALTER TABLE Posts RENAME INDEX a TO b", &["Posts: Altered"]),
            (
                "DROP TABLE IF EXISTS `a`,mm.b /* generated by server */",
                &["a: Dropped", "mm.b: Dropped"],
            ),
            ("TRUNCATE t", &["t: Emptied"]),
            ("truncate table mm.t", &["mm.t: Emptied"]),
            (
                "RENAME TABLE a TO b, mm.c TO d",
                &["a: Dropped", "b: Created", "mm.c: Dropped", "d: Created"],
            ),
            ("CREATE UNIQUE INDEX i ON Posts (a)", &["Posts: Altered"]),
            ("DROP INDEX i ON Posts", &["Posts: Altered"]),
            ("/*!40000 ALTER TABLE Posts DISABLE KEYS */", &["Posts: Altered"]),
            ("# note\n-- note\n/* note */ DROP TABLE t", &["t: Dropped"]),
        ] {
            assert_eq!(tables(sql), expected, "{sql}");
        }
    }

    #[test]
    fn statements_without_an_effect_on_rows_have_none() {
        for sql in [
            "CREATE TEMPORARY TABLE t (a int)",
            "DROP TEMPORARY TABLE IF EXISTS `t`",
            "DROP /*!40005 TEMPORARY */ TABLE IF EXISTS `t`",
            "CREATE INDEX i ON Posts (a)",
            "CREATE FULLTEXT INDEX i ON Posts (a)",
            "CREATE ALGORITHM=UNDEFINED DEFINER=`table`@`%` SQL SECURITY DEFINER VIEW v AS SELECT 1",
            "CREATE DEFINER=`root`@`localhost` TRIGGER t BEFORE INSERT ON Posts FOR EACH ROW SET @a = 1",
            "CREATE DATABASE IF NOT EXISTS other",
            "GRANT SELECT ON mm.* TO 'a'@'%'",
            "FLUSH TABLES",
            "ANALYZE TABLE Posts",
            "ALTER USER a IDENTIFIED BY 'x'",
            "RENAME USER a TO b",
        ] {
            assert_eq!(affected(sql), Effect::None, "{sql}");
        }
    }

    #[test]
    fn everything_else_is_rows_a_database_or_unknown() {
        for sql in
            ["INSERT INTO t VALUES (1)", "/* c */ delete from t", "WITH a AS (SELECT 1) SELECT"]
        {
            assert_eq!(affected(sql), Effect::Rows, "{sql}");
        }
        assert_eq!(affected("DROP DATABASE `mm`"), Effect::Database("mm".to_owned()));
        for sql in
            ["", ";", "'x'", "XA START 'a'", "DROP", "CREATE TABLE", "RENAME TABLE a", "TRUNCATE"]
        {
            assert_eq!(affected(sql), Effect::Unknown, "{sql}");
        }
    }
}
