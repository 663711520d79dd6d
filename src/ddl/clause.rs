//! Strict parsers for single clauses of a MySQL definition that was read from a file and is about to be run.
//!
//! Each function parses the text, rejects everything except the expected clause, and returns SQL that is
//! printed from the result. So a text with a second statement, a second change to the table or a `SELECT`
//! never reaches the server.

use sqlparser::ast::{
    AlterTableOperation, ColumnDef, CreateTable, CreateTableOptions, NamedParenthesizedList,
    SqlOption, Statement, TableConstraint,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use super::Error;
use crate::sql::Dialect;

/// The table options that `SHOW CREATE TABLE` prints and that affect nothing outside the table. This
/// excludes `DATA DIRECTORY`, `CONNECTION` and `UNION`.
const TABLE_OPTIONS: [&str; 11] = [
    "AUTO_INCREMENT",
    "AVG_ROW_LENGTH",
    "CHARSET",
    "CHECKSUM",
    "COLLATE",
    "DEFAULT CHARSET",
    "MAX_ROWS",
    "MIN_ROWS",
    "ROW_FORMAT",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
];

/// The storage engines that keep the rows of a table in the server's data directory.
const ENGINES: [&str; 3] = ["InnoDB", "MyISAM", "Aria"];

/// The statement that creates a table under another name, from the text of `SHOW CREATE TABLE`.
///
/// # Errors
///
/// The text is not the definition of the table `name`.
pub fn create_table(definition: &str, name: &str, new_name: &str) -> Result<String, Error> {
    let unsupported = || Error::Unsupported(format!("the definition of table `{name}`"));
    let Statement::CreateTable(mut create) = parse_one(definition)? else {
        return Err(unsupported());
    };
    if create.name.to_string() != Dialect::MySql.identifier(name) {
        return Err(unsupported());
    }
    let options = plain_options(&create).ok_or_else(unsupported)?;
    let columns = create.columns.iter().map(ToString::to_string);
    let constraints = create.constraints.iter().map(ToString::to_string);
    let lines: Vec<String> = columns.chain(constraints).collect();
    let rebuilt = format!(
        "CREATE TABLE {} ({}) {}",
        Dialect::MySql.identifier(new_name),
        lines.join(", "),
        options.join(" ")
    );
    // Any other text is a clause that was not checked above.
    let Statement::CreateTable(again) = parse_one(&rebuilt)? else { return Err(unsupported()) };
    create.name = again.name.clone();
    if create == again { Ok(rebuilt) } else { Err(unsupported()) }
}

/// The printed options of the table; `None` if one of them is not allowed.
fn plain_options(create: &CreateTable) -> Option<Vec<String>> {
    let options = match &create.table_options {
        CreateTableOptions::None => return Some(Vec::new()),
        CreateTableOptions::Plain(options) => options,
        _ => return None,
    };
    let is_allowed = |option: &SqlOption| match option {
        SqlOption::Comment(_) => true,
        SqlOption::KeyValue { key, .. } => {
            TABLE_OPTIONS.iter().any(|it| it.eq_ignore_ascii_case(&key.value))
        }
        SqlOption::NamedParenthesizedList(NamedParenthesizedList { key, name, values }) => {
            key.value.eq_ignore_ascii_case("ENGINE")
                && values.is_empty()
                && name.as_ref().is_some_and(|engine| {
                    ENGINES.iter().any(|it| it.eq_ignore_ascii_case(&engine.value))
                })
        }
        _ => false,
    };
    options.iter().all(is_allowed).then(|| options.iter().map(ToString::to_string).collect())
}

/// The type and the attributes of a column, without its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnClause {
    column: ColumnDef,
}

impl ColumnClause {
    /// Reads the text after a column's name.
    ///
    /// # Errors
    ///
    /// The text is not the type and the attributes of one column.
    pub fn read(definition: &str) -> Result<Self, Error> {
        let unsupported = || Error::Unsupported("the definition of a column".to_owned());
        let statement = parse_one(&format!("ALTER TABLE `t` ADD COLUMN `c` {definition}"))?;
        let Statement::AlterTable(alter) = statement else { return Err(unsupported()) };
        match alter.operations.as_slice() {
            [AlterTableOperation::AddColumn { column_def, column_position: None, .. }]
                if column_def.name.value == "c" =>
            {
                Ok(Self { column: column_def.clone() })
            }
            _ => Err(unsupported()),
        }
    }

    /// The clause for a column of that name, including the name.
    #[must_use]
    pub fn with_name(&self, name: &str) -> String {
        let mut column = self.column.clone();
        column.name.value = name.replace('`', "``");
        column.to_string()
    }

    /// The clause without CHECK constraints, which contain the column's name.
    #[must_use]
    pub fn without_checks(&self) -> Self {
        let mut column = self.column.clone();
        column.options.retain(|it| !matches!(it.option, sqlparser::ast::ColumnOption::Check(_)));
        Self { column }
    }
}

