//! The hook's secret: where it comes from, and `causeway hook secret`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::args::SecretArgs;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::source;
use crate::cli::talk::Talk;
use crate::hook::{HeaderForm, HookSecret, HookSecrets};
use crate::secrets::{KeyFile, Keychain, SecretError, SecretStore};
use crate::workspace::Workspace;

/// Where the secret comes from.
pub(super) enum From {
    /// `CAUSEWAY_HOOK_SECRET`.
    Environment,
    /// A file with the secret on one line.
    File(PathBuf),
    /// The key file or the keychain, by the workspace's id.
    Stores(Vec<Arc<dyn SecretStore>>, String),
}

impl From {
    /// By what is given, in this order.
    pub(super) fn choose(
        file: Option<&Path>,
        key_file: Option<&Path>,
        workspace: Option<&str>,
    ) -> Result<Self, CliError> {
        if std::env::var_os("CAUSEWAY_HOOK_SECRET").is_some_and(|secret| !secret.is_empty()) {
            return Ok(Self::Environment);
        }
        if let Some(path) = file {
            return Ok(Self::File(path.to_owned()));
        }
        match workspace {
            Some(id) => Ok(Self::Stores(stores(key_file)?, id.to_owned())),
            None => Err(CliError::NoHookSecret),
        }
    }

    /// The secrets as they are now. Blocks.
    pub(super) fn read(&self) -> Result<HookSecrets, CliError> {
        match self {
            Self::Environment => {
                let line = std::env::var("CAUSEWAY_HOOK_SECRET").unwrap_or_default();
                Ok(HookSecrets::parse(&line)?)
            }
            Self::File(path) => Ok(HookSecrets::from_file(path)?),
            Self::Stores(stores, id) => {
                let mut failed = None;
                for store in stores {
                    match HookSecrets::load(&**store, id) {
                        Ok(Some(secrets)) => return Ok(secrets),
                        Ok(None) => {}
                        Err(error) => failed = Some(error),
                    }
                }
                failed.map_or(Err(CliError::NoHookSecret), |error| Err(error.into()))
            }
        }
    }

    /// Whether it may be read again and again without bothering anyone: a locked keychain asks a person.
    pub(super) fn quiet(&self) -> bool {
        match self {
            Self::Environment => false,
            Self::File(_) => true,
            Self::Stores(stores, _) => stores.iter().all(|store| store.place() == crate::secrets::KEY_FILE),
        }
    }
}

/// The key file alone where one is given, else the keychain.
fn stores(key_file: Option<&Path>) -> Result<Vec<Arc<dyn SecretStore>>, SecretError> {
    Ok(match key_file {
        Some(path) => vec![Arc::new(KeyFile::new(path)?)],
        None => vec![Arc::new(Keychain::open()?)],
    })
}

pub(super) async fn run(args: SecretArgs, talk: &Talk) -> Result<Exit, CliError> {
    let key_file = args.workspace.key_file.clone();
    let keys = source::keys(key_file.as_deref())?;
    let workspace = Workspace::open_beside(&args.workspace.workspace, keys).await?;
    let id = workspace.id().to_owned();
    workspace.close().await?;
    let done = tokio::task::spawn_blocking(move || {
        let stores = stores(key_file.as_deref())?;
        let store = stores.first().ok_or(CliError::NoHookSecret)?;
        let kept = HookSecrets::load(&**store, &id)?;
        let (secrets, did) = match (kept, args.replace) {
            (Some(kept), true) => {
                let until = Utc::now() + TimeDelta::hours(args.keep_old.into());
                (kept.replaced(HookSecret::random()?, until), "replaced")
            }
            (Some(kept), false) => (kept, "kept"),
            (None, _) => (HookSecrets::new(HookSecret::random()?), "made"),
        };
        if did != "kept" {
            secrets.save(&**store, &id)?;
        }
        Ok::<_, CliError>((secrets, did, store.place()))
    });
    let (secrets, did, place) = done.await.map_err(|error| CliError::Runtime(error.to_string()))??;
    let until = secrets.former.as_ref().map(|(_, until)| *until).filter(|until| *until > Utc::now());
    let shown = args.show.then(|| {
        let form = if args.plain { HeaderForm::Plain } else { HeaderForm::Basic };
        secrets.current.header(form).expose_secret().to_owned()
    });
    let mut text = match did {
        "made" => format!("A secret was made; it is in {place}."),
        "replaced" => format!(
            "A new secret was made; it is in {place}. Tell Okta: register the hook again in the window."
        ),
        _ => format!("The secret is in {place}."),
    };
    if let Some(until) = until {
        text.push_str(&format!(
            " The previous one is accepted until {}.",
            until.format("%Y-%m-%d %H:%M UTC")
        ));
    }
    if let Some(value) = &shown {
        // The value alone on stdout, to be passed on.
        talk.say(&text);
        talk.answer(value, &json!({ "secret": did, "place": place, "formerUntil": until, "header": value }));
    } else {
        text.push_str(" Show it with --show.");
        talk.answer(&text, &json!({ "secret": did, "place": place, "formerUntil": until }));
    }
    Ok(Exit::Done)
}
