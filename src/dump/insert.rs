//! The head of an INSERT: its table, and the column of each value.

use super::lexer::{name, qualified_name, words};

/// Everything before an INSERT's first row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) database: Option<String>,
    pub(super) table: String,
    /// The columns of the values; `None` for all of them in order.
    pub(super) columns: Option<Vec<String>>,
    /// The length in bytes.
    pub(super) length: usize,
}

/// Whether a statement inserts rows into a table.
pub(super) fn is_insert(text: &[u8]) -> bool {
    let starts =
        |word: &[u8]| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    starts(b"INSERT ") || starts(b"REPLACE ")
}

impl Head {
    /// Reads the head of the INSERT at the start of `text`; `None` if the buffer does not contain all of it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut rest = words(text, "INSERT").or_else(|| words(text, "REPLACE"))?;
        for word in ["LOW_PRIORITY", "DELAYED", "IGNORE", "INTO"] {
            rest = words(rest, word).unwrap_or(rest);
        }
        let (database, table, mut rest) = qualified_name(rest)?;
        let mut columns = None;
        if let Some(mut list) = rest.strip_prefix('(') {
            let mut names = Vec::new();
            loop {
                let (column, behind) = name(list)?;
                names.push(column);
                if let Some(behind) = behind.strip_prefix(')') {
                    rest = behind;
                    break;
                }
                list = behind.strip_prefix(',')?;
            }
            columns = Some(names);
        }
        let rest = words(rest, "VALUES").or_else(|| words(rest, "VALUE"))?;
        rest.starts_with('(').then(|| Self {
            database,
            table,
            columns,
            length: text.len() - rest.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, is_insert};

    #[test]
    fn the_head_ends_at_the_first_row() {
        let text = "INSERT  IGNORE INTO `a``b` (`x`, `y`) VALUES\n(1,2)";
        let head = Head::read(text).expect("a head");
        assert_eq!(head.table, "a`b");
        assert_eq!(head.columns, Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(&text[head.length..], "(1,2)");
        let head = Head::read("REPLACE INTO mm.Posts VALUES (").expect("a head");
        assert_eq!((head.database.as_deref(), head.columns), (Some("mm"), None));
        for length in 0..text.len() - 4 {
            assert_eq!(Head::read(&text[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_select_has_no_rows_in_the_text() {
        assert!(is_insert(b"insert into t select"));
        assert!(!is_insert(b"INSERTED "));
        assert_eq!(Head::read("INSERT INTO t SELECT * FROM u"), None);
    }
}
