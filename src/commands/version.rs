//! `version`: what this binary is, and what it knows.

use serde::Serialize;

use super::{Context, ExitStatus};
use crate::cli::Format;
use crate::release;

#[derive(Debug, Serialize)]
struct VersionReport {
    version: &'static str,
    commit: Option<&'static str>,
    target: &'static str,
    newest_mattermost: String,
}

pub(super) fn run(context: Context) -> anyhow::Result<ExitStatus> {
    let report = VersionReport {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("MIGRATION_ASSIST_COMMIT"),
        target: env!("MIGRATION_ASSIST_TARGET"),
        newest_mattermost: release::newest().to_string(),
    };
    match context.format {
        Format::Json => context.json("version", &report)?,
        Format::Text => context.ui.data(&format!(
            "migration-assist {}\ncommit: {}\ntarget: {}\nnewest Mattermost release known: {}\n",
            report.version,
            report.commit.unwrap_or("unknown"),
            report.target,
            report.newest_mattermost,
        ))?,
    }
    Ok(ExitStatus::Success)
}
