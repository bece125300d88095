//! What an import would do, without a write: who would be created, who is there already, which groups and attributes are missing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::group_names;
use super::import::Control;
use super::import::ask::Ask;
use super::import::sender::RULES;
use super::org::same_org;
use super::planned::{Planned, Step, left_words};
use super::reading_notes;
use super::rules::{self, Missing, Unfed};
use super::shared;
use super::shared_names::{self, SharedName};
use super::switches;
use super::there::{Looker, NotKnown, Seen, unpaused};
use super::{Choices, MigrationError, docs, hook};
use crate::mapping::{Switch, SwitchTable};
use crate::model::{OktaStatus, OutcomeKind, Progress, Severity, is_everyone};
use crate::okta::{Bucket, Client, User};
use crate::plan::{self, Account, Before, Conflict, Decision, Left, Operation, Sent, Standing, Wanted};
use crate::workspace::{
    CHANGED_OUTSIDE, Disposition, EMAIL_DUPLICATE, OperationKind, PeopleFilter, PersonDetail, PersonId, Sort,
    TakenThere, WhatIsTaken, Workspace,
};

/// What to check.
pub struct CheckJob {
    /// The people.
    pub workspace: Workspace,
    /// The org.
    pub client: Client,
    /// How they would arrive.
    pub choices: Choices,
    /// Today.
    pub today: chrono::NaiveDate,
}

/// Somebody who is in Okta already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct There {
    /// Who.
    pub person: PersonId,
    /// Their login as it would be sent.
    pub login: String,
    /// Okta's id.
    pub okta_id: String,
    /// Okta's status.
    pub status: String,
    /// What that means for them, as a sentence.
    pub words: &'static str,
    /// Where the Admin Console shows them; none for a practice org.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// The attributes that would be updated; empty when they are left or equal.
    pub would_change: Vec<String>,
}

/// Somebody of whom another account in Okta has something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Who.
    pub person: PersonId,
    /// Their login as it would be sent.
    pub login: String,
    /// What the other account has.
    pub what: WhatIsTaken,
    /// The other account's login.
    pub theirs: String,
    /// Okta's id of it.
    pub okta_id: String,
    /// Okta's status of it.
    pub status: String,
    /// Where the Admin Console shows it; none for a practice org.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// The org's address.
    pub org: String,
    /// Would be created with the password they have.
    pub create_import: u64,
    /// Would be created, to be checked by the hook.
    pub create_hook: u64,
    /// Would be created, to set a new password.
    pub create_reset: u64,
    /// In Okta already, but kept out there: deactivated, suspended or locked out. Nothing would be changed.
    pub conflicts: u64,
    /// Would be refused: their login differs only in accents from that of another account in Okta.
    pub login_taken: u64,
    /// Of those who would be created: their e-mail address is another account's. Okta refuses them where self-service registration
    /// is switched on.
    pub email_taken: u64,
    /// Of those who would be created: they share an e-mail address with another of these people, of whom such an org takes one.
    pub emails_shared: u64,
    /// Those who could not be asked about: they may be in Okta or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_known: Option<NotKnown>,
    /// Those whose e-mail address could not be asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails_not_known: Option<NotKnown>,
    /// The first of those of whom another account has something, at most a thousand.
    pub taken: Vec<Taken>,
    /// In Okta already, and left as they are.
    pub left: u64,
    /// In Okta already, and their profile updated.
    pub updated: u64,
    /// Groups joined by calls of their own, beyond the twenty that a create takes.
    pub joins: u64,
    /// Not sent because a finding blocks them.
    pub blocked: u64,
    /// Not sent because they are left out.
    pub left_out: u64,
    /// Sent by an earlier run.
    pub done_before: u64,
    /// Not sent, or not to be trusted any more: their entry was changed in the file by something other than Causeway.
    pub changed: u64,
    /// Read, and not in the file any more: taken out by something other than Causeway.
    pub missing: u64,
    /// The first of those who are there already, at most a thousand; those who are kept out there come first.
    pub there: Vec<There>,
    /// How many of those who are there are in which status: Okta's words.
    pub statuses: BTreeMap<String, u64>,
    /// Groups that would be made.
    pub groups_to_make: Vec<String>,
    /// Groups that are there, as Okta writes them.
    pub groups_there: Vec<String>,
    /// Groups that could not be looked up: they may be there or not.
    pub groups_not_known: Vec<String>,
    /// Why, for one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_not_known_why: Option<String>,
    /// Okta's own groups, such as Everyone, that people have: left out.
    pub groups_left_out: Vec<String>,
    /// What is worth knowing of the groups' names, in sentences: their spellings, and which several groups have.
    pub group_notes: Vec<String>,
    /// What else is to be known of the last reading, in sentences: where its people come from first.
    pub reading_notes: Vec<String>,
    /// Attributes that people have and the org does not know: those people are blocked.
    pub unknown_attributes: Vec<Missing>,
    /// Columns that may say who is switched off, and that nothing reads.
    pub unread_switches: Vec<Switch>,
    /// Tables that may say who is switched off, and that nothing reads.
    pub switch_tables: Vec<SwitchTable>,
    /// Attributes that the org requires and no column feeds: those people are blocked.
    pub unfed: Vec<Unfed>,
    /// About how long the import would take at the chosen share, in seconds.
    pub seconds: u64,
    /// Such an org takes about ten people only (okta-api.md 7.5).
    pub small_org: bool,
    /// Stopped before its end: the numbers are of what was seen.
    pub stopped: bool,
}

