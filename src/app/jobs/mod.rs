//! The only bridge between the window and async work: it owns the runtime, starts long jobs, and answers one-shot questions.
//!
//! A step holds a [`Question`] for each thing it can ask, and a [`Job`] for a long job it started, and looks at both in `logic`.
//! What is asked lives in one file a topic beside this one; nothing else in `app` awaits.

mod files;
mod keychain;
mod long;
mod map;
pub mod org;
mod picker;
pub mod practice;
mod question;
pub(crate) mod sample;
mod source;
mod typed;
mod watch;
mod workspace;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::watch::Watch;
pub use files::{Settings, read_settings, read_text, write_settings, write_text};
pub use keychain::{SystemKeychain, look_for_keychain};
pub use long::LongJob;
pub use map::{Suggested, read_people, suggest_mapping};
pub use picker::{FixedPicker, Picker, SystemPicker, Wanted, WindowPicker};
use question::promised;
pub use question::{Answer, Pending, Question};
pub use sample::{is_sample, is_sample_file, sample};
pub use source::{Tested, keep_mapping, keep_source, sample as sample_rows, test as test_source};
pub use typed::{Asked, TypedPaths};
pub use workspace::{Contents, KeyPlace, NoKeychain, Opened, create, open};

use super::place::{PLACE, Place};
use crate::practice::PracticeOrg;
use crate::secrets::{SecretStore, SessionOnly};
use crate::ui::Problem;
use crate::workspace::Workspace;

/// The least time between two repaints that jobs ask for: 30 a second.
const REPAINT: Duration = Duration::from_millis(33);

/// How long closing the program waits for calls under way and for the last writes.
const LAST_MOMENT: Duration = Duration::from_secs(5);

/// A tracker whose waiters go on whenever nothing is tracked.
fn closed_tracker() -> TaskTracker {
    let tracker = TaskTracker::new();
    tracker.close();
    tracker
}

/// Where the program keeps its own small files. Given from outside, so that tests have their own.
#[derive(Debug, Clone)]
pub struct Places {
    /// Settings and the list of recent workspaces.
    pub config: PathBuf,
    /// The sample company's database, and workspaces made without asking where.
    pub data: PathBuf,
    /// A file with sealing keys that was named at the start.
    pub key_file: Option<PathBuf>,
}

/// Asks the window to draw soon; costs nothing where there is no window.
#[derive(Debug, Clone, Default)]
pub struct Waker(Option<egui::Context>);

impl Waker {
    /// For this window.
    pub fn of(ctx: &egui::Context) -> Self {
        Self(Some(ctx.clone()))
    }

    /// Something changed. However often it is called, the window draws at most 30 times a second for it.
    pub fn wake(&self) {
        if let Some(ctx) = &self.0 {
            ctx.request_repaint_after(REPAINT);
        }
    }
}

/// Starts and keeps track of async work. Used from the window's thread only.
pub struct Jobs {
    runtime: Option<Runtime>,
    waker: Waker,
    places: Places,
    secrets: Arc<dyn SecretStore>,
    session: Arc<SessionOnly>,
    picker: Arc<dyn Picker>,
    workspace: Option<Workspace>,
    org: Option<org::Org>,
    practice: Option<Arc<PracticeOrg>>,
    practice_slot: practice::Slot,
    /// Jobs under way, and workspaces being closed: both are waited for before the program ends.
    working: TaskTracker,
    closing: TaskTracker,
    place: RefCell<Option<Place>>,
    asked: RefCell<Vec<&'static str>>,
    next: Cell<u64>,
    running: RefCell<Vec<Running>>,
}

struct Running {
    which: LongJob,
    stop: CancellationToken,
    over: Arc<AtomicBool>,
}

/// This job is running already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy(pub LongJob);

