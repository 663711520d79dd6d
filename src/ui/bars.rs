//! Progress on a terminal as bars, elsewhere as a line per finished piece of work.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Verbosity;
use crate::progress::Progress;

const COUNTED: &str = "{msg:32} {wide_bar} {human_pos}/{human_len} {eta}";
const UNCOUNTED: &str = "{msg:32} {spinner} {human_pos}";

/// Draws pieces of work.
#[derive(Debug)]
pub struct Bars {
    screen: MultiProgress,
    drawn: bool,
    verbosity: Verbosity,
    running: Mutex<HashMap<String, (ProgressBar, Instant)>>,
}

impl Bars {
    pub(super) fn new(drawn: bool, verbosity: Verbosity) -> Self {
        let screen = MultiProgress::new();
        if !drawn {
            screen.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { screen, drawn, verbosity, running: Mutex::default() }
    }

    fn bar(&self, what: &str) -> Option<ProgressBar> {
        let running = self.running.lock().ok()?;
        running.get(what).map(|(bar, _)| bar.clone())
    }
}

impl Progress for Bars {
    fn begin(&self, what: &str, total: Option<u64>) {
        let template = if total.is_some() { COUNTED } else { UNCOUNTED };
        let style = ProgressStyle::with_template(template).expect("a sound template");
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = self.screen.add(bar.with_style(style).with_message(what.to_owned()));
        if let Ok(mut running) = self.running.lock() {
            running.insert(what.to_owned(), (bar, Instant::now()));
        }
    }

    fn advance(&self, what: &str, units: u64) {
        if let Some(bar) = self.bar(what) {
            bar.inc(units);
        }
    }

    fn finish(&self, what: &str) {
        let removed = self.running.lock().ok().and_then(|mut running| running.remove(what));
        let Some((bar, since)) = removed else { return };
        bar.finish_and_clear();
        if !self.drawn && self.verbosity >= Verbosity::Verbose {
            let seconds = since.elapsed().as_secs_f64();
            eprintln!("{what}: {} in {seconds:.1} s", bar.position());
        }
    }
}
