//! Work that may block its thread: reading and unpacking files, making them durable.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Does such work while other threads run the other tasks of the runtime.
pub(crate) fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            block_in_place(work)
        }
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use tokio::runtime::Builder;

    use super::blocking;

    #[test]
    fn the_only_worker_of_a_runtime_runs_other_tasks_meanwhile() {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
        let (sender, receiver) = channel();
        let waiting = runtime.spawn(async move { blocking(|| receiver.recv()) });
        let answering = runtime.spawn(async move { sender.send("an answer") });
        let answer = runtime.block_on(async {
            answering.await.expect("it runs").expect("someone waits");
            waiting.await.expect("it runs")
        });
        assert_eq!(answer, Ok("an answer"));
    }

    #[test]
    fn it_is_done_without_a_runtime_too() {
        assert_eq!(blocking(|| 7), 7);
    }
}
