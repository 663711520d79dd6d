//! A copy that may begin: both sides are open, what is to be done is known, and nothing has been changed.

use std::collections::BTreeSet;

use super::plan::{Plan, Situation, plan};
use super::survey::survey;
use super::{CopyOptions, Error, exclusive};
use crate::mysql::Access;
use crate::{mysql, postgres};

/// A copy that may begin. It keeps other copies out until it is dropped.
pub struct Pending {
    pub(super) source: mysql::Dsn,
    pub(super) target: postgres::Dsn,
    pub(super) options: CopyOptions,
    /// A session with the source that holds nothing.
    pub(super) reading: mysql::Connection,
    /// The session with the target that holds the lock.
    pub(super) control: postgres::Connection,
    pub(super) situation: Situation,
    pub(super) plan: Plan,
}

/// Opens both sides, and plans; refuses where something is in the way.
pub async fn open(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    options: &CopyOptions,
) -> Result<Pending, Error> {
    let mut reading = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let control = postgres::Connection::connect(target).await?;
    exclusive::take(&control, &options.schema).await?;
    let situation = survey(&mut reading, &control, target, options).await?;
    let plan = plan(&situation, options).map_err(Error::Refused)?;
    let (source, target, options) = (source.clone(), target.clone(), options.clone());
    Ok(Pending { source, target, options, reading, control, situation, plan })
}

impl Pending {
    /// The tables that no earlier run has begun with, as the source spells them.
    #[must_use]
    pub fn new_tables(&self) -> BTreeSet<String> {
        let new = self.plan.tables.iter().filter(|table| table.is_new());
        new.map(|table| table.plan.source.clone()).collect()
    }
}
