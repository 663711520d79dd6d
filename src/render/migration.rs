//! A whole migration as text.

use std::collections::BTreeMap;

use super::built_indexes::built_lines;
use super::compared::{extent, left_out, proven};
use super::target::migration_lines;
use super::text_search::created_line;
use crate::convert::Transform;
use crate::copy::{CopyReport, EarlierCopy};
use crate::figures::{grouped, human_bytes};
use crate::ledger;
use crate::mattermost::Product;
use crate::transcript::Line;
use crate::workspace::{Lack, MigrationEvent, MigrationPhase, MigrationReport, OpenedWorkspace};

impl MigrationPhase {
    /// Its heading; a source that is being written is followed meanwhile.
    pub(crate) fn title(self, is_live: bool) -> &'static str {
        match (self, is_live) {
            (Self::Check, _) => "1. Check of the source",
            (Self::Schema, _) => "2. Schema",
            (Self::Rows, _) => "3. Rows",
            (Self::Indexes, false) => "4. Indexes, materialized views, statistics",
            (Self::Indexes, true) => {
                "4. Changes since the copy, indexes, materialized views, statistics"
            }
            (Self::Proof, false) => "5. Proof: comparison of all rows",
            (Self::Proof, true) => {
                "5. Proof: comparison of all rows while Mattermost keeps writing"
            }
        }
    }
}

impl MigrationEvent<'_> {
    /// What was found or done.
    pub(crate) fn lines(&self) -> Vec<Line> {
        match self {
            Self::Opened(opened, chosen) => opened.lines(chosen),
            Self::TargetChecked(target, checks) => target.lines(*checks),
            Self::ChannelsOrdered(order) => order.lines(),
            Self::TextSearchObstructed(obstacle) => obstacle.lines(),
            Self::SessionsLimited(limits) => limits.lines(),
            Self::TextSearchCreated(name) => vec![created_line(name)],
            Self::SchemaBuilt(built, schema) => migration_lines(built, schema),
            Self::ProductsKnown(models) => {
                [models.unknown_table_lines(), models.unknown_version_lines()].concat()
            }
            Self::CopiedBefore(earlier) => earlier.lines(),
            Self::CopyPlanned(planned) => planned.lines(),
            Self::Copied(copied, work) => copied.lines(*work),
            Self::IndexesBuilt(built, refreshed) => built_lines(built, refreshed),
            Self::SearchesSet(searches) => searches.lines(),
            Self::Compared(report) => report.lines_without_verdict(),
            Self::PhaseEnded { phase, seconds } => {
                vec![Line::text(format!("{phase}: done in {seconds:.1} s"))]
            }
        }
    }
}

impl OpenedWorkspace {
    /// Which of the chosen products the source lacks, and why the zones of an earlier copy are unknown.
    pub(crate) fn lines(&self, chosen: &[Product]) -> Vec<Line> {
        let mut lines = self.models.absent_product_lines(chosen);
        lines.extend(self.unreadable_zones.as_ref().map(unreadable_zones));
        lines
    }
}

fn unreadable_zones(error: &ledger::Error) -> Line {
    Line::warning(format!(
        "cannot read the time zones that the copy used from the target's schema `migration_assist`: {error}"
    ))
}

impl EarlierCopy {
    /// When the rows that are there were copied, and whether they are those of the source.
    fn lines(&self) -> Vec<Line> {
        let copied = format!(
            "the target has the rows of a copy that was started at {} and finished at {} (UTC)",
            self.started_at, self.finished_at
        );
        let change = match self.source_changed {
            Some(true) => Line::warning("the source has changed since that copy"),
            Some(false) => Line::text("the source has not changed since that copy"),
            None => {
                Line::text("cannot determine whether the source has changed since; the proof will")
            }
        };
        vec![Line::text(copied), change]
    }
}

impl MigrationReport {
    /// The time of each phase and of all, the rows and their rate, and the file with the originals.
    pub(crate) fn closing_lines(&self) -> Vec<Line> {
        let seconds: f64 = self.phases.iter().map(|it| it.seconds).sum();
        let phases: Vec<String> =
            self.phases.iter().map(|it| format!("{} {:.1} s", it.phase, it.seconds)).collect();
        let total = format!("\ntotal: {seconds:.1} s ({})", phases.join(", "));
        let mut lines = vec![Line::text(total)];
        lines.extend(self.copy.as_ref().map(rate_line));
        lines.extend(
            self.quarantine
                .as_ref()
                .map(|path| Line::text(format!("originals of changed values: {}", path.display()))),
        );
        lines
    }

    /// That the target is proven equal, or why not; what is proven is named, if it is less than the whole source.
    pub(crate) fn verdict(&self) -> Line {
        let (Some(copy), Some(proof)) = (&self.copy, &self.verify) else {
            unreachable!("all phases of a complete migration leave their reports");
        };
        let lacks: Vec<String> = self.lacks().iter().map(Lack::describe).collect();
        if !lacks.is_empty() {
            return Line::warning(format!("the target is not proven equal: {}", lacks.join("; ")));
        }
        let (changes, quarantine) = (self.changes(copy), self.quarantine.as_deref());
        Line::ok(if proof.proof {
            format!("{}; {changes}", proven(proof, quarantine))
        } else {
            let left_out = left_out(proof, quarantine);
            let extent = extent(proof.rows(), proof.tables.len() as u64);
            format!(
                "all compared rows are equal{left_out}: {extent}; {changes}; tables were left out as asked \
                 for, so this is no proof of the whole"
            )
        })
    }

