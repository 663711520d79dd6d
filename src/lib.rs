//! Takes a Mattermost workspace from MySQL or MariaDB to PostgreSQL.
//!
//! The library is the tool without its terminal: it reads, decides and writes, and hands back
//! reports. What is said to a person, and what ends the process, stands in `commands`, `ui` and
//! the binary. `ARCHITECTURE.md` tells which module may use which.

pub mod check;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod compare;
pub mod convert;
pub mod copy;
pub mod cutover;
pub mod ddl;
pub mod dump;
pub mod file;
pub mod indexes;
pub mod instance;
pub mod ledger;
pub mod mattermost;
pub mod migrations;
pub mod models;
pub mod mysql;
pub mod pgloader;
pub mod postgres;
pub mod progress;
pub mod quarantine;
pub mod release;
pub mod repair;
pub mod schema;
pub mod secret;
pub mod source;
pub mod sql;
pub mod time_zone;
pub mod ui;
pub mod verify;
pub mod workers;
