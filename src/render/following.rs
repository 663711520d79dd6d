//! Following the source's binary log, and proving rows meanwhile, as text.

use std::collections::BTreeSet;

use super::compared::extent;
use crate::figures::grouped;
use crate::follow::{FollowReport, FollowStatus, Outcome, ReadAgain, Refusal};
use crate::transcript::Line;
use crate::workspace::{FollowStop, LiveOutcome, LiveProof, LiveReport};

impl FollowReport {
    /// What was applied, and how following ended.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let counts = self.applied;
        let mut lines = vec![Line::text(format!(
            "applied in {:.1} s: {} transactions, {} changes, {} rows written or deleted",
            self.seconds, counts.transactions, counts.changes, counts.net_changes
        ))];
        if !self.built.is_empty() {
            let built = self.built.join(", ");
            lines.push(Line::text(format!("indexes and constraints built: {built}")));
        }
        lines.extend(self.rejected.iter().map(|(table, rows)| {
            Line::warning(format!(
                "rows of table `{table}` that do not fit and are absent from the target: {rows}"
            ))
        }));
        match &self.outcome {
            Outcome::CaughtUp => lines.push(Line::ok(format!("caught up at {}", self.position))),
            Outcome::HandedOver => lines.push(handed_over(&self.position)),
            Outcome::Stopped { reason, hint } => lines.extend(stopped(reason, hint)),
        }
        lines
    }
}

fn handed_over(position: &str) -> Line {
    Line::ok(format!("another command takes over at {position}"))
}

fn stopped(reason: &str, hint: &str) -> [Line; 2] {
    [Line::warning(format!("stopped: {reason}")), Line::hint(hint)]
}

impl ReadAgain {
    /// What was read again, if anything was.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let whole = |(table, rows)| Line::text(format!("copied whole: {table} ({rows} rows)"));
        let mut lines: Vec<Line> = self.tables.iter().map(whole).collect();
        if self.rows > 0 {
            lines.push(Line::text(format!("rows read again: {}", self.rows)));
        }
        lines
    }
}

impl FollowStatus {
    /// The state in one line.
    #[must_use]
    pub fn line(&self) -> Line {
        if let Some(reason) = &self.waiting_for {
            return Line::warning(format!("waiting to connect again: {reason}"));
        }
        let bytes = match self.lag.bytes {
            Some(bytes) => format!("{} KiB", bytes.div_ceil(1024)),
            None => "an unknown number of bytes".to_owned(),
        };
        Line::text(format!(
            "behind {} s, {bytes}; {} changes/s; applied up to {}",
            self.lag.seconds, self.changes_per_second, self.position
        ))
    }
}

/// Why the source cannot be followed.
pub(crate) fn refusal_lines(refusals: &[Refusal]) -> Vec<Line> {
    let refusal = |it| Line::warning(format!("cannot follow the source: {it}"));
    let hints: BTreeSet<_> = refusals.iter().map(Refusal::hint).collect();
    refusals.iter().map(refusal).chain(hints.into_iter().map(Line::hint)).collect()
}

impl FollowStop {
    /// Why following cannot continue.
    pub(crate) fn lines(&self) -> Vec<Line> {
        match self {
            Self::Refused(refusals) => refusal_lines(refusals),
            Self::Stopped { reason, hint } => stopped(reason, hint).into(),
        }
    }
}

impl LiveProof<'_> {
    /// That all rows were equal, and the command that switches.
    pub(crate) fn lines(&self, switch: &str) -> Vec<Line> {
        let Self { report, position, touched } = self;
        let extent = extent(report.rows(), report.tables.len() as u64);
        let touched = grouped(*touched);
        vec![
            Line::ok(format!(
                "all {extent} were equal at {position}; rows changed since: {touched}"
            )),
            Line::text("following continues until the switch"),
            Line::hint(format!("to switch, run in another terminal: `{switch}`")),
        ]
    }
}

impl LiveOutcome {
    /// How proving and following ended.
    pub(crate) fn lines(&self, report: Option<&LiveReport>) -> Vec<Line> {
        match self {
            Self::HandedOver(position) => vec![handed_over(position)],
            Self::HandedOverEarly => handed_over_early(),
            Self::Different(position) => {
                let proof = report.and_then(|it| it.proof.as_ref());
                let differences = proof.map_or(0, |proof| proof.difference_count);
                vec![
                    Line::warning(format!(
                        "not all rows are proven equal at {position}: rows that differ: {differences}"
                    )),
                    Line::hint("copy again: `migration-assist migrate --live --restart`"),
                ]
            }
            Self::Stopped(stop) => stop.lines(),
        }
    }
}

/// That another command takes over before there is a proof.
fn handed_over_early() -> Vec<Line> {
    vec![
        Line::warning("another command takes over before all rows were compared"),
        Line::hint("run this command again for a proof"),
    ]
}

