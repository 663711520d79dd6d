//! The table of rules: id, class, severity and summary of each, as reports and documents show them.

use schemars::JsonSchema;
use serde::Serialize;

use super::Severity;
use super::rule::{Class, Rule};

/// The fixed properties of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleInfo {
    #[serde(skip)]
    pub rule: Rule,
    /// The stable name.
    pub id: &'static str,
    pub class: Class,
    /// The highest severity of its findings.
    pub severity: Severity,
    /// What it finds, as one line of the page of checks.
    pub summary: &'static str,
}

impl RuleInfo {
    const fn of(
        rule: Rule,
        id: &'static str,
        class: Class,
        severity: Severity,
        summary: &'static str,
    ) -> Self {
        Self { rule, id, class, severity, summary }
    }
}

use Rule as R;

/// Every rule, in the order of [`Rule`].
pub const RULES: &[RuleInfo] = &[
    RuleInfo::of(
        R::ServerVersion,
        "server-version",
        Class::Server,
        Severity::Blocks,
        "The server is of a version that is not supported",
    ),
    RuleInfo::of(
        R::Privileges,
        "privileges",
        Class::Server,
        Severity::Blocks,
        "The account lacks a privilege",
    ),
    RuleInfo::of(
        R::CharacterSet,
        "character-set",
        Class::Server,
        Severity::Note,
        "Text is in a character set other than UTF-8",
    ),
    RuleInfo::of(
        R::LoginPlugin,
        "login-plugin",
        Class::Server,
        Severity::Note,
        "The account logs in by a plugin that pgloader does not support",
    ),
    RuleInfo::of(
        R::InUse,
        "in-use",
        Class::Server,
        Severity::Note,
        "Another session uses the database, or Mattermost wrote to it recently",
    ),
    RuleInfo::of(
        R::LiveMigration,
        "live-migration",
        Class::Server,
        Severity::Note,
        "The source's binary log cannot be followed, which only `--live` needs",
    ),
    RuleInfo::of(
        R::NoMigrations,
        "no-migrations",
        Class::Version,
        Severity::Blocks,
        "`db_migrations` is missing or has no rows",
    ),
    RuleInfo::of(
        R::OldRelease,
        "old-release",
        Class::Version,
        Severity::Note,
        "The release is older than 7.1",
    ),
    RuleInfo::of(
        R::MigrationHoles,
        "migration-holes",
        Class::Version,
        Severity::Note,
        "No release has exactly the applied migrations",
    ),
    RuleInfo::of(
        R::UnknownMigration,
        "unknown-migration",
        Class::Version,
        Severity::Blocks,
        "A migration is applied that this version does not contain",
    ),
    RuleInfo::of(
        R::UnreleasedMigration,
        "unreleased-migration",
        Class::Version,
        Severity::Note,
        "Migration 110 is applied, which is in no release",
    ),
    RuleInfo::of(
        R::RenumberedMigration,
        "renumbered-migration",
        Class::Version,
        Severity::Note,
        "A migration has a number that Mattermost 11 gives to another",
    ),
    RuleInfo::of(
        R::UnknownVersion,
        "unknown-version",
        Class::Version,
        Severity::Blocks,
        "The tables of a plugin are of an unknown version",
    ),
    RuleInfo::of(
        R::LeftoverTable,
        "leftover-table",
        Class::Artifacts,
        Severity::Note,
        "Unused table of an older version",
    ),
    RuleInfo::of(
        R::LeftoverColumn,
        "leftover-column",
        Class::Artifacts,
        Severity::Note,
        "Unused column of an older version, or column of another version of a plugin",
    ),
    RuleInfo::of(
        R::UnknownTable,
        "unknown-table",
        Class::Inventory,
        Severity::Blocks,
        "Table of no known product",
    ),
    RuleInfo::of(
        R::TableCollision,
        "table-collision",
        Class::Inventory,
        Severity::Blocks,
        "Tables whose names differ only by case",
    ),
    RuleInfo::of(
        R::UnknownColumn,
        "unknown-column",
        Class::Artifacts,
        Severity::Blocks,
        "Column that the target does not have",
    ),
    RuleInfo::of(
        R::MissingTable,
        "missing-table",
        Class::Artifacts,
        Severity::Blocks,
        "Table that the applied migrations make is missing",
    ),
    RuleInfo::of(
        R::MissingColumn,
        "missing-column",
        Class::Artifacts,
        Severity::Blocks,
        "Column that the applied migrations make is missing",
    ),
    RuleInfo::of(
        R::TypeDiffers,
        "type-differs",
        Class::Artifacts,
        Severity::Blocks,
        "Column has another type than the applied migrations give it",
    ),
    RuleInfo::of(
        R::DatabaseConfiguration,
        "database-configuration",
        Class::Inventory,
        Severity::Note,
        "Mattermost keeps its configuration in the database",
    ),
    RuleInfo::of(R::NulByte, "nul-byte", Class::Unicode, Severity::Changes, "Text with NUL bytes"),
    RuleInfo::of(
        R::NulEscape,
        "nul-escape",
        Class::Unicode,
        Severity::Changes,
        "JSON with the escape `\\u0000` for a column of type jsonb",
    ),
    RuleInfo::of(
        R::KeptNulEscape,
        "kept-nul-escape",
        Class::Inventory,
        Severity::Note,
        "JSON with the escape `\\u0000` for a column of type json",
    ),
    RuleInfo::of(
        R::KeysMerge,
        "keys-merge",
        Class::Unicode,
        Severity::Blocks,
        "JSON keys that become equal without their NUL escapes",
    ),
    RuleInfo::of(
        R::LoneSurrogate,
        "lone-surrogate",
        Class::Unicode,
        Severity::Blocks,
        "JSON with half of a surrogate pair",
    ),
    RuleInfo::of(
        R::InvalidUtf8,
        "invalid-utf8",
        Class::Unicode,
        Severity::Blocks,
        "Text that is not UTF-8",
    ),
    RuleInfo::of(
        R::InvalidJson,
        "invalid-json",
        Class::Json,
        Severity::Blocks,
        "Text that is not JSON in a column of JSON",
    ),
    RuleInfo::of(
        R::EmptyJson,
        "empty-json",
        Class::Json,
        Severity::Changes,
        "Empty text in a column of JSON",
    ),
    RuleInfo::of(
        R::JsonDepth,
        "json-depth",
        Class::Json,
        Severity::Blocks,
        "JSON nested deeper than PostgreSQL reads",
    ),
    RuleInfo::of(
        R::JsonNumber,
        "json-number",
        Class::Json,
        Severity::Blocks,
        "JSON number that PostgreSQL cannot store",
    ),
    RuleInfo::of(
        R::JsonNull,
        "json-null",
        Class::Json,
        Severity::Changes,
        "JSON `null` where Mattermost needs an object",
    ),
    RuleInfo::of(
        R::NotStringArray,
        "not-string-array",
        Class::Json,
        Severity::Blocks,
        "JSON that is no array of strings in an array column",
    ),
    RuleInfo::of(
        R::NotJsonList,
        "not-json-list",
        Class::Json,
        Severity::Note,
        "Text that is not a JSON list of strings in a column that Mattermost decodes as one",
    ),
    RuleInfo::of(
        R::TooLong,
        "too-long",
        Class::Varchar,
        Severity::Blocks,
        "Text with more characters than the column takes",
    ),
    RuleInfo::of(
        R::NullNotAllowed,
        "null-not-allowed",
        Class::Nulls,
        Severity::Blocks,
        "NULL in a column that refuses it",
    ),
    RuleInfo::of(
        R::OutOfRange,
        "out-of-range",
        Class::Values,
        Severity::Blocks,
        "Number outside the range of the column",
    ),
    RuleInfo::of(
        R::NotBoolean,
        "not-boolean",
        Class::Values,
        Severity::Blocks,
        "Number other than 0 and 1 in a column of type boolean",
    ),
    RuleInfo::of(
        R::UnknownEnumLabel,
        "unknown-enum-label",
        Class::Values,
        Severity::Blocks,
        "Value that is not in the enumerated type",
    ),
    RuleInfo::of(
        R::InvalidDate,
        "invalid-date",
        Class::Values,
        Severity::Blocks,
        "Date or time that the calendar does not have",
    ),
    RuleInfo::of(
        R::ForeignKey,
        "foreign-key",
        Class::ForeignKeys,
        Severity::Blocks,
        "Row that refers to a missing row",
    ),
    RuleInfo::of(
        R::FullText,
        "full-text",
        Class::FullText,
        Severity::Note,
        "Text that may be too long for a full-text index",
    ),
    RuleInfo::of(
        R::IndexEntry,
        "index-entry",
        Class::Inventory,
        Severity::Note,
        "Value that may be too long for an index",
    ),
    RuleInfo::of(
        R::NameCase,
        "name-case",
        Class::Names,
        Severity::Note,
        "Name with capital letters",
    ),
    RuleInfo::of(
        R::NameForm,
        "name-form",
        Class::Names,
        Severity::Note,
        "Name that is not in Unicode normalization form C",
    ),
    RuleInfo::of(
        R::NameCollision,
        "name-collision",
        Class::Names,
        Severity::Note,
        "Names that differ only by case or normalization form",
    ),
    RuleInfo::of(
        R::LargeValue,
        "large-value",
        Class::Inventory,
        Severity::Note,
        "Value of more than one mebibyte",
    ),
    RuleInfo::of(
        R::SearchParser,
        "search-parser",
        Class::FullText,
        Severity::Note,
        "Full-text index with a parser such as ngram, which PostgreSQL does not have",
    ),
    RuleInfo::of(
        R::Accents,
        "accents",
        Class::FullText,
        Severity::Note,
        "Messages with letters with accents, which PostgreSQL's plain search compares",
    ),
    RuleInfo::of(
        R::PhraseSearch,
        "phrase-search",
        Class::FullText,
        Severity::Note,
        "Searches for a phrase read all posts in Mattermost 10.6 to 11.3 without an index for them",
    ),
    RuleInfo::of(
        R::TimeZone,
        "time-zone",
        Class::Values,
        Severity::Note,
        "Local times whose time zone was found out, or is not known",
    ),
    RuleInfo::of(
        R::AmbiguousTime,
        "ambiguous-time",
        Class::Values,
        Severity::Blocks,
        "Local times in an hour that the clock showed twice, or never",
    ),
    RuleInfo::of(
        R::TruncatedDump,
        "truncated-dump",
        Class::Inventory,
        Severity::Blocks,
        "Dump that ends too early",
    ),
    RuleInfo::of(
        R::DumpError,
        "dump-error",
        Class::Inventory,
        Severity::Blocks,
        "Error of the dump program in the dump, or lines that are not SQL",
    ),
    RuleInfo::of(
        R::IncompleteDump,
        "incomplete-dump",
        Class::Inventory,
        Severity::Blocks,
        "Dump of a program that does not show whether the dump is complete",
    ),
    RuleInfo::of(
        R::LossyDump,
        "lossy-dump",
        Class::Inventory,
        Severity::Blocks,
        "Dump whose character set loses characters or is not stated",
    ),
    RuleInfo::of(
        R::LostCharacters,
        "lost-characters",
        Class::Inventory,
        Severity::Blocks,
        "Text in a dump that has lost characters",
    ),
    RuleInfo::of(
        R::ReencodedText,
        "reencoded-text",
        Class::Inventory,
        Severity::Blocks,
        "Text in a dump that was read in another character set and written again",
    ),
    RuleInfo::of(
        R::UnreadableDefinition,
        "unreadable-definition",
        Class::Inventory,
        Severity::Blocks,
        "Table in a dump whose definition cannot be read",
    ),
];

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::check::{ROW_RULES, Rule};

    #[test]
    fn the_table_has_every_rule_in_order() {
        for (place, info) in RULES.iter().enumerate() {
            assert_eq!(info.rule as usize, place, "{}", info.id);
            assert_eq!(serde_json::json!(info.rule), info.id);
            assert!(!info.summary.ends_with('.') && !info.summary.is_empty(), "{}", info.id);
        }
        let last = Rule::UnreadableDefinition as usize;
        assert_eq!(RULES.len(), last + 1, "a rule is missing from the table");
        for rule in ROW_RULES {
            assert_eq!(rule.severity(), rule.rule().info().severity, "{}", rule.rule());
        }
    }
}
