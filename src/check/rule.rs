//! The rules by their stable names.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::rule_table::{RULES, RuleInfo};

/// A rule. Its id in reports is its name in kebab-case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The server's version is not supported.
    ServerVersion,
    /// The account lacks privileges that the command needs.
    Privileges,
    /// Text in a character set other than UTF-8.
    CharacterSet,
    /// The account logs in with a plugin that pgloader does not support.
    LoginPlugin,
    /// Another session uses the database, or Mattermost wrote to it recently.
    InUse,
    /// The source's binary log cannot be followed.
    LiveMigration,
    /// Table `db_migrations` is missing or empty.
    NoMigrations,
    /// The release is older than Mattermost supports for the migration.
    OldRelease,
    /// No release has exactly the applied migrations.
    MigrationHoles,
    /// Applied migrations that this version of the tool does not contain.
    UnknownMigration,
    /// Migration 110, which no release contains.
    UnreleasedMigration,
    /// Applied migrations that have other numbers in later releases.
    RenumberedMigration,
    /// A plugin's tables have an unknown version.
    UnknownVersion,
    /// An unused table of an older version.
    LeftoverTable,
    /// An unused column of an older version.
    LeftoverColumn,
    /// A table of no known product.
    UnknownTable,
    /// Tables whose names differ only by case.
    TableCollision,
    /// A column that the target does not have.
    UnknownColumn,
    /// A table that the applied migrations define is missing.
    MissingTable,
    /// A column that the applied migrations define is missing.
    MissingColumn,
    /// A column has another type than the applied migrations define.
    TypeDiffers,
    /// Mattermost keeps its configuration in the database.
    DatabaseConfiguration,
    /// Text with NUL bytes.
    NulByte,
    /// JSON with the escape of NUL.
    NulEscape,
    /// JSON with the escape of NUL, for a column of type json.
    KeptNulEscape,
    /// JSON keys that become equal without their NUL escapes.
    KeysMerge,
    /// JSON with half of a surrogate pair.
    LoneSurrogate,
    /// Text that is not UTF-8.
    InvalidUtf8,
    /// Text that is not JSON in a column of JSON.
    InvalidJson,
    /// Empty text in a column of JSON.
    EmptyJson,
    /// JSON nested deeper than either side reads.
    JsonDepth,
    /// A JSON number that PostgreSQL cannot store.
    JsonNumber,
    /// A bare `null` where Mattermost needs an object.
    JsonNull,
    /// JSON that is not an array of strings in an array column.
    NotStringArray,
    /// Text that is not a JSON list of strings in a column that Mattermost decodes as one.
    NotJsonList,
    /// Text with more characters than the column takes.
    TooLong,
    /// NULL in a column that rejects it.
    NullNotAllowed,
    /// A number outside the range of the column's type.
    OutOfRange,
    /// A number other than 0 and 1 in a boolean column.
    NotBoolean,
    /// A value that is not in the target's enumerated type.
    UnknownEnumLabel,
    /// A date or time that is not in the calendar.
    InvalidDate,
    /// A row that refers to a missing row.
    ForeignKey,
    /// Text whose search document may be too large.
    FullText,
    /// A value that may be too large for an index of the target.
    IndexEntry,
    /// A name with capital letters.
    NameCase,
    /// A name that is not in Unicode normalization form C.
    NameForm,
    /// Names that differ only by case or normal form.
    NameCollision,
    /// A value of more than a mebibyte.
    LargeValue,
    /// A full-text index with a parser that PostgreSQL does not have.
    SearchParser,
    /// Messages with letters with accents.
    Accents,
    /// Searches for a phrase, for which Mattermost's migrations build no index.
    PhraseSearch,
    /// Local times in a time zone other than UTC, or in an unknown one.
    TimeZone,
    /// Local times in an hour that the clock showed twice, or never.
    AmbiguousTime,
    /// A dump that ends too early.
    TruncatedDump,
    /// An error message of the dump program in a dump.
    DumpError,
    /// A dump from a program that does not mark a complete dump.
    IncompleteDump,
    /// A dump whose character set is lossy or not stated.
    LossyDump,
    /// Text that has lost characters.
    LostCharacters,
    /// Text that was decoded in a wrong character set and encoded again.
    ReencodedText,
    /// A table whose definition cannot be read.
    UnreadableDefinition,
}

/// The classes of rules; each `--fix-*` flag repairs one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    Server,
    Version,
    /// Tables and columns that only one side has.
    Artifacts,
    /// Text that PostgreSQL rejects as text.
    Unicode,
    /// JSON that PostgreSQL or Mattermost rejects.
    Json,
    Varchar,
    /// NULL in columns that reject it.
    Nulls,
    /// Numbers, booleans, labels and dates that the target's type does not have.
    Values,
    /// Rows that refer to a missing row.
    ForeignKeys,
    FullText,
    /// Names that are found on one side only.
    Names,
    /// The contents of the database.
    Inventory,
}

impl Rule {
    /// The rule's entry in the table.
    #[must_use]
    pub fn info(self) -> &'static RuleInfo {
        // The table is in the order of the enumeration; a test compares them.
        &RULES[self as usize]
    }

    #[must_use]
    pub fn id(self) -> &'static str {
        self.info().id
    }

    /// Whether it is about a value of one row, without regard to other rows.
    #[must_use]
    pub fn is_about_one_row(self) -> bool {
        super::ABOUT_VALUES.contains(&self.class()) && self != Self::TimeZone
    }

    #[must_use]
    pub fn class(self) -> Class {
        self.info().class
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use crate::check::ROW_RULES;
    use crate::convert::Reason;

    #[test]
    fn ids_are_what_reports_print_and_what_the_copy_calls_it() {
        let rules = ROW_RULES.iter().map(|rule| rule.rule());
        for rule in rules.chain([Rule::NoMigrations, Rule::InUse]) {
            assert_eq!(serde_json::json!(rule), rule.id());
        }
        for reason in [Reason::NulByte, Reason::TooLong, Reason::InvalidUtf8, Reason::JsonNull] {
            let ids: Vec<&str> = ROW_RULES.iter().map(|rule| rule.rule().id()).collect();
            assert!(ids.contains(&reason.id()), "{reason:?}");
        }
    }
}
