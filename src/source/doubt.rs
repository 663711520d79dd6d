//! What keeps a dump from being all of its database, though nothing of it can be shown to be missing.

use serde::Serialize;

use crate::dump::{DUMP_COMMAND, Header};

/// What a user has accepted about a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// That its program does not promise to have written all rows (`--accept-incomplete-dump`).
    pub incomplete: bool,
    /// That characters of its text are lost, or may be (`--accept-lossy-dump`).
    pub lossy: bool,
}

/// A doubt about a dump, which its user has to accept before its rows are copied or compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Doubt {
    /// Its program gives no promise of completeness.
    #[error(
        "rows may be missing: made by {program}, whose files do not show whether they are complete"
    )]
    NoPromise {
        /// The program.
        program: &'static str,
    },
    /// No comment names a program, and there is no closing line.
    #[error(
        "rows may be missing: no comment names the program that made it, and there is no closing line"
    )]
    UnknownProgram,
    /// Its character set lacks characters that its columns may hold.
    #[error(
        "characters are lost: character set `{name}` lacks characters that its columns can hold, and has `?` in their place"
    )]
    LossyCharacterSet {
        /// The character set.
        name: &'static str,
    },
    /// It does not state its character set.
    #[error("characters may be lost: no `SET NAMES` states the character set")]
    UnknownCharacterSet,
    /// Emojis were replaced.
    #[error("characters are lost: `?` before a part of an emoji (values: {cells})")]
    LostCharacters {
        /// How many values show it.
        cells: u64,
    },
    /// Its text was re-encoded as a whole.
    #[error(
        "the text was re-encoded: everything beyond ASCII is UTF-8 that was read as code page {code_page} (values: {cells})"
    )]
    Reencoded {
        /// The code page.
        code_page: &'static str,
        /// How many values show it.
        cells: u64,
    },
}

impl Doubt {
    /// The doubts that the dump's own statements and comments raise.
    #[must_use]
    pub fn of_header(header: &Header) -> Vec<Self> {
        let mut doubts: Vec<Self> = Vec::new();
        for part in header.parts.iter().filter(|part| part.is_without_promise()) {
            let doubt = part
                .program
                .map_or(Self::UnknownProgram, |it| Self::NoPromise { program: it.name });
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
        }
        doubts.extend(header.lossy_character_set.map(|name| Self::LossyCharacterSet { name }));
        if header.is_character_set_unknown {
            doubts.push(Self::UnknownCharacterSet);
        }
        doubts
    }

    /// Whether it is about rows that may be missing, and not about their text.
    #[must_use]
    pub fn is_about_rows(&self) -> bool {
        matches!(self, Self::NoPromise { .. } | Self::UnknownProgram)
    }

    /// Whether the user has accepted it.
    #[must_use]
    pub fn is_accepted(&self, accepted: Accepted) -> bool {
        if self.is_about_rows() { accepted.incomplete } else { accepted.lossy }
    }

    /// The flag that accepts it.
    #[must_use]
    pub fn flag(&self) -> &'static str {
        if self.is_about_rows() { "--accept-incomplete-dump" } else { "--accept-lossy-dump" }
    }

    /// What to do next: an imperative.
    #[must_use]
    pub fn hint(&self) -> String {
        format!(
            "make the dump again: `{DUMP_COMMAND}`; if there is no other dump, add `{}`",
            self.flag()
        )
    }
}
