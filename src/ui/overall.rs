//! Overall progress of several phases.

/// A phase.
#[derive(Debug, Clone, Copy)]
pub struct Phase {
    /// Its expected share of the whole, in any unit.
    pub weight: f64,
    /// The tasks that measure its progress, and the cost of a unit of each, in any unit.
    pub tasks: &'static [(&'static str, f64)],
}

impl Phase {
    /// A phase that is measured by one task.
    #[must_use]
    pub const fn of(weight: f64, task: &'static [(&'static str, f64); 1]) -> Self {
        Self { weight, tasks: task }
    }
}

/// The position in a sequence of phases.
#[derive(Debug)]
pub(super) struct OverallProgress {
    phases: &'static [Phase],
    current: usize,
    /// The units of each task of the current phase that are done, and all of them.
    known: Vec<(u64, u64)>,
}

impl OverallProgress {
    pub(super) fn new(phases: &'static [Phase]) -> Self {
        let mut progress = Self { phases, current: 0, known: Vec::new() };
        progress.enter(0);
        progress
    }

    /// Marks all phases before this one as complete.
    pub(super) fn enter(&mut self, phase: usize) {
        self.current = phase;
        self.known = vec![(0, 0); self.phases.get(phase).map_or(0, |phase| phase.tasks.len())];
    }

    /// Records how much of a task is done; tasks outside the phase are ignored.
    pub(super) fn note(&mut self, what: &str, done: u64, total: u64) {
        let tasks = self.phases[self.current].tasks.iter().zip(&mut self.known);
        for ((name, _), known) in tasks {
            if *name == what {
                *known = (done.min(total), total);
            }
        }
    }

    /// The share of the whole that is done, from 0 to 1.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn share(&self) -> f64 {
        let Some(phase) = self.phases.get(self.current) else { return 0.0 };
        let tasks = phase.tasks.iter().zip(&self.known);
        let (done, total) = tasks.fold((0.0, 0.0), |sum, ((_, cost), (done, total))| {
            (sum.0 + cost * *done as f64, sum.1 + cost * *total as f64)
        });
        let of_phase = if total > 0.0 { done / total } else { 0.0 };
        let before: f64 = self.phases[..self.current].iter().map(|phase| phase.weight).sum();
        let all: f64 = self.phases.iter().map(|phase| phase.weight).sum();
        if all > 0.0 { (before + phase.weight * of_phase) / all } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{OverallProgress, Phase};

    const PHASES: [Phase; 3] = [
        Phase { weight: 8.0, tasks: &[("rows", 2.0), ("indexes", 1.0)] },
        Phase { weight: 0.0, tasks: &[] },
        Phase::of(2.0, &[("rows", 1.0)]),
    ];

    #[test]
    fn tasks_count_by_their_cost_in_their_own_phase_only() {
        let mut journey = OverallProgress::new(&PHASES);
        let close = |share: f64, expected: f64| assert!((share - expected).abs() < 1e-9, "{share}");
        close(journey.share(), 0.0);
        journey.note("rows", 0, 100);
        journey.note("indexes", 0, 600);
        journey.note("rows", 100, 100);
        journey.note("something else", 1, 1);
        close(journey.share(), 0.2);
        journey.note("indexes", 300, 600);
        close(journey.share(), 0.5);
        journey.enter(2);
        close(journey.share(), 0.8);
        journey.note("rows", 12, 10);
        close(journey.share(), 1.0);
    }
}
