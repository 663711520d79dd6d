//! Pointing Mattermost at PostgreSQL: its configuration, what else names MySQL, and the way back.
//!
//! What is to be done is worked out as values first; a command shows them, asks, and has them done.

mod acceptance;
mod changed_settings;
mod config;
mod effect;
mod error;
mod evidence;
mod file;
mod freeze;
mod freeze_record;
mod left_behind;
mod leftover;
mod live_facts;
mod plan_facts;
mod process;
mod proof;
mod server;
mod source;
mod store;
mod switch_report;
mod verdict;

pub use acceptance::{Acceptance, Facts, Issue, RequiredMigration, judge, read_facts};
pub use changed_settings::changed_settings;
pub use config::{Change, Destination, Switch, for_mattermost, mask, plan_switch};
pub use effect::{Arrival, FreezeEffect, FreezeEvidence, judge_freeze};
pub use error::Error;
#[cfg(test)]
pub(crate) use evidence::testing;
pub use evidence::{
    ChangeEvidence, ChangedTable, SinceProof, SourceEvidence, SourceState, SwitchEvidence,
};
pub use file::{
    ConfigFile, RecordedSwitch, Undone, Written, last_switch, read_config, replace, undo_file,
};
pub use freeze::{
    Freeze, Patience, Release, end_pending_freezes, freeze, read_effect, release,
    workspace_sessions,
};
pub use freeze_record::FreezeRecords;
pub use left_behind::{WrittenRows, rows_written_since, target_sessions};
pub use leftover::{Gap, Leftover, MissingUnit, Search, Start, Surroundings, search};
pub use live_facts::LiveFacts;
pub use plan_facts::{PlanFacts, PlannedServer, TargetIssue, read_planned_server};
pub use process::{Changed, MattermostProcess, ProcessConfiguration, find_processes};
pub use proof::{Proof, ProofStatus, SourceMatch, read_proof};
pub use server::{FreezeMode, ServerState, other_databases, read_server};
pub use source::ask_source;
pub use store::{StoreReport, StoredConfig, read_store, switch_store, undo_store};
pub use switch_report::{SwitchOutcome, SwitchReport};
pub use verdict::{Acceptable, Objection, judge_processes, judge_switch};
