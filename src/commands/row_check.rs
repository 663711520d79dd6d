//! Rows that do not fit, which `copy` finds before the first row is copied, or on the way.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::origin::Origin;
use super::{Context, decisions, mysql};
use crate::check::policy::Decisions;
use crate::check::{
    CheckOptions, Finding, Severity, Step, check_references, check_rows, next_steps,
};
use crate::copy::{CopyReport, Error, PlannedCopy, SharedQuarantine};
use crate::mysql::{Access, Connection, Dsn};
use crate::progress::Progress;
use crate::schema::Catalog;
use crate::workspace::SourceModels;

/// What is known about the rows before a copy.
pub(super) enum Before {
    /// They fit, or the user does not want to know.
    Fits,
    /// These do not.
    Found(Vec<Finding>),
    /// Those of this server, with this catalog, are not read yet.
    Unread(Box<(Dsn, Catalog)>),
}

/// The check of the rows of a copy, which changes nothing if one does not fit.
///
/// A server's rows are read once, by the copy. Only if one does not fit are the tables emptied again and all rows
/// read to find the others. If the copy deletes rows of the target, all rows are read before it.
pub(super) struct RowCheck<'a> {
    pub(super) knowledge: &'a SourceModels,
    /// The tables that no earlier run has started, as the source spells them.
    pub(super) tables: &'a BTreeSet<String>,
    pub(super) decided: &'a Decisions,
    pub(super) context: Context,
}

impl RowCheck<'_> {
    /// Finds what can be found before the copy without reading all rows of a server, or everything if the copy
    /// deletes rows.
    pub(super) async fn before(
        &self,
        origin: Origin,
        planned: &PlannedCopy,
        progress: &dyn Progress,
    ) -> anyhow::Result<Before> {
        let products = self.knowledge.products();
        let models = self.knowledge.models(&products);
        let options = CheckOptions::default();
        let found = match origin {
            Origin::Dump(surveyed) => {
                let found = surveyed.source.row_obstacles(&models, self.tables, options);
                self.undecided(found)
            }
            Origin::Server(dsn, mut found) => {
                let (session, catalog) = found.session_and_catalog();
                let references =
                    check_references(session, catalog, &models, self.tables, options).await?;
                let catalog = found.into_catalog();
                if self.undecided(references).is_empty() && !planned.deletes_rows() {
                    return Ok(Before::Unread(Box::new((dsn, catalog))));
                }
                self.context.ui.say("checking the rows before copying (skip with `--no-check`)");
                self.read_rows(&dsn, &catalog, progress).await?
            }
        };
        Ok(if found.is_empty() { Before::Fits } else { Before::Found(found) })
    }

    /// Copies, or returns what does not fit. It is called with what [`Before::Unread`] has.
    pub(super) async fn copy(
        &self,
        (dsn, catalog): &(Dsn, Catalog),
        planned: PlannedCopy,
        quarantine: &SharedQuarantine,
        progress: Arc<dyn Progress>,
    ) -> anyhow::Result<Result<CopyReport, Vec<Finding>>> {
        let copied = planned.or_undone().run(Arc::clone(quarantine), Arc::clone(&progress)).await;
        let error = match copied {
            Err(error @ Error::Row { .. }) => error,
            copied => return Ok(Ok(copied?)),
        };
        self.context.ui.say("a row does not fit: reading all rows to find the others");
        let found = self.read_rows(dsn, catalog, &*progress).await?;
        // What the check does not know, such as a trigger of the target, is an error.
        if found.is_empty() { Err(error.into()) } else { Ok(Err(found)) }
    }

    /// Reads all rows to find those that do not fit.
    async fn read_rows(
        &self,
        dsn: &Dsn,
        catalog: &Catalog,
        progress: &dyn Progress,
    ) -> anyhow::Result<Vec<Finding>> {
        let products = self.knowledge.products();
        let models = self.knowledge.models(&products);
        let session = Connection::connect(dsn, Access::ReadOnly).await?;
        let mut sessions = mysql::sessions(session, dsn).await?;
        let options = CheckOptions::default();
        let found = check_rows(&mut sessions, catalog, &models, self.tables, options, progress);
        Ok(self.undecided(found.await?))
    }

    /// The findings about which nothing is decided.
    fn undecided(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        self.decided.settle(&mut findings);
        findings.retain(|finding| finding.severity == Severity::Blocks);
        findings
    }
}

/// The findings about rows.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RowFindings<'a> {
    findings: &'a [Finding],
}

/// Prints which rows do not fit, and what leads on.
pub(super) fn refuse_rows(
    findings: &[Finding],
    decided: &Decisions,
    dump: Option<&Path>,
    context: Context,
) -> anyhow::Result<()> {
    let ui = context.ui;
    for finding in findings {
        ui.lines(&[finding.line()]);
    }
    ui.warn("nothing was copied");
    let dump = dump.map(Path::to_string_lossy);
    let next = next_steps(findings, decided, dump.as_deref());
    let next: Vec<Step> = next.into_iter().map(Step::by_copy).collect();
    decisions::offer(&next, ui);
    ui.hint("or run again with `--on-error quarantine` to quarantine such rows, without a proof");
    context.json("copy", &RowFindings { findings }, next)?;
    Ok(())
}
