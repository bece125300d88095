//! Where passwords are hashed: a thread a core, a queue that never promises more than it can keep.
//!
//! A job is taken only if it will be done in time, going by how long such jobs took lately and what waits before it; otherwise
//! it is turned away at once. Jobs that need much memory run beside each other only as far as the memory allowed goes.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::error::HookError;

/// How long a job of a kind never seen takes, as far as anyone knows: bcrypt at its usual cost.
const UNSEEN: Duration = Duration::from_millis(100);

/// Kinds whose times are remembered. A column with more schemes and costs than this has other worries.
const KINDS: usize = 500;

/// Jobs that wait at most, however short they are.
const QUEUE: usize = 2000;

/// What a job says of itself.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    /// Jobs of one name take about as long: `bcrypt · 10`.
    pub(super) name: String,
    /// What it allocates, in bytes.
    pub(super) memory: u64,
}

/// The queue is full, or the job could not be done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// Does the work; what comes back tells the caller. Told only once the job is counted as done, so that a caller who asks again
/// finds the thread free.
type Work = Box<dyn FnOnce() -> Tell + Send>;
type Tell = Box<dyn FnOnce() + Send>;

struct Job {
    kind: Kind,
    expected: Duration,
    deadline: Instant,
    work: Work,
}

struct State {
    waiting: VecDeque<Job>,
    /// What all that waits will take, on one core.
    backlog: Duration,
    running: usize,
    memory: u64,
    times: HashMap<String, Duration>,
    stopping: bool,
}

struct Shared {
    state: Mutex<State>,
    bell: Condvar,
    threads: usize,
    memory: u64,
    patience: Duration,
}

/// The pool. Dropped, it ends its threads after the jobs that run.
pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// So many threads; so many bytes for memory-hard jobs together; and how long a job may be expected to take, waiting
    /// included, when all threads are busy.
    pub(super) fn new(threads: usize, memory: u64, patience: Duration) -> Result<Self, HookError> {
        let threads = threads.max(1);
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                backlog: Duration::ZERO,
                running: 0,
                memory: 0,
                times: HashMap::new(),
                stopping: false,
            }),
            bell: Condvar::new(),
            threads,
            memory,
            patience,
        });
        let mut started = Vec::with_capacity(threads);
        for _ in 0..threads {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name("causeway-hash".into()).spawn(move || run(&shared));
            started.push(thread.map_err(|error| HookError::System(error.to_string()))?);
        }
        Ok(Self { shared, threads: started })
    }

    /// Puts a job in, to be begun before `deadline`. What comes of it; dropped if it could not be begun in time or broke.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        kind: Kind,
        deadline: Instant,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, Full> {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move || {
            let done = catch_unwind(AssertUnwindSafe(work)).ok();
            Box::new(move || {
                if let Some(done) = done {
                    let _ = sender.send(done);
                }
            })
        });
        let mut state = lock(&self.shared);
        let expected = state.times.get(&kind.name).copied().unwrap_or(UNSEEN);
        let idle = state.running + state.waiting.len() < self.shared.threads;
        let before = state.backlog / u32::try_from(self.shared.threads).unwrap_or(1);
        let left = deadline.saturating_duration_since(Instant::now());
        // With a thread free the job is begun at once, and the caller's deadline alone decides.
        let fits =
            idle || (before + expected <= self.shared.patience.max(expected) && before + expected < left);
        if !fits || state.waiting.len() >= QUEUE || state.stopping {
            return Err(Full);
        }
        state.backlog += expected;
        state.waiting.push_back(Job { kind, expected, deadline, work });
        drop(state);
        self.shared.bell.notify_one();
        Ok(receiver)
    }

    /// How long the slowest kind of job took lately.
    pub(super) fn slowest(&self) -> Duration {
        lock(&self.shared).times.values().max().copied().unwrap_or_default()
    }

    /// Jobs that run or wait.
    pub(super) fn busy(&self) -> usize {
        let state = lock(&self.shared);
        state.running + state.waiting.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        lock(&self.shared).stopping = true;
        self.shared.bell.notify_all();
        // Not waited for: a slow hash must not hold up whoever ends the hook. The threads end by themselves.
        self.threads.clear();
    }
}

