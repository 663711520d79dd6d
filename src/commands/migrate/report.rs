//! What `migrate` reports: the outcome of each phase, and how long it took.

use std::path::PathBuf;
use std::time::Instant;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{CheckReport, Step};
use crate::copy::{CopyReport, EarlierCopy, TargetLoss};
use crate::indexes::{BuildReport, RefreshReport};
use crate::migrations::RunReport;
use crate::ui::Ui;
use crate::verify::VerifyReport;
use crate::workspace::{ChannelOrder, LiveReport, TextSearchReport};

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(default)]
pub(in crate::commands) struct MigrateReport {
    pub(super) checks: Option<CheckReport>,
    /// How the target would list the source's channels, if it sorts by code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel_order: Option<ChannelOrder>,
    pub(super) schema: Option<RunReport>,
    pub(super) copy: Option<CopyReport>,
    /// An earlier copy whose rows are in the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) earlier: Option<EarlierCopy>,
    /// Rows that would have been deleted from the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) would_delete: Option<TargetLoss>,
    /// The file with the originals of changed values.
    pub(super) quarantine: Option<PathBuf>,
    pub(super) indexes: Option<BuildReport>,
    pub(super) refresh: Option<RefreshReport>,
    pub(super) text_search: Option<TextSearchReport>,
    pub(super) verify: Option<VerifyReport>,
    /// The proof of a source that is being written, and following it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) live: Option<LiveReport>,
    /// The commands of which one leads on.
    #[serde(skip)]
    pub(super) next: Vec<Step>,
    /// How long each phase took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) phases: Vec<PhaseTime>,
    /// When the phase under way began.
    #[serde(skip)]
    pub(super) phase_began: Option<Instant>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PhaseTime {
    pub(super) phase: &'static str,
    pub(super) seconds: f64,
}

impl MigrateReport {
    /// Ends a phase; the next one begins.
    pub(super) fn end_phase(&mut self, phase: &'static str, ui: Ui) {
        let now = Instant::now();
        let began = self.phase_began.replace(now).unwrap_or(now);
        let seconds = (now - began).as_secs_f64();
        ui.say(format!("{phase}: done in {seconds:.1} s"));
        self.phases.push(PhaseTime { phase, seconds });
    }
}
