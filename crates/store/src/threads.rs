//! Work that takes long, on threads where it holds up nobody.

use std::num::NonZero;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::error::StoreError;

/// How many processors there are for us. Asking the system takes longer than assessing a case.
pub(crate) static PROCESSORS: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, NonZero::get));

/// Does work on a thread of its own, at most as many at once as there are permits.
pub(crate) async fn on_a_thread<T: Send + 'static>(
    at_once: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    let stopping =
        |error: &dyn std::fmt::Display| StoreError::environment("系统正在停止", "the system is stopping", error);
    let permit = at_once.acquire().await.map_err(|error| stopping(&error))?;
    // The work holds it: whoever goes away before it is done makes no room for another.
    let work = move || {
        let done = work();
        drop(permit);
        done
    };
    spawn_blocking(work).await.map_err(|error| stopping(&error))
}
