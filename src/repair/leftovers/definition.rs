//! Reads the output of `SHOW CREATE TABLE`, line by line; pure.

use crate::quarantine::IndexDefinition;
use crate::sql::Dialect;

/// A column in the definition of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnDefinition {
    /// The definition after the name.
    pub(super) definition: String,
    /// The column before it; `None` for the first column.
    pub(super) after: Option<String>,
    /// The indexes that contain it.
    pub(super) indexes: Vec<IndexDefinition>,
    /// The first line that needs the column: a key, a constraint, an expression of another column.
    pub(super) needed_by: Option<String>,
}

/// Finds a column in the definition of its table; `None` if it does not exist.
pub(super) fn column(table: &str, name: &str) -> Option<ColumnDefinition> {
    let quoted = Dialect::MySql.identifier(name);
    let mut found: Option<(String, Option<String>)> = None;
    let (mut before, mut indexes, mut needed_by) = (None, Vec::new(), None);
    for line in table.lines().skip(1).take_while(|line| line.starts_with("  ")) {
        let line = line.trim_start();
        let line = line.strip_suffix(',').unwrap_or(line);
        if let Some((column, rest)) = identifier(line) {
            if column == name {
                found = Some((rest.trim_start().to_owned(), before.clone()));
            } else if rest.contains(&quoted) {
                needed_by.get_or_insert_with(|| format!("column `{column}`"));
            }
            before = Some(column);
        } else if let Some((index, parts)) = index(line) {
            if !parts.contains(&quoted) {
                continue;
            }
            let shares = identifier(parts.trim_start_matches(" ("))
                .is_none_or(|(first, rest)| first != name || rest.contains('`'));
            if line.starts_with("UNIQUE") && shares {
                needed_by.get_or_insert_with(|| format!("the unique index `{index}`"));
            }
            indexes.push(IndexDefinition { name: index, definition: line.to_owned() });
        } else if line.contains(&quoted) {
            needed_by.get_or_insert_with(|| "a key or a constraint".to_owned());
        }
    }
    let (definition, after) = found?;
    Some(ColumnDefinition { definition, after, indexes, needed_by })
}

/// A quoted name at the start, and the rest.
fn identifier(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('`')?;
    let mut name = String::new();
    let mut rest = inside;
    loop {
        let (part, after) = rest.split_once('`')?;
        name.push_str(part);
        match after.strip_prefix('`') {
            Some(more) => {
                name.push('`');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

/// The name of an index other than a primary key, and the rest.
fn index(line: &str) -> Option<(String, &str)> {
    let kinds = ["KEY ", "UNIQUE KEY ", "FULLTEXT KEY ", "SPATIAL KEY "];
    kinds.into_iter().find_map(|kind| identifier(line.strip_prefix(kind)?))
}

#[cfg(test)]
mod tests {
    use super::column;

    const TABLE: &str = "CREATE TABLE `t` (\n  `Id` varchar(26) NOT NULL,\n  `a``b` varchar(9) \
        CHARACTER SET latin1 DEFAULT 'x, `y`',\n  `c` bigint DEFAULT NULL,\n  `d` bigint GENERATED \
        ALWAYS AS (`c` + 1) VIRTUAL,\n  PRIMARY KEY (`Id`),\n  UNIQUE KEY `u` (`c`,`a``b`),\n  \
        KEY `i``i` (`a``b`(5),`Id`)\n) ENGINE=InnoDB COMMENT='`a``b`'";

    #[test]
    fn a_column_is_found_with_its_place_and_indexes() {
        let found = column(TABLE, "a`b").expect("the column");
        assert_eq!(found.definition, "varchar(9) CHARACTER SET latin1 DEFAULT 'x, `y`'");
        assert_eq!(found.after.as_deref(), Some("Id"));
        assert_eq!(found.needed_by.as_deref(), Some("the unique index `u`"));
        let last = found.indexes.last().expect("an index");
        assert_eq!(
            (last.name.as_str(), last.definition.as_str()),
            ("i`i", "KEY `i``i` (`a``b`(5),`Id`)")
        );
    }

    #[test]
    fn what_others_need_is_named() {
        assert_eq!(column(TABLE, "c").expect("c").needed_by.as_deref(), Some("column `d`"));
        assert!(column(TABLE, "Id").expect("Id").needed_by.is_some());
        let alone = "CREATE TABLE `t` (\n  `Id` int,\n  `x` int,\n  UNIQUE KEY `x` (`x`)\n)";
        let found = column(alone, "x").expect("x");
        assert_eq!((found.needed_by, found.indexes.len()), (None, 1));
        assert_eq!(column(alone, "Id").expect("Id").after, None);
        assert_eq!(column(alone, "y"), None);
    }
}
