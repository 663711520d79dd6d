//! The phases of a command on a time line.

use super::saved::{SavedReport, at, list, seconds, text};

/// The names of the steps between which the source is read-only.
const FREEZES: [&str; 2] = ["freeze", "release"];

/// One phase: when it began after the first one, and how long it took, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PhaseView {
    pub(super) name: String,
    pub(super) start: f64,
    pub(super) seconds: f64,
    /// Whether the source becomes read-only, or writable, with it.
    pub(super) is_mark: bool,
}

/// The phases of one report, in their order; empty if it states no times.
pub(super) fn phases(report: &SavedReport) -> Vec<PhaseView> {
    let body = &report.body;
    let stated = list(body, "phases")
        .iter()
        .filter_map(|it| Some((text(it, "phase"), seconds(it, "seconds")?)));
    let mut phases: Vec<(&str, f64)> = stated.collect();
    if phases.is_empty() {
        let whole = seconds(body, "seconds").map(|it| (report.command.as_str(), it));
        let parts = ["copy", "verify"]
            .iter()
            .filter_map(|it| Some((*it, seconds(at(body, &[it]), "seconds")?)));
        phases = whole.into_iter().chain(parts).collect();
    }
    let mut start = 0.0;
    let mut views = Vec::new();
    for (name, seconds) in
        phases.into_iter().filter(|(_, seconds)| seconds.is_finite() && *seconds >= 0.0)
    {
        let is_mark = FREEZES.contains(&name);
        views.push(PhaseView { name: name.to_owned(), start, seconds, is_mark });
        start += seconds;
    }
    views
}

/// The steps of all cutovers, in the order in which their reports are given: freeze, switch and release.
pub(super) fn cutover_steps<'r>(reports: impl Iterator<Item = &'r SavedReport>) -> Vec<PhaseView> {
    let mut steps: Vec<PhaseView> = Vec::new();
    for body in reports.filter(|it| it.command == "cutover").map(|it| &it.body) {
        let name = if text(body, "state") == "done" {
            FREEZES[0]
        } else if text(body, "outcome") == "done" {
            "switch"
        } else if text(at(body, &["source"]), "state") == "released" {
            FREEZES[1]
        } else {
            continue;
        };
        let start = steps.last().map_or(0.0, |it| it.start + it.seconds);
        let seconds = seconds(body, "seconds").filter(|it| it.is_finite() && *it >= 0.0);
        let (name, is_mark) = (name.to_owned(), FREEZES.contains(&name));
        steps.push(PhaseView { name, start, seconds: seconds.unwrap_or_default(), is_mark });
    }
    steps
}
