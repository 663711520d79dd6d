//! What a migration reports: the outcome of each phase, and how long it took.

use std::path::PathBuf;
use std::time::Instant;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::CheckReport;
use crate::check::policy::Decisions;
use crate::copy::{CopyReport, EarlierCopy, TargetLoss};
use crate::indexes::{BuildReport, RefreshReport};
use crate::migrations::RunReport;
use crate::verify::{SourceChange, VerifyReport};
use crate::workspace::{ChannelOrder, LiveReport, TextSearchReport};

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MigrationReport {
    pub(crate) checks: Option<CheckReport>,
    /// How the target would list the source's channels, if it sorts by code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel_order: Option<ChannelOrder>,
    pub(crate) schema: Option<RunReport>,
    pub(crate) copy: Option<CopyReport>,
    /// An earlier copy whose rows are in the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<EarlierCopy>,
    /// Rows that would have been deleted from the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) would_delete: Option<TargetLoss>,
    /// The file with the originals of changed values.
    pub(crate) quarantine: Option<PathBuf>,
    pub(crate) indexes: Option<BuildReport>,
    pub(crate) refresh: Option<RefreshReport>,
    pub(crate) text_search: Option<TextSearchReport>,
    pub(crate) verify: Option<VerifyReport>,
    /// The proof of a source that is being written, and following it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<LiveReport>,
    /// The decisions by which rows are copied and compared.
    #[serde(skip)]
    pub(crate) decisions: Decisions,
    /// How long each phase took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) phases: Vec<PhaseTime>,
    /// When the phase under way began.
    #[serde(skip)]
    pub(crate) phase_began: Option<Instant>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PhaseTime {
    pub(crate) phase: &'static str,
    pub(crate) seconds: f64,
}

impl MigrationReport {
    /// Ends a phase, and returns how long it took; the next one begins.
    pub(crate) fn end_phase(&mut self, phase: &'static str) -> f64 {
        let now = Instant::now();
        let began = self.phase_began.replace(now).unwrap_or(now);
        let seconds = (now - began).as_secs_f64();
        self.phases.push(PhaseTime { phase, seconds });
        seconds
    }

    /// Why the target is not proven equal after all phases; nothing, if it is.
    pub(crate) fn lacks(&self) -> Vec<Lack<'_>> {
        let mut lacks = Vec::new();
        let proof = self.verify.as_ref();
        let different = proof.map_or(0, |it| it.difference_count);
        if different > 0 {
            lacks.push(Lack::Different { rows: different });
        }
        let quarantined = self.copy.as_ref().map_or(0, |it| it.total.rows_quarantined);
        if quarantined > 0 {
            lacks.push(Lack::Quarantined { rows: quarantined });
        }
        let places =
            proof.map_or(0, |it| it.not_compared.iter().filter(|it| it.breaks_proof).count());
        if places > 0 {
            lacks.push(Lack::NotCompared { places });
        }
        let has_changed = |it: &VerifyReport| {
            it.tables.iter().any(|table| table.unsettled) || it.source_changed == SourceChange::Yes
        };
        if proof.is_some_and(has_changed) {
            lacks.push(Lack::SourceChanged);
        }
        let indexes = self.indexes.iter().flat_map(|built| &built.failed);
        lacks.extend(indexes.map(|it| Lack::IndexNotBuilt { index: &it.index }));
        let views = self.refresh.iter().flat_map(|refreshed| &refreshed.failed);
        lacks.extend(views.map(|(view, _)| Lack::ViewNotRefreshed { view }));
        lacks
    }
}

/// What a target lacks of being proven equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack<'a> {
    /// So many rows differ.
    Different {
        rows: u64,
    },
    /// So many rows are in the quarantine.
    Quarantined {
        rows: u64,
    },
    /// So many tables or columns were not compared.
    NotCompared {
        places: usize,
    },
    /// The source changed while it was read.
    SourceChanged,
    IndexNotBuilt {
        index: &'a str,
    },
    ViewNotRefreshed {
        view: &'a str,
    },
}
