//! `explain`: a saved report as its command printed it.

use anyhow::Context as _;
use serde::Deserialize;

use super::failure::hinted;
use super::files;
use super::{Context, ExitStatus};
use crate::cli::ExplainArgs;
use crate::transcript::Line;

/// What every kind of report has in common.
#[derive(Debug, Deserialize)]
struct SavedTranscript {
    version: u64,
    transcript: Option<Vec<Line>>,
}

/// The newest version of reports that is understood.
const VERSION: u64 = 1;

pub(super) fn run(args: &ExplainArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let lines = read(&files::read(&args.report)?)
        .with_context(|| format!("cannot explain `{}`", args.report.display()))?;
    context.ui.reprint(&lines)?;
    Ok(ExitStatus::Success)
}

fn read(text: &str) -> anyhow::Result<Vec<Line>> {
    let hint = "save a report with `migration-assist mysql --format json > mysql.json`, or with \
                `migration-assist mysql --schema-report schema.json`";
    let read: Result<SavedTranscript, _> =
        serde_json::from_str(text.trim_start_matches('\u{feff}'));
    let saved = read.map_err(|error| {
        anyhow::Error::new(error).context(hinted("not a report of this program", hint))
    })?;
    if saved.version > VERSION {
        let message = format!("written by a newer release: version {}", saved.version);
        return Err(hinted(message, "use the release that wrote it, or a newer one").into());
    }
    saved.transcript.ok_or_else(|| {
        hinted("the report was written by a release that kept no transcript", hint).into()
    })
}
