//! The org people go to: connecting to it, looking at what the token may do, and keeping the token.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::rules::{self, Missing, Reassessed};
use super::{MigrationError, other_org, remember_address};
use crate::model::{Explain as _, Progress, listed};
use crate::okta::{Bucket, Client, ClientSettings, OrgUrl, PaceSettings};
use crate::secrets::SecretStore;
use crate::workspace::Workspace;

/// Where the token is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenPlace {
    /// In the keychain of this name.
    Kept(&'static str),
    /// In memory, until the program ends; why it could not be kept.
    Session(String),
    /// The practice org has its own.
    Practice,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Good,
    /// It holds, but should be known.
    Warns,
    /// The import can't run so.
    Fails,
}

/// One line of the list of checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, in words.
    pub words: String,
    /// What to do about it; empty when nothing is to be done.
    pub advice: String,
}

impl Check {
    fn new(verdict: Verdict, words: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict, words: words.into(), advice: advice.into() }
    }
}

/// What connecting found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// The org as the badge names it.
    pub name: String,
    /// The address.
    pub url: String,
    /// The lines, in order.
    pub checks: Vec<Check>,
    /// Creates a minute that Okta allows this token.
    pub limit: Option<u32>,
    /// The workspace's people were sent to this other org before.
    pub other_org: Option<String>,
}

impl Checked {
    /// Whether an import can run.
    pub fn ready(&self) -> bool {
        self.other_org.is_none() && self.checks.iter().all(|check| check.verdict != Verdict::Fails)
    }
}

/// A connection that was made, and what was found over it.
#[derive(Clone)]
pub struct Connection {
    /// The connection.
    pub client: Client,
    /// Where its token is.
    pub place: TokenPlace,
    /// What was found.
    pub checked: Checked,
}

/// Connects to a practice org with its own token.
pub async fn practice(
    workspace: &Workspace,
    url: OrgUrl,
    token: &SecretString,
    share: u8,
) -> Result<Connection, MigrationError> {
    let client = client(url, token, share)?;
    let checked = look(workspace, &client).await?;
    Ok(Connection { client, place: TokenPlace::Practice, checked })
}

/// Connects to a real org. A token just typed is kept; without one the kept one is used. `held` is the connection of a run under
/// way: it goes on with the new token.
pub async fn real(
    workspace: Workspace,
    (secrets, session): (Arc<dyn SecretStore>, Arc<dyn SecretStore>),
    url: OrgUrl,
    typed: Option<SecretString>,
    held: Option<Client>,
    share: u8,
) -> Result<Connection, MigrationError> {
    let name = url.token_name();
    // A token that the keychain would not take before is offered to it again.
    let (token, place) = match typed.or_else(|| session.get(&name).ok().flatten()) {
        Some(token) => (token, None),
        None => (kept(Arc::clone(&secrets), name.clone()).await?, Some(TokenPlace::Kept(secrets.place()))),
    };
    let client = match held.filter(|held| *held.org() == url) {
        Some(held) => {
            held.set_token(&token)?;
            held.pace().set_share(share);
            held
        }
        None => client(url, &token, share)?,
    };
    let checked = look(&workspace, &client).await?;
    // Only a token that works is kept: a typing error does not replace a good one.
    let place = match place {
        Some(place) => place,
        None => keep(secrets, &*session, name, token).await,
    };
    Ok(Connection { client, place, checked })
}

fn client(url: OrgUrl, token: &SecretString, share: u8) -> Result<Client, MigrationError> {
    let pace = PaceSettings { share, ..PaceSettings::default() };
    let settings = ClientSettings { pace, ..ClientSettings::default() };
    Ok(Client::new(url, token, settings)?)
}

async fn kept(secrets: Arc<dyn SecretStore>, name: String) -> Result<SecretString, MigrationError> {
    let found = tokio::task::spawn_blocking(move || secrets.get(&name)).await;
    match found {
        Ok(Ok(Some(token))) => Ok(token),
        Ok(Ok(None)) => Err(MigrationError::NoToken),
        Ok(Err(error)) => Err(MigrationError::TokenKept(error)),
        Err(error) => Err(MigrationError::interrupted(&error)),
    }
}

/// Gives a run that stands still another token, after making sure that Okta takes it. The practice org's own is kept nowhere else.
pub async fn replace_token(
    (secrets, session): (Arc<dyn SecretStore>, Arc<dyn SecretStore>),
    held: Client,
    token: SecretString,
) -> Result<TokenPlace, MigrationError> {
    // With a connection of its own: the run's is not touched by a typing error, and its pace not asked.
    let fresh = Client::new(held.org().clone(), &token, ClientSettings::default())?;
    fresh.me().await?;
    held.set_token(&token)?;
    if held.org().is_practice() {
        return Ok(TokenPlace::Practice);
    }
    Ok(keep(secrets, &*session, held.org().token_name(), token).await)
}

