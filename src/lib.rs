//! Migrates a Mattermost workspace from MySQL or MariaDB to PostgreSQL.
//!
//! The library is the tool without its terminal: it reads, decides, writes and returns reports. Texts for
//! people and the end of the process belong to `commands`, `ui` and the binary. `ARCHITECTURE.md` lists which
//! module may use which.

mod activity;
mod blocking;
mod certificate;
pub mod check;
pub mod cli;
mod clock;
pub mod commands;
pub mod compare;
pub mod convert;
pub mod copy;
pub mod cutover;
pub mod ddl;
mod digest;
pub mod dump;
mod figures;
mod file;
pub mod follow;
mod foreign_text;
pub mod indexes;
mod instance;
pub mod ledger;
pub mod mattermost;
pub mod migrations;
pub mod models;
pub mod mysql;
mod parameter;
mod pgloader;
pub mod postgres;
pub mod progress;
pub mod quarantine;
pub mod release;
pub mod render;
pub mod repair;
pub mod schema;
pub mod secret;
mod shell;
pub mod source;
pub mod source_identity;
pub mod sql;
pub mod time_zone;
mod transcript;
pub mod ui;
mod unencrypted;
mod url;
pub mod verify;
mod workers;
mod workspace;
