//! The settings in a dump.

use super::Error;
use super::charset::Charset;
use super::escape::Backslash;
use super::lexer::{name, words};

/// The settings of the dump's SET statements so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// The default encoding of text.
    pub(super) charset: Charset,
    /// Whether a statement has set that character set.
    pub(super) is_charset_stated: bool,
    pub(super) backslash: Backslash,
    /// The mode that a saved variable restores.
    saved: Backslash,
    /// The offset from UTC of times, such as `+00:00`; `None` if the dump does not set it.
    pub(super) time_zone: Option<String>,
    saved_time_zone: Option<String>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            charset: Charset::Utf8,
            is_charset_stated: false,
            backslash: Backslash::Escapes,
            saved: Backslash::Escapes,
            time_zone: None,
            saved_time_zone: None,
        }
    }
}

impl Session {
    /// Reads a statement without its delimiter; only SET statements have an effect.
    pub(super) fn apply(&mut self, statement: &str) -> Result<(), Error> {
        let Some(settings) = words(statement, "SET") else { return Ok(()) };
        let names = words(settings, "NAMES").or_else(|| words(settings, "CHARACTER SET"));
        if let Some(charset) = names {
            let charset = charset.trim_start_matches(['\'', '"']);
            if let Some((charset, _)) = name(charset) {
                self.charset = Charset::named(&charset)?;
                self.is_charset_stated = true;
            }
            return Ok(());
        }
        for (variable, value) in assignments(settings) {
            match variable.as_str() {
                "sql_mode" => self.set_mode(value),
                "time_zone" => self.set_time_zone(value),
                // The end of a part: the next part has a character set of its own.
                "character_set_client" if value.to_ascii_lowercase().starts_with("@old") => {
                    self.is_charset_stated = false;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a statement saves (true) or restores (false) the setting that dump programs save in their
    /// first statements and restore in their last.
    pub(super) fn notes(statement: &str) -> Option<bool> {
        let settings = words(statement, "SET")?.replace(' ', "").to_ascii_uppercase();
        if settings.starts_with("@OLD_SQL_NOTES=@@SQL_NOTES") {
            return Some(true);
        }
        settings.starts_with("SQL_NOTES=@OLD_SQL_NOTES").then_some(false)
    }

    fn set_mode(&mut self, value: &str) {
        if value.starts_with('@') {
            self.backslash = self.saved;
            return;
        }
        self.saved = self.backslash;
        let is_plain = value.to_ascii_uppercase().contains("NO_BACKSLASH_ESCAPES");
        self.backslash = if is_plain { Backslash::Plain } else { Backslash::Escapes };
    }

    fn set_time_zone(&mut self, value: &str) {
        if value.starts_with('@') {
            self.time_zone.clone_from(&self.saved_time_zone);
            return;
        }
        self.saved_time_zone = self.time_zone.replace(value.trim_matches(['\'', '"']).to_owned());
    }
}

/// The system variables in a SET statement, in lower case and without a prefix, each with its value.
fn assignments(settings: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for setting in split_outside_quotes(settings) {
        let Some((variable, value)) = setting.split_once('=') else { continue };
        let variable = variable.trim_end_matches([':', ' ']).trim().to_ascii_lowercase();
        let name = match variable.rsplit_once([' ', '.']) {
            Some((_, name)) => name,
            None => variable.trim_start_matches("@@"),
        };
        if !name.starts_with('@') {
            found.push((name.to_owned(), value.trim()));
        }
    }
    found
}

fn split_outside_quotes(settings: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (place, character) in settings.char_indices() {
        quoted ^= character == '\'';
        if character == ',' && !quoted {
            parts.push(&settings[start..place]);
            start = place + 1;
        }
    }
    parts.push(&settings[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::{Backslash, Charset, Session};

    #[test]
    fn the_settings_of_both_programs_are_understood() {
        let mut session = Session::default();
        for statement in [
            "SET NAMES latin1",
            "SET @OLD_TIME_ZONE=@@TIME_ZONE",
            "SET TIME_ZONE='+00:00'",
            "SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES'",
        ] {
            session.apply(statement).expect("known");
        }
        assert_eq!(session.charset, Charset::Latin1);
        assert_eq!(session.time_zone.as_deref(), Some("+00:00"));
        assert_eq!(session.backslash, Backslash::Plain);
        session.apply("SET sql_mode = 'ANSI_QUOTES'").expect("known");
        assert_eq!(session.backslash, Backslash::Escapes);
        session.apply("SET sql_mode = @saved_sql_mode").expect("known");
        assert_eq!(session.backslash, Backslash::Plain);
        session.apply("SET TIME_ZONE=@OLD_TIME_ZONE").expect("known");
        assert_eq!(session.time_zone, None);
        session.apply("SET NAMES 'utf8mb4'").expect("known");
        assert_eq!(session.charset, Charset::Utf8);
        assert!(session.is_charset_stated);
        session.apply("SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT").expect("known");
        assert!(!session.is_charset_stated);
        assert!(session.apply("SET NAMES sjis").is_err());
        assert_eq!(Session::notes("SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0"), Some(true));
        assert_eq!(Session::notes("SET SQL_NOTES=@OLD_SQL_NOTES"), Some(false));
        assert_eq!(Session::notes("SET SQL_MODE=@OLD_SQL_MODE"), None);
    }
}
