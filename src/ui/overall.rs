//! Overall progress of several phases, and the time left.

/// A phase: the tasks that measure its progress, and the expected share of each in the whole, in any unit.
#[derive(Debug, Clone, Copy)]
pub struct Phase(pub &'static [(&'static str, f64)]);

impl Phase {
    fn weight(self) -> f64 {
        self.0.iter().map(|(_, weight)| weight).sum()
    }
}

/// The position in a sequence of phases.
#[derive(Debug)]
pub(super) struct OverallProgress {
    phases: &'static [Phase],
    current: usize,
    /// The share of each task of the current phase that is done, from 0 to 1.
    shares: Vec<f64>,
}

impl OverallProgress {
    pub(super) fn new(phases: &'static [Phase]) -> Self {
        let shares = vec![0.0; phases.first().map_or(0, |phase| phase.0.len())];
        Self { phases, current: 0, shares }
    }

    /// Marks all phases before this one as complete.
    pub(super) fn enter(&mut self, phase: usize) {
        self.current = phase;
        self.shares = vec![0.0; self.phases[phase].0.len()];
    }

    /// Records the share of a task that is done; tasks outside the phase are ignored.
    pub(super) fn note(&mut self, what: &str, share: f64) {
        let pieces = self.phases[self.current].0.iter().zip(&mut self.shares);
        for ((name, _), known) in pieces {
            if *name == what {
                *known = share;
            }
        }
    }

    /// The share of the whole that is done, from 0 to 1.
    pub(super) fn share(&self) -> f64 {
        let before: f64 = self.phases[..self.current].iter().map(|phase| phase.weight()).sum();
        let pieces = self.phases[self.current].0.iter().zip(&self.shares);
        let now: f64 = pieces.map(|((_, weight), share)| weight * share).sum();
        let all: f64 = self.phases.iter().map(|phase| phase.weight()).sum();
        if all > 0.0 { (before + now) / all } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{OverallProgress, Phase};

    const PHASES: [Phase; 3] =
        [Phase(&[("rows", 2.0), ("indexes", 6.0)]), Phase(&[]), Phase(&[("rows", 2.0)])];

    #[test]
    fn pieces_count_by_their_weight_in_their_own_phase_only() {
        let mut journey = OverallProgress::new(&PHASES);
        let close = |share: f64, expected: f64| assert!((share - expected).abs() < 1e-9, "{share}");
        close(journey.share(), 0.0);
        journey.note("rows", 1.0);
        journey.note("something else", 1.0);
        close(journey.share(), 0.2);
        journey.note("indexes", 0.5);
        close(journey.share(), 0.5);
        journey.enter(2);
        close(journey.share(), 0.8);
        journey.note("rows", 1.0);
        close(journey.share(), 1.0);
    }
}
