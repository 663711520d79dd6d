//! The sessions that both sides grant, and what is printed if they are too few for the jobs.

use crate::postgres::Connection;
use crate::source::Source;
use crate::ui::Ui;
use crate::workspace::{Error, GrantedSessions, read_source_sessions, read_target_sessions};

/// The sessions for work that both sides grant; an error if there is none. Too few for the jobs are reported.
pub(super) async fn granted_sessions(
    source: &Source,
    target: &Connection,
    jobs: usize,
    ui: Ui,
) -> Result<usize, Error> {
    let granted = granted_target_sessions(target, jobs, ui).await?;
    let jobs = jobs.min(granted);
    let Some(of_source) = read_source_sessions(source, jobs).await? else { return Ok(granted) };
    report_reduced(of_source, jobs, ui);
    Ok(granted.min(of_source.for_work))
}

/// The same for a command without a source.
pub(super) async fn granted_target_sessions(
    target: &Connection,
    jobs: usize,
    ui: Ui,
) -> Result<usize, Error> {
    let granted = read_target_sessions(target, jobs).await?;
    report_reduced(granted, jobs, ui);
    Ok(granted.for_work)
}

fn report_reduced(granted: GrantedSessions, jobs: usize, ui: Ui) {
    let GrantedSessions { server, free, for_work } = granted;
    if for_work < jobs {
        ui.note(format!(
            "the connection limits of the {server} server leave {free} sessions: jobs reduced from \
             {jobs} to {for_work}"
        ));
    }
}
