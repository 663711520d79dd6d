//! What a dump states about itself: programs, server, database and character set.

use super::Error;
use super::message::ReportedError;
use super::part::Parts;
use super::program::{Program, server_version};

/// The most messages and other lines that are kept.
const MOST: usize = 50;

/// What a dump states about itself; dumps made with `--skip-comments` or `--compact` have no comments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The server's version as it prints it, such as `10.11.6-MariaDB`.
    pub server: Option<String>,
    /// The database, if the comments name one.
    pub database: Option<String>,
    /// Whether a definition marks JSON with a check, as only `MariaDB`'s do.
    pub marks_json: bool,
    /// A character set in which rows are written and that lacks characters of their columns' text.
    pub lossy_character_set: Option<&'static str>,
    /// Whether rows with text come before any statement that sets their character set.
    pub is_character_set_unknown: bool,
    /// Whether the text begins with a byte order mark.
    pub has_byte_order_mark: bool,
    /// Each output of a dump program in the file.
    pub parts: Parts,
    /// The errors that programs reported in the file.
    pub errors: Vec<ReportedError>,
    /// The number of errors, kept here or not.
    pub error_count: u64,
    /// Lines that are neither SQL nor a known message: their numbers, and whether a part was open.
    pub foreign_lines: Vec<(u64, bool)>,
}

impl Header {
    /// Reads a comment at an offset, without its delimiters.
    pub(super) fn read(&mut self, comment: &str, offset: u64) -> Result<(), Error> {
        let comment = comment.trim();
        if comment.starts_with("PostgreSQL database") {
            return Err(Error::Foreign("it is a dump of PostgreSQL"));
        }
        if let Some(program) = Program::of_comment(comment) {
            self.parts.name(program, offset);
        }
        self.parts.close(comment, offset);
        if self.server.is_none() {
            self.server = server_version(comment);
        }
        if let Some(database) = database(comment) {
            self.database.get_or_insert(database);
        }
        Ok(())
    }

    /// Whether a comment has identified the file as a dump.
    pub(super) fn is_recognised(&self) -> bool {
        self.parts.iter().any(|part| part.program.is_some())
    }

    pub(super) fn add_error(&mut self, error: ReportedError) {
        self.error_count += 1;
        if self.errors.len() < MOST {
            self.errors.push(error);
        }
    }

    pub(super) fn add_foreign_line(&mut self, line: u64) {
        if self.foreign_lines.len() < MOST {
            self.foreign_lines.push((line, self.parts.is_open()));
        }
    }
}

/// The database in a comment.
fn database(comment: &str) -> Option<String> {
    let name = match comment.strip_prefix("Database:") {
        Some(name) => name,
        None if comment.starts_with("Host:") => comment.split_once("Database:")?.1,
        None => return None,
    };
    let name = name.trim().trim_matches('`');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn both_programs_state_the_same() {
        let mut header = Header::default();
        for line in [
            "MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)",
            "",
            "Host: localhost    Database: mattermost",
            "------------------------------------------------------",
            "Server version\t10.11.6-MariaDB-0+deb12u1",
            "Dump completed on 2024-05-01 12:00:00",
        ] {
            header.read(line, 0).expect("a comment");
        }
        assert_eq!(header.server.as_deref(), Some("10.11.6-MariaDB-0+deb12u1"));
        assert_eq!(header.database.as_deref(), Some("mattermost"));
        assert!(header.is_recognised() && !header.parts.is_open());
        assert!(header.read(" PostgreSQL database dump", 0).is_err());
    }
}
