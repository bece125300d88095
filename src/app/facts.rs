//! What is known about the open migration, as plain values: what the rail shows, and what decides which step is next.

use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::LongJob;
use super::place::Place;
use super::steps::StepId;
use crate::mapping::Mapping;
use crate::migration::import::Tally;
use crate::migration::{Choices, Existing};
use crate::model::{Catalog, OutcomeKind, RoutePolicy, Selection};
use crate::source::SourceSpec;
use crate::workspace::{Counts, Disposition};

/// What is known about the open migration. Filled in `logic` from the workspace and from answers; drawn from in `ui`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The open workspace.
    pub workspace: Option<OpenWorkspace>,
    /// Whether the workspace's key is in memory only: nobody opens it again once Causeway is closed.
    pub one_session: bool,
    /// Whether its people are the sample company's: invented, with passwords that are no secret.
    pub sample: bool,
    /// The source, once it was reached and a table chosen.
    pub source: Option<SourceFact>,
    /// The mapping, once there is one.
    pub mapping: Option<MappingFact>,
    /// The people read, once they are.
    pub people: Option<PeopleFact>,
    /// The source they were read from, in one line as in [`SourceFact::summary`].
    pub read_from: Option<String>,
    /// How many of them are what.
    pub counts: Counts,
    /// The choices of step 4, as its page shows them: every run goes by these.
    pub choices: Choices,
    /// How they arrive, as chosen in step 4.
    pub policy: RoutePolicy,
    /// What becomes of people who are in Okta already, as chosen in step 4.
    pub existing: Existing,
    /// Where they go.
    pub target: Target,
    /// Whether a real org is one of Okta's preview orgs, for trying out.
    pub preview: bool,
    /// Whether the target was checked and can be used.
    pub target_ready: bool,
    /// What the import has done so far.
    pub import: ImportFact,
    /// Whether the last run went to a practice org. `None`: nobody was sent yet.
    pub rehearsed: Option<bool>,
    /// Whether people were sent to another org than the one connected to.
    pub other_org: bool,
    /// Who the password hook still waits for, as far as it is known.
    pub hook: HookFact,
    /// What the workspace keeps of the first two steps, as it was when it was opened.
    pub kept: Option<Arc<Kept>>,
    /// The jobs now running, for the badge and for closing.
    pub running: Vec<LongJob>,
}

impl Facts {
    /// Whether people are being sent to Okta.
    pub fn is_importing(&self) -> bool {
        self.running.contains(&LongJob::Import)
    }

    /// Takes in how people are to arrive.
    pub fn choose(&mut self, choices: &Choices) {
        let policy = choices.policy;
        self.choices.clone_from(choices);
        self.existing = choices.existing;
        if policy != self.policy {
            self.policy = policy;
            if let Some(people) = &mut self.people {
                people.hook = self.counts.disposition_under(Disposition::Hook, policy);
            }
        }
    }

    /// How many people stand where, by how they arrive.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.counts)
    }

    /// Whether what is on record of the import happened elsewhere than in the org chosen: a rehearsal counts for nothing in a real one.
    pub fn sent_elsewhere(&self) -> bool {
        let practice = self.target == Target::Practice;
        self.other_org || self.rehearsed.is_some_and(|rehearsed| rehearsed != practice)
    }

    /// Takes in how many people are what.
    pub fn take_counts(&mut self, counts: &Counts) {
        self.counts.clone_from(counts);
        self.people = (counts.total > 0).then_some(PeopleFact {
            total: counts.total,
            blocked: counts.blocked,
            hook: counts.disposition_under(Disposition::Hook, self.policy),
        });
        let done = [OutcomeKind::Created, OutcomeKind::AlreadyThere, OutcomeKind::Updated];
        self.import.done = done.iter().map(|kind| counts.outcome(*kind)).sum();
        self.import.failed = counts.outcome(OutcomeKind::Failed);
        self.import.waiting = counts.outcome(OutcomeKind::Waiting) + counts.outcome(OutcomeKind::Sending);
    }
}