impl Jobs {
    /// A runtime of two named threads. Fails when the system gives no threads.
    pub fn start_up(
        waker: Waker,
        places: Places,
        secrets: Arc<dyn SecretStore>,
        picker: Arc<dyn Picker>,
    ) -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("causeway-job").enable_all().build()?;
        Ok(Self::with(Some(runtime), waker, places, secrets, picker))
    }

    /// Without a runtime: whatever is asked stays unanswered until the test answers it. [`Jobs::asked`] tells what was asked.
    pub fn disconnected(places: Places, secrets: Arc<dyn SecretStore>) -> Self {
        Self::with(None, Waker::default(), places, secrets, Arc::new(FixedPicker::default()))
    }

    fn with(
        runtime: Option<Runtime>,
        waker: Waker,
        places: Places,
        secrets: Arc<dyn SecretStore>,
        picker: Arc<dyn Picker>,
    ) -> Self {
        Self {
            runtime,
            waker,
            places,
            secrets,
            session: Arc::new(SessionOnly::new()),
            picker,
            workspace: None,
            org: None,
            practice: None,
            practice_slot: practice::Slot::default(),
            working: closed_tracker(),
            closing: closed_tracker(),
            place: RefCell::default(),
            asked: RefCell::default(),
            next: Cell::new(1),
            running: RefCell::default(),
        }
    }

    /// The runtime's handle, to be entered for the first half of a frame: futures that look for a timer when they are made
    /// find it then.
    pub(super) fn handle(&self) -> Option<Handle> {
        self.runtime.as_ref().map(|runtime| runtime.handle().clone())
    }

    /// Where the program keeps its own files.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Where secrets are kept. Its calls block: only inside [`Jobs::ask_blocking`], never in a frame. `place()` alone is free.
    pub fn secrets(&self) -> Arc<dyn SecretStore> {
        Arc::clone(&self.secrets)
    }

    /// Secrets kept until the program ends: what the keychain would not take.
    pub fn session(&self) -> Arc<SessionOnly> {
        Arc::clone(&self.session)
    }

    /// Keeps secrets elsewhere from now on: for this session only, where there is no keychain.
    pub fn keep_secrets_in(&mut self, secrets: Arc<dyn SecretStore>) {
        self.secrets = secrets;
    }

    /// Names of everything asked and started so far, in order. For tests.
    pub fn asked(&self) -> Vec<&'static str> {
        self.asked.borrow().clone()
    }

    /// Asks something that will be answered once. Hand the result to [`Question::ask`].
    pub fn ask<T, E, F>(&self, name: &'static str, work: F) -> Pending<T>
    where
        T: Send + 'static,
        E: Into<Problem>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let number = self.number(name);
        let Some(runtime) = &self.runtime else { return Pending::never(number) };
        let (answering, promise) = promised();
        let waker = self.waker.clone();
        let task = runtime.spawn(async move {
            // Dropped in reverse: whatever happens, the answer is there before the window wakes.
            let guard = WakeAtEnd(waker);
            let answering = answering;
            answering.give(work.await.map_err(Into::into));
            drop(guard);
        });
        Pending::new(number, promise, task.abort_handle())
    }

    /// The same for work whose future stays on one thread: it gets a thread of its own to be driven on.
    pub fn ask_here<T, F>(&self, name: &'static str, work: impl FnOnce() -> F + Send + 'static) -> Pending<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>>,
    {
        self.ask_blocking(name, move || Handle::current().block_on(work()))
    }

    /// Starts something short whose end nobody waits for; only for what belongs to no page.
    pub(super) fn ask_detached<F>(&self, name: &'static str, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.number(name);
        if let Some(runtime) = &self.runtime {
            let guard = WakeAtEnd(self.waker.clone());
            runtime.spawn(async move {
                work.await;
                drop(guard);
            });
        }
    }

    /// The same for work that blocks: the keychain, files.
    pub fn ask_blocking<T, F>(&self, name: &'static str, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Problem> + Send + 'static,
    {
        self.ask(name, async move {
            tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Problem::interrupted()))
        })
    }

    /// The open workspace. `None` on the start page, and in tests of screens.
    pub fn workspace(&self) -> Option<&Workspace> {
        self.workspace.as_ref()
    }

    /// From now on this workspace is open; the one before is closed behind us, and its practice org with it.
    pub fn hold(&mut self, workspace: Option<Workspace>) {
        let former = std::mem::replace(&mut self.workspace, workspace);
        let slot = std::mem::take(&mut self.practice_slot);
        self.practice = None;
        self.org = None;
        let place = self.place.take();
        if let Some(former) = former {
            let (closing, working) = (self.closing.token(), self.working.clone());
            self.ask_detached("close the workspace", async move {
                // Jobs that were told to stop have last outcomes to write, the practice org its last changes.
                working.wait().await;
                practice::stop(&slot).await;
                if let Some(place) = place
                    && let Err(error) = former.put_doc(PLACE, &place).await
                {
                    tracing::warn!(%error, "keeping where the person looked");
                }
                if let Err(error) = former.close().await {
                    tracing::warn!(%error, "closing a workspace");
                }
                drop(closing);
            });
        }
    }

    /// Where the person looks now: kept when the workspace is closed, and on disk at once when `write`, for a program that is killed.
    pub(super) fn keep_place(&self, place: Place, write: bool) {
        if let (true, Some(workspace)) = (write, self.workspace.clone()) {
            let place = place.clone();
            self.ask_detached("keep the place", async move {
                if let Err(error) = workspace.put_doc(PLACE, &place).await {
                    tracing::warn!(%error, "keeping where the person looked");
                }
            });
        }
        self.place.replace(Some(place));
    }

    /// Waits until workspaces held before are closed: one of them may be the one to be opened.
    pub(super) fn closed(&self) -> impl Future<Output = ()> + Send + 'static {
        let closing = self.closing.clone();
        async move { closing.wait().await }
    }

    /// The org people go to, once it was connected to.
    pub fn org(&self) -> Option<&org::Org> {
        self.org.as_ref()
    }

    /// From now on people go to this org.
    pub fn hold_org(&mut self, org: Option<org::Org>) {
        if let Some(practice) = org.as_ref().and_then(|org| org.practice.clone()) {
            self.practice = Some(practice);
        }
        self.org = org;
    }

    /// Where this workspace's practice org is, or is to be.
    pub(crate) fn practice_slot(&self) -> practice::Slot {
        Arc::clone(&self.practice_slot)
    }

    /// The practice org, if it was started for this workspace.
    pub fn practice(&self) -> Option<Arc<PracticeOrg>> {
        self.practice.clone()
    }

    /// Lets go of the connection to the practice org, and of the org itself as far as it is shown.
    pub fn forget_practice(&mut self) {
        self.practice = None;
        self.org = None;
    }

    /// Asks the open workspace something. Never answered while none is open.
    pub fn ask_workspace<T, F>(
        &self,
        name: &'static str,
        work: impl FnOnce(Workspace) -> F + Send + 'static,
    ) -> Pending<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>>,
    {
        match &self.workspace {
            Some(workspace) => {
                let workspace = workspace.clone();
                self.ask_here(name, move || work(workspace))
            }
            None => Pending::never(self.number(name)),
        }
    }

    /// Opens the system's dialog for a file. `None`: cancelled, or this computer has no dialogs (the field beside stays).
    pub fn pick(&self, wanted: Wanted) -> Pending<Option<PathBuf>> {
        let picker = Arc::clone(&self.picker);
        self.ask("pick a file", async move { Answer::Ok(picker.pick(wanted).await) })
    }

    /// A path the window itself is to ask for, where the system has no dialogs.
    pub(super) fn asked_path(&self) -> Option<Asked> {
        self.picker.typed().and_then(TypedPaths::take)
    }

    /// Starts a long job, unless it runs already.
    pub fn start<P, T, E, F>(
        &self,
        which: LongJob,
        first: P,
        work: impl FnOnce(CancellationToken, channel::Sender<P>) -> F + Send + 'static,
    ) -> Result<Job<P, T>, Busy>
    where
        P: Send + Sync + Clone + 'static,
        T: Send + 'static,
        E: Into<Problem>,
        F: Future<Output = Result<T, E>>,
    {
        if self.is_running(which) {
            return Err(Busy(which));
        }
        let number = self.number(which.words());
        let stop = CancellationToken::new();
        let (sender, progress) = channel::channel(first);
        let over = Arc::new(AtomicBool::new(self.runtime.is_none()));
        let pending = match &self.runtime {
            None => Pending::never(number),
            Some(runtime) => {
                let mut watched = progress.clone();
                let waker = self.waker.clone();
                runtime.spawn(async move {
                    while watched.changed().await.is_ok() {
                        waker.wake();
                    }
                });
                let (answering, promise) = promised();
                let guard = OverAtEnd(Arc::clone(&over), WakeAtEnd(self.waker.clone()));
                let stop = stop.clone();
                let working = self.working.token();
                // A thread of its own: a job's future need not move between threads, and its steps may take their time.
                let task = runtime.spawn_blocking(move || {
                    let guard = guard;
                    let answering = answering;
                    answering.give(Handle::current().block_on(work(stop, sender)).map_err(Into::into));
                    drop(working);
                    drop(guard);
                });
                Pending::new(number, promise, task.abort_handle())
            }
        };
        self.running.borrow_mut().push(Running { which, stop: stop.clone(), over });
        Ok(Job { stop, progress, question: Question::asked(pending) })
    }

    /// Watches something for as long as the result is held; the window draws whenever it changed. No job: closing the program
    /// neither asks about it nor waits for it.
    pub fn watch<P, F>(
        &self,
        name: &'static str,
        first: P,
        work: impl FnOnce(channel::Sender<P>) -> F,
    ) -> Watch<P>
    where
        P: Send + Sync + Clone + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.number(name);
        let (sender, seen) = channel::channel(first);
        let Some(runtime) = &self.runtime else { return Watch::new(seen, None) };
        let (mut changes, waker) = (seen.clone(), self.waker.clone());
        runtime.spawn(async move {
            while changes.changed().await.is_ok() {
                waker.wake();
            }
        });
        Watch::new(seen, Some(runtime.spawn(work(sender)).abort_handle()))
    }

    /// Whether this job is running.
    pub fn is_running(&self, which: LongJob) -> bool {
        self.running().contains(&which)
    }

    /// The jobs that are running.
    pub fn running(&self) -> Vec<LongJob> {
        let mut running = self.running.borrow_mut();
        running.retain(|job| !job.over.load(Ordering::Acquire));
        running.iter().map(|job| job.which).collect()
    }

    /// Those that something is lost of when they are cut off.
    pub fn at_stake(&self) -> Vec<LongJob> {
        self.running().into_iter().filter(|job| !job.only_looks()).collect()
    }

    /// Tells every job to stop at its next safe point.
    pub fn stop_all(&self) {
        for job in self.running.borrow().iter() {
            job.stop.cancel();
        }
    }

    fn number(&self, name: &'static str) -> u64 {
        self.asked.borrow_mut().push(name);
        let number = self.next.get();
        self.next.set(number + 1);
        number
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop_all();
        self.hold(None);
        if let Some(runtime) = self.runtime.take() {
            // Jobs were told to stop; they get a moment to put their last outcomes on disk. What does not make it is looked up
            // in Okta by the next run.
            let (done, wait) = std::sync::mpsc::sync_channel(1);
            let closed = self.closed();
            runtime.spawn(async move {
                closed.await;
                // Nobody may be waiting any more.
                let _ = done.send(());
            });
            let _ = wait.recv_timeout(LAST_MOMENT);
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

/// A long job under way.
pub struct Job<P, T: Send + 'static> {
    stop: CancellationToken,
    progress: channel::Receiver<P>,
    question: Question<T>,
}

impl<P: Clone, T: Send + 'static> Job<P, T> {
    /// A job that has come this far and stays there; for tests and pictures.
    pub fn standing_still(progress: P) -> Self {
        let (_, receiver) = channel::channel(progress);
        let question = Question::asked(Pending::never(0));
        Self { stop: CancellationToken::new(), progress: receiver, question }
    }

    /// How far it is.
    pub fn progress(&self) -> P {
        self.progress.borrow().clone()
    }

    /// Asks it to stop at its next safe point.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether it was asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Its result, once, when it is over.
    pub fn take(&mut self) -> Option<Answer<T>> {
        self.question.take()
    }

    /// Puts a result in by hand; for tests.
    pub fn answer(&mut self, answer: Answer<T>) {
        self.question.answer(answer);
    }
}

struct WakeAtEnd(Waker);

impl Drop for WakeAtEnd {
    fn drop(&mut self) {
        self.0.wake();
    }
}

struct OverAtEnd(
    Arc<AtomicBool>,
    #[expect(dead_code, reason = "wakes the window when dropped, after the flag is set")] WakeAtEnd,
);

impl Drop for OverAtEnd {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
