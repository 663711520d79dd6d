//! The duration of each phase of a migration, for the plan of the next one.

use super::{Error, create, exists, value};
use crate::postgres::Connection;

/// A phase of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Making the source read only, and looking whether it is.
    Freeze,
    /// Checking the source.
    Check,
    /// Copying rows, with the indexes that are built meanwhile.
    Copy,
    /// Building the other indexes, refreshing views and analyzing.
    Indexes,
    /// Comparing both sides.
    Proof,
    /// Switching Mattermost's configuration.
    Switch,
}

/// The worked time of the last complete run of each phase, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, schemars::JsonSchema, serde::Serialize)]
pub struct PhaseTimes {
    /// [`Phase::Freeze`].
    pub freeze: Option<f64>,
    /// [`Phase::Check`].
    pub check: Option<f64>,
    /// [`Phase::Copy`].
    pub copy: Option<f64>,
    /// [`Phase::Indexes`].
    pub indexes: Option<f64>,
    /// [`Phase::Proof`].
    pub proof: Option<f64>,
    /// [`Phase::Switch`].
    pub switch: Option<f64>,
}

impl Phase {
    const ALL: [Self; 6] =
        [Self::Freeze, Self::Check, Self::Copy, Self::Indexes, Self::Proof, Self::Switch];

    fn id(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Check => "check",
            Self::Copy => "copy",
            Self::Indexes => "indexes",
            Self::Proof => "proof",
            Self::Switch => "switch",
        }
    }
}

impl PhaseTimes {
    fn of(&mut self, phase: Phase) -> &mut Option<f64> {
        match phase {
            Phase::Freeze => &mut self.freeze,
            Phase::Check => &mut self.check,
            Phase::Copy => &mut self.copy,
            Phase::Indexes => &mut self.indexes,
            Phase::Proof => &mut self.proof,
            Phase::Switch => &mut self.switch,
        }
    }
}

/// Records the worked time of a complete run of a phase; makes the ledger if there is none.
pub async fn record_phase(
    connection: &Connection,
    schema: &str,
    phase: Phase,
    seconds: f64,
) -> Result<(), Error> {
    create(connection).await?;
    let statement = "INSERT INTO migration_assist.phase_times (target_schema, phase, seconds)
        VALUES ($1, $2, $3) ON CONFLICT (target_schema, phase) DO UPDATE
        SET seconds = excluded.seconds, finished_at = now()";
    connection.execute(statement, &[&schema, &phase.id(), &seconds]).await?;
    Ok(())
}

/// The recorded times of a schema.
pub async fn phase_times(connection: &Connection, schema: &str) -> Result<PhaseTimes, Error> {
    let mut times = PhaseTimes::default();
    if !exists(connection).await? {
        return Ok(times);
    }
    let statement = "SELECT phase, seconds FROM migration_assist.phase_times
        WHERE target_schema = $1";
    for row in connection.query(statement, &[&schema]).await? {
        let id: &str = value(&row, 0)?;
        let known = Phase::ALL.into_iter().find(|phase| phase.id() == id);
        let phase = known.ok_or(Error::Unreadable { what: "`phase_times.phase` is unknown" })?;
        *times.of(phase) = value(&row, 1)?;
    }
    Ok(times)
}
