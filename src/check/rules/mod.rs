//! The rules, one file each: the condition, the decision and the finding.

mod accents;
mod account;
mod foreign_key;
mod full_text;
mod in_use;
mod index_entry;
mod invalid_date;
mod invalid_json;
mod invalid_utf8;
mod json_null;
mod json_number;
mod json_text;
mod large_value;
mod live_migration;
mod lone_surrogate;
mod migrations;
mod missing;
mod name_collision;
mod names;
mod not_boolean;
mod not_json_list;
mod not_string_array;
mod nul_byte;
mod nul_escape;
mod null_not_allowed;
mod out_of_range;
mod phrase_search;
mod search_parser;
mod server;
mod table_collision;
mod text_bytes;
mod time_zone;
mod too_long;
mod unknown;
mod unknown_enum_label;
mod versions;

use super::probe::RowRule;

pub use accents::Accents;
pub use account::{login_plugin, privileges};
pub(super) use foreign_key::orphans_finding;
pub use foreign_key::{orphan_probes, orphans};
pub use full_text::FullText;
pub use in_use::{recent_writes, sessions};
pub use index_entry::IndexEntry;
pub use invalid_date::InvalidDate;
pub use invalid_json::{EmptyJson, InvalidJson, JsonDepth};
pub use invalid_utf8::InvalidUtf8;
pub use json_null::JsonNull;
pub use json_number::JsonNumber;
pub use large_value::LargeValue;
pub use live_migration::live_migration;
pub use lone_surrogate::LoneSurrogate;
pub use migrations::migrations;
pub use missing::missing;
pub(super) use name_collision::{CollidingNames, Names, add_lookups};
pub use name_collision::{count_lookups, name_collision};
pub(super) use names::fold;
pub use names::{NameCase, NameForm};
pub use not_boolean::NotBoolean;
pub use not_json_list::NotJsonList;
pub use not_string_array::NotStringArray;
pub use nul_byte::NulByte;
pub use nul_escape::{KeptNulEscape, KeysMerge, NulEscape};
pub use null_not_allowed::NullNotAllowed;
pub use out_of_range::OutOfRange;
pub use phrase_search::phrase_search;
pub use search_parser::search_parsers;
pub use server::{character_sets, server_version};
pub use table_collision::table_collisions;
pub use time_zone::time_zones;
pub use too_long::TooLong;
pub(super) use unknown::{ColumnUse, column_finding, columns_left_behind};
pub use unknown::{database_configuration, unknown_columns, unknown_tables};
pub use unknown_enum_label::UnknownEnumLabel;
pub use versions::{describe_unknown_version, unknown_versions};

/// The rules that decide about one cell at a time.
pub static ROW_RULES: &[&dyn RowRule] = &[
    &NulByte,
    &NulEscape,
    &KeptNulEscape,
    &KeysMerge,
    &LoneSurrogate,
    &InvalidUtf8,
    &InvalidJson,
    &EmptyJson,
    &JsonDepth,
    &JsonNumber,
    &JsonNull,
    &NotStringArray,
    &NotJsonList,
    &TooLong,
    &NullNotAllowed,
    &OutOfRange,
    &NotBoolean,
    &UnknownEnumLabel,
    &InvalidDate,
    &FullText,
    &Accents,
    &IndexEntry,
    &NameCase,
    &NameForm,
    &LargeValue,
];

#[cfg(test)]
pub(in crate::check) mod testing {
    use crate::check::ColumnPair;
    use crate::mysql::Flavour;
    use crate::schema::ColumnType;

    /// The same for `MariaDB`.
    pub(in crate::check) fn maria_pair(source: &str, target: &str) -> ColumnPair {
        ColumnPair { flavour: Flavour::MariaDb, ..pair(source, target) }
    }

    /// Column `Table.Column` of these types, nullable on both sides.
    pub(in crate::check) fn pair(source: &str, target: &str) -> ColumnPair {
        ColumnPair {
            table: "Table".to_owned(),
            column: "Column".to_owned(),
            flavour: Flavour::MySql,
            source: ColumnType::mysql(source),
            character_set: None,
            source_not_null: false,
            target: ColumnType::postgres(target),
            target_not_null: false,
            labels: None,
            full_text: false,
            in_tree: false,
        }
    }
}
