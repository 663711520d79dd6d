//! `man`: writes the manual's pages into a folder.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::files::{self, Content, Replace};
use super::{Context, ExitStatus};
use crate::cli;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ManualReport {
    files: Vec<String>,
}

pub(super) fn run(directory: &Path, context: Context) -> anyhow::Result<ExitStatus> {
    files::create_folder(directory, 0o777)?;
    let mut report = ManualReport { files: Vec::new() };
    for page in cli::manual() {
        let path = directory.join(&page.file_name);
        files::write(&path, &page.text, Content::ManualPage, Replace::Ask, context)?;
        report.files.push(page.file_name);
    }
    context.ui.good(format!("pages in `{}`: {}", directory.display(), report.files.len()));
    context.json("man", &report, Vec::new())?;
    Ok(ExitStatus::Success)
}
