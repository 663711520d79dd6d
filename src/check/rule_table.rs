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

/// Writes the table with two lines for a rule: its name, id, class and severity, and its summary.
macro_rules! rules {
    ($($rule:ident $id:literal $class:ident $severity:ident $summary:literal)*) => {
        &[$(RuleInfo {
            rule: Rule::$rule,
            id: $id,
            class: Class::$class,
            severity: Severity::$severity,
            summary: $summary,
        }),*]
    };
}

/// Every rule, in the order of [`Rule`].
pub const RULES: &[RuleInfo] = rules![
    ServerVersion "server-version" Server Blocks
        "The server is of a version that is not supported"
    Privileges "privileges" Server Blocks
        "The account lacks a privilege"
    CharacterSet "character-set" Server Note
        "Text is in a character set other than UTF-8"
    LoginPlugin "login-plugin" Server Note
        "The account logs in by a plugin that pgloader does not support"
    InUse "in-use" Server Note
        "Another session uses the database, or Mattermost wrote to it recently"
    LiveMigration "live-migration" Server Note
        "The source's binary log cannot be followed, which only `--live` needs"
    NoMigrations "no-migrations" Version Blocks
        "`db_migrations` is missing or has no rows"
    OldRelease "old-release" Version Note
        "The release is older than 7.1"
    MigrationHoles "migration-holes" Version Note
        "No release has exactly the applied migrations"
    UnknownMigration "unknown-migration" Version Blocks
        "A migration is applied that this version does not contain"
    UnreleasedMigration "unreleased-migration" Version Note
        "Migration 110 is applied, which is in no release"
    RenumberedMigration "renumbered-migration" Version Note
        "A migration has a number that Mattermost 11 gives to another"
    UnknownVersion "unknown-version" Version Blocks
        "The tables of a plugin are of an unknown version"
    LeftoverTable "leftover-table" Artifacts Note
        "Unused table of an older version"
    LeftoverColumn "leftover-column" Artifacts Note
        "Unused column of an older version, or column of another version of a plugin"
    UnknownTable "unknown-table" Inventory Blocks
        "Table of no known product"
    TableCollision "table-collision" Inventory Blocks
        "Tables whose names differ only by case"
    UnknownColumn "unknown-column" Artifacts Blocks
        "Column that the target does not have"
    MissingTable "missing-table" Artifacts Blocks
        "Table that the applied migrations make is missing"
    MissingColumn "missing-column" Artifacts Blocks
        "Column that the applied migrations make is missing"
    TypeDiffers "type-differs" Artifacts Blocks
        "Column has another type than the applied migrations give it"
    DatabaseConfiguration "database-configuration" Inventory Note
        "Mattermost keeps its configuration in the database"
    NulByte "nul-byte" Unicode Changes
        "Text with NUL bytes"
    NulEscape "nul-escape" Unicode Changes
        "JSON with the escape `\\u0000` for a column of type jsonb or an array of text"
    KeptNulEscape "kept-nul-escape" Inventory Note
        "JSON with the escape `\\u0000` for a column of type json"
    KeysMerge "keys-merge" Unicode Blocks
        "JSON keys that become equal without their NUL escapes"
    LoneSurrogate "lone-surrogate" Unicode Blocks
        "JSON with half of a surrogate pair"
    InvalidUtf8 "invalid-utf8" Unicode Blocks
        "Text that is not UTF-8"
    InvalidJson "invalid-json" Json Blocks
        "Text that is not JSON in a column of JSON"
    EmptyJson "empty-json" Json Changes
        "Empty text in a column of JSON"
    JsonDepth "json-depth" Json Blocks
        "JSON nested deeper than PostgreSQL reads"
    JsonNumber "json-number" Json Blocks
        "JSON number that PostgreSQL cannot store"
    JsonNull "json-null" Json Changes
        "JSON `null` where Mattermost needs an object"
    NotStringArray "not-string-array" Json Blocks
        "JSON that is no array of strings in an array column"
    NotJsonList "not-json-list" Json Note
        "Text that is not a JSON list of strings in a column that Mattermost decodes as one"
    TooLong "too-long" Varchar Blocks
        "Text with more characters than the column takes"
    NullNotAllowed "null-not-allowed" Nulls Blocks
        "NULL in a column that refuses it"
    OutOfRange "out-of-range" Values Blocks
        "Number outside the range of the column"
    NotBoolean "not-boolean" Values Blocks
        "Number other than 0 and 1 in a column of type boolean"
    UnknownEnumLabel "unknown-enum-label" Values Blocks
        "Value that is not in the enumerated type"
    InvalidDate "invalid-date" Values Blocks
        "Date or time that the calendar does not have"
    ForeignKey "foreign-key" ForeignKeys Blocks
        "Row that refers to a missing row"
    FullText "full-text" FullText Note
        "Text that may be too long for a full-text index"
    IndexEntry "index-entry" Inventory Note
        "Value that may be too long for an index"
    NameCase "name-case" Names Note
        "Name with capital letters"
    NameForm "name-form" Names Note
        "Name that is not in Unicode normalization form C"
    NameCollision "name-collision" Names Note
        "Names that differ only by case or normalization form"
    LargeValue "large-value" Inventory Note
        "Value of more than one mebibyte"
    SearchParser "search-parser" FullText Note
        "Full-text index with a parser such as ngram, which PostgreSQL does not have"
    Accents "accents" FullText Note
        "Messages with letters with accents, which PostgreSQL's plain search compares"
    PhraseSearch "phrase-search" FullText Note
        "Searches for a phrase read all posts in Mattermost 10.6 to 11.3 without an index for them"
    TimeZone "time-zone" Values Note
        "Local times whose time zone was found out, or is not known"
    AmbiguousTime "ambiguous-time" Values Blocks
        "Local times in an hour that the clock showed twice, or never"
    TruncatedDump "truncated-dump" Inventory Blocks
        "Dump that ends too early"
    DumpError "dump-error" Inventory Blocks
        "Error of the dump program in the dump, or lines that are not SQL"
    IncompleteDump "incomplete-dump" Inventory Blocks
        "Dump of a program that does not show whether the dump is complete"
    LossyDump "lossy-dump" Inventory Blocks
        "Dump whose character set loses characters or is not stated"
    LostCharacters "lost-characters" Inventory Blocks
        "Text in a dump that has lost characters"
    ReencodedText "reencoded-text" Inventory Blocks
        "Text in a dump that was read in another character set and written again"
    UnreadableDefinition "unreadable-definition" Inventory Blocks
        "Table in a dump whose definition cannot be read"
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
