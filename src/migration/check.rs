//! What an import would do, without a write: who would be created, who is there already, which groups and attributes are missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::import::Control;
use super::import::ask::{Ask, Got, Tries};
use super::import::person::differing;
use super::{Choices, Existing, MigrationError, import};
use crate::assess::{SchemaRules, fold_login};
use crate::model::{OutcomeKind, Phase, Progress, Route};
use crate::okta::{Bucket, Client, Group, OktaError, Request, User};
use crate::workspace::{PeopleFilter, PersonId, Sort, Workspace};

/// What to check.
pub struct CheckJob {
    /// The people.
    pub workspace: Workspace,
    /// The org.
    pub client: Client,
    /// How they would arrive.
    pub choices: Choices,
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
    /// The attributes that would be updated; empty when they are left or equal.
    pub would_change: Vec<String>,
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
    /// In Okta already, and left as they are.
    pub left: u64,
    /// In Okta already, and their profile updated.
    pub updated: u64,
    /// Not sent because a finding blocks them.
    pub blocked: u64,
    /// Not sent because they are left out.
    pub left_out: u64,
    /// Sent by an earlier run.
    pub done_before: u64,
    /// The first of those who are there already, at most a thousand.
    pub there: Vec<There>,
    /// Groups that would be made.
    pub groups_to_make: Vec<String>,
    /// Groups that are there.
    pub groups_there: Vec<String>,
    /// Attributes that people have and the org does not know: Okta would refuse those people.
    pub unknown_attributes: Vec<String>,
    /// About how long the import would take at the chosen share, in seconds.
    pub seconds: u64,
    /// Such an org takes about ten people only (okta-api.md 7.5).
    pub small_org: bool,
    /// Stopped before its end: the numbers are of what was seen.
    pub stopped: bool,
}

impl CheckReport {
    /// How many would be created.
    pub fn created(&self) -> u64 {
        self.create_import + self.create_hook + self.create_reset
    }
}

/// The most people kept by name in the report.
const MOST_NAMED: usize = 1000;
/// Below so many people each is asked about by name; above, listing the org may take fewer calls.
const FEW: usize = 200;

/// Someone who would be sent.
struct Going {
    id: PersonId,
    login: String,
    route: Route,
}

