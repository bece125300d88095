//! Whether the hook can be reached and answers rightly, and a sign-in tried by hand.

use chrono::Utc;
use secrecy::SecretString;

use super::{Exchange, HookCheck, Payload, Said, Sign, call, execute, header, reach, stranger};
use crate::hook::{HookError, HookSecrets};
use crate::migration::MigrationError;
use crate::okta::Client;

fn event() -> Result<[u8; 16], MigrationError> {
    let mut event = [0; 16];
    getrandom::fill(&mut event).map_err(|e| HookError::System(e.to_string()))?;
    Ok(event)
}

/// Someone who cannot exist: a test call with it must be UNVERIFIED.
const NOBODY: &str = "causeway-test@invalid";

fn payload(
    client: Option<&Client>,
    secrets: &HookSecrets,
    hook: &str,
    login: String,
    password: SecretString,
) -> Result<Payload, MigrationError> {
    Ok(Payload {
        org: client.map(|c| c.org().as_str().to_owned()).unwrap_or_default(),
        hook: hook.to_owned(),
        login,
        password,
        at: Utc::now(),
        event: event()?,
        ours: Some(secrets.current.clone()),
    })
}

/// The checks of “Ready for people?”: from outside, as a stranger, and by Okta's own test.
pub async fn check(
    uri: String,
    client: Option<Client>,
    secrets: HookSecrets,
    hook: Option<String>,
) -> Result<Vec<HookCheck>, MigrationError> {
    let mut checks = reach(&uri, Utc::now()).await;
    if checks.iter().any(|check| check.sign == Sign::Fails) {
        return Ok(checks);
    }
    let nobody =
        payload(client.as_ref(), &secrets, "", NOBODY.to_owned(), SecretString::from("not a password"))?;
    checks.push(stranger(&uri, &nobody).await);
    if let (Some(client), Some(hook)) = (&client, hook) {
        let about =
            payload(Some(client), &secrets, &hook, NOBODY.to_owned(), SecretString::from("not a password"))?;
        let tested = execute(client, &about).await?;
        checks.push(match tested.said {
            Said::Unverified => {
                HookCheck::good(format!("Okta's own test call was answered in {} ms", tested.ms))
            }
            Said::Verified => HookCheck::fails(
                "Someone who does not exist was VERIFIED",
                "Another program answers at this address. Remove the hook from the org at once.",
            ),
            Said::Neither => HookCheck::fails("Okta's own test call got no valid answer", tested.next)
                .technical(tested.answer),
        });
    }
    Ok(checks)
}

/// Where a test sign-in goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TryBy {
    /// To this server, as Okta calls it.
    #[default]
    Here,
    /// By way of Okta's own test.
    Okta,
}

/// Tries a login and password without changing anybody.
pub async fn attempt(
    by: TryBy,
    url: String,
    secrets: HookSecrets,
    okta: Option<(Client, String)>,
    login: String,
    password: SecretString,
) -> Result<Exchange, MigrationError> {
    match (by, okta) {
        (TryBy::Okta, Some((client, hook))) => {
            let about = payload(Some(&client), &secrets, &hook, login, password)?;
            Ok(execute(&client, &about).await?)
        }
        (TryBy::Okta, None) => Err(MigrationError::NotRegistered),
        (TryBy::Here, okta) => {
            let about = payload(okta.as_ref().map(|(c, _)| c), &secrets, "", login, password)?;
            Ok(call(&url, &header(&secrets), &about, true).await)
        }
    }
}
