//! Overall progress of several phases.

use std::time::Duration;

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

/// From which share of a phase on its own pace counts.
const ENOUGH: f64 = 0.01;

/// The position in a sequence of phases. Times are those since the first one, without waits.
#[derive(Debug)]
pub(super) struct OverallProgress {
    phases: &'static [Phase],
    current: usize,
    /// The units of each task of the current phase that are done, and all of them.
    known: Vec<(u64, u64)>,
    /// When the first task of the current phase began, and when something was noted last.
    began: Option<Duration>,
    noted: Duration,
    /// How many seconds the phases before took, and their weight. Each of them has another pace, the shortest most of
    /// all.
    before: (f64, f64),
}

impl OverallProgress {
    pub(super) fn new(phases: &'static [Phase]) -> Self {
        let (known, noted) = (Vec::new(), Duration::ZERO);
        let before = (0.0, 0.0);
        let mut progress = Self { phases, current: 0, known, began: None, noted, before };
        progress.enter(0);
        progress
    }

    /// Marks all phases before this one as complete.
    pub(super) fn enter(&mut self, phase: usize) {
        if let (Some(began), Some(current)) = (self.began.take(), self.phases.get(self.current)) {
            self.before.0 += self.noted.saturating_sub(began).as_secs_f64();
            self.before.1 += self.share_of_phase() * current.weight;
        }
        self.current = phase;
        self.known = vec![(0, 0); self.phases.get(phase).map_or(0, |phase| phase.tasks.len())];
    }

    /// Records how much of a task is done; tasks outside the phase are ignored.
    pub(super) fn note(&mut self, what: &str, done: u64, total: u64, now: Duration) {
        let tasks = self.phases[self.current].tasks.iter().zip(&mut self.known);
        for ((name, _), known) in tasks {
            if *name == what {
                *known = (done.min(total), total);
                self.began.get_or_insert(now);
                self.noted = now;
            }
        }
    }

    /// The share of the whole that is done, from 0 to 1.
    pub(super) fn share(&self) -> f64 {
        let Some(phase) = self.phases.get(self.current) else { return 0.0 };
        let before: f64 = self.phases[..self.current].iter().map(|phase| phase.weight).sum();
        let all: f64 = self.phases.iter().map(|phase| phase.weight).sum();
        if all > 0.0 { (before + phase.weight * self.share_of_phase()) / all } else { 0.0 }
    }

    /// The remaining time, by the pace of the current phase, or at its beginning by that of the phases
    /// before; `None` if too little is done to estimate it.
    pub(super) fn left(&self, now: Duration) -> Option<Duration> {
        let phase = self.phases.get(self.current)?;
        let later: f64 = self.phases[self.current + 1..].iter().map(|phase| phase.weight).sum();
        let weight = phase.weight * (1.0 - self.share_of_phase()).max(0.0) + later;
        Duration::try_from_secs_f64(self.pace(now)? * weight).ok()
    }

    /// How many seconds a unit of weight takes.
    fn pace(&self, now: Duration) -> Option<f64> {
        let done = self.share_of_phase();
        match (self.began, self.phases.get(self.current)) {
            (Some(began), Some(phase)) if done >= ENOUGH && phase.weight > 0.0 => {
                Some(now.saturating_sub(began).as_secs_f64() / (done * phase.weight))
            }
            _ => {
                let (seconds, weight) = self.before;
                (weight > 0.0).then(|| seconds / weight)
            }
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn share_of_phase(&self) -> f64 {
        let Some(phase) = self.phases.get(self.current) else { return 0.0 };
        let tasks = phase.tasks.iter().zip(&self.known);
        let (done, total) = tasks.fold((0.0, 0.0), |sum, ((_, cost), (done, total))| {
            (sum.0 + cost * *done as f64, sum.1 + cost * *total as f64)
        });
        if total > 0.0 { done / total } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let now = Duration::ZERO;
        close(journey.share(), 0.0);
        journey.note("rows", 0, 100, now);
        journey.note("indexes", 0, 600, now);
        journey.note("rows", 100, 100, now);
        journey.note("something else", 1, 1, now);
        close(journey.share(), 0.2);
        journey.note("indexes", 300, 600, now);
        close(journey.share(), 0.5);
        journey.enter(2);
        close(journey.share(), 0.8);
        journey.note("rows", 12, 10, now);
        close(journey.share(), 1.0);
    }

    #[test]
    fn what_is_left_follows_from_the_pace_of_the_phase() {
        let mut journey = OverallProgress::new(&PHASES);
        let at = Duration::from_secs;
        let left = |journey: &OverallProgress, now| journey.left(at(now)).map(|it| it.as_secs());
        // What is before the first task says nothing about rows.
        journey.note("rows", 0, 1000, at(10));
        assert_eq!(left(&journey, 10), None);
        journey.note("rows", 1, 1000, at(11));
        assert_eq!(left(&journey, 11), None);
        journey.note("rows", 500, 1000, at(30));
        // 20 s for a weight of 4; 4 in this phase and 2 behind it are left.
        assert_eq!(left(&journey, 30), Some(30));
        journey.note("rows", 1000, 1000, at(50));
        assert_eq!(left(&journey, 50), Some(10));
        journey.enter(2);
        assert_eq!(left(&journey, 60), Some(10), "by the pace of the phase before");
        journey.note("rows", 5, 10, at(60));
        journey.note("rows", 5, 10, at(63));
        assert_eq!(left(&journey, 63), Some(3));
        journey.note("rows", 10, 10, at(66));
        assert_eq!(left(&journey, 66), Some(0));
    }

    #[test]
    fn a_phase_begins_with_the_pace_of_all_before() {
        const PHASES: [Phase; 3] = [
            Phase::of(4.0, &[("a", 1.0)]),
            Phase::of(1.0, &[("b", 1.0)]),
            Phase::of(5.0, &[("c", 1.0)]),
        ];
        let mut journey = OverallProgress::new(&PHASES);
        let at = Duration::from_secs;
        journey.note("a", 0, 10, at(0));
        journey.note("a", 10, 10, at(19));
        journey.enter(1);
        journey.note("b", 0, 10, at(19));
        journey.note("b", 10, 10, at(20));
        journey.enter(2);
        // 20 s for a weight of 5; the short second phase took 1 s for 1.
        assert_eq!(journey.left(at(20)), Some(at(20)));
    }
}
