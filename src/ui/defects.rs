//! A panic is reported as an error with its place: it is a defect, or a limit of the system.

use std::panic::PanicHookInfo;
use std::sync::Once;

use super::{Drawing, Ui, Verbosity};

/// Reports panics from now on.
pub fn report_defects() {
    std::panic::set_hook(Box::new(|panic| {
        static FIRST: Once = Once::new();
        // Others follow from the first one.
        FIRST.call_once(|| report(panic));
    }));
}

/// The text of a panic can contain a value, so that only texts without variables are printed.
fn report(panic: &PanicHookInfo<'_>) {
    // Without the folder that the compiler found the file in.
    let file = |path: &str| path.rsplit("/registry/src/").next().unwrap_or(path).to_owned();
    let place = panic.location().map(|it| format!("{}:{}", file(it.file()), it.line()));
    let text = panic.payload().downcast_ref::<&str>().copied();
    // The runtime panics if the system refuses a thread or a file; its texts have no values.
    let is_of_runtime = panic.location().is_some_and(|it| it.file().contains("/tokio-1"));
    let system = panic.payload().downcast_ref::<String>().filter(|_| is_of_runtime);
    let cause = match (system.map(String::as_str).or(text), place) {
        (Some(text), Some(place)) => format!("{text} ({place})"),
        (None, Some(place)) => place,
        (text, None) => text.unwrap_or("no place").to_owned(),
    };
    let hint = if system.is_some() {
        "raise the limits of processes and open files: `ulimit -u`, `ulimit -n`"
    } else {
        "this is a defect: report this text together with the command; what was finished is kept"
    };
    let ui = Ui::new(Verbosity::Normal, Drawing::Lines, None);
    ui.fail(["cannot continue", &cause], Some(hint));
}
