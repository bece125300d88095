//! Reads everyone from the source into the workspace: one consistent snapshot, mapped and assessed on all cores, stored as one
//! all-or-nothing reading.
//!
//! ```text
//! source ──batches──▶ map + assess + seal (a batch a core, order kept) ──▶ workspace's writer
//! ```
//!
//! Every arrow is bounded, so memory stays flat however many people there are.

use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::shared_names::{self, SharedName, shared_names};
use super::{MigrationError, reading_notes, rules, shared, suggestion, switches};
use crate::assess::{AssessContext, SchemaRules, assess, left_out_by_default};
use crate::mapping::{Mapping, Plan, Switch, SwitchFinder, SwitchTable, Target};
use crate::model::{Candidate, Phase, Progress, Record};
use crate::source::{Source, TooBig};
use crate::workspace::{Arrived, Prepared, Preparer, Reading, ReadingInfo, ReadingSummary, Workspace};

/// What to read.
pub struct ReadJob {
    /// Where people go.
    pub workspace: Workspace,
    /// Where they come from.
    pub source: Arc<dyn Source>,
    /// The source in a few words, without a password: `PostgreSQL · example_db`.
    pub source_label: String,
    /// Columns to attributes.
    pub mapping: Mapping,
    /// What the org demands of profiles.
    pub schema: SchemaRules,
    /// Today, for findings about dates.
    pub today: NaiveDate,
    /// How many rows to expect, if known.
    pub expected: Option<u64>,
}

/// How a reading ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadEnd {
    /// The workspace shows these people now.
    Done {
        /// What is new, changed and gone.
        summary: ReadingSummary,
        /// Values left out because they are larger than 1 MiB.
        too_big: Vec<TooBig>,
    },
    /// Stopped: the workspace is as it was.
    Stopped,
}

/// Batches that wait between the source and the workers.
const WAITING: usize = 2;

