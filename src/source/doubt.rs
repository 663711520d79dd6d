//! Reasons to doubt that a dump is complete, although nothing is known to be missing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::dump::{DUMP_COMMAND, Header};

/// The defects of a dump that the user accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// Its program does not mark a complete dump (`--accept-incomplete-dump`).
    pub incomplete: bool,
    /// Characters of its text are lost, or may be (`--accept-lossy-dump`).
    pub lossy: bool,
}

/// A doubt about a dump, which the user has to accept before its rows are copied or compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Doubt {
    /// Its program does not mark a complete dump.
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
    /// Its character set lacks characters that its columns can contain.
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
        /// The number of values that show it.
        cells: u64,
    },
    /// Its text was re-encoded as a whole.
    #[error(
        "the text was re-encoded: everything beyond ASCII is UTF-8 that was read as code page {code_page} (values: {cells})"
    )]
    Reencoded {
        /// The code page.
        code_page: &'static str,
        /// The number of values that show it.
        cells: u64,
    },
}

impl Doubt {
    /// The doubts that follow from the dump's statements and comments.
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

    /// Whether it is about missing rows, rather than about text.
    #[must_use]
    pub fn is_about_rows(&self) -> bool {
        matches!(self, Self::NoPromise { .. } | Self::UnknownProgram)
    }

    /// Whether the user accepted it.
    #[must_use]
    pub fn is_accepted(&self, accepted: Accepted) -> bool {
        if self.is_about_rows() { accepted.incomplete } else { accepted.lossy }
    }

    /// The flag that accepts it.
    #[must_use]
    pub fn flag(&self) -> &'static str {
        if self.is_about_rows() { "--accept-incomplete-dump" } else { "--accept-lossy-dump" }
    }

    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> String {
        format!(
            "make the dump again: `{DUMP_COMMAND}`; if there is no other dump, add `{}`",
            self.flag()
        )
    }
}
