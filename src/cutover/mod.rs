//! Pointing Mattermost at PostgreSQL: its configuration, what else names MySQL, and the way back.
//!
//! What is to be done is worked out as values first; a command shows them, asks, and has them done.

mod acceptance;
mod config;
mod error;
mod file;
mod freeze;
mod leftover;
mod proof;
mod runbook;
mod store;

pub use acceptance::{
    Acceptance, Facts, Issue, RequiredMigration, judge, later_migrations, read_facts,
};
pub use config::{Change, Destination, Malformed, Switch, for_mattermost, mask, plan_switch};
pub use error::Error;
pub use file::{ConfigFile, Undone, Written, read_config, replace, undo_file};
pub use freeze::{FreezeMode, Frozen, Released, freeze, is_frozen, release, written_since_copy};
pub use leftover::{Leftover, Search, search};
pub use proof::{Origin, Proof, ProofStatus, read_proof};
pub use runbook::{Rehearsal, Step, Workspace, read_rehearsal, runbook};
pub use store::{StoreReport, StoredConfig, read_store, switch_store, undo_store};