/// Looks what an import would do.
pub async fn run(
    job: CheckJob,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<CheckReport, MigrationError> {
    let org = job.client.well_known().await?;
    if let Some(before) = import::other_org(&job.workspace, &org.id).await? {
        return Err(MigrationError::OtherOrg { before });
    }
    job.client.pace().set_share(job.choices.share);
    let counts = job.workspace.counts().await?;
    let mut report = CheckReport {
        org: job.client.org().to_string(),
        blocked: counts.blocked,
        left_out: counts.left_out,
        small_org: job.client.org().looks_small() && counts.ready() > 9,
        ..CheckReport::default()
    };
    let (going, mut groups, attributes) = gather(&job, &mut report).await?;
    groups.extend(job.choices.label_group.iter().map(|name| (name.to_lowercase(), name.clone())));

    let control = Control::default();
    let ours = stop.child_token();
    let checker =
        Checker { ask: Arc::new(Ask::new(job.client.clone(), control.clone(), ours.clone())), progress };
    // Nobody to ask while checking: a reason to pause is the answer.
    let mut held = control.watch();
    let work = async {
        let there = checker.who_is_there(&going).await?;
        let groups = checker.which_groups(&groups).await?;
        Ok::<_, MigrationError>((there, groups))
    };
    let (there, known_groups) = tokio::select! {
        done = work => done?,
        paused = held.wait_for(Option::is_some) => {
            let pause = paused.ok().and_then(|p| p.clone());
            let (words, code) = pause.map_or_else(Default::default, |p| (p.words, format!("{:?}", p.reason)));
            return Err(OktaError::Refused { code, words }.into());
        }
    };
    report.stopped = stop.is_cancelled();
    for (folded, name) in groups {
        if known_groups.contains(&folded) { &mut report.groups_there } else { &mut report.groups_to_make }
            .push(name);
    }
    settle(&job, &going, there, &mut report).await?;
    if let Ok(schema) = job.client.user_schema().await
        && let Some(rules) = SchemaRules::from_okta(&schema)
    {
        report.unknown_attributes =
            attributes.into_iter().filter(|name| rules.rule(name).is_none()).collect();
    }
    let per_minute = u64::from(job.client.pace().view(Bucket::Users).cap.max(1));
    report.seconds = report.created() * 60 / per_minute;
    Ok(report)
}

/// Everyone who would be sent, the groups they are in (by lower-case name) and the attributes they have.
async fn gather(
    job: &CheckJob,
    report: &mut CheckReport,
) -> Result<(Vec<Going>, BTreeMap<String, String>, BTreeSet<String>), MigrationError> {
    let mut going = Vec::new();
    let mut groups = BTreeMap::new();
    let mut attributes = BTreeSet::new();
    let mut walk = job.workspace.walk(&PeopleFilter::default(), Sort::default()).await?;
    while let Some(people) = walk.next().await? {
        for person in people.into_iter().filter(|p| p.row.disposition.goes()) {
            match person.row.outcome.kind {
                OutcomeKind::Waiting | OutcomeKind::Sending => {}
                _ => {
                    report.done_before += 1;
                    continue;
                }
            }
            for group in person.groups {
                groups.entry(group.to_lowercase()).or_insert(group);
            }
            for (name, _) in person.profile.iter() {
                if !attributes.contains(name) {
                    attributes.insert(name.to_owned());
                }
            }
            going.push(Going {
                id: person.row.id,
                login: person.profile.login().to_owned(),
                route: job.choices.policy.apply(person.row.route),
            });
        }
    }
    Ok((going, groups, attributes))
}

/// Tells created from left and updated.
async fn settle(
    job: &CheckJob,
    going: &[Going],
    mut there: HashMap<PersonId, User>,
    report: &mut CheckReport,
) -> Result<(), MigrationError> {
    for some in going.chunks(500) {
        let found: Vec<PersonId> = some.iter().map(|g| g.id).filter(|id| there.contains_key(id)).collect();
        let profiles: HashMap<PersonId, _> =
            job.workspace.persons(&found).await?.into_iter().map(|p| (p.row.id, p.profile)).collect();
        for person in some {
            let Some(user) = there.remove(&person.id) else {
                match person.route {
                    Route::Import => report.create_import += 1,
                    Route::Hook => report.create_hook += 1,
                    Route::Reset => report.create_reset += 1,
                }
                continue;
            };
            let would_change: Vec<String> = match (job.choices.existing, profiles.get(&person.id)) {
                (Existing::Update, Some(ours)) if user.status != "DEPROVISIONED" => {
                    differing(ours, &user.profile).iter().map(|(name, _)| name.to_owned()).collect()
                }
                _ => Vec::new(),
            };
            if would_change.is_empty() {
                report.left += 1;
            } else {
                report.updated += 1;
            }
            if report.there.len() < MOST_NAMED {
                report.there.push(There {
                    person: person.id,
                    login: person.login.clone(),
                    okta_id: user.id,
                    status: user.status,
                    would_change,
                });
            }
        }
    }
    Ok(())
}

struct Checker {
    ask: Arc<Ask>,
    progress: watch::Sender<Progress>,
}

impl Checker {
    fn tell(&self, done: usize, total: Option<usize>, note: &str) {
        self.progress.send_replace(Progress {
            phase: Phase::Working,
            done: done as u64,
            total: total.map(|n| n as u64),
            note: Some(note.to_owned()),
        });
    }

    /// Who of these is in Okta already, by the cheaper way: one list of everybody, or a question about each.
    async fn who_is_there(&self, going: &[Going]) -> Result<HashMap<PersonId, User>, MigrationError> {
        if going.len() > FEW
            && let Some(found) = self.by_listing(going).await?
        {
            return Ok(found);
        }
        self.by_asking(going).await
    }

    /// Lists the org. `None` when that would take more calls than asking about each.
    async fn by_listing(&self, going: &[Going]) -> Result<Option<HashMap<PersonId, User>>, MigrationError> {
        let by_login: HashMap<String, PersonId> =
            going.iter().map(|g| (fold_login(&g.login), g.id)).collect();
        // The list's bucket is smaller than the one for single users: a page must be worth several questions.
        let most_pages = going.len() / 4;
        let mut found = HashMap::new();
        let mut pages = 0;
        // Deactivated people are left out of the plain list, and their logins are taken all the same.
        for first in [Request::list_users(), Request::users_where("status eq \"DEPROVISIONED\"")] {
            let mut request = Some(first);
            while let Some(page) = request.take() {
                if pages >= most_pages {
                    return Ok(None);
                }
                pages += 1;
                let Got::Done(reply) = self.ask.call(&page, &mut Tries::default()).await else {
                    return Ok(None);
                };
                for user in reply.parse::<Vec<User>>().unwrap_or_default() {
                    if let Some(id) = by_login.get(&fold_login(user.profile.login())) {
                        found.insert(*id, user);
                    }
                }
                self.tell(pages * 200, None, "Looking who is in Okta already");
                request = reply.next.as_deref().and_then(|next| Request::next_page(Bucket::Users, next));
            }
        }
        Ok(Some(found))
    }

    async fn by_asking(&self, going: &[Going]) -> Result<HashMap<PersonId, User>, MigrationError> {
        use futures_util::StreamExt as _;
        let mut found = HashMap::new();
        let mut done = 0;
        let asked = futures_util::stream::iter(going).map(|person| {
            let ask = Arc::clone(&self.ask);
            let (id, login) = (person.id, person.login.clone());
            async move {
                let request = if login.contains(['/', '?', '#', '\\']) {
                    Request::find_by_login(&login)
                } else {
                    Request::get_user(&login)
                };
                let Got::Done(reply) = ask.call(&request, &mut Tries::default()).await else {
                    return (id, None);
                };
                let users =
                    reply.parse::<User>().map_or_else(|| reply.parse().unwrap_or_default(), |u| vec![u]);
                let wanted = fold_login(&login);
                (id, users.into_iter().find(|u| fold_login(u.profile.login()) == wanted))
            }
        });
        let mut answers = asked.buffer_unordered(32);
        while let Some((id, user)) = answers.next().await {
            done += 1;
            if let Some(user) = user {
                found.insert(id, user);
            }
            if done % 16 == 0 {
                self.tell(done, Some(going.len()), "Looking who is in Okta already");
            }
        }
        Ok(found)
    }

    /// Which of these groups are there, by lower-case name.
    async fn which_groups(
        &self,
        names: &BTreeMap<String, String>,
    ) -> Result<BTreeSet<String>, MigrationError> {
        let mut there = BTreeSet::new();
        for (done, (folded, name)) in names.iter().enumerate() {
            self.tell(done, Some(names.len()), "Looking which groups are there");
            let got = self.ask.call(&Request::groups_starting(name), &mut Tries::default()).await;
            let Got::Done(reply) = got else { continue };
            let groups: Vec<Group> = reply.parse().unwrap_or_default();
            if groups
                .iter()
                .any(|g| g.name().to_lowercase() == *folded && (g.ours_to_fill() || g.kind == "BUILT_IN"))
            {
                there.insert(folded.clone());
            }
        }
        Ok(there)
    }
}
