//! Distributes jobs among workers.

use std::cell::{Cell, RefCell};

use futures_util::future::try_join_all;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// One job per processor, with a limit.
#[must_use]
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8)
}

/// Runs jobs on workers: each takes the next job when it is done with one, until none is left. Returns the
/// results in the order of completion. The first error ends all.
///
/// A worker without further jobs runs `wait` until the others are done.
pub async fn run_on_workers<W, J, R, E>(
    workers: &mut [W],
    jobs: impl IntoIterator<Item = J>,
    work: impl AsyncFn(&mut W, J) -> Result<R, E>,
    wait: impl AsyncFn(&mut W, Notified<'_>) -> Result<(), E>,
) -> Result<Vec<R>, E> {
    let (busy, all_done) = (Cell::new(workers.len()), Notify::new());
    let jobs = RefCell::new(jobs.into_iter());
    let done = RefCell::new(Vec::new());
    let take_turns = async |worker: &mut W| {
        loop {
            let next = jobs.borrow_mut().next();
            let Some(job) = next else {
                busy.set(busy.get() - 1);
                if busy.get() > 0 {
                    return wait(worker, all_done.notified()).await;
                }
                all_done.notify_waiters();
                return Ok(());
            };
            let result = work(worker, job).await?;
            done.borrow_mut().push(result);
        }
    };
    try_join_all(workers.iter_mut().map(take_turns)).await?;
    Ok(done.into_inner())
}

#[cfg(test)]
mod tests {
    use tokio::sync::futures::Notified;

    use super::run_on_workers;

    #[tokio::test]
    async fn each_job_is_done_once_by_whoever_is_free() {
        let mut workers = [0_u32, 0];
        let work = async |jobs: &mut u32, job: u32| {
            *jobs += 1;
            // The first worker is blocked by its first job while the other does the rest.
            for _ in 0..if job == 1 { 20 } else { 1 } {
                tokio::task::yield_now().await;
            }
            Ok::<u32, ()>(job)
        };
        let wait = async |jobs: &mut u32, others: Notified<'_>| {
            others.await;
            *jobs += 10;
            Ok(())
        };
        assert_eq!(run_on_workers(&mut workers, 1..=5, work, wait).await, Ok(vec![2, 3, 4, 5, 1]));
        assert_eq!(workers, [1, 14], "the second waited for the first");
    }

    #[tokio::test]
    async fn an_error_ends_all() {
        let work = async |(): &mut (), job: u32| if job == 2 { Err("two") } else { Ok(()) };
        let wait = async |(): &mut (), others: Notified<'_>| {
            others.await;
            Ok(())
        };
        assert_eq!(run_on_workers(&mut [(), ()], 1.., work, wait).await, Err("two"));
    }
}
