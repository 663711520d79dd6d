//! The binary: runs the command line and exits with its status.

use std::env;
use std::process::ExitCode;

use migration_assist::ui::{Drawing, Ui, Verbosity, report_defects};
use migration_assist::{commands, mysql};

/// The exit status of a command that failed.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    cap_driver_buffers();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    return_large_buffers();
    report_defects();
    std::panic::catch_unwind(run).unwrap_or(ExitCode::from(FAILURE))
}

/// Limits the idle buffers of the driver for MySQL; a value that the user has set is kept.
#[expect(unsafe_code, reason = "the driver reads this setting only from the environment")]
fn cap_driver_buffers() {
    let (variable, bytes) = mysql::DRIVER_BUFFER_CAP;
    if env::var_os(variable).is_none() {
        // SAFETY: this is the first function of `main`, so that no other thread uses the environment.
        unsafe { env::set_var(variable, bytes) }
    }
}

/// Fixes the limit from which on malloc maps memory of its own. Otherwise the first large value that is freed raises it
/// to that size, and later ones of each thread stay in the heap (glibc manual, "Malloc Tunable Parameters").
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the C library has no other way")]
fn return_large_buffers() {
    const LARGE: libc::c_int = 1 << 20;
    // SAFETY: it changes a parameter of malloc, before other threads exist.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

fn run() -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        // On the heap, because the future of a whole migration is too large for a thread's stack.
        Ok(runtime) => runtime.block_on(Box::pin(commands::run())).into(),
        Err(error) => {
            let hint = "raise the limits of open files and processes: `ulimit -n`, `ulimit -u`";
            let ui = Ui::new(Verbosity::Normal, Drawing::Lines, None);
            ui.fail(["cannot start", &error.to_string()], Some(hint));
            ExitCode::from(FAILURE)
        }
    }
}
