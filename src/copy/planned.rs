//! A copy that may begin: both sides are open, what is to be done is known, and nothing has been changed.

use std::collections::BTreeSet;

use super::creation::create;
use super::loss::refuse_loss;
use super::plan::{Plan, Situation, plan};
use super::selection::Selection;
use super::survey::{survey, survey_target};
use super::{CopyOptions, Error, exclusive};
use crate::postgres;
use crate::source::{Session, Source};

/// A copy that may begin. It keeps other copies out until it is dropped.
pub struct PlannedCopy {
    pub(super) source: Source,
    pub(super) target: postgres::Dsn,
    pub(super) options: CopyOptions,
    /// The session with the target that holds the lock.
    pub(super) control: postgres::Connection,
    plan: Plan,
    earlier: Option<EarlierCopy>,
}

/// A complete copy in the target that this one would resume.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EarlierCopy {
    /// When it was started, in UTC, such as `2026-01-31 23:59`.
    pub started_at: String,
    /// When it was finished, in UTC.
    pub finished_at: String,
    /// Whether the source has changed since it was read; `None` if that is unknown.
    pub source_changed: Option<bool>,
}

/// What becomes of the tables that were made for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// They are part of the target from now on.
    Tables,
    /// The target stays as it was.
    Nothing,
}

/// Opens both sides, and plans; refuses where something is in the way.
pub async fn open(
    source: impl Into<Source>,
    target: &postgres::Dsn,
    options: &CopyOptions,
) -> Result<PlannedCopy, Error> {
    let source = source.into();
    let mut reading = Session::open(&source).await?;
    let mut control = postgres::Connection::connect(target).await?;
    exclusive::take(&control, &options.schema).await?;
    let (situation, plan, _) =
        settle(&mut reading, &mut control, target, options, Keep::Nothing).await?;
    let (started, finished) = (situation.ledger.started_at, situation.ledger.finished_at);
    let earlier =
        started.zip(finished).filter(|_| !plan.replaces_all).map(|(started_at, finished_at)| {
            EarlierCopy { started_at, finished_at, source_changed: situation.source_changed }
        });
    let (target, options) = (target.clone(), options.clone());
    Ok(PlannedCopy { source, target, options, control, plan, earlier })
}

/// Makes the tables that the target lacks, and plans with them there: in one transaction, so that
/// nothing is changed where the copy is refused. Gives the tables' names too.
pub(super) async fn settle(
    source: &mut Session,
    control: &mut postgres::Connection,
    target: &postgres::Dsn,
    options: &CopyOptions,
    keep: Keep,
) -> Result<(Situation, Plan, Vec<String>), Error> {
    let transaction = control.transaction().await?;
    let mut situation = survey(source, &transaction, target, options).await?;
    let mut created = Vec::new();
    if situation.repairs.is_empty() {
        let selection = Selection::new(&situation, options);
        created = create(&transaction, options, &selection, &situation.target).await?;
    }
    if !created.is_empty() {
        survey_target(&transaction, options, &mut situation).await?;
    }
    let plan = plan(&situation, options).map_err(Error::Refused)?;
    match keep {
        // `prepare` asks again, with the tables locked.
        Keep::Tables => transaction.commit().await?,
        Keep::Nothing => {
            refuse_loss(&transaction, &options.schema, &plan, &options.consent).await?;
            transaction.rollback().await?;
        }
    }
    Ok((situation, plan, created))
}

impl PlannedCopy {
    /// The complete copy in the target whose rows stay.
    #[must_use]
    pub fn earlier(&self) -> Option<&EarlierCopy> {
        self.earlier.as_ref()
    }

    /// Whether any row is still to be copied.
    #[must_use]
    pub fn changes_rows(&self) -> bool {
        self.plan.changes_rows()
    }

    /// The tables that no earlier run has begun with, as the source spells them.
    #[must_use]
    pub fn new_tables(&self) -> BTreeSet<String> {
        let new = self.plan.tables.iter().filter(|table| table.is_new());
        new.map(|table| table.plan.source.clone()).collect()
    }
}
