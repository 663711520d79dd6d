//! The differences of a table as a file of SQL with comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::compare::{ComparisonReport, SchemaDifference};

/// The file that `--save-diff` writes for one table, view or type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceFile {
    /// The file name, such as `Posts.sql`.
    pub name: String,
    /// Comments and statements for `mysql` or `psql`. Statements that remove values are comments.
    pub text: String,
}

impl ComparisonReport {
    /// A file for each table that differs.
    #[must_use]
    pub fn files(&self) -> Vec<DifferenceFile> {
        let mut tables: BTreeMap<&str, Vec<&SchemaDifference>> = BTreeMap::new();
        for difference in &self.differences {
            tables.entry(&difference.table).or_default().push(difference);
        }
        let file = |(table, differences): (&str, Vec<&SchemaDifference>)| DifferenceFile {
            name: format!("{}.sql", file_name(table)),
            text: self.render(table, &differences),
        };
        tables.into_iter().map(file).collect()
    }

    fn render(&self, table: &str, differences: &[&SchemaDifference]) -> String {
        let mut text = String::new();
        let comment = |line: &str| {
            let lines: Vec<String> = line.lines().map(|line| format!("-- {line}\n")).collect();
            lines.concat()
        };
        text += &comment(&format!("{table} of `{}`, {}", self.schema, self.server));
        text += &comment(&format!("compared with the schema of {}", self.expected_by()));
        if let Some(first) = &self.first {
            let _ = writeln!(text, "{first};");
        }
        for difference in differences {
            text.push('\n');
            text += &comment(&format!("[{}] {}", difference.kind, difference.place()));
            for (side, definition) in
                [("found", &difference.found), ("expected", &difference.expected)]
            {
                if let Some(definition) = definition {
                    text += &comment(&format!("{side}: {definition}"));
                }
            }
            text += &comment(&difference.meaning);
            for statement in &difference.statements {
                let statement = format!("{statement};\n");
                text += &if difference.destroys { comment(&statement) } else { statement };
            }
        }
        text
    }
}

/// The table's name with percent-encoding for characters that a file name cannot contain.
fn file_name(table: &str) -> String {
    let mut name = String::new();
    for byte in table.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => name.push(char::from(byte)),
            _ => {
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn no_name_leaves_the_folder() {
        assert_eq!(file_name("focalboard_blocks"), "focalboard_blocks");
        assert_eq!(file_name("../etc/passwd"), "%2E%2E%2Fetc%2Fpasswd");
    }
}
