//! What stands between a server that can't be trusted and the rest of the program, whatever its kind.
//!
//! A driver believes what a server says: lengths, numbers of rows, that an answer ends. Every source that [`open`](super::open) gives
//! is behind this: a driver that stumbles is one failed question and no crash, an answer that does not end is given up after a time
//! or when it has taken too much memory, and a reading that does not stop when it is told to is left. What a source collects in one
//! answer is bounded by [`Budget`].

use std::any::Any;
use std::cell::Cell;
use std::sync::{Arc, LazyLock, Once};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use super::capabilities::Capabilities;
use super::sql::Dialect;
use super::{Probe, ReadSummary, Source, SourceError, notices};
use crate::model::{Record, Sample, Selection};

/// How long a question may take altogether. Each of its statements has a limit of its own at the server (30 s); a server that does
/// not keep to it is not waited for.
const QUESTION: Duration = Duration::from_mins(2);

/// The same while a person signs in: whoever asks gives up earlier.
const LOOK_UP: Duration = Duration::from_secs(30);

/// How long a reading may take to stop.
const STOPPING: Duration = Duration::from_secs(5);

/// By how much the program's memory may grow while it waits for one source, in bytes. A reading takes some 40 MiB whatever is read.
const GROWTH: u64 = 1 << 30;

/// How often the memory is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A source behind the guard.
#[derive(Debug)]
pub(super) struct Guarded<S>(Arc<S>);

impl<S> Guarded<S> {
    pub(super) fn new(source: S) -> Self {
        Self(Arc::new(source))
    }
}

#[async_trait]
impl<S: Source + 'static> Source for Guarded<S> {
    async fn probe(&self) -> Result<Probe, SourceError> {
        let source = Arc::clone(&self.0);
        within(QUESTION, guard(async move { source.probe().await })).await
    }

    fn can(&self) -> Capabilities {
        self.0.can()
    }

    fn dialect(&self) -> Option<Dialect> {
        self.0.dialect()
    }

    async fn sample(&self, selection: &Selection, rows: usize) -> Result<Sample, SourceError> {
        let (source, selection) = (Arc::clone(&self.0), selection.clone());
        within(QUESTION, guard(async move { source.sample(&selection, rows).await })).await
    }

    async fn read(
        &self,
        selection: &Selection,
        batches: mpsc::Sender<Vec<Record>>,
        stop: CancellationToken,
    ) -> Result<ReadSummary, SourceError> {
        let (source, selection, stopped) = (Arc::clone(&self.0), selection.clone(), stop.clone());
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(STOPPING).await;
        };
        tokio::select! {
            biased;
            read = guard(async move { source.read(&selection, batches, stopped).await }) => read,
            () = late => Ok(ReadSummary { stopped: true, ..ReadSummary::default() }),
        }
    }

    async fn find_where(
        &self,
        selection: &Selection,
        wanted: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        let (source, selection) = (Arc::clone(&self.0), selection.clone());
        let wanted: Vec<_> =
            wanted.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let find = async move {
            let wanted: Vec<_> = wanted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            source.find_where(&selection, &wanted, limit).await
        };
        within(LOOK_UP, guard(find)).await
    }

    async fn find_key(&self, selection: &Selection, key: &str) -> Result<Option<Vec<Record>>, SourceError> {
        let (source, selection, key) = (Arc::clone(&self.0), selection.clone(), key.to_owned());
        within(LOOK_UP, guard(async move { source.find_key(&selection, &key).await })).await
    }
}

async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, SourceError>>,
) -> Result<T, SourceError> {
    let late = || Err(SourceError::NoAnswer { seconds: time.as_secs() });
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| late())
}

/// The threads that drivers work on. They are their own, because a driver may keep one busy for long: sqlx takes in a chatter of notices
/// in one go, and only [`notices`] make it stop.
static THREADS: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(WORKERS).thread_name("causeway-source").enable_all().build()
});

/// How many there are.
const WORKERS: usize = 4;