/// The clause that adds an index, without `ADD`, from its line of `SHOW CREATE TABLE`.
///
/// # Errors
///
/// The text is not the definition of one index.
pub fn index(definition: &str) -> Result<String, Error> {
    let unsupported = || Error::Unsupported("the definition of an index".to_owned());
    let statement = parse_one(&format!("ALTER TABLE `t` ADD {definition}"))?;
    let Statement::AlterTable(alter) = statement else { return Err(unsupported()) };
    match alter.operations.as_slice() {
        [AlterTableOperation::AddConstraint { constraint, .. }]
            if matches!(
                constraint,
                TableConstraint::Index(_)
                    | TableConstraint::Unique(_)
                    | TableConstraint::FulltextOrSpatial(_)
            ) =>
        {
            Ok(constraint.to_string())
        }
        _ => Err(unsupported()),
    }
}

/// The only statement of a text. Strings keep their escapes, so that they are printed unchanged.
fn parse_one(sql: &str) -> Result<Statement, Error> {
    let mut parser = Parser::new(&MySqlDialect {})
        .with_options(sqlparser::parser::ParserOptions::new().with_unescape(false))
        .try_with_sql(sql)?;
    let mut statements = parser.parse_statements()?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Error::Unsupported("more or less than one statement".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnClause, create_table, index};

    const TABLE: &str = "CREATE TABLE `a``b` (\n  `v` bigint NOT NULL,\n  `d` tinyint(1) DEFAULT '1' \
        COMMENT 'it''s \\\\',\n  PRIMARY KEY (`v`),\n  KEY `i` (`d`) USING BTREE\n) ENGINE=InnoDB \
        AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='x'";

    #[test]
    fn a_table_is_created_by_another_name() {
        insta::assert_snapshot!(create_table(TABLE, "a`b", "n").expect("a definition"), @"CREATE TABLE `n` (`v` BIGINT NOT NULL, `d` TINYINT(1) DEFAULT '1' COMMENT 'it''s \\\\', PRIMARY KEY (`v`), KEY `i` (`d`) USING BTREE) ENGINE = InnoDB AUTO_INCREMENT = 5 DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_0900_ai_ci COMMENT = 'x'");
    }

    /// Sessions of this tool do not set `NO_BACKSLASH_ESCAPES`, so the server also reads one string here.
    #[test]
    fn a_quote_behind_a_backslash_ends_no_string() {
        let text = "CREATE TABLE `t` (a int COMMENT '\\'); DROP TABLE victim.t; -- ')";
        let created = create_table(text, "t", "n").expect("one statement");
        assert_eq!(created, "CREATE TABLE `n` (a INT COMMENT '\\'); DROP TABLE victim.t; -- ') ");
    }

    #[test]
    fn anything_but_one_table_is_refused() {
        for text in [
            "CREATE TABLE `t` (a int); DROP TABLE victim.t; -- ",
            "CREATE TABLE `t` (a int) AS SELECT 1",
            "CREATE TABLE `t` LIKE `u`",
            "CREATE OR REPLACE TABLE `t` (a int)",
            "CREATE TABLE IF NOT EXISTS `t` (a int)",
            "CREATE TABLE `other` (a int)",
            "CREATE TABLE `d`.`t` (a int)",
            "CREATE TABLE `t` (a int) ENGINE=FEDERATED CONNECTION='mysql://h/d/t'",
            "CREATE TABLE `t` (a int) ENGINE=CONNECT",
            "CREATE TABLE `t` (a int) ENGINE=InnoDB DATA DIRECTORY='/etc'",
            "DROP TABLE `t`",
            "",
        ] {
            assert!(create_table(text, "t", "n").is_err(), "{text}");
        }
    }

    #[test]
    fn a_column_keeps_its_attributes() {
        for text in [
            "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'x, `y`'",
            "ENUM('a', 'b''c') DEFAULT NULL",
            "TIMESTAMP(6) NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6)",
            "VARCHAR(9) DEFAULT 'a\\'b\\\\' COMMENT 'c'",
            "LONGTEXT COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`x`))",
        ] {
            let clause = ColumnClause::read(text).expect(text);
            assert_eq!(clause.with_name("x`y"), format!("`x``y` {text}"));
        }
        let checked = ColumnClause::read("text CHECK (json_valid(`x`))").expect("a column");
        assert_eq!(checked.without_checks().with_name("y"), "`y` TEXT");
    }

    #[test]
    fn anything_but_one_column_is_refused() {
        for text in [
            "int, DROP COLUMN b",
            "int; DROP TABLE victim.t; -- ",
            "int FIRST",
            "int AFTER `b`",
            "int, RENAME TO `victim`.`t`",
            "",
        ] {
            assert!(ColumnClause::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn one_index_is_read_and_nothing_else() {
        for text in [
            "KEY `i` (`d`(10), `b` DESC) USING BTREE",
            "UNIQUE KEY `u` (`x`)",
            "FULLTEXT KEY `f` (`m`)",
            "KEY `i` (`x`) COMMENT 'a''b'",
        ] {
            assert_eq!(index(text).expect(text), text);
        }
        for text in [
            "KEY `i` (`d`); DROP TABLE victim.t; -- ",
            "KEY `i` (`d`), DROP COLUMN `b`",
            "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `b` (`c`)",
            "COLUMN `x` int",
            "PRIMARY KEY (`a`)",
        ] {
            assert!(index(text).is_err(), "{text}");
        }
    }
}
