//! Progress bars on a terminal; elsewhere a line at an interval. A task that ends leaves one line.

use std::io::{self, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::overall::{OverallProgress, Phase};
use super::progress_file::{self, Event, State as TaskState};
use super::task::{TaskProgress, left, time_left};
use super::{Ui, waits};
use crate::foreign_text::spell_out;
use crate::progress::{Progress, TaskSize};
use crate::transcript::LineKind;

const WHOLE_UNITS: f64 = 1000.0;

/// Interval of the progress line without a terminal.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);

/// The bars on the terminal, which every printed line has to leave intact.
static SCREEN: Mutex<Weak<Canvas>> = Mutex::new(Weak::new());

fn screen() -> Option<Arc<Canvas>> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
}

/// Prints a line on standard error, above the bars.
pub(super) fn print(text: &str) {
    let write = || {
        let _ = writeln!(io::stderr().lock(), "{text}");
    };
    match screen() {
        Some(canvas) => canvas.screen.suspend(write),
        None => write(),
    }
}

/// Removes the bars for good.
pub(super) fn end() {
    if let Some(canvas) = screen() {
        let _ = canvas.screen.clear();
        canvas.screen.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// Shows on the bars whether the work waits.
pub(super) fn redraw() {
    if let Some(canvas) = screen() {
        canvas.redraw();
    }
}

/// Draws the progress of tasks, or prints it in lines.
#[derive(Debug)]
pub struct Bars {
    canvas: Arc<Canvas>,
    /// Ends the heartbeat thread when it is dropped.
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
    /// When the file of progress got its last line about it.
    written: Instant,
}

impl Running {
    /// Shows the rate at the end of its bar, or how long the work has waited.
    fn show_flow(&self) {
        self.bar.set_message(self.piece.flow(waits::worked(self.since), waits::lasting()));
    }
}

impl Bars {
    /// Progress of work in phases, or of single tasks without phases.
    pub(super) fn new(ui: Ui, drawn: bool, phases: &'static [Phase]) -> Self {
        let screen = MultiProgress::new();
        if !drawn {
            screen.set_draw_target(ProgressDrawTarget::hidden());
        }
        let whole = (!phases.is_empty()).then(|| {
            let bar = ProgressBar::new(1000).with_style(style(Some(1000))).with_prefix("total");
            (OverallProgress::new(phases), screen.add(bar))
        });
        let state = Mutex::new(State { running: Vec::new(), whole });
        let canvas = Arc::new(Canvas { ui, screen, drawn, since: Instant::now(), state });
        if drawn {
            *SCREEN.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&canvas);
        }
        let heart = (!drawn).then(|| heartbeat(Arc::downgrade(&canvas)));
        Self { canvas, _heart: heart }
    }

    /// Marks all phases before this one as complete.
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
        // Removes the bar of a failed task before the error is printed.
        let _ = self.canvas.screen.clear();
        self.canvas.screen.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// The layout of a bar for the width of the terminal.
fn style(total: Option<u64>) -> ProgressStyle {
    let width = Term::stderr().size().1;
    let name = match width {
        ..70 => 18,
        70..100 => 24,
        _ => 32,
    };
    let template = match total {
        Some(_) => format!("{{prefix:{name}!}} {{wide_bar}} {{percent:>3}} % {{msg}}"),
        None => format!("{{prefix:{name}!}} {{spinner}} {{elapsed}}"),
    };
    ProgressStyle::with_template(&template).expect("a sound template")
}

impl Canvas {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_whole(&self, state: &mut State) {
        let Some((journey, bar)) = &state.whole else { return };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        bar.set_position((journey.share() * WHOLE_UNITS) as u64);
        bar.set_message(self.time_left(journey).unwrap_or_default());
    }

    /// The estimate of all phases, or what is shown instead while the work waits.
    fn time_left(&self, journey: &OverallProgress) -> Option<String> {
        match waits::lasting() {
            Some(wait) => Some(format!("waiting for {}", HumanDuration(wait))),
            None => journey.left(waits::worked(self.since)).map(left),
        }
    }

    /// A task's state for the file of progress, with the time left of the whole, or of the task alone.
    fn task_state<'a>(
        &self,
        what: &'a str,
        piece: &TaskProgress,
        since: Instant,
        whole: Option<&(OverallProgress, ProgressBar)>,
    ) -> TaskState<'a> {
        let left = match whole {
            Some((journey, _)) => journey.left(waits::worked(self.since)),
            None => time_left(piece.share(), waits::worked(since)),
        };
        let overall = whole.map(|(journey, _)| journey.share());
        TaskState::new(what, piece, since).estimated(overall, left)
    }

    fn redraw(&self) {
        let mut state = self.state();
        state.running.iter().for_each(Running::show_flow);
        self.draw_whole(&mut state);
    }

    /// Changes a running task and updates the display.
    fn change(&self, what: &str, change: impl FnOnce(&mut TaskProgress)) {
        let mut state = self.state();
        let State { running, whole } = &mut *state;
        let Some(running) = running.iter_mut().find(|running| running.what == what) else { return };
        change(&mut running.piece);
        if running.piece.total.is_some_and(|total| running.piece.done > total) {
            // The total was an estimate.
            running.piece.total = Some(running.piece.done);
            running.bar.set_length(running.piece.done);
        }
        running.bar.set_position(running.piece.done);
        running.show_flow();
        if let Some((journey, _)) = whole {
            let total = running.piece.total.unwrap_or_default();
            journey.note(what, running.piece.done, total, waits::worked(self.since));
        }
        if progress_file::is_due(running.written) {
            running.written = Instant::now();
            let state = self.task_state(what, &running.piece, running.since, whole.as_ref());
            progress_file::write(Event::TaskRunning(state));
        }
        self.draw_whole(&mut state);
    }

    /// The progress of all running tasks in one line; `None` if nothing runs.
    fn line(&self) -> Option<String> {
        let state = self.state();
        let is_alone = state.whole.is_none();
        let pieces = state.running.iter().map(|running| {
            let (worked, wait) = (waits::worked(running.since), waits::lasting());
            let piece = running.piece.state(worked, wait, is_alone);
            format!("{}: {piece}", running.what)
        });
        let whole = state.whole.iter().map(|(journey, _)| {
            let left = self.time_left(journey).map(|left| format!(", {left}")).unwrap_or_default();
            format!("total: {:.0} %{left}", journey.share() * 100.0)
        });
        let reported: Vec<_> = whole.chain(pieces).collect();
        (!state.running.is_empty()).then(|| reported.join("; "))
    }
}

