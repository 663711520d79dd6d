//! What a dump tells of itself: the program, the server, the database, and that it is complete.

use super::Error;

/// What a dump tells of itself; one made with `--skip-comments` or `--compact` has no comments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The program, as `MySQL dump 10.13  Distrib 9.7.0, for Linux (x86_64)`.
    pub program: Option<String>,
    /// The server's version as it prints it, as `10.11.6-MariaDB`.
    pub server: Option<String>,
    /// The database, where only one was asked for.
    pub database: Option<String>,
    /// Whether a definition marks JSON by a check, as only `MariaDB`'s do.
    pub marks_json: bool,
    /// Whether rows are spelled in a character set that cannot spell all of their columns' text.
    pub is_lossy: bool,
    /// Whether the closing line is there.
    pub is_complete: bool,
}

impl Header {
    /// Takes in a comment, without the hyphens before it.
    pub(super) fn read(&mut self, comment: &str) -> Result<(), Error> {
        let comment = comment.trim();
        if comment.starts_with("PostgreSQL database") {
            return Err(Error::Foreign("it is a dump of PostgreSQL"));
        }
        if let Some(version) = comment.strip_prefix("Server version") {
            self.server.get_or_insert_with(|| version.trim().to_owned());
        } else if comment.starts_with("MySQL dump") || comment.starts_with("MariaDB dump") {
            self.program.get_or_insert_with(|| comment.to_owned());
        } else if comment.starts_with("Host:") {
            let database = comment.split_once("Database:").map(|(_, name)| name.trim());
            let database = database.filter(|name| !name.is_empty()).map(str::to_owned);
            self.database = self.database.take().or(database);
        } else if comment.starts_with("Dump completed") {
            self.is_complete = true;
        }
        Ok(())
    }

    /// Whether a closing line is to be expected.
    pub(super) fn has_comments(&self) -> bool {
        self.program.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn both_programs_tell_the_same() {
        let mut header = Header::default();
        for line in [
            "MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)",
            "",
            "Host: localhost    Database: mattermost",
            "------------------------------------------------------",
            "Server version\t10.11.6-MariaDB-0+deb12u1",
            "Dump completed on 2024-05-01 12:00:00",
        ] {
            header.read(line).expect("a dump's own");
        }
        assert_eq!(header.server.as_deref(), Some("10.11.6-MariaDB-0+deb12u1"));
        assert_eq!(header.database.as_deref(), Some("mattermost"));
        assert!(header.is_complete && header.has_comments());
        assert!(header.read(" PostgreSQL database dump").is_err());
    }
}
