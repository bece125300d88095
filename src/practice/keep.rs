//! Telling the journal what changed, and starting again from what it kept.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::error::PracticeError;
use super::events::Event;
use super::group::{EVERYONE, KeptGroup, KeptHook};
use super::ids::{Ids, Kind};
use super::journal::{Change, ChangeKind, Told};
use super::org::Org;
use super::person::KeptPerson;
use super::schema::Schema;
use super::secret::Secret;
use super::shared::App;

/// An org holds at most so many entities of a kind; a larger number in what was kept is damage.
const MOST: u32 = 20_000_000;

/// What the journal keeps of the org itself.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptOrg {
    seed: u64,
    created: i64,
    company: String,
    token: Secret,
    token_revoked: bool,
    schema: Value,
    /// Numbers given out to people, groups and hooks.
    given_out: [u32; 3],
}

fn bytes<T: Serialize>(value: &T) -> Option<Zeroizing<Vec<u8>>> {
    // Room enough that a usual body is not moved, and so not left behind in freed memory, while it grows.
    let mut out = Zeroizing::new(Vec::with_capacity(8192));
    serde_json::to_writer(&mut *out, value).ok()?;
    Some(out)
}

/// The body of an entity as it now is; `None` when it is gone.
fn change(org: &Org, kind: ChangeKind, number: u64) -> Change {
    let small = u32::try_from(number).unwrap_or(u32::MAX);
    let (id, body) = match kind {
        ChangeKind::Org => {
            let kept = KeptOrg {
                seed: org.seed,
                created: org.created,
                company: org.company.clone(),
                token: Secret::new(org.token.expose_secret().to_owned()),
                token_revoked: org.token_revoked,
                schema: org.schema.keep(),
                given_out: org.given_out().map(|count| u32::try_from(count).unwrap_or(MOST)),
            };
            ("org".to_owned(), bytes(&kept))
        }
        ChangeKind::Person => {
            let id = org.user_id(small);
            let body = org.person(small).and_then(|person| {
                bytes(
                    &person
                        .keep(id.clone(), person.groups.iter().map(|&group| org.group_id(group)).collect()),
                )
            });
            (id, body)
        }
        ChangeKind::Group => {
            let id = org.group_id(small);
            let body = org.group(small).and_then(|group| bytes(&group.keep(id.clone())));
            (id, body)
        }
        ChangeKind::Hook => {
            let id = org.hook_id(small);
            let body = org.hook(small).and_then(|hook| bytes(&hook.keep(id.clone())));
            (id, body)
        }
        ChangeKind::Event => (format!("{number}"), org.events.get(number).and_then(bytes)),
    };
    Change::new(kind, id, body)
}

/// At most so many changes are put into words under one lock.
const BATCH: usize = 64;

/// Takes some changes off the list of what is to be told, and says up to which mark everything is told with them.
fn take(org: &mut Org) -> (Vec<Change>, Option<u64>) {
    let mut taken = Vec::new();
    while taken.len() < BATCH {
        let Some((kind, number)) = org.dirty.pop_first() else { break };
        taken.push(change(org, kind, number));
    }
    // What is left may be older than what was taken: nothing can be said before the list is empty.
    let up_to = org.dirty.is_empty().then_some(org.marks);
    (taken, up_to)
}

/// Tells the journal what changed, as fast as it listens, until told to stop and everything has been told and kept.
pub(crate) async fn tell(app: App, journal: mpsc::Sender<Change>, stop: CancellationToken) {
    let mut told_up_to = 0;
    loop {
        let (batch, up_to) = take(&mut app.org());
        if batch.is_empty() {
            if stop.is_cancelled() {
                drop(journal);
                // The sender lives in the app: it can't be gone.
                let _ = app.kept.subscribe().wait_for(|kept| *kept >= told_up_to).await;
                app.nobody_keeps();
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = app.changed.notified() => {}
                // A safety net only: every change notifies.
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
            continue;
        }
        told_up_to = up_to.unwrap_or(told_up_to);
        // The batches before hold what was marked before: the journal keeps in the order it is told.
        let told = Arc::new(Told::new(Arc::clone(&app.kept), told_up_to));
        for change in batch {
            if journal.send(change.telling(&told)).await.is_err() {
                app.nobody_keeps();
                return;
            }
        }
    }
}

fn damaged(what: &str) -> PracticeError {
    PracticeError::Damaged(what.to_owned())
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8], what: &str) -> Result<T, PracticeError> {
    serde_json::from_slice(body).map_err(|_| damaged(&format!("{what} cannot be read")))
}