/// Starts a thread that prints the progress at an interval until the sender is dropped. Without the thread, which
/// a limit of the system can prevent, no progress is printed.
fn heartbeat(canvas: Weak<Canvas>) -> Sender<()> {
    let (heart, stopped) = mpsc::channel::<()>();
    let beat = move || {
        while stopped.recv_timeout(HEARTBEAT_INTERVAL) == Err(RecvTimeoutError::Timeout) {
            let Some(canvas) = canvas.upgrade() else { return };
            if let Some(line) = canvas.line() {
                canvas.ui.state(LineKind::Text, line);
            }
        }
    };
    let _ = thread::Builder::new().spawn(beat);
    heart
}

impl Progress for Bars {
    fn begin(&self, what: &str, TaskSize { total, unit }: TaskSize) {
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = bar.with_style(style(total)).with_prefix(spell_out(what).into_owned());
        let mut state = self.canvas.state();
        let bar = match &state.whole {
            Some((_, whole)) => self.canvas.screen.insert_before(whole, bar),
            None => self.canvas.screen.add(bar),
        };
        if total.is_none() && self.canvas.drawn {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        if let (Some((journey, _)), Some(total)) = (&mut state.whole, total) {
            journey.note(what, 0, total, waits::worked(self.canvas.since));
        }
        progress_file::write(Event::TaskBegun { task: what, total });
        let piece = TaskProgress { total, unit, ..TaskProgress::default() };
        let (what, since) = (what.to_owned(), Instant::now());
        state.running.push(Running { what, piece, bar, since, written: since });
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
        let is_part = state.running.iter().any(|other| other.since <= since);
        bar.finish_and_clear();
        self.canvas.screen.remove(&bar);
        if let Some((journey, _)) = &mut state.whole {
            let all = piece.total.unwrap_or(1);
            journey.note(what, all, all, waits::worked(self.canvas.since));
        }
        let end = self.canvas.task_state(what, &piece, since, state.whole.as_ref());
        progress_file::write(Event::TaskFinished(end));
        self.canvas.draw_whole(&mut state);
        drop(state);
        // Short parts of another task, empty tables and very short tasks are details.
        let is_long = since.elapsed() >= Duration::from_secs(1);
        let is_reported = is_long || piece.done > 0 && !is_part;
        let kind = if is_reported { LineKind::Task } else { LineKind::Detail };
        self.canvas
            .ui
            .put(kind, &format!("{}: {}", spell_out(what), piece.outcome(since.elapsed())));
    }
}