/// What a workspace keeps of the first two steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Where people are today.
    pub source: Option<SourceSpec>,
    /// Which rows are people, and where columns go.
    pub mapping: Option<Mapping>,
    /// Where the person looked last.
    pub place: Place,
    /// Whether the last import was cut off while it ran.
    pub cut_off: bool,
}

/// The open workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWorkspace {
    /// What the administrator calls this migration.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

/// The source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceFact {
    /// In one line: `PostgreSQL · example_db`.
    pub summary: String,
    /// Where it is, and which rows are people. `None` only in tests that draw later steps.
    pub setup: Option<Arc<SourceSetup>>,
}

/// Where people are today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSetup {
    /// How to reach it.
    pub spec: SourceSpec,
    /// Its tables, if it was looked at since the window opened.
    pub catalog: Option<Catalog>,
    /// Which rows are people.
    pub selection: Selection,
    /// How many there are, as far as the source knows.
    pub rows: Option<u64>,
}

/// The mapping in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappingFact {
    /// Columns that go somewhere.
    pub mapped: usize,
    /// Columns in all; 0 while the source was not looked at.
    pub columns: usize,
    /// Whether people can be read with it.
    pub complete: bool,
}

/// The people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeopleFact {
    /// How many, all told.
    pub total: u64,
    /// How many of them can't be imported as they are.
    pub blocked: u64,
    /// How many go to the hook.
    pub hook: u64,
}

/// Where people go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// The pretend org on this computer.
    #[default]
    Practice,
    /// A real org, by its name or domain.
    Live(String),
}

/// What the import has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportFact {
    /// Created, updated or found already there.
    pub done: u64,
    /// Failed.
    pub failed: u64,
    /// Still to be sent, of those who will be.
    pub waiting: u64,
    /// Whether a run was begun.
    pub begun: bool,
}

impl ImportFact {
    /// Whether anybody was sent. Not so where a run was begun and stopped before the first, or the practice org was emptied since.
    pub fn sent_some(&self) -> bool {
        self.done + self.failed > 0
    }
}

/// Who the password hook still waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HookFact {
    /// Created, and can sign in only through the hook, and have not yet. `None`: not known yet.
    pub waiting: Option<u64>,
    /// Gave the hook the right password, or Okta says that it has theirs.
    pub signed_in: u64,
    /// Passwords that were reset as nobody had signed in with them.
    pub reset: u64,
    /// Whether our hook is registered in the org.
    pub registered: bool,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What it is for is there; it can be opened again.
    Done,
    /// It can be opened.
    Open,
    /// Something before it is missing.
    NotYet,
}

/// How a step stands, from what is known and nothing else.
pub fn standing(facts: &Facts, step: StepId) -> Standing {
    let source = facts.source.is_some();
    let read = facts.people.is_some_and(|p| p.total > 0);
    let import_over = facts.import.begun && facts.import.waiting == 0 && !facts.sent_elsewhere();
    match step {
        StepId::Source if source => Standing::Done,
        StepId::Source => Standing::Open,
        StepId::Map | StepId::Review if read => Standing::Done,
        StepId::Map if source => Standing::Open,
        StepId::Okta if read && facts.target_ready => Standing::Done,
        StepId::Okta if read => Standing::Open,
        StepId::Import if read && import_over => Standing::Done,
        // Once begun it can be looked at, connected or not: also right after a migration was opened.
        StepId::Import if read && (facts.target_ready || facts.import.begun) => Standing::Open,
        StepId::Hook if facts.import.begun || (read && facts.target_ready) => Standing::Open,
        StepId::Finish if import_over => Standing::Open,
        StepId::Map | StepId::Review | StepId::Okta | StepId::Import | StepId::Hook | StepId::Finish => {
            Standing::NotYet
        }
    }
}

