//! `version`: the version of this binary, and the newest release it supports.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus};
use crate::release;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct VersionReport {
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
    context.data(&format!(
        "migration-assist {}\ncommit: {}\ntarget: {}\nnewest Mattermost release known: {}\n",
        report.version,
        report.commit.unwrap_or("unknown"),
        report.target,
        report.newest_mattermost,
    ))?;
    context.json("version", &report, Vec::new())?;
    Ok(ExitStatus::Success)
}