/// A driver's work under way, given up when nobody waits for it any more.
struct Work<T>(JoinHandle<T>);

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs a driver's work: a panic in it is an error, and so is memory without end.
async fn guard<T: Send + 'static>(
    work: impl Future<Output = Result<T, SourceError>> + Send + 'static,
) -> Result<T, SourceError> {
    let nonsense = |technical: String| Err(SourceError::Nonsense { technical });
    let threads = match &*THREADS {
        Ok(threads) => threads,
        Err(error) => return nonsense(format!("no thread for the driver: {error}")),
    };
    let mut work = Work(threads.spawn(quiet(work)));
    tokio::select! {
        biased;
        done = &mut work.0 => match done.map_err(JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) if panic.is::<notices::TooMany>() => Err(too_much("notices without an end")),
            Err(Ok(panic)) => nonsense(format!("the driver stumbled over it: {}", words(&*panic))),
            Err(Err(error)) => nonsense(error.to_string()),
        },
        () = grown() => Err(too_much("more than 1 GiB of memory for one answer")),
    }
}

/// More in an answer than its [`Budget`] has room for. Drivers' errors carry it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Overflow(pub(super) &'static str);

/// An answer larger than any should be.
pub(super) fn too_much(what: &str) -> SourceError {
    SourceError::TooMuch { technical: what.to_owned() }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}

thread_local! {
    /// Whether this thread runs a driver's work: a panic there is told by who asked, not on stderr.
    static DRIVER: Cell<bool> = const { Cell::new(false) };
}

/// Puts the mark back, after a panic too.
struct Restore(bool);

impl Drop for Restore {
    fn drop(&mut self) {
        DRIVER.set(self.0);
    }
}

/// Work whose panics are not printed.
async fn quiet<T>(work: impl Future<Output = T>) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !DRIVER.get() {
                before(info);
            }
        }));
    });
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        let _restore = Restore(DRIVER.replace(true));
        notices::counted(|| work.as_mut().poll(context))
    })
    .await
}

/// Ends when the program's memory has grown by [`GROWTH`]. Where the operating system does not say how much it is, never.
async fn grown() {
    let Some(before) = resident() else { return std::future::pending().await };
    loop {
        tokio::time::sleep(LOOK).await;
        if resident().is_some_and(|now| now > before + GROWTH) {
            return;
        }
    }
}

/// How much memory the program holds, in bytes (`/proc/self/statm`, in pages of 4 KiB or more).
#[cfg(target_os = "linux")]
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<u64> {
    None
}

/// What one answer may hold when it is collected whole: a catalog, a sample.
#[derive(Debug)]
pub(super) struct Budget {
    rows: usize,
    bytes: usize,
}

/// A catalog of a hundred thousand tables has some millions of columns.
const ANSWER_ROWS: usize = 4_000_000;
/// The greatest catalogs met have some 60 MB.
const ANSWER_BYTES: usize = 256 << 20;
/// What a row costs beside its values, about.
const ROW: usize = 200;

impl Budget {
    /// For an answer without a number of rows of its own.
    pub(super) fn answer() -> Self {
        Self { rows: ANSWER_ROWS, bytes: ANSWER_BYTES }
    }

    /// For an answer of so many rows at most.
    pub(super) fn rows(rows: usize) -> Self {
        Self { rows, bytes: ANSWER_BYTES }
    }

    /// Takes a row in that holds so many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Overflow> {
        let rows = self.rows.checked_sub(1).ok_or(Overflow("more rows than were asked for"))?;
        let bytes = bytes.checked_add(ROW).and_then(|bytes| self.bytes.checked_sub(bytes));
        *self = Self { rows, bytes: bytes.ok_or(Overflow("an answer of more than 256 MiB"))? };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_driver_that_stumbles_is_an_error() {
        let work = async {
            let nothing: &[u8] = &[];
            Ok::<u8, SourceError>(nothing[std::hint::black_box(3)])
        };
        let Err(SourceError::Nonsense { technical }) = guard(work).await else { panic!("no error") };
        assert!(technical.contains("index out of bounds"), "{technical}");
    }

    #[tokio::test]
    async fn a_server_that_never_answers_is_given_up() {
        let never = guard(std::future::pending::<Result<u8, SourceError>>());
        let given_up = within(Duration::from_millis(1), never).await;
        assert!(matches!(given_up, Err(SourceError::NoAnswer { .. })), "{given_up:?}");
    }

    #[test]
    fn an_answer_has_an_end() {
        let mut budget = Budget::rows(2);
        assert!(budget.take(10).is_ok() && budget.take(10).is_ok() && budget.take(10).is_err());
        let mut budget = Budget::answer();
        let taken = (0..1000).take_while(|_| budget.take(1 << 20).is_ok()).count();
        assert!(taken > 200 && taken < 257, "{taken}");
        assert!(Budget::answer().take(usize::MAX).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_is_known() {
        assert!(resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