impl CheckReport {
    /// Those who are there already, by status: kept out there, or not.
    pub fn by_status(&self, kept_out: bool) -> Vec<(OktaStatus, u64)> {
        let known = self.statuses.iter().map(|(word, count)| (OktaStatus::of(word), *count));
        known.filter(|(status, _)| status.keeps_out() == kept_out).collect()
    }

    /// How many would be created.
    pub fn created(&self) -> u64 {
        self.create_import + self.create_hook + self.create_reset
    }

    /// Whether anybody goes or went to Okta, or is there already.
    pub fn somebody(&self) -> bool {
        let unknown = self.not_known.as_ref().map_or(0, |not_known| not_known.people);
        self.created() + unknown + self.left + self.updated + self.done_before > 0
    }

    /// Whether some people would fail, are blocked, may be refused, or could not be asked about: whoever starts the import should
    /// look at those first.
    pub fn finds_some(&self) -> bool {
        !self.unknown_attributes.is_empty()
            || !self.unfed.is_empty()
            || self.conflicts
                + self.login_taken
                + self.email_taken
                + self.blocked
                + self.changed
                + self.missing
                > 0
            || self.not_known.is_some()
            || self.emails_not_known.is_some()
            || !self.groups_not_known.is_empty()
            || !self.somebody()
    }
}

/// The most people kept by name in the report.
const MOST_NAMED: usize = 1000;

