//! Rows that do not fit, which `copy` finds before the first row is copied, or on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::opened_source::open_sessions;
use super::{Error, OpenedSource, SourceModels};
use crate::check::policy::Decisions;
use crate::check::{CheckOptions, Finding, Severity, check_references, check_rows};
use crate::copy::{self, CopyReport, PlannedCopy, SharedQuarantine};
use crate::mysql::{Access, Connection, Dsn};
use crate::progress::Progress;
use crate::schema::Catalog;

/// What is known about the rows before a copy.
pub(crate) enum RowsBeforeCopy {
    /// They fit, or the user does not want to know.
    Fit,
    /// These do not.
    Unfit(Vec<Finding>),
    /// Those of this server are not read yet.
    Unread(Box<UnreadRows>),
}

/// A server whose rows are not read yet.
pub(crate) struct UnreadRows {
    dsn: Dsn,
    catalog: Catalog,
    /// Whether they have to be read before the copy, which otherwise reads them once.
    pub(crate) are_checked_first: bool,
}

/// The check of the rows of a copy, which changes nothing if one does not fit.
///
/// A server's rows are read once, by the copy. Only if one does not fit are the tables emptied again and all rows
/// read to find the others. If the copy deletes rows of the target, all rows are read before it.
pub(crate) struct RowCheck<'a> {
    pub(crate) models: &'a SourceModels,
    /// The tables that no earlier run has started, as the source spells them.
    pub(crate) tables: &'a BTreeSet<String>,
    pub(crate) decided: &'a Decisions,
}

impl RowCheck<'_> {
    /// Finds what can be found before the copy without reading all rows of a server.
    pub(crate) async fn before_copy(
        &self,
        source: OpenedSource,
        planned: &PlannedCopy,
    ) -> Result<RowsBeforeCopy, Error> {
        let products = self.models.products();
        let models = self.models.models(&products);
        let options = CheckOptions::default();
        match source {
            OpenedSource::Dump(dump) => {
                let found = dump.source.row_obstacles(&models, self.tables, options);
                Ok(self.rows_with(found))
            }
            OpenedSource::Server(dsn, mut server) => {
                let (session, catalog) = server.session_and_catalog();
                let references =
                    check_references(session, catalog, &models, self.tables, options).await?;
                let are_checked_first =
                    !self.undecided(references).is_empty() || planned.deletes_rows();
                let catalog = server.into_catalog();
                let unread = UnreadRows { dsn, catalog, are_checked_first };
                Ok(RowsBeforeCopy::Unread(Box::new(unread)))
            }
        }
    }

    /// Copies a server's rows while they are checked. If one does not fit, the tables are as before, and
    /// [`RowCheck::read_unfit`] finds the others.
    pub(crate) async fn copy(
        &self,
        planned: PlannedCopy,
        quarantine: &SharedQuarantine,
        progress: Arc<dyn Progress>,
    ) -> Result<Result<CopyReport, UnfitRow>, Error> {
        match planned.or_undone().run(Arc::clone(quarantine), progress).await {
            Err(error @ copy::Error::Row { .. }) => Ok(Err(UnfitRow(error))),
            copied => Ok(Ok(copied?)),
        }
    }

    /// Reads all rows of a server.
    pub(crate) async fn read(
        &self,
        unread: &UnreadRows,
        progress: &dyn Progress,
    ) -> Result<RowsBeforeCopy, Error> {
        Ok(self.rows_with(self.read_rows(unread, progress).await?))
    }

    /// Reads all rows after one did not fit. If the check finds none, as for a trigger of the target, the
    /// failure of that row is the error.
    pub(crate) async fn read_unfit(
        &self,
        unread: &UnreadRows,
        row: UnfitRow,
        progress: &dyn Progress,
    ) -> Result<Vec<Finding>, Error> {
        let found = self.undecided(self.read_rows(unread, progress).await?);
        if found.is_empty() { Err(row.0.into()) } else { Ok(found) }
    }

    async fn read_rows(
        &self,
        UnreadRows { dsn, catalog, .. }: &UnreadRows,
        progress: &dyn Progress,
    ) -> Result<Vec<Finding>, Error> {
        let products = self.models.products();
        let models = self.models.models(&products);
        let session = Connection::connect(dsn, Access::ReadOnly).await?;
        let mut sessions = open_sessions(session, dsn).await?;
        let options = CheckOptions::default();
        let found = check_rows(&mut sessions, catalog, &models, self.tables, options, progress);
        Ok(found.await?)
    }

    fn rows_with(&self, found: Vec<Finding>) -> RowsBeforeCopy {
        let found = self.undecided(found);
        if found.is_empty() { RowsBeforeCopy::Fit } else { RowsBeforeCopy::Unfit(found) }
    }

    /// The findings about which nothing is decided.
    fn undecided(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        self.decided.apply(&mut findings);
        findings.retain(|finding| finding.severity == Severity::Blocks);
        findings
    }
}

/// The first row that did not fit.
pub(crate) struct UnfitRow(copy::Error);