fn number(kind: Kind, id: &str) -> Result<u32, PracticeError> {
    Ids::number_of_any_org(kind, id)
        .filter(|&number| number < MOST)
        .ok_or_else(|| damaged(&format!("the id {id:?} is not one of this org's")))
}

/// Builds the org again from what the journal kept, in any order. `None` when nothing was kept at all.
pub(crate) fn restore(kept: impl Iterator<Item = Change>) -> Result<Option<Org>, PracticeError> {
    // The org's own entity may come last, so everything is placed in a stand-in that then takes its marks over.
    let mut org = Org::new(0, String::new(), SecretString::from(String::new()), 0);
    let mut own: Option<KeptOrg> = None;
    let mut any = false;
    let mut marks: Option<(String, bool)> = None;
    for change in kept {
        any = true;
        let Some(body) = change.body else { continue };
        let mut mark = |id: &str| {
            let mark = id.get(3..11).unwrap_or_default().to_owned();
            match &mut marks {
                None => marks = Some((mark, true)),
                Some((first, same)) => *same &= *first == mark,
            }
        };
        match change.kind {
            ChangeKind::Org => own = Some(read(&body, "the org")?),
            ChangeKind::Person => {
                let person: KeptPerson = read(&body, "a person")?;
                let at = number(Kind::User, &person.id)?;
                mark(&person.id);
                let groups = person
                    .groups
                    .iter()
                    .map(|id| number(Kind::Group, id))
                    .collect::<Result<Vec<u32>, _>>()?;
                if org.person(at).is_some() {
                    return Err(damaged("a person is there twice"));
                }
                org.place_person(
                    at,
                    person.restore(groups).ok_or_else(|| damaged("a password cannot be read"))?,
                );
            }
            ChangeKind::Group => {
                let group: KeptGroup = read(&body, "a group")?;
                let at = number(Kind::Group, &group.id)?;
                mark(&group.id);
                if at != EVERYONE {
                    org.place_group(at, group.restore());
                }
            }
            ChangeKind::Hook => {
                let hook: KeptHook = read(&body, "a hook")?;
                let at = number(Kind::Hook, &hook.id)?;
                mark(&hook.id);
                org.place_hook(at, hook.restore());
            }
            ChangeKind::Event => org.events.restore(read::<Event>(&body, "an event")?),
        }
    }
    if !any {
        return Ok(None);
    }
    let own = own.ok_or_else(|| damaged("the org itself is missing"))?;
    org.ids = Ids::new(own.seed);
    if marks.is_some_and(|(mark, same)| !same || org.user_id(0).get(3..11) != Some(mark.as_str())) {
        return Err(damaged("people or groups of another org are among it"));
    }
    org.seed = own.seed;
    org.created = own.created;
    org.company = own.company;
    org.token = SecretString::from(own.token.expose().to_owned());
    org.token_revoked = own.token_revoked;
    let schema = Schema::restore(&own.schema).ok_or_else(|| damaged("the schema cannot be read"))?;
    org.set_schema(schema, &[], own.created).map_err(|_| damaged("people share a value that is unique"))?;
    if own.given_out.iter().any(|&count| count > MOST) {
        return Err(damaged("the counts are out of range"));
    }
    org.skip_given_out(own.given_out.map(|count| count as usize));
    org.events.sort();
    org.join_restored();
    org.dirty.clear();
    Ok(Some(org))
}

/// Starts journalling: a fresh org is told whole, a restored one only from now on.
pub(crate) fn begin(app: &App, fresh: bool) {
    let mut org = app.org();
    org.journalled = true;
    if fresh {
        org.mark(ChangeKind::Org, 0);
    }
    drop(org);
    app.changed.notify_one();
}