    /// The transforms, and the file with the originals.
    fn changes(&self, copy: &CopyReport) -> String {
        let mut by_transform: BTreeMap<&str, u64> = BTreeMap::new();
        for (transform, count) in copy.total.changes.values().flatten() {
            *by_transform.entry(transform).or_default() += count;
        }
        if by_transform.is_empty() {
            return "no value was changed".to_owned();
        }
        let described = |id: &str| {
            let known = Transform::ALL.iter().find(|it| it.id() == id);
            known.map_or_else(|| id.to_owned(), |it| it.description().to_owned())
        };
        let listed: Vec<_> = by_transform
            .iter()
            .map(|(transform, count)| format!("{}: {}", described(transform), grouped(*count)))
            .collect();
        let kept = self.quarantine.as_ref();
        let kept = kept.map(|path| format!("; the originals are in `{}`", path.display()));
        format!("values changed while copying: {}{}", listed.join(", "), kept.unwrap_or_default())
    }
}

/// How many rows were copied, and how fast.
fn rate_line(copy: &CopyReport) -> Line {
    let (rows, bytes) = (copy.total.rows_written, copy.total.bytes);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rate = (rows as f64 / copy.seconds.max(0.001)) as u64;
    let (rows, size, rate) = (grouped(rows), human_bytes(bytes), grouped(rate));
    Line::text(if copy.is_resumed() {
        format!("copied, with earlier runs: {rows} rows ({size})")
    } else {
        format!("copied: {rows} rows ({size}), {rate} rows/s")
    })
}

impl Lack<'_> {
    fn describe(&self) -> String {
        match self {
            Self::Different { rows } => format!("rows that differ: {}", grouped(*rows)),
            Self::Quarantined { rows } => format!("rows in the quarantine: {}", grouped(*rows)),
            Self::NotCompared { places } => {
                format!("{places} tables or columns were not compared")
            }
            Self::SourceChanged => "the source changed while it was read".to_owned(),
            Self::IndexNotBuilt { index } => format!("the index `{index}` was not built"),
            Self::ViewNotRefreshed { view } => {
                format!("the materialized view `{view}` was not refreshed")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compared::testing::compared;
    use super::super::copied::testing::copied;
    use crate::indexes::{BuildReport, FailedIndex};
    use crate::transcript::testing::printed;
    use crate::workspace::{MigrationPhase, MigrationReport};

    fn complete() -> MigrationReport {
        MigrationReport { copy: Some(copied()), verify: Some(compared()), ..Default::default() }
    }

    #[test]
    fn each_end_of_a_migration_is_named() {
        let equal = complete();
        let altered = MigrationReport { quarantine: Some("quarantine.jsonl".into()), ..complete() };
        let mut partial = complete();
        partial.verify.as_mut().expect("a proof").proof = false;
        let mut different = complete();
        different.copy.as_mut().expect("a copy").total.rows_quarantined = 1200;
        different.verify.as_mut().expect("a proof").difference_count = 3;
        let reason = "the text is too long".to_owned();
        let (index, table) = ("idx_posts_message_txt".to_owned(), "posts".to_owned());
        let failed = vec![FailedIndex { index, table, reason, oversized: None }];
        let other_configuration = Vec::new();
        let (present, built) = (0, Vec::new());
        different.indexes = Some(BuildReport { present, built, failed, other_configuration });
        let verdicts = [equal, altered, partial, different].map(|report| report.verdict());
        insta::assert_snapshot!(printed(&verdicts), @r"
        Ok: the target is proven equal: 1,234,567 rows of 1 table; values changed while copying: shorten: 7
        Ok: the target is proven equal: 1,234,567 rows of 1 table; values changed while copying: shorten: 7; the originals are in `quarantine.jsonl`
        Ok: all compared rows are equal: 1,234,567 rows of 1 table; values changed while copying: shorten: 7; tables were left out as asked for, so this is no proof of the whole
        Warning: the target is not proven equal: rows that differ: 3; rows in the quarantine: 1,200; the index `idx_posts_message_txt` was not built
        ");
    }

    #[test]
    fn the_end_has_the_figures_of_all_phases() {
        let mut report = complete();
        for phase in ["check", "copy"] {
            report.end_phase(phase);
        }
        report.phases.iter_mut().for_each(|it| it.seconds = 1.25);
        insta::assert_snapshot!(printed(&report.closing_lines()), @r"
        Text: 
        total: 2.5 s (check 1.2 s, copy 1.2 s)
        Text: copied: 2,000 rows (4.8 MiB), 2,500 rows/s
        ");
    }

    #[test]
    fn a_source_that_is_written_has_other_headings() {
        let phases = [MigrationPhase::Rows, MigrationPhase::Indexes, MigrationPhase::Proof];
        let differs = phases.map(|phase| phase.title(true) != phase.title(false));
        assert_eq!(differs, [false, true, true]);
    }
}
