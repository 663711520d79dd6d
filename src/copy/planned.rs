//! A planned copy: both sides are open, the plan is made, and nothing has been changed.

use std::collections::BTreeSet;

use super::creation::create;
use super::loss::refuse_loss;
use super::plan::{Plan, Situation, plan};
use super::selection::Selection;
use super::survey::{survey, survey_target};
use super::{CopyOptions, Error, OnError};
use crate::postgres;
use crate::source::{Session, Source};

/// A copy that can start. It excludes other copies until it is dropped.
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
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct EarlierCopy {
    /// When it was started, in UTC, such as `2026-01-31 23:59`.
    pub started_at: String,
    /// When it was finished, in UTC.
    pub finished_at: String,
    /// Whether the source has changed since it was read; `None` if that is unknown.
    pub source_changed: Option<bool>,
}

/// What a run has to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyWork {
    /// Rows of some tables.
    Rows,
    /// Nothing: earlier runs have copied all rows.
    Nothing,
}

/// What happens to the tables that were created for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// They stay in the target.
    Tables,
    /// They are rolled back.
    Nothing,
}

/// Opens both sides and plans; refuses if there is an obstacle.
pub async fn open(
    source: impl Into<Source>,
    target: &postgres::Dsn,
    options: &CopyOptions,
) -> Result<PlannedCopy, Error> {
    let source = source.into();
    let mut reading = Session::open(&source).await?;
    let mut control = postgres::Connection::connect(target).await?;
    postgres::take_exclusive(&control, &options.schema).await?;
    let (situation, plan, _) =
        plan_in_transaction(&mut reading, &mut control, target, options, Keep::Nothing).await?;
    let (started, finished) = (situation.ledger.started_at, situation.ledger.finished_at);
    let earlier =
        started.zip(finished).filter(|_| !plan.replaces_all).map(|(started_at, finished_at)| {
            EarlierCopy { started_at, finished_at, source_changed: situation.source_changed }
        });
    let (target, options) = (target.clone(), options.clone());
    Ok(PlannedCopy { source, target, options, control, plan, earlier })
}

/// Creates the tables that the target lacks and plans with them, in one transaction, so that a refusal changes
/// nothing. Also returns the names of the tables.
pub(super) async fn plan_in_transaction(
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
        // `prepare` checks again, with the tables locked.
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

    /// What is still to be copied.
    #[must_use]
    pub fn work(&self) -> CopyWork {
        if self.plan.changes_rows() { CopyWork::Rows } else { CopyWork::Nothing }
    }

    /// The options of the copy.
    #[must_use]
    pub fn options(&self) -> &CopyOptions {
        &self.options
    }

    /// Whether tables are emptied that hold more than the rows that the migrations insert.
    #[must_use]
    pub fn deletes_rows(&self) -> bool {
        self.plan.tables.iter().any(|table| table.empty_first && !table.only_seeds)
    }

    /// The same copy, which empties the tables that it began if a row cannot be
    /// converted.
    #[must_use]
    pub fn or_undone(mut self) -> Self {
        if self.options.on_error == OnError::Stop {
            self.options.on_error = OnError::Undo;
        }
        self
    }

    /// The tables that no earlier run has started, as the source spells them.
    #[must_use]
    pub fn new_tables(&self) -> BTreeSet<String> {
        let new = self.plan.tables.iter().filter(|table| table.is_new());
        new.map(|table| table.plan.source.clone()).collect()
    }
}
