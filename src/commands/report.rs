//! `report`: one page from the JSON reports of other commands.

use anyhow::Context as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::files::{self, Content, Replace};
use super::{Context, ExitStatus};
use crate::cli::ReportArgs;
use crate::render::{SavedReport, page};

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PageReport {
    page: String,
    bytes: usize,
}

pub(super) fn run(args: &ReportArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let mut reports = Vec::new();
    for path in &args.reports {
        let text = files::read(path)?;
        match SavedReport::parse(&text) {
            Ok(report) => reports.push(report),
            Err(error) => {
                let hint = hinted(
                    error.to_string(),
                    "save a report with `migration-assist migrate --format json > migrate.json`",
                );
                return Err(hint).with_context(|| format!("cannot use `{}`", path.display()));
            }
        }
    }
    let page = page(&reports);
    files::write(&args.html, &page, Content::Page, Replace::from(args.force), context)?;
    context.ui.good(format!("`{}`: {} KB", args.html.display(), page.len().div_ceil(1000)));
    let report = PageReport { page: args.html.display().to_string(), bytes: page.len() };
    context.json("report", &report, Vec::new())?;
    Ok(ExitStatus::Success)
}
