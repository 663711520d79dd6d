//! Progress on a terminal as bars, elsewhere as a line per finished piece of work and one now and then.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::overall::{OverallProgress, Phase};
use super::task::{TaskProgress, time_left};
use super::{Ui, Verbosity};
use crate::progress::Progress;

const COUNTED: &str = "{prefix:32} {wide_bar} {human_pos}/{human_len} {per_sec} {msg} {eta}";
const UNCOUNTED: &str = "{prefix:32} {spinner} {elapsed}";
const WHOLE: &str = "{prefix:32} {wide_bar} {percent}% {msg}";
const WHOLE_UNITS: f64 = 1000.0;

/// How often something is said without a terminal, however long a piece of work takes.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);

/// Draws pieces of work, or tells of them.
#[derive(Debug)]
pub struct Bars {
    canvas: Arc<Canvas>,
    /// Ends the thread that speaks up now and then, when it is dropped.
    _heart: Option<Sender<()>>,
}

#[derive(Debug)]
struct Canvas {
    ui: Ui,
    screen: MultiProgress,
    drawn: bool,
    since: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they began.
    running: Vec<Running>,
    whole: Option<(OverallProgress, ProgressBar)>,
}

#[derive(Debug)]
struct Running {
    what: String,
    piece: TaskProgress,
    bar: ProgressBar,
    since: Instant,
}

impl Bars {
    /// Progress of a work in phases, or of single pieces where there are none.
    pub(super) fn new(ui: Ui, drawn: bool, phases: &'static [Phase]) -> Self {
        let screen = MultiProgress::new();
        if !drawn {
            screen.set_draw_target(ProgressDrawTarget::hidden());
        }
        let whole = (!phases.is_empty()).then(|| {
            let style = ProgressStyle::with_template(WHOLE).expect("a sound template");
            let bar = ProgressBar::new(1000).with_style(style).with_prefix("in all");
            (OverallProgress::new(phases), screen.add(bar))
        });
        let state = Mutex::new(State { running: Vec::new(), whole });
        let canvas = Arc::new(Canvas { ui, screen, drawn, since: Instant::now(), state });
        let heart = (!drawn).then(|| heartbeat(Arc::downgrade(&canvas)));
        Self { canvas, _heart: heart }
    }

    /// All phases before this one are complete.
    pub fn enter(&self, phase: usize) {
        let mut state = self.canvas.state();
        if let Some((journey, _)) = &mut state.whole {
            journey.enter(phase);
        }
        self.canvas.draw_whole(&mut state);
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        // What failed half-way leaves no bar above its error.
        let _ = self.canvas.screen.clear();
    }
}

impl Canvas {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_whole(&self, state: &mut State) {
        let Some((journey, bar)) = &state.whole else { return };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        bar.set_position((journey.share() * WHOLE_UNITS) as u64);
        bar.set_message(time_left(journey.share(), self.since.elapsed()).unwrap_or_default());
    }

    /// Changes a running piece, and what depends on it.
    fn change(&self, what: &str, change: impl FnOnce(&mut TaskProgress)) {
        let mut state = self.state();
        let State { running, whole } = &mut *state;
        let Some(running) = running.iter_mut().find(|running| running.what == what) else { return };
        change(&mut running.piece);
        running.bar.set_position(running.piece.done);
        running.bar.set_message(running.piece.flow(running.since.elapsed()));
        if let Some((journey, _)) = whole {
            journey.note(what, running.piece.share());
        }
        self.draw_whole(&mut state);
    }

    /// Where everything stands, in one line; `None` while nothing runs.
    fn line(&self) -> Option<String> {
        let state = self.state();
        let pieces = state.running.iter().map(|running| {
            format!("{}: {}", running.what, running.piece.state(running.since.elapsed()))
        });
        let whole = state.whole.iter().map(|(journey, _)| {
            let left = time_left(journey.share(), self.since.elapsed());
            let left = left.map(|left| format!(", {left}")).unwrap_or_default();
            format!("in all: {:.0} %{left}", journey.share() * 100.0)
        });
        let told: Vec<_> = whole.chain(pieces).collect();
        (!state.running.is_empty()).then(|| told.join("; "))
    }
}

/// Starts a thread that tells where everything stands, now and then, until its sender is dropped.
fn heartbeat(canvas: Weak<Canvas>) -> Sender<()> {
    let (heart, stopped) = mpsc::channel::<()>();
    thread::spawn(move || {
        while stopped.recv_timeout(HEARTBEAT_INTERVAL) == Err(RecvTimeoutError::Timeout) {
            let Some(canvas) = canvas.upgrade() else { return };
            if let Some(line) = canvas.line() {
                canvas.ui.say(line);
            }
        }
    });
    heart
}

impl Progress for Bars {
    fn begin(&self, what: &str, total: Option<u64>) {
        let template = if total.is_some() { COUNTED } else { UNCOUNTED };
        let style = ProgressStyle::with_template(template).expect("a sound template");
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = bar.with_style(style).with_prefix(what.to_owned());
        let mut state = self.canvas.state();
        let bar = match &state.whole {
            Some((_, whole)) => self.canvas.screen.insert_before(whole, bar),
            None => self.canvas.screen.add(bar),
        };
        if total.is_none() && self.canvas.drawn {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        let piece = TaskProgress { total, ..TaskProgress::default() };
        let what = what.to_owned();
        state.running.push(Running { what, piece, bar, since: Instant::now() });
    }

    fn advance(&self, what: &str, units: u64) {
        self.canvas.change(what, |piece| piece.done += units);
    }

    fn add_bytes(&self, what: &str, bytes: u64) {
        self.canvas.change(what, |piece| piece.bytes += bytes);
    }

    fn finish(&self, what: &str) {
        let mut state = self.canvas.state();
        let place = state.running.iter().position(|running| running.what == what);
        let Some(Running { piece, bar, since, .. }) = place.map(|at| state.running.remove(at))
        else {
            return;
        };
        bar.finish_and_clear();
        if let Some((journey, _)) = &mut state.whole {
            journey.note(what, 1.0);
        }
        self.canvas.draw_whole(&mut state);
        drop(state);
        // Empty tables are no news, nor is what was over at once.
        let told = piece.done > 0 || since.elapsed() >= Duration::from_secs(1);
        let from = match (self.canvas.drawn, told) {
            (true, _) => None,
            (false, true) => Some(Verbosity::Normal),
            (false, false) => Some(Verbosity::Verbose),
        };
        self.canvas.ui.record(from, &format!("{what}: {}", piece.outcome(since.elapsed())));
    }
}
