//! Reads the evidence for the time zone of local times from a server.

use std::borrow::Cow;

use super::evidence::{ColumnEvidence, TableEvidence};
use crate::mysql::{Connection, Error, Value};
use crate::progress::{Progress, TaskSize, TaskUnit};
use crate::schema::{Catalog, Table};
use crate::sql::Dialect::MySql;
use crate::time_zone::TimeZone;

/// Label of the progress of reading local times.
const ROWS_READ: &str = "local times";
/// Rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 10_000;
/// Days between the instants at which the server's clock is compared with each zone, and their number.
const DAYS_APART: i64 = 14;
const INSTANTS: i64 = 390;
/// 2012-01-01, before the first Mattermost.
const FIRST_DAY: i64 = 15_340;

/// Reads the rows of each table in `wanted` that has local times.
pub(super) async fn read_evidence(
    connection: &mut Connection,
    source: &Catalog,
    is_wanted: &dyn Fn(&Table) -> bool,
    progress: &dyn Progress,
) -> Result<Vec<ColumnEvidence>, Error> {
    let mut found = Vec::new();
    for table in source.tables.values().filter(|table| is_wanted(table)) {
        let mut evidence = TableEvidence::new(table, false);
        if evidence.is_empty() {
            continue;
        }
        if found.is_empty() {
            progress.begin(ROWS_READ, TaskSize { total: None, unit: TaskUnit::Rows });
        }
        read_table(connection, table, &mut evidence, progress).await?;
        found.extend(evidence.columns().cloned());
    }
    if !found.is_empty() {
        progress.finish(ROWS_READ);
    }
    Ok(found)
}

async fn read_table(
    connection: &mut Connection,
    table: &Table,
    evidence: &mut TableEvidence,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let needed = evidence.needed();
    let columns = needed.iter().map(|&place| table.columns[place].name.as_str());
    let sql =
        format!("SELECT {} FROM {}", MySql.identifiers(columns), MySql.identifier(&table.name));
    let mut rows = connection.stream(&sql).await?;
    let mut unreported = 0;
    while let Some(row) = rows.next().await? {
        evidence.add(|place| {
            let place = needed.iter().position(|it| *it == place)?;
            match row.as_ref(place) {
                Some(Value::Bytes(bytes)) => Some(Cow::Borrowed(bytes.as_slice())),
                _ => None,
            }
        });
        unreported += 1;
        if unreported == ROWS_PER_REPORT {
            progress.advance(ROWS_READ, unreported);
            unreported = 0;
        }
    }
    progress.advance(ROWS_READ, unreported);
    Ok(())
}

/// The zone of sessions that set none; `None` if it has no name in the tool's time zone database.
pub(super) async fn server_zone(connection: &mut Connection) -> Result<Option<TimeZone>, Error> {
    let sql = "SELECT @@global.time_zone, @@system_time_zone";
    let Some((global, system)) = connection.query_optional::<(String, String)>(sql).await? else {
        return Ok(None);
    };
    if !global.eq_ignore_ascii_case("SYSTEM") {
        return Ok(global.parse().ok());
    }
    // Other abbreviations do not name the zone of the same name.
    let utc = system.parse::<TimeZone>().ok().filter(TimeZone::is_utc);
    if utc.is_some() { Ok(utc) } else { machine_zone(connection).await }
}

/// The zone of the server's machine, for which the server gives an abbreviation only: the first named zone
/// whose clock agrees at all the compared instants.
async fn machine_zone(connection: &mut Connection) -> Result<Option<TimeZone>, Error> {
    let instants: Vec<i64> =
        (0..INSTANTS).map(|it| (FIRST_DAY + it * DAYS_APART) * 86_400).collect();
    let shown = instants.iter().map(|instant| {
        // `CONVERT_TZ` recognises SYSTEM without the time zone tables.
        let utc = format!("'1970-01-01' + INTERVAL {instant} SECOND");
        format!("TIMESTAMPDIFF(SECOND, {utc}, CONVERT_TZ({utc}, '+00:00', 'SYSTEM'))")
    });
    let shown: Vec<String> = shown.collect();
    let sql = format!("SELECT CONCAT_WS(',', {})", shown.join(", "));
    let Some(text) = connection.query_optional::<Option<String>>(&sql).await?.flatten() else {
        return Ok(None);
    };
    let shown: Vec<i32> = text.split(',').filter_map(|it| it.parse().ok()).collect();
    if shown.len() != instants.len() {
        return Ok(None);
    }
    let is_it = |zone: &TimeZone| {
        instants.iter().zip(&shown).all(|(instant, offset)| zone.offset_at(*instant) == *offset)
    };
    Ok(TimeZone::all_named().find(is_it))
}