/// Keeps a token. Where there is no keychain, or it refuses, the token stays in memory: never in a file.
async fn keep(
    secrets: Arc<dyn SecretStore>,
    session: &dyn SecretStore,
    name: String,
    token: SecretString,
) -> TokenPlace {
    let place = secrets.place();
    let (kept_name, kept_token) = (name.clone(), token.clone());
    let why = match tokio::task::spawn_blocking(move || secrets.set(&kept_name, &kept_token)).await {
        Ok(Ok(())) => {
            // Memory never fails.
            let _ = session.delete(&name);
            return TokenPlace::Kept(place);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => "The keychain did not answer.".to_owned(),
    };
    let _ = session.set(&name, &token);
    TokenPlace::Session(why)
}

/// Looks at the org: is it Okta, whose token, what it may do, how fast, what is missing.
async fn look(workspace: &Workspace, client: &Client) -> Result<Checked, MigrationError> {
    let found = client.well_known().await?;
    remember_address(workspace, client, &found).await?;
    let me = client.me().await?;
    let info = client.org_info().await;
    let mut checks = Vec::new();
    let practice = client.org().is_practice();
    let name = match (&info, practice) {
        (_, true) => "Practice org".to_owned(),
        (Ok(info), false) => info.company_name.clone().unwrap_or_else(|| client.org().host().to_owned()),
        (Err(_), false) => client.org().host().to_owned(),
    };
    if !practice {
        let engine = if found.pipeline == "idx" { "Identity Engine" } else { "Classic Engine" };
        checks.push(Check::new(Verdict::Good, format!("{name} · {engine}"), ""));
    }
    if let Ok(info) = &info
        && info.status.as_deref().is_some_and(|s| s != "ACTIVE")
    {
        checks.push(Check::new(
            Verdict::Fails,
            "This org is switched off",
            "Ask Okta to switch it on again.",
        ));
    }
    checks.push(Check::new(Verdict::Good, format!("Signed in as {}", me.profile.login()), ""));
    checks.extend(rights(client).await);
    let limit = client.pace().view(Bucket::Users).limit;
    if let Some(limit) = limit {
        checks.push(Check::new(Verdict::Good, format!("{limit} creates per minute allowed"), ""));
    }
    let other_org = other_org(workspace, &found.id).await?;
    Ok(Checked { name, url: client.org().to_string(), checks, limit, other_org })
}

async fn rights(client: &Client) -> Vec<Check> {
    let mut may = Vec::new();
    let mut checks = Vec::new();
    let probes = [
        ("users", client.probe_users().await, true),
        ("groups", client.probe_groups().await, true),
        ("inline hooks", client.probe_hooks().await, false),
    ];
    for (what, result, needed) in probes {
        match result {
            Ok(()) => may.push(what),
            Err(error) => {
                let verdict = if needed { Verdict::Fails } else { Verdict::Warns };
                let advice = if needed {
                    error.advice()
                } else {
                    "Needed later, for people whose password the hook checks.".to_owned()
                };
                checks.push(Check::new(verdict, format!("This token can't list {what}"), advice));
            }
        }
    }
    if !may.is_empty() {
        checks.insert(0, Check::new(Verdict::Good, format!("This token can list {}", listed(&may)), ""));
    }
    checks
}

/// Assesses everyone by the org's own rules; attributes to `create` are created first.
pub async fn by_rules(
    workspace: Workspace,
    client: Client,
    create: Vec<Missing>,
    today: chrono::NaiveDate,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<Option<Reassessed>, MigrationError> {
    if create.is_empty() {
        rules::follow(&workspace, &client, today, &stop, &progress).await
    } else {
        rules::create(&workspace, &client, &create, today, &stop, &progress).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::secrets::{SecretError, SessionOnly};

    #[test]
    fn an_import_does_not_start_over_a_failed_check_or_into_another_org() {
        let mut checked = Checked { checks: vec![Check::new(Verdict::Warns, "", "")], ..Checked::default() };
        assert!(checked.ready());
        checked.other_org = Some("https://old.okta.com".into());
        assert!(!checked.ready());
        checked.other_org = None;
        checked.checks.push(Check::new(Verdict::Fails, "", ""));
        assert!(!checked.ready());
    }

    struct NoKeychain;

    impl SecretStore for NoKeychain {
        fn place(&self) -> &'static str {
            "Secret Service"
        }
        fn get(&self, _: &str) -> Result<Option<SecretString>, SecretError> {
            Err(SecretError::Unavailable("no bus".into()))
        }
        fn set(&self, _: &str, _: &SecretString) -> Result<(), SecretError> {
            Err(SecretError::Unavailable("no bus".into()))
        }
        fn delete(&self, _: &str) -> Result<(), SecretError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_token_without_a_keychain_is_in_memory_until_a_keychain_takes_it() {
        let session = SessionOnly::new();
        let name = || "okta-token/acme.okta.com".to_owned();
        let token = || SecretString::from("00abc");
        let place = keep(Arc::new(NoKeychain), &session, name(), token()).await;
        assert_eq!(place, TokenPlace::Session("This computer has no keychain running.".into()));
        assert_eq!(session.get(&name()).unwrap().unwrap().expose_secret(), "00abc");
        let keychain = Arc::new(SessionOnly::new());
        let place = keep(Arc::<SessionOnly>::clone(&keychain), &session, name(), token()).await;
        assert!(matches!(place, TokenPlace::Kept(_)), "{place:?}");
        assert!(session.get(&name()).unwrap().is_none());
        assert_eq!(keychain.get(&name()).unwrap().unwrap().expose_secret(), "00abc");
    }
}