/// Looks what an import would do.
pub async fn run(
    job: CheckJob,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<CheckReport, MigrationError> {
    run_with_plan(job, &mut |_| Ok(()), stop, progress).await
}

/// The same, and tells line by line what it would do with each person, in the source's order, and then with the org.
pub async fn run_with_plan(
    job: CheckJob,
    plan: &mut (dyn FnMut(&Planned) -> Result<(), MigrationError> + Send),
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<CheckReport, MigrationError> {
    same_org(&job.workspace, &job.client, &stop).await?;
    shared::settle(&job.workspace, job.today).await?;
    job.client.pace().set_share(job.choices.share);
    let by_org =
        rules::follow(&job.workspace, &job.client, job.today, &stop, &progress).await?.unwrap_or_default();
    let audit = job.workspace.audit().await?;
    let counts = job.workspace.counts().await?;
    let mut report = CheckReport {
        missing: audit.missing,
        org: job.client.org().to_string(),
        blocked: counts.blocked,
        left_out: counts.left_out,
        unknown_attributes: by_org.missing,
        reading_notes: reading_notes::kept(&job.workspace).await?,
        unread_switches: switches::unread(&job.workspace).await?,
        switch_tables: switches::unread_tables(&job.workspace).await?,
        unfed: by_org.unfed,
        stopped: by_org.stopped,
        small_org: job.client.org().looks_small() && counts.ready() > 9,
        ..CheckReport::default()
    };
    let control = Control::default();
    let ask = Arc::new(Ask::new(job.client.clone(), control.clone(), stop.child_token()));
    let mut looker = Looker::new(Arc::clone(&ask), job.workspace.clone(), progress.clone());
    let (in_okta, mut report) = unpaused(&control, async {
        let mut there = HashMap::new();
        let seen = looker
            .look(async |found| {
                there.extend(found);
                Ok(())
            })
            .await?;
        let in_doubt = job.workspace.updates_in_doubt().await?;
        let deciding = Deciding::new(&job, there, seen, in_doubt, &mut report, plan);
        let groups = deciding.all().await?;
        let groups: Vec<(String, u64)> = groups.into_iter().collect();
        Ok((group_names::look(&ask, &groups, &progress).await, report))
    })
    .await?;
    report.stopped |= stop.is_cancelled();
    group_names::keep(&job.workspace, &in_okta).await?;
    report.groups_to_make = in_okta.to_make;
    report.groups_there = in_okta.there;
    report.groups_left_out = in_okta.built_in;
    report.group_notes = in_okta.notes;
    let shared = shared_names::kept(&job.workspace).await?;
    report.group_notes.extend(shared.iter().map(SharedName::words));
    report.groups_not_known = in_okta.not_known;
    report.groups_not_known_why = in_okta.not_known_why;
    report.emails_shared = job
        .workspace
        .counts()
        .await?
        .findings
        .iter()
        .find(|finding| finding.code == EMAIL_DUPLICATE)
        .map_or(0, |finding| finding.people);
    let per_minute = u64::from(job.client.pace().view(Bucket::Users).cap.max(1));
    report.seconds = report.created() * 60 / per_minute;
    with_the_org(&job, &report, plan).await?;
    Ok(report)
}

/// Tells what would be done with the org, and what has to be before.
async fn with_the_org(
    job: &CheckJob,
    report: &CheckReport,
    plan: &mut (dyn FnMut(&Planned) -> Result<(), MigrationError> + Send),
) -> Result<(), MigrationError> {
    let mut tell = |kind: OperationKind, what: &str, why_not: &str| {
        let step = Some(Step::OnOrg(kind, what.to_owned()));
        plan(&Planned { person: None, login: String::new(), step, why_not: why_not.to_owned() })
    };
    for group in &report.groups_to_make {
        tell(OperationKind::MakeGroup, group, "")?;
    }
    for group in &report.groups_not_known {
        tell(OperationKind::MakeGroup, group, "It could not be looked up: it may be there already")?;
    }
    for missing in &report.unknown_attributes {
        let why_not = match &missing.problem {
            None => "An import does not add it by itself: until it is there, anyone who has it is blocked",
            Some(_) => "Okta does not take it under this name: anyone who has it is blocked",
        };
        tell(OperationKind::AddAttribute, &missing.name, why_not)?;
    }
    let hook: hook::HookNotes = job.workspace.doc(docs::HOOK).await?.unwrap_or_default();
    let registered = hook.id.is_some() && hook.org == job.client.org().as_str();
    if report.create_hook > 0 && !registered {
        let why_not = "An import does not register it: register the password hook before people sign in";
        tell(OperationKind::RegisterHook, "", why_not)?;
    }
    Ok(())
}

/// Decides about everyone, as the import will, and counts it.
struct Deciding<'a> {
    job: &'a CheckJob,
    there: HashMap<PersonId, User>,
    seen: Seen,
    /// Of whom an update was sent and its end is not known.
    in_doubt: HashSet<PersonId>,
    report: &'a mut CheckReport,
    plan: &'a mut (dyn FnMut(&Planned) -> Result<(), MigrationError> + Send),
    /// The groups that would be joined, and by how many.
    groups: BTreeMap<String, u64>,
    /// Those who are kept out in Okta.
    kept_out: Vec<There>,
}

impl<'a> Deciding<'a> {
    fn new(
        job: &'a CheckJob,
        there: HashMap<PersonId, User>,
        seen: Seen,
        in_doubt: HashSet<PersonId>,
        report: &'a mut CheckReport,
        plan: &'a mut (dyn FnMut(&Planned) -> Result<(), MigrationError> + Send),
    ) -> Self {
        report.not_known = seen.not_known();
        report.emails_not_known.clone_from(&seen.emails_not_known);
        let (groups, kept_out) = (BTreeMap::new(), Vec::new());
        Self { job, there, seen, in_doubt, report, plan, groups, kept_out }
    }

    /// Tells one line of somebody's.
    fn tell(
        &mut self,
        person: &PersonDetail,
        step: Option<Operation>,
        why_not: String,
    ) -> Result<(), MigrationError> {
        (self.plan)(&Planned {
            person: Some(person.row.id),
            login: person.profile.login().to_owned(),
            step: step.map(Step::OnPerson),
            why_not,
        })
    }

    /// What was done with somebody before.
    fn before(&self, person: &PersonDetail) -> Before {
        match person.row.outcome.kind {
            OutcomeKind::Waiting | OutcomeKind::Sending if self.in_doubt.contains(&person.row.id) => {
                Before::Updating
            }
            OutcomeKind::Waiting | OutcomeKind::Sending => Before::Nothing,
            OutcomeKind::Failed => Before::Failed,
            OutcomeKind::Created
            | OutcomeKind::AlreadyThere
            | OutcomeKind::Updated
            | OutcomeKind::RolledBack => Before::Done,
        }
    }

    /// Everyone, one after the other. The groups that would be joined, and by how many.
    async fn all(mut self) -> Result<BTreeMap<String, u64>, MigrationError> {
        let taken = std::mem::take(&mut self.seen.taken);
        let in_the_way: HashMap<PersonId, _> = taken.iter().map(|one| (one.0.person, one)).collect();
        let mut walk = self.job.workspace.walk(&PeopleFilter::default(), Sort::default()).await?;
        while let Some(people) = walk.next().await? {
            for person in people {
                self.person(&person, in_the_way.get(&person.row.id).copied())?;
            }
        }
        // Whoever has to be looked at is not crowded out by those who haven't.
        self.kept_out.append(&mut self.report.there);
        self.kept_out.truncate(MOST_NAMED);
        self.report.there = self.kept_out;
        Ok(self.groups)
    }

    fn person(
        &mut self,
        person: &PersonDetail,
        taken: Option<&(TakenThere, String)>,
    ) -> Result<(), MigrationError> {
        let told = person.row.outcome.code.as_deref() == Some(CHANGED_OUTSIDE);
        self.report.changed += u64::from(person.row.changed.is_some() || told);
        if !person.row.disposition.goes() {
            return self.tell(person, None, stays(person));
        }
        let found = self.there.remove(&person.row.id);
        let before = self.before(person);
        let login_taken = taken.is_some_and(|(taken, _)| taken.what == WhatIsTaken::Login);
        let asked = !matches!(before, Before::Done | Before::Failed);
        let standing = match &found {
            Some(user) => {
                Standing::Here(Account { status: OktaStatus::of(&user.status), profile: &user.profile })
            }
            None if asked && self.seen.unknown.contains(&person.row.id) => {
                let why = self.report.not_known.as_ref().map(|not_known| not_known.why.clone());
                let why = why.unwrap_or_default();
                return self.tell(
                    person,
                    None,
                    format!("Not known: Okta could not be asked about them. {why}"),
                );
            }
            None if login_taken => Standing::Twin,
            None => Standing::Nobody,
        };
        let wanted = Wanted { profile: &person.profile, groups: &person.groups, route: person.row.route };
        let decision = plan::decide(&wanted, standing, before, &self.job.choices, RULES);
        let mut in_the_way = String::new();
        if let (true, None, Some((taken, status))) = (asked, &found, taken) {
            name_taken(self.job, person, taken, status, self.report);
            in_the_way = taken_words(taken);
        }
        let mut would_change = Vec::new();
        if asked && matches!(standing, Standing::Nobody) {
            // Nobody is put into them, and that is told.
            for group in person.groups.iter().filter(|name| is_everyone(name)) {
                *self.groups.entry(group.clone()).or_default() += 1;
            }
        }
        match decision {
            Decision::Conflict(Conflict::KeptOut(status)) => {
                self.report.conflicts += 1;
                self.tell(person, None, status.sentence().to_owned())?;
            }
            // Counted with the account that has it.
            Decision::Conflict(Conflict::LoginTaken) => self.tell(person, None, in_the_way)?,
            Decision::Leave(why) => {
                match why {
                    Left::Unchanged | Left::NothingToUpdate => self.report.left += 1,
                    Left::UpdatedBefore | Left::SentBefore | Left::FailedBefore => {
                        self.report.done_before += 1;
                    }
                }
                self.tell(person, None, left_words(why).to_owned())?;
            }
            Decision::Carry(operations) => {
                for operation in operations {
                    self.tell(person, Some(operation.clone()), in_the_way.clone())?;
                    self.count(operation, &mut would_change);
                }
            }
        }
        if let Some(user) = found {
            self.name_there(person, user, would_change);
        }
        Ok(())
    }

    fn count(&mut self, operation: Operation, would_change: &mut Vec<String>) {
        let report = &mut *self.report;
        match operation {
            Operation::Create { sent, groups, .. } => {
                match sent {
                    Sent::Password => report.create_import += 1,
                    Sent::Hook => report.create_hook += 1,
                    Sent::Nothing => report.create_reset += 1,
                }
                for group in groups {
                    *self.groups.entry(group).or_default() += 1;
                }
            }
            Operation::Join { group } => {
                report.joins += 1;
                *self.groups.entry(group).or_default() += 1;
            }
            Operation::SetAttributes { changes } => {
                report.updated += 1;
                would_change.extend(changes.into_iter().map(|change| change.attribute));
            }
            // Nothing that an import does to anybody.
            Operation::Leave { .. } | Operation::Activate | Operation::Deactivate | Operation::Delete => {}
        }
    }

    fn name_there(&mut self, person: &PersonDetail, user: User, would_change: Vec<String>) {
        let status = OktaStatus::of(&user.status);
        *self.report.statuses.entry(user.status.clone()).or_default() += 1;
        let named = if status.keeps_out() { &mut self.kept_out } else { &mut self.report.there };
        if named.len() < MOST_NAMED {
            named.push(There {
                person: person.row.id,
                login: person.profile.login().to_owned(),
                words: status.sentence(),
                console: self.job.client.console_of(&user.id),
                okta_id: user.id,
                status: user.status,
                would_change,
            });
        }
    }
}

/// Why somebody is not sent at all.
fn stays(person: &PersonDetail) -> String {
    if person.row.disposition == Disposition::LeftOut {
        return "Left out".to_owned();
    }
    let blocking = person.findings.iter().filter(|finding| finding.severity == Severity::Blocks);
    let words: Vec<&str> = blocking.map(|finding| finding.text.as_str()).collect();
    format!("Blocked: {}", words.join("; "))
}

/// What of somebody's another account has.
fn taken_words(taken: &TakenThere) -> String {
    match taken.what {
        WhatIsTaken::Login => {
            format!(
                "“{}” in Okta differs from this login only in accents, and Okta takes both for the same",
                taken.login
            )
        }
        WhatIsTaken::Email => format!(
            "Their e-mail address belongs to “{}” in Okta: refused where self-service registration is switched on",
            taken.login
        ),
    }
}

/// Counts and names somebody of whom another account has something.
fn name_taken(
    job: &CheckJob,
    person: &PersonDetail,
    taken: &TakenThere,
    status: &str,
    report: &mut CheckReport,
) {
    match taken.what {
        WhatIsTaken::Login => report.login_taken += 1,
        WhatIsTaken::Email => report.email_taken += 1,
    }
    if report.taken.len() < MOST_NAMED {
        report.taken.push(Taken {
            person: person.row.id,
            login: person.profile.login().to_owned(),
            what: taken.what,
            theirs: taken.login.clone(),
            console: job.client.console_of(&taken.okta_id),
            okta_id: taken.okta_id.clone(),
            status: status.to_owned(),
        });
    }
}
