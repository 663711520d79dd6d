//! The rules by their stable names.

use std::fmt;

use serde::Serialize;

use super::rule_table::{RULES, RuleInfo};

/// What one rule looks for. Its id is what reports print, in kebab-case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The server's version is one that this tool was not made for.
    ServerVersion,
    /// The account lacks privileges for what is asked.
    Privileges,
    /// Text in character sets other than UTF-8.
    CharacterSet,
    /// The account logs in by a plugin that pgloader cannot speak.
    LoginPlugin,
    /// Mattermost, or somebody else, is connected to the database or writes to it.
    InUse,
    /// There is no table of migrations.
    NoMigrations,
    /// The release is too old to be moved.
    OldRelease,
    /// The applied migrations have holes that no release has.
    MigrationHoles,
    /// Applied migrations that are not known here.
    UnknownMigration,
    /// Migration 110, which is in no release.
    UnreleasedMigration,
    /// Applied migrations whose numbers mean something else in later releases.
    RenumberedMigration,
    /// A plugin's tables of a version that is not known here.
    UnknownVersion,
    /// A table that Mattermost left behind.
    LeftoverTable,
    /// A column that Mattermost left behind.
    LeftoverColumn,
    /// A table that no product known here has.
    UnknownTable,
    /// Tables whose names differ only by case.
    TableCollision,
    /// A column that the target does not have.
    UnknownColumn,
    /// A table that the applied migrations define.
    MissingTable,
    /// A column that the applied migrations define.
    MissingColumn,
    /// A column of another type than the applied migrations define.
    TypeDiffers,
    /// Mattermost's configuration lives in the database.
    DatabaseConfiguration,
    /// Text that holds NUL bytes.
    NulByte,
    /// JSON that holds the escape of NUL.
    NulEscape,
    /// JSON that keeps the escape of NUL, in a column of type json.
    KeptNulEscape,
    /// Keys that become the same once their NUL escapes are gone.
    KeysMerge,
    /// JSON that holds half of a surrogate pair.
    LoneSurrogate,
    /// Text that is not UTF-8.
    InvalidUtf8,
    /// Text that is not JSON where JSON is needed.
    InvalidJson,
    /// Empty text where JSON is needed.
    EmptyJson,
    /// JSON nested deeper than either side reads.
    JsonDepth,
    /// A number in JSON that PostgreSQL cannot keep.
    JsonNumber,
    /// A bare `null` where Mattermost needs an object.
    JsonNull,
    /// JSON that is no array of strings where the target has an array.
    NotStringArray,
    /// Text that is no JSON list of strings where Mattermost decodes one.
    NotJsonList,
    /// Text with more characters than the column takes.
    TooLong,
    /// NULL where the target refuses it.
    NullNotAllowed,
    /// A number beyond the column's type.
    OutOfRange,
    /// A number other than 0 and 1 where a truth is needed.
    NotBoolean,
    /// A value that the target's enumerated type does not have.
    UnknownEnumLabel,
    /// A day or a time that the calendar does not have.
    InvalidDate,
    /// A row whose parent is gone.
    ForeignKey,
    /// A text whose search document may not fit.
    FullText,
    /// A value that may be too large for an index of the target.
    IndexEntry,
    /// A name with capitals.
    NameCase,
    /// A name that is not in Unicode's normal form C.
    NameForm,
    /// Names that differ only by case or normal form.
    NameCollision,
    /// A value of more than a mebibyte.
    LargeValue,
    /// A full-text index with a parser that PostgreSQL does not have.
    SearchParser,
    /// Local times in another time zone than UTC, or in one that is not known.
    TimeZone,
    /// Local times that the clock showed twice, or never.
    AmbiguousTime,
    /// A dump that ends too early.
    TruncatedDump,
    /// An error that a program reported in a dump.
    DumpError,
    /// A dump whose program gives no promise of completeness.
    IncompleteDump,
    /// A dump whose character set is lossy or not stated.
    LossyDump,
    /// Text that has lost characters.
    LostCharacters,
    /// Text that was re-encoded.
    ReencodedText,
    /// A table whose definition cannot be read.
    UnreadableDefinition,
}

/// The kinds of rules; a `--fix-*` flag stands for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The server and the account.
    Server,
    /// The release and its migrations.
    Version,
    /// Tables and columns that one side has and the other has not.
    Artifacts,
    /// Text that PostgreSQL does not take as text.
    Unicode,
    /// JSON that PostgreSQL does not take as JSON, or Mattermost not as what it needs.
    Json,
    /// Text that is too long.
    Varchar,
    /// NULL where it is refused.
    Nulls,
    /// Numbers, truths, labels and days that the target's type lacks.
    Values,
    /// Rows without a parent.
    ForeignKeys,
    /// Full-text search.
    FullText,
    /// Names that are found on one side and not on the other.
    Names,
    /// What the database holds.
    Inventory,
}

impl Rule {
    /// What is fixed about it.
    #[must_use]
    pub fn info(self) -> &'static RuleInfo {
        // The table is in the order of the enumeration; a test compares them.
        &RULES[self as usize]
    }

    /// Its stable name.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.info().id
    }

    /// Its kind.
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
