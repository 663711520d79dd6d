//! Facts about Mattermost that no schema contains.

mod columns;
pub mod config;
mod ids;
mod overflow;
mod product;
mod releases;
mod system_rows;
mod tables;

pub use columns::{
    ACTIVITY, DELETION, INSTANTS, LOOKUPS, MESSAGES, NAMES, has_words, is_decoded_whole,
    is_leftover_column, is_message, is_name, is_object, is_object_when_empty, is_string_list,
};
pub use ids::{SORTED_DIGITS, encode_id};
pub use overflow::{Overflow, known_overflow};
pub use product::{Product, UnknownProduct};
pub use releases::{
    FIRST_OF_THE_GUIDE, LATER_MIGRATIONS, RENUMBERED, UNRELEASED_MIGRATION, records_migrations,
};
pub use system_rows::{DIAGNOSTIC_ID, SEEDS, SYSTEMS, SYSTEMS_ON_POSTGRES, SYSTEMS_VERSION};
pub use tables::{
    CONFIGURATIONS, LEFTOVER_TABLES, MIGRATIONS, MIGRATOR_TABLES, PLAYBOOKS_VERSION, USERS,
    is_bookkeeping, is_leftover, is_never_deleted, is_plugin_state, migrator_table,
};