/// The step to go on with: where a workspace opens when it does not remember another.
pub fn next_step(facts: &Facts) -> StepId {
    if facts.import.begun && facts.import.waiting > 0 {
        return StepId::Import;
    }
    let first_undone = StepId::ALL
        .into_iter()
        .find(|step| *step != StepId::Review && standing(facts, *step) != Standing::Done);
    match first_undone {
        // People were read and nothing decided since: they are looked at first.
        Some(StepId::Okta) => StepId::Review,
        Some(StepId::Hook) if facts.people.is_some_and(|p| p.hook == 0) => StepId::Finish,
        Some(step) => step,
        None => StepId::Finish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read() -> Facts {
        Facts {
            source: Some(SourceFact { summary: "SQLite · company.db".into(), setup: None }),
            mapping: Some(MappingFact { mapped: 9, columns: 11, complete: true }),
            people: Some(PeopleFact { total: 250, blocked: 7, hook: 40 }),
            ..Facts::default()
        }
    }

    #[test]
    fn the_next_step_follows_from_what_is_known() {
        let nothing = Facts::default();
        let tested = Facts { people: None, mapping: None, ..read() };
        let checked = Facts { target_ready: true, ..read() };
        let under_way =
            Facts { import: ImportFact { begun: true, waiting: 10, done: 5, failed: 0 }, ..checked.clone() };
        let imported =
            Facts { import: ImportFact { begun: true, waiting: 0, done: 240, failed: 3 }, ..checked.clone() };
        let nobody_for_the_hook =
            Facts { people: Some(PeopleFact { total: 250, blocked: 0, hook: 0 }), ..imported.clone() };
        for (facts, step) in [
            (nothing, StepId::Source),
            (tested, StepId::Map),
            (read(), StepId::Review),
            (checked, StepId::Import),
            (under_way, StepId::Import),
            (imported, StepId::Hook),
            (nobody_for_the_hook, StepId::Finish),
        ] {
            assert_eq!(next_step(&facts), step, "{facts:?}");
        }
    }

    #[test]
    fn an_import_that_was_begun_is_what_comes_next_before_the_org_is_connected() {
        let begun = ImportFact { begun: true, waiting: 10, done: 5, failed: 0 };
        let opened = Facts { import: begun, target_ready: false, ..read() };
        assert_eq!(next_step(&opened), StepId::Import);
        assert_eq!(standing(&opened, StepId::Import), Standing::Open);
    }

    #[test]
    fn a_rehearsal_is_no_end_of_the_import_into_a_real_org() {
        let import = ImportFact { begun: true, waiting: 0, done: 240, failed: 3 };
        let rehearsed = Facts { import, rehearsed: Some(true), target_ready: true, ..read() };
        assert_eq!(standing(&rehearsed, StepId::Import), Standing::Done);
        let real = Facts { target: Target::Live("Acme".into()), ..rehearsed.clone() };
        assert_eq!(standing(&real, StepId::Import), Standing::Open);
        assert_eq!(standing(&real, StepId::Finish), Standing::NotYet);
        let sent = Facts { rehearsed: Some(false), ..real };
        assert_eq!(standing(&sent, StepId::Finish), Standing::Open);
        assert!(Facts { other_org: true, ..sent }.sent_elsewhere());
    }

    #[test]
    fn a_step_opens_only_when_what_it_needs_is_there() {
        let table = [
            (StepId::Source, Standing::Open, Standing::Done),
            (StepId::Map, Standing::NotYet, Standing::Done),
            (StepId::Review, Standing::NotYet, Standing::Done),
            (StepId::Okta, Standing::NotYet, Standing::Open),
            (StepId::Import, Standing::NotYet, Standing::NotYet),
            (StepId::Hook, Standing::NotYet, Standing::NotYet),
            (StepId::Finish, Standing::NotYet, Standing::NotYet),
        ];
        for (step, at_first, after_reading) in table {
            assert_eq!(standing(&Facts::default(), step), at_first, "{step:?}");
            assert_eq!(standing(&read(), step), after_reading, "{step:?}");
        }
    }
}
