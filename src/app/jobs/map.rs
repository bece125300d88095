//! What the step Map asks: the first rows with a suggestion, and the long reading.

use tokio::sync::watch;

use super::{Busy, Job, Jobs, Pending};
use crate::mapping::{GroupCandidate, Mapping, OtherHalf, SwitchTable};
use crate::migration::read::{self, ReadEnd, ReadJob};
use crate::migration::{
    Groups, PersonKey, Suggestion, all_halves, all_notes, group_choices, keep_mapping, person_key,
    suggest_for,
};
use crate::migration::{rules, switches};
use crate::model::{Catalog, Phase, Progress, Sample, Selection};
use crate::secrets::find;
use crate::source::{self, SourceSpec};
use crate::ui::Problem;

/// How many rows the mapping is suggested from and previewed on.
const ROWS: usize = 50;

/// The first rows of the people, and where their columns could go.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// The suggestion.
    pub mapping: Mapping,
    /// The rows.
    pub sample: Sample,
    /// The memberships that may give these people their groups; those that are not certain are asked about.
    pub groups: Vec<GroupCandidate>,
    /// What tells these people apart.
    pub key: PersonKey,
    /// Tables with what the mapping misses of these people.
    pub halves: Vec<OtherHalf>,
    /// Tables that may say who of them is switched off, and that the mapping doesn't read.
    pub switch_tables: Vec<SwitchTable>,
    /// What else should be known before these people are read.
    pub notes: Vec<String>,
}

/// Looks at the first rows and suggests a mapping; with `keep`, only looks, and keeps that mapping. `catalog` saves looking for the
/// tables again.
pub fn suggest_mapping(
    jobs: &Jobs,
    spec: SourceSpec,
    catalog: Option<Catalog>,
    selection: Selection,
    keep: Option<Mapping>,
) -> Pending<Suggested> {
    let (secrets, session) = (jobs.secrets(), jobs.session());
    jobs.ask_here("suggest a mapping", async move || {
        let password = spec.secret_name().and_then(|name| find(&*session, &*secrets, &name));
        let source = source::open(&spec, password)?;
        let Some(mapping) = keep else {
            let catalog = match catalog {
                Some(catalog) => catalog,
                None => source.probe().await?.catalog,
            };
            let groups = group_choices(&*source, &catalog, &selection).await;
            let made = suggest_for(&*source, &catalog, selection, &groups, Groups::Certain, ROWS).await?;
            let Suggestion { mapping, sample, key, halves, switch_tables, notes } = made;
            return Ok(Suggested { mapping, sample, groups, key, halves, switch_tables, notes });
        };
        let sample = source.sample(&selection, ROWS).await?;
        let groups = match &catalog {
            Some(catalog) => group_choices(&*source, catalog, &selection).await,
            None => Vec::new(),
        };
        let key = person_key(&*source, catalog.as_ref(), &selection, &sample).await;
        let (halves, switch_tables, notes) = match &catalog {
            Some(catalog) => (
                all_halves(&*source, catalog, &mapping, &sample).await,
                switches::tables(&*source, catalog, &mapping, &sample.columns).await,
                all_notes(&*source, catalog, &mapping, &sample, &groups).await,
            ),
            None => (Vec::new(), Vec::new(), Vec::new()),
        };
        Ok(Suggested { mapping, sample, groups, key, halves, switch_tables, notes })
    })
}

/// Reads everyone into the workspace. `None` without a workspace (in tests of screens).
pub fn read_people(
    jobs: &Jobs,
    spec: SourceSpec,
    mapping: Mapping,
    expected: Option<u64>,
) -> Result<Job<Progress, ReadEnd>, Busy> {
    let (secrets, session) = (jobs.secrets(), jobs.session());
    let workspace = jobs.workspace().cloned();
    let first = Progress { phase: Phase::Preparing, done: 0, total: expected, note: None };
    jobs.start(super::LongJob::Reading, first, move |stop, progress: watch::Sender<Progress>| async move {
        let Some(workspace) = workspace else { return Err(Problem::interrupted()) };
        let password = spec.secret_name().and_then(|name| find(&*session, &*secrets, &name));
        let source = source::open(&spec, password)?;
        // What is read with is what is kept, so that a reading without the window finds the same.
        keep_mapping(&workspace, &mapping).await?;
        let schema = rules::schema(&workspace).await?;
        let job = ReadJob {
            workspace,
            source,
            source_label: spec.summary(),
            mapping,
            schema,
            today: chrono::Utc::now().date_naive(),
            expected,
        };
        Ok(read::run(job, stop, progress).await?)
    })
}
