//! The figures at the end of a migration: time, rows, and where the files are.

use super::MigrateReport;
use crate::figures::{grouped, human_bytes};
use crate::ui::Ui;

/// Prints the time of each phase and of all, the rows and their rate, and the files.
pub(super) fn say(report: &MigrateReport, ui: Ui) {
    let seconds: f64 = report.phases.iter().map(|it| it.seconds).sum();
    let phases: Vec<String> =
        report.phases.iter().map(|it| format!("{} {:.1} s", it.phase, it.seconds)).collect();
    ui.say(format!("\ntotal: {seconds:.1} s ({})", phases.join(", ")));
    if let Some(copy) = &report.copy {
        let (rows, bytes) = (copy.total.rows_written, copy.total.bytes);
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss
        )]
        let rate = (rows as f64 / copy.seconds.max(0.001)) as u64;
        let (rows, size, rate) = (grouped(rows), human_bytes(bytes), grouped(rate));
        if copy.is_resumed() {
            ui.say(format!("copied, with earlier runs: {rows} rows ({size})"));
        } else {
            ui.say(format!("copied: {rows} rows ({size}), {rate} rows/s"));
        }
    }
    if let Some(quarantine) = &report.quarantine {
        ui.say(format!("originals of changed values: {}", quarantine.display()));
    }
    if let Some(log) = ui.log_file() {
        ui.say(format!("log: {}", log.display()));
    }
}
