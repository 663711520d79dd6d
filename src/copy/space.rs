//! The free space of the target's disk, if it can be determined: on this machine, with an account that may read
//! the path of the data directory.

use std::path::Path;

use super::table::TableWork;
use crate::postgres::{Connection, Dsn, Error};

/// The overhead of a row: header and line pointer (PostgreSQL manual, "Database Page Layout").
const ROW: u64 = 28;
/// The size of an index entry for a row: Mattermost's indexes are on ids and times.
const ENTRY: u64 = 48;

/// The estimated size of a complete table on the target in bytes; rows that an earlier run copied are not
/// subtracted.
#[must_use]
pub fn space(table: &TableWork, indexes: usize) -> u64 {
    let indexes = u64::try_from(indexes).unwrap_or(u64::MAX);
    let per_row = ROW.saturating_add(ENTRY.saturating_mul(indexes));
    table.size.bytes.saturating_add(table.size.rows.saturating_mul(per_row))
}

/// The free space for the target's files in bytes; `None` if it cannot be determined.
pub(super) async fn free(target: &Connection, dsn: &Dsn) -> Result<Option<u64>, Error> {
    if !dsn.is_local() {
        return Ok(None);
    }
    let question = "SELECT pg_backend_pid(), pg_tablespace_location(dattablespace),
            CASE WHEN pg_has_role('pg_read_all_settings', 'MEMBER')
                THEN current_setting('data_directory') END
        FROM pg_catalog.pg_database WHERE datname = current_database()";
    let row = target.query_one(question, &[]).await?;
    let (process, place): (i32, String) = (row.try_get(0)?, row.try_get(1)?);
    let data: Option<String> = row.try_get(2)?;
    let place = if place.is_empty() { data } else { Some(place) };
    Ok(place.filter(|_| runs_here(process)).and_then(|place| free_at(Path::new(&place))))
}

/// Whether the server's process of this session runs on this machine: the port may belong to a container or
/// another machine.
fn runs_here(process: i32) -> bool {
    let title = std::fs::read_to_string(format!("/proc/{process}/cmdline"));
    title.is_ok_and(|title| title.starts_with("postgres: "))
}

fn free_at(place: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(place).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{free_at, runs_here};

    #[test]
    fn only_what_can_be_seen_is_known() {
        assert!(free_at(Path::new("/")).is_some());
        assert_eq!(free_at(Path::new("/no/such/place")), None);
        assert!(!runs_here(i32::try_from(std::process::id()).expect("a number")));
    }
}
