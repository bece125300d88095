//! The practice org of the open workspace: started from what the workspace kept of it, and every change put back there, sealed.
//!
//! One runs per workspace at most: whoever starts it holds the [`Slot`] meanwhile. Answers of the org wait until what they tell
//! of is kept, so that killing the program at any instant leaves nobody recorded as created who is not there.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use zeroize::Zeroizing;

use crate::migration::import::StartedOver;
use crate::model::SecretBytes;
use crate::okta::OrgUrl;
use crate::practice::{Change, ChangeKind, Config, PracticeError, PracticeOrg};
use crate::ui::Problem;
use crate::workspace::{Workspace, WorkspaceError};

/// Where the practice org of the open workspace is, once it was started.
pub type Slot = Arc<Mutex<Option<Arc<PracticeOrg>>>>;

/// The sealed documents of the org: `practice/person/00u…`.
const PREFIX: &str = "practice/";
/// Changes on their way to or from the workspace, at most: what bounds memory.
const ON_THE_WAY: usize = 512;
/// Documents fetched at once when the org is started again.
const PAGE: u32 = 500;
/// Changes are gathered so long before they go to disk together: one write for many, and few enough of them that the import's
/// own writes do not wait.
const GATHER: Duration = Duration::from_millis(20);
/// After a write that failed (a full disk) it is tried again so much later.
const AGAIN: Duration = Duration::from_secs(1);

/// The practice org that runs, or one started from what the workspace keeps.
pub async fn running(workspace: &Workspace, slot: &Slot) -> Result<Arc<PracticeOrg>, Problem> {
    let mut place = slot.lock().await;
    if let Some(org) = &*place {
        return Ok(Arc::clone(org));
    }
    let org = Arc::new(start(workspace.clone()).await?);
    *place = Some(Arc::clone(&org));
    Ok(org)
}

/// Ends the practice org; everything that changed in it is kept then.
pub(super) async fn stop(slot: &Slot) {
    let org = slot.lock().await.take();
    if let Some(org) = org {
        org.stop().await;
    }
}

/// Throws the practice org's people away, for another rehearsal: whoever was sent to it waits again. What was sent to a real org
/// stays on record. Says how many wait again.
pub(crate) async fn empty(workspace: Workspace, slot: Slot) -> Result<StartedOver, Problem> {
    let mut place = slot.lock().await;
    if let Some(org) = place.take() {
        org.stop().await;
    }
    workspace.remove_sealed(PREFIX).await?;
    let runs = workspace.runs().await?;
    let rehearsed =
        runs.first().is_some_and(|run| OrgUrl::parse(&run.begun_with.org).is_ok_and(|org| org.is_practice()));
    if !rehearsed {
        return Ok(StartedOver::default());
    }
    let people = crate::migration::import::start_over(&workspace).await?;
    Ok(StartedOver { people, record: None })
}

async fn start(workspace: Workspace) -> Result<PracticeOrg, Problem> {
    let (give, mut kept) = mpsc::channel(ON_THE_WAY);
    let feeding = tokio::spawn(feed(workspace.clone(), give));
    let (journal, told) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(keep(workspace, told));
    // Two orgs with the same seed have the same id, and one could be taken for the other.
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| not_started(&PracticeError::Random(error.to_string())))?;
    let config = Config {
        company: "Practice org".into(),
        seed: u64::from_le_bytes(seed),
        restore: Some(Box::new(std::iter::from_fn(move || kept.blocking_recv()))),
        journal: Some(journal),
        answer_when_kept: true,
        ..Config::default()
    };
    let started = PracticeOrg::start(config).await;
    // What could not be fetched says more than an org that is not whole for it.
    match feeding.await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => return Err(error.into()),
    }
    started.map_err(|error| not_started(&error))
}

fn not_started(error: &PracticeError) -> Problem {
    let next = match error {
        PracticeError::Damaged(_) => "Its people are from a rehearsal only. Empty it, then rehearse again.",
        _ => {
            "A firewall on this computer may keep programs from listening on 127.0.0.1. Allow it, then try again."
        }
    };
    Problem::new("The practice org did not start.", next).technical(error.to_string())
}

