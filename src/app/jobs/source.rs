//! Questions to a source: does it answer, what is in it, what do its first rows look like.

use secrecy::SecretString;

use super::workspace::SOURCE;
use super::{Jobs, Pending};
use crate::mapping::{Guess, Mapping, guess_people};
use crate::migration;
use crate::model::{Sample, Selection};
use crate::secrets::{SecretStore as _, find};
use crate::source::{self, Probe, SourceSpec};
use crate::ui::Problem;

/// What a good test found.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// What was tested.
    pub spec: SourceSpec,
    /// What answered.
    pub probe: Probe,
    /// Which tables may hold people, the likeliest first.
    pub guesses: Vec<Guess>,
    /// Where the password is kept now; `None` for a source without one.
    pub kept_in: Option<&'static str>,
    /// Why the password could not be kept, if it could not: it then holds for this session.
    pub not_kept: Option<Problem>,
}

/// Connects, looks around and guesses where people are. A typed password is kept in the keychain when it was right; without one,
/// the kept one is used.
pub fn test(jobs: &Jobs, spec: SourceSpec, typed: Option<SecretString>) -> Pending<Tested> {
    let (secrets, session) = (jobs.secrets(), jobs.session());
    jobs.ask_here("test the source", async move || {
        let name = spec.secret_name();
        let password = match (&typed, &name) {
            (Some(typed), _) => Some(typed.clone()),
            (None, Some(name)) => find(&*session, &*secrets, name),
            (None, None) => None,
        };
        let probe = source::open(&spec, password)?.probe().await?;
        let guesses = guess_people(&probe.catalog);
        let (mut kept_in, mut not_kept) = (None, None);
        if let Some(name) = name {
            kept_in = Some(secrets.place());
            if let Some(typed) = typed
                && let Err(error) = secrets.set(&name, &typed)
            {
                session.set(&name, &typed)?;
                kept_in = Some(session.place());
                not_kept = Some(error.into());
            }
        }
        Ok(Tested { spec, probe, guesses, kept_in, not_kept })
    })
}

/// The first rows of a selection.
pub fn sample(jobs: &Jobs, spec: SourceSpec, selection: Selection, rows: usize) -> Pending<Sample> {
    let (secrets, session) = (jobs.secrets(), jobs.session());
    jobs.ask_here("look at the first rows", async move || {
        let password = spec.secret_name().and_then(|name| find(&*session, &*secrets, &name));
        Ok(source::open(&spec, password)?.sample(&selection, rows).await?)
    })
}

/// Keeps the source in the workspace.
pub fn keep_source(jobs: &Jobs, spec: SourceSpec) -> Pending<()> {
    jobs.ask_workspace("keep the source", async move |workspace| Ok(workspace.put_doc(SOURCE, &spec).await?))
}

/// Keeps the mapping in the workspace.
pub fn keep_mapping(jobs: &Jobs, mapping: Mapping) -> Pending<()> {
    jobs.ask_workspace("keep the mapping", async move |workspace| {
        Ok(migration::keep_mapping(&workspace, &mapping).await?)
    })
}