/// That a table is not followed.
pub(crate) fn unknown_table_lines(table: &str) -> [Line; 2] {
    [
        Line::warning(format!("table `{table}` appeared in the source and is not followed")),
        Line::hint("copy again before the switch: `migration-assist copy --live --restart`"),
    ]
}

/// That the source is about to remove a file of its log, which is not applied yet.
pub(crate) fn ending_log_lines(file: &str, statement: &str) -> [Line; 2] {
    [
        Line::warning(format!("the source is about to remove `{file}`, which is not applied yet")),
        Line::hint(format!("keep binary logs for longer on the source: `{statement}`")),
    ]
}

#[cfg(test)]
mod tests {
    use super::{ending_log_lines, handed_over_early, unknown_table_lines};
    use crate::follow::{FollowReport, FollowStatus, Lag, Outcome, ReadAgain};
    use crate::ledger::FollowingCounts;
    use crate::transcript::testing::printed;
    use crate::workspace::{FollowStop, LiveOutcome};

    fn report(outcome: Outcome) -> FollowReport {
        FollowReport {
            outcome,
            position: "bin.000007:4".to_owned(),
            applied: FollowingCounts { transactions: 3, changes: 5, net_changes: 4 },
            rejected: [("posts".to_owned(), 2)].into(),
            unknown_tables: Vec::new(),
            built: vec!["users_username_key".to_owned()],
            seconds: 1.25,
        }
    }

    #[test]
    fn following_reports_what_it_applied_and_how_it_ended() {
        insta::assert_snapshot!(printed(&report(Outcome::CaughtUp).lines()), @r"
        Text: applied in 1.2 s: 3 transactions, 5 changes, 4 rows written or deleted
        Text: indexes and constraints built: users_username_key
        Warning: rows of table `posts` that do not fit and are absent from the target: 2
        Ok: caught up at bin.000007:4
        ");
        let stopped =
            Outcome::Stopped { reason: "a row".to_owned(), hint: "copy again".to_owned() };
        let ends = [Outcome::HandedOver, stopped].map(|it| report(it).lines().split_off(3));
        insta::assert_snapshot!(printed(&ends.concat()), @r"
        Ok: another command takes over at bin.000007:4
        Warning: stopped: a row
        Hint: copy again
        ");
        let read = ReadAgain { rows: 7, tables: [("status".to_owned(), 9)].into() };
        insta::assert_snapshot!(printed(&read.lines()), @r"
        Text: copied whole: status (9 rows)
        Text: rows read again: 7
        ");
    }

    #[test]
    fn the_state_is_one_line() {
        let mut status = FollowStatus {
            position: "bin.000007:4".to_owned(),
            lag: Lag { bytes: Some(1025), seconds: 2 },
            applied: FollowingCounts::default(),
            changes_per_second: 40,
            waiting_for: None,
        };
        let mut lines = vec![status.line()];
        status.lag.bytes = None;
        lines.push(status.line());
        status.waiting_for = Some("connection refused".to_owned());
        lines.push(status.line());
        insta::assert_snapshot!(printed(&lines), @r"
        Text: behind 2 s, 2 KiB; 40 changes/s; applied up to bin.000007:4
        Text: behind 2 s, an unknown number of bytes; 40 changes/s; applied up to bin.000007:4
        Warning: waiting to connect again: connection refused
        ");
    }

    #[test]
    fn what_is_in_the_way_comes_with_the_next_step() {
        let statement = "SET GLOBAL expire_logs_days = 30;";
        let (table, log) =
            (unknown_table_lines("plugin"), ending_log_lines("bin.000003", statement));
        insta::assert_snapshot!(printed(&[table, log].concat()), @r"
        Warning: table `plugin` appeared in the source and is not followed
        Hint: copy again before the switch: `migration-assist copy --live --restart`
        Warning: the source is about to remove `bin.000003`, which is not applied yet
        Hint: keep binary logs for longer on the source: `SET GLOBAL expire_logs_days = 30;`
        ");
        let stop =
            FollowStop::Stopped { reason: "a row".to_owned(), hint: "copy again".to_owned() };
        let outcomes = [
            LiveOutcome::HandedOver("bin.000007:4".to_owned()),
            LiveOutcome::HandedOverEarly,
            LiveOutcome::Different("bin.000007:4".parse().expect("a position")),
            LiveOutcome::Stopped(stop),
        ];
        let lines = outcomes.map(|it| it.lines(None)).concat();
        insta::assert_snapshot!(printed(&lines), @r"
        Ok: another command takes over at bin.000007:4
        Warning: another command takes over before all rows were compared
        Hint: run this command again for a proof
        Warning: not all rows are proven equal at bin.000007:4: rows that differ: 0
        Hint: copy again: `migration-assist migrate --live --restart`
        Warning: stopped: a row
        Hint: copy again
        ");
        assert_eq!(lines[1..3], handed_over_early());
    }
}