/// Gives everything kept of the org, a page at a time.
async fn feed(workspace: Workspace, give: mpsc::Sender<Change>) -> Result<(), WorkspaceError> {
    let mut after = String::new();
    loop {
        let page = workspace.sealed(PREFIX, &after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (name, body) in page {
            // A kind of a later version: what it is about is nothing this version could use.
            let Some((kind, id)) = parse(&name) else { continue };
            let change = Change::new(kind, id.to_owned(), Some(Zeroizing::new(body.expose().to_vec())));
            if give.send(change).await.is_err() {
                return Ok(());
            }
        }
    }
}

fn name(change: &Change) -> String {
    format!("{PREFIX}{}/{}", change.kind.name(), change.id)
}

fn parse(name: &str) -> Option<(ChangeKind, &str)> {
    let (kind, id) = name.strip_prefix(PREFIX)?.split_once('/')?;
    Some((ChangeKind::from_name(kind)?, id))
}

/// Puts what changes in the org into the workspace, until the org ends.
async fn keep(workspace: Workspace, mut told: mpsc::Receiver<Change>) {
    let mut batch = Vec::new();
    while told.recv_many(&mut batch, ON_THE_WAY).await > 0 {
        tokio::time::sleep(GATHER).await;
        while let Ok(more) = told.try_recv() {
            batch.push(more);
        }
        if !write(&workspace, &batch, || told.is_closed()).await {
            return;
        }
        // Dropped and not before: that tells the org that they are kept.
        batch.clear();
    }
}

/// Writes a batch, again and again if need be. False when there is no use in going on.
async fn write(workspace: &Workspace, batch: &[Change], over: impl Fn() -> bool) -> bool {
    // The latest of each counts.
    let latest: HashMap<String, &Change> = batch.iter().map(|change| (name(change), change)).collect();
    loop {
        let documents = latest
            .iter()
            .map(|(name, change)| {
                (name.clone(), change.body.as_ref().map(|body| SecretBytes::new(body.to_vec())))
            })
            .collect();
        match workspace.put_sealed(documents).await {
            Ok(()) => return true,
            Err(WorkspaceError::Closed) => return false,
            Err(error) => {
                tracing::warn!(%error, "what changed in the practice org is not saved");
                if over() {
                    return false;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret as _, SecretString};
    use serde_json::json;

    use super::*;
    use crate::model::Profile;
    use crate::okta::{Client, ClientSettings, Request};
    use crate::practice::SignIn;
    use crate::secrets::{SecretStore, SessionOnly};
    use crate::workspace::{Keys, NewWorkspace};

    struct Desk {
        folder: tempfile::TempDir,
        keys: Arc<dyn SecretStore>,
    }

    impl Desk {
        async fn new() -> (Self, Workspace) {
            let desk = Self { folder: tempfile::tempdir().unwrap(), keys: Arc::new(SessionOnly::new()) };
            let new = NewWorkspace { name: "Rehearsal".into() };
            let made = Workspace::create(desk.path(), new, desk.keys()).await.unwrap();
            (desk, made)
        }

        fn path(&self) -> std::path::PathBuf {
            self.folder.path().join("rehearsal.causeway")
        }

        fn keys(&self) -> Keys {
            Keys::new(Arc::clone(&self.keys))
        }

        async fn open(&self) -> Workspace {
            Workspace::open(self.path(), self.keys()).await.unwrap()
        }
    }

    fn client(org: &PracticeOrg) -> Client {
        let url = OrgUrl::parse(org.url()).unwrap();
        Client::new(url, org.token(), ClientSettings::default()).unwrap()
    }

    async fn create(org: &PracticeOrg, login: &str) {
        let mut profile = Profile::default();
        for (name, value) in
            [("login", login), ("email", login), ("firstName", "Ada"), ("lastName", "Lovelace")]
        {
            profile.set(name, value);
        }
        let password = json!({ "password": { "value": "Engine-1843" } });
        let create = Request::create_user(&profile, Some(&password), &[], true).unwrap();
        let reply = client(org).ask(&create).await.unwrap();
        assert!(reply.ok(), "{login}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn people_are_there_again_when_the_workspace_is_opened_again() {
        let (desk, workspace) = Desk::new().await;
        let slot = Slot::default();
        let org = running(&workspace, &slot).await.unwrap();
        for login in ["ada@example.com", "grace@example.com"] {
            create(&org, login).await;
        }
        let before = (org.people(0, 10, ""), org.groups(), org.token().expose_secret().to_owned());
        let id = client(&org).well_known().await.unwrap().id;
        stop(&slot).await;
        drop(org);
        workspace.close().await.unwrap();

        let workspace = desk.open().await;
        let org = running(&workspace, &Slot::default()).await.unwrap();
        assert_eq!((org.people(0, 10, ""), org.groups(), org.token().expose_secret().to_owned()), before);
        assert_eq!(client(&org).well_known().await.unwrap().id, id, "it is the same org");
        let signed_in = org.sign_in("ada@example.com", &SecretString::from("Engine-1843")).await;
        assert!(matches!(signed_in, SignIn::Success { .. }), "{signed_in:?}");
        let text = std::fs::read(desk.path()).unwrap();
        assert!(!text.windows(8).any(|part| part == b"Lovelace"), "sealed, not in the clear");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_answered_is_kept_already() {
        let (_desk, workspace) = Desk::new().await;
        let org = running(&workspace, &Slot::default()).await.unwrap();
        for nth in 1..=3 {
            create(&org, &format!("person{nth}@example.com")).await;
            let kept = workspace.sealed("practice/person/", "", 10).await.unwrap();
            assert_eq!(kept.len(), nth, "killed now, the org would not know whom it said it created");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn asked_for_twice_at_once_it_is_one_org_and_emptied_it_is_another() {
        let (_desk, workspace) = Desk::new().await;
        let slot = Slot::default();
        let (one, two) = tokio::join!(running(&workspace, &slot), running(&workspace, &slot));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.url(), two.url());
        create(&one, "ada@example.com").await;
        let id = client(&one).well_known().await.unwrap().id;
        assert_eq!(
            empty(workspace.clone(), Arc::clone(&slot)).await.unwrap().people,
            0,
            "nobody was sent by a run"
        );
        assert!(workspace.sealed(PREFIX, "", 10).await.unwrap().is_empty());
        let fresh = running(&workspace, &slot).await.unwrap();
        assert_eq!(fresh.people_count(), 0);
        assert_ne!(
            client(&fresh).well_known().await.unwrap().id,
            id,
            "what was sent to the old one does not count"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn damage_is_told_and_the_way_out_with_it() {
        let (_desk, workspace) = Desk::new().await;
        let bad = ("practice/person/00uX".to_owned(), Some(SecretBytes::from("{")));
        workspace.put_sealed(vec![bad]).await.unwrap();
        let slot = Slot::default();
        let problem = running(&workspace, &slot).await.map(|_| ()).unwrap_err();
        assert!(problem.next.contains("Empty it"), "{problem:?}");
        empty(workspace.clone(), Arc::clone(&slot)).await.unwrap();
        assert_eq!(running(&workspace, &slot).await.unwrap().people_count(), 0);
    }
}
