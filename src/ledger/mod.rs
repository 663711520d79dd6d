//! The ledger: the tables in the target's schema `migration_assist` that record copies, proofs, freezes
//! and switches.
//!
//! Every function that writes expects [`create`] to have succeeded on the same database. Functions that
//! read find nothing if there is no ledger, and upgrade one that an older version of this tool made.
//! What has to be true together with rows of the target is written in the transaction that the
//! connection is in.

mod changed_rows;
mod copies;
mod counts;
mod decisions;
mod definitions;
mod error;
mod followed_transactions;
mod following;
mod foreign_rows;
mod freezes;
mod parts;
mod proofs;
mod rights;
mod source_sums;
mod sources;
mod switches;
mod time_zones;
mod times;
mod touched_keys;
mod version;

pub use changed_rows::{
    KeyHash, TouchedKeys, TouchedRow, forget_absent_rows, forget_refetch_keys,
    forget_rejected_rows, record_refetch_keys, record_rejected_rows, record_touched_keys,
    refetch_keys, rejected_rows,
};
pub use copies::{
    CopyRecord, CopySource, CopyStart, TableRecord, begin_copy, confirm_copy, finish_copy,
    forget_tables, read_copy, record_failure, record_work, resume_copy,
};
pub use counts::{Changes, CopyCounts};
pub use decisions::{DecisionRecord, read_decisions, record_decisions};
pub use definitions::{Definition, Stage, forget_definition, record_definitions};
pub use error::Error;
pub use followed_transactions::record_transaction;
pub use following::{
    Advance, FollowedTable, FollowingCounts, FollowingRecord, NewFollowing, advance_following,
    appeared_tables, begin_following, followed_tables, forget_appeared_tables, forget_following,
    mark_copied_whole, mark_proven_whole, read_following, record_appeared_table,
    record_log_created, record_stop, request_handover,
};
pub use foreign_rows::{ForeignRows, find_foreign_rows};
pub use freezes::{FrozenSettings, forget_freeze, read_freeze, record_freeze};
pub use parts::{PartBounds, PartRecord, claim_part, enter_tables, finish_part};
pub use proofs::{
    AppliedLog, BaseProof, Covers, NewProof, ProofRecord, base_proof, latest_proof, record_proof,
    touched_rate,
};
pub use rights::missing_rights;
pub use source_sums::{record_source_sums, source_sums};
pub use switches::{last_switch_time, record_switch, take_switch};
pub use time_zones::{ColumnZones, record_time_zones};
pub use times::{Phase, PhaseTimes, phase_times, record_phase};
pub use touched_keys::{
    TouchedKey, begin_generation, forget_touched_keys, read_touched_keys, touched_tables,
};
pub use version::{VERSION, create, exists};

use crate::postgres::{FromSql, Row};

/// A column of a row.
fn value<'a, T: FromSql<'a>>(row: &'a Row, place: usize) -> Result<T, Error> {
    row.try_get(place).map_err(|error| Error::Target(error.into()))
}

/// A count as the target stores it.
fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count that [`stored`] wrote.
fn count(row: &Row, place: usize) -> Result<u64, Error> {
    let count = value::<i64>(row, place)?;
    u64::try_from(count).map_err(|_| Error::Unreadable { what: "a count is negative" })
}