fn run(shared: &Shared) {
    let mut state = lock(shared);
    loop {
        let Some(job) = next(&mut state, shared.memory) else {
            if state.stopping {
                return;
            }
            state = shared.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        state.running += 1;
        state.memory += job.kind.memory;
        drop(state);
        let begun = Instant::now();
        let tell = (job.work)();
        let took = begun.elapsed();
        state = lock(shared);
        state.running -= 1;
        state.memory -= job.kind.memory;
        state.backlog = state.backlog.saturating_sub(job.expected);
        learn(&mut state.times, job.kind.name, took);
        if job.kind.memory > 0 {
            // What waited for the memory may go now, on any thread.
            shared.bell.notify_all();
        }
        drop(state);
        tell();
        state = lock(shared);
    }
}

/// The first job that fits into the memory; those whose time has passed are dropped on the way, and their callers told so.
fn next(state: &mut State, memory: u64) -> Option<Job> {
    let now = Instant::now();
    while let Some(late) = state.waiting.iter().position(|job| job.deadline <= now) {
        if let Some(job) = state.waiting.remove(late) {
            state.backlog = state.backlog.saturating_sub(job.expected);
        }
    }
    let fits =
        |job: &Job| state.memory == 0 || state.memory + job.kind.memory <= memory || job.kind.memory == 0;
    let at = state.waiting.iter().position(fits)?;
    state.waiting.remove(at)
}

/// The newest time counts a quarter.
fn learn(times: &mut HashMap<String, Duration>, name: String, took: Duration) {
    if times.len() >= KINDS && !times.contains_key(&name) {
        times.clear();
    }
    times.entry(name).and_modify(|known| *known = (*known * 3 + took) / 4).or_insert(took);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn kind(name: &str, memory: u64) -> Kind {
        Kind { name: name.into(), memory }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    /// A job that runs until its sender is dropped.
    fn held(pool: &Pool, kind: Kind) -> (mpsc::SyncSender<()>, mpsc::Receiver<()>) {
        let (hold, until) = mpsc::sync_channel::<()>(0);
        let (started, wait) = mpsc::sync_channel(1);
        pool.submit(kind, soon(), move || {
            let _ = started.send(());
            let _ = until.recv();
        })
        .unwrap();
        (hold, wait)
    }

    #[tokio::test]
    async fn jobs_are_done_and_a_broken_one_breaks_nothing_else() {
        let pool = Pool::new(1, 0, Duration::from_secs(1)).unwrap();
        let broken = pool.submit(kind("x", 0), soon(), || panic!("on purpose")).unwrap();
        assert!(broken.await.is_err());
        assert_eq!(pool.submit(kind("x", 0), soon(), || 7).unwrap().await, Ok(7));
        assert_eq!(pool.busy(), 0);
    }

    #[test]
    fn what_could_not_be_done_in_time_is_turned_away_at_once() {
        let pool = Pool::new(1, 0, Duration::from_millis(350)).unwrap();
        let (hold, started) = held(&pool, kind("slow", 0));
        started.recv().unwrap();
        // One runs (100 ms, as far as anyone knows); two more are expected to be done within 350 ms, a third is not.
        let mut waiting = Vec::new();
        for _ in 0..2 {
            waiting.push(pool.submit(kind("slow", 0), soon(), || ()).unwrap());
        }
        assert!(pool.submit(kind("slow", 0), soon(), || ()).is_err());
        // Nor anything whose caller does not wait that long.
        assert!(pool.submit(kind("slow", 0), Instant::now() + Duration::from_millis(50), || ()).is_err());
        drop(hold);
        for done in waiting {
            done.blocking_recv().unwrap();
        }
    }

    #[test]
    fn memory_hard_jobs_wait_for_the_memory_and_others_pass_them() {
        let pool = Pool::new(2, 100, Duration::from_secs(10)).unwrap();
        let (hold, started) = held(&pool, kind("hard", 80));
        started.recv().unwrap();
        let mut second = pool.submit(kind("hard", 80), soon(), || ()).unwrap();
        pool.submit(kind("light", 0), soon(), || ()).unwrap().blocking_recv().unwrap();
        assert!(second.try_recv().is_err(), "there is memory for one only");
        drop(hold);
        second.blocking_recv().unwrap();
        // More than the memory allowed goes alone.
        pool.submit(kind("huge", 1000), soon(), || ()).unwrap().blocking_recv().unwrap();
    }

    #[test]
    fn times_are_learned() {
        let mut times = HashMap::new();
        learn(&mut times, "a".into(), Duration::from_millis(400));
        assert_eq!(times["a"], Duration::from_millis(400));
        learn(&mut times, "a".into(), Duration::from_millis(800));
        assert_eq!(times["a"], Duration::from_millis(500));
    }
}
