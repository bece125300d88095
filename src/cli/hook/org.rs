//! `causeway hook register`, `deactivate` and `delete`: the org's side, by the same functions as the window's.

use std::sync::Arc;

use serde_json::json;

use super::args::{DeleteArgs, OrgHookArgs, RegisterArgs};
use super::{secret, serve};
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::source;
use crate::cli::talk::Talk;
use crate::hook::HeaderForm;
use crate::migration::hook::{self, Wanted, public_uri};
use crate::model::people;
use crate::okta::Client;
use crate::workspace::Workspace;

/// How much of Okta's rate limit a handful of calls may use, in percent.
const SHARE: u8 = 50;

async fn open(args: &OrgHookArgs) -> Result<(Workspace, Client), CliError> {
    let workspace = source::open(&args.workspace).await?;
    let client = source::okta_at(args.okta.as_deref(), &workspace, SHARE).await?;
    Ok((workspace, client))
}

pub(super) async fn register(args: RegisterArgs, talk: &Talk) -> Result<Exit, CliError> {
    let RegisterArgs { workspace, url, path, okta, secret_file, common } = args;
    let key_file = workspace.key_file.clone();
    let (workspace, client) = open(&OrgHookArgs { workspace, okta, common }).await?;
    let uri = public_uri(&url, &path, client.org().is_practice())?;
    let from = secret::From::choose(secret_file.as_deref(), key_file.as_deref(), Some(workspace.id()))?;
    let secrets = serve::read(&Arc::new(from)).await?;
    let wanted = Wanted { uri, secret: secrets.current.header(HeaderForm::Basic) };
    let hook = hook::register(&workspace, &client, &wanted).await?;
    workspace.close().await?;
    talk.answer(
        &format!("{} calls {} at each first sign-in.", client.org(), hook.uri()),
        &json!({ "hook": hook.id, "status": hook.status, "uri": hook.uri(), "name": hook.name }),
    );
    Ok(Exit::Done)
}

pub(super) async fn deactivate(args: OrgHookArgs, talk: &Talk) -> Result<Exit, CliError> {
    let (workspace, client) = open(&args).await?;
    let hook = hook::set_active(&workspace, &client, false).await?;
    workspace.close().await?;
    match hook {
        Some(hook) => talk.answer(
            &format!("{} does not call {} any more.", client.org(), hook.uri()),
            &json!({ "hook": hook.id, "status": hook.status, "uri": hook.uri(), "name": hook.name }),
        ),
        None => {
            talk.answer(
                &format!("This migration has no hook in {}.", client.org()),
                &json!({ "hook": null }),
            );
        }
    }
    Ok(Exit::Done)
}

pub(super) async fn delete(args: DeleteArgs, talk: &Talk) -> Result<Exit, CliError> {
    let (workspace, client) = open(&args.at).await?;
    let waiting = workspace.hook_waiting().await?;
    if waiting > 0 && !args.force {
        workspace.close().await?;
        talk.answer(
            &format!(
                "{} can sign in only through the hook, and have not yet. Reset their passwords first (causeway finish), or say --force.",
                people(waiting)
            ),
            &json!({ "deleted": false, "waiting": waiting }),
        );
        return Ok(Exit::NeedsAttention);
    }
    hook::remove(&workspace, &client).await?;
    workspace.close().await?;
    talk.answer(
        &format!("This migration has no hook in {} any more.", client.org()),
        &json!({ "deleted": true, "waiting": waiting }),
    );
    Ok(Exit::Done)
}