/// Reads everyone. Stopped, or ended by an error, it leaves the workspace as it was.
pub async fn run(
    job: ReadJob,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<ReadEnd, MigrationError> {
    let tell = |phase, done, note: Option<&str>| {
        progress.send_replace(Progress { phase, done, total: job.expected, note: note.map(str::to_owned) });
    };
    tell(Phase::Preparing, 0, None);
    // Beside the reading: other tables are counted on a connection of their own.
    let beside = tokio::spawn(beside(Arc::clone(&job.source), job.mapping.clone()));
    let context = AssessContext {
        password: job.mapping.password.clone(),
        schema: job.schema.clone(),
        today: job.today,
    };
    let context = Arc::new(context);
    let again = Arc::clone(&context);
    let info = ReadingInfo {
        source: job.source_label.clone(),
        covered: secret_columns(&job.mapping),
        key: job.mapping.selection.key.clone(),
    };
    let mut reading = job
        .workspace
        .begin_reading(info, Arc::new(move |candidate: Candidate| assess(candidate, &again)))
        .await?;

    // Its own token, so that an error on our side ends the source's reading without stopping the caller's other work.
    let ours = stop.child_token();
    let (batches, incoming) = mpsc::channel(WAITING);
    let reader = {
        let (source, selection, stop) =
            (Arc::clone(&job.source), job.mapping.selection.clone(), ours.clone());
        tokio::spawn(async move { source.read(&selection, batches, stop).await })
    };
    tell(Phase::Working, 0, None);
    let stored =
        store_all(&job.mapping, &context, incoming, &mut reading, |done| tell(Phase::Working, done, None))
            .await;
    if stored.is_err() {
        ours.cancel();
    }
    let read = reader.await.map_err(|e| MigrationError::Internal(e.to_string()))?;
    // A source that broke says more than the channel that closed behind it.
    let (done, found, end) = match (stored, read) {
        (Ok((done, found)), Ok(end)) => (done, found, end),
        // Nor does what comes of clearing up hide why: what is left behind is cleared up when the file is opened again.
        (Err(error), Ok(_)) => {
            let _ = reading.abandon().await;
            return Err(error);
        }
        (_, Err(error)) => {
            let _ = reading.abandon().await;
            return Err(error.into());
        }
    };
    if end.stopped || stop.is_cancelled() {
        reading.abandon().await?;
        return Ok(ReadEnd::Stopped);
    }
    tell(Phase::Finishing, done, Some("Comparing people with each other"));
    let summary = reading.finish().await?;
    shared::settled(&job.workspace).await?;
    let Beside { tables, names, notes } = beside.await.unwrap_or_default();
    switches::keep(&job.workspace, &found, &tables).await?;
    shared_names::keep(&job.workspace, &names).await?;
    reading_notes::keep(&job.workspace, &notes).await?;
    rules::settle_after_reading(&job.workspace, &job.schema).await?;
    tell(Phase::Finishing, done, None);
    Ok(ReadEnd::Done { summary, too_big: end.too_big })
}

/// What else there is to tell.
#[derive(Default)]
struct Beside {
    /// The tables beside the people's that may say who is switched off.
    tables: Vec<SwitchTable>,
    /// Groups that have one name.
    names: Vec<SharedName>,
    /// The rest, in sentences.
    notes: Vec<String>,
}

/// Rows that are looked at for what else there is to tell.
const LOOKED_AT: usize = 200;

/// What else there is to tell. A source that breaks at it says so of the reading itself.
async fn beside(source: Arc<dyn Source>, mapping: Mapping) -> Beside {
    let Ok(probe) = source.probe().await else { return Beside::default() };
    let names = shared_names(&*source, &probe.catalog, &mapping.selection).await;
    let Ok(sample) = source.sample(&mapping.selection, LOOKED_AT).await else {
        return Beside { names, ..Beside::default() };
    };
    let notes = suggestion::reading_notes(&*source, &probe.catalog, &mapping, &sample).await;
    Beside {
        tables: switches::tables(&*source, &probe.catalog, &mapping, &sample.columns).await,
        names,
        notes,
    }
}

/// Maps, assesses, seals and stores every batch, in order. How many people, and the columns nothing reads that may say who is
/// switched off.
async fn store_all(
    mapping: &Mapping,
    context: &Arc<AssessContext>,
    mut incoming: mpsc::Receiver<Vec<Record>>,
    reading: &mut Reading,
    tell: impl Fn(u64),
) -> Result<(u64, Vec<Switch>), MigrationError> {
    let count = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let (mut inlets, mut outlets) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let (inlet, outlet) = worker(reading.preparer()?, Arc::clone(context))?;
        inlets.push(inlet);
        outlets.push(outlet);
    }
    // Batches are dealt round and collected round: that keeps their order.
    let deal = async move {
        let mut plan: Option<Arc<Plan>> = None;
        let mut finder: Option<SwitchFinder> = None;
        let mut dealt = 0_usize;
        while let Some(batch) = incoming.recv().await {
            // The columns are known with the first record.
            let Some(first) = batch.first() else { continue };
            let plan = match &plan {
                Some(plan) => Arc::clone(plan),
                None => Arc::clone(plan.insert(Arc::new(Plan::compile(mapping, &first.columns)?))),
            };
            let looking =
                finder.get_or_insert_with(|| SwitchFinder::new(mapping, &first.columns, Utc::now()));
            for record in &batch {
                looking.add(record);
            }
            inlets[dealt % count].send((plan, batch)).await.map_err(|_| worker_died())?;
            dealt += 1;
        }
        Ok::<_, MigrationError>((dealt, finder.map(SwitchFinder::found).unwrap_or_default()))
    };
    let collect = async {
        let (mut done, mut collected) = (0, 0_usize);
        while let Some(batch) = outlets[collected % count].recv().await {
            collected += 1;
            done += batch.len() as u64;
            reading.add_prepared(batch).await?;
            tell(done);
        }
        Ok((done, collected))
    };
    let ((dealt, found), (done, collected)) = tokio::try_join!(deal, collect)?;
    // Nobody may be passed over in silence.
    if dealt == collected { Ok((done, found)) } else { Err(worker_died()) }
}

fn worker_died() -> MigrationError {
    MigrationError::Internal("a thread that prepares people ended".to_owned())
}

/// Where a worker gets its batches, with how to map them.
type Inlet = mpsc::Sender<(Arc<Plan>, Vec<Record>)>;

/// Starts a worker: a thread of its own, which ends with its inlet. A pool's threads come and go with the load, and every one of
/// them would keep memory of its own.
fn worker(
    mut preparer: Preparer,
    context: Arc<AssessContext>,
) -> Result<(Inlet, mpsc::Receiver<Prepared>), MigrationError> {
    let (inlet, mut batches) = mpsc::channel::<(Arc<Plan>, Vec<Record>)>(1);
    let (out, outlet) = mpsc::channel(1);
    let work = move || {
        while let Some((plan, batch)) = batches.blocking_recv() {
            let arrived = batch.into_iter().map(|record| {
                let assessed = assess(plan.apply(&record), &context);
                let leave_out = left_out_by_default(&assessed);
                Arrived { assessed, record, leave_out }
            });
            if out.blocking_send(preparer.prepare(arrived)).is_err() {
                break;
            }
        }
    };
    let thread = std::thread::Builder::new().name("causeway-prepare".to_owned()).spawn(work);
    thread.map_err(|error| MigrationError::Internal(error.to_string()))?;
    Ok((inlet, outlet))
}

/// The columns that hold passwords and salts: covered wherever a source row is shown.
pub fn secret_columns(mapping: &Mapping) -> Vec<String> {
    let mut columns: Vec<String> = mapping
        .rules
        .iter()
        .filter(|rule| matches!(rule.target, Target::Password | Target::Salt))
        .filter_map(|rule| rule.column.clone())
        .collect();
    columns.sort();
    columns.dedup();
    columns
}
