//! Registering our hook in the org, changing it, taking it away. Another one's hook is never touched.

use super::standing::{HookNotes, Standing, Wanted, hook_name, secret_mark, stand};
use crate::migration::carry::carry_out;
use crate::migration::{MigrationError, docs};
use crate::okta::{Client, HookRegistration, InlineHook, OktaError};
use crate::workspace::{OperationKind, OperationState, OrgIntent, Workspace};

async fn notes(workspace: &Workspace) -> Result<HookNotes, MigrationError> {
    Ok(workspace.doc(docs::HOOK).await?.unwrap_or_default())
}

/// Looks whose hook the org has, and whether ours is as wanted.
pub async fn look(
    workspace: &Workspace,
    client: &Client,
    wanted: Option<&Wanted>,
) -> Result<Standing, MigrationError> {
    let hooks = client.password_hooks().await?;
    let notes = notes(workspace).await?;
    let mark = wanted.map(|wanted| secret_mark(&wanted.secret)).unwrap_or_default();
    let wanted = wanted.map(|wanted| (wanted.uri.as_str(), mark.as_str()));
    Ok(stand(&hooks, &notes, client.org().as_str(), workspace.id(), wanted))
}

/// Makes the org call `wanted`: creates our hook, or changes the address or secret of the one that is there, and activates it.
/// Start the server first: Okta calls from that moment on.
pub async fn register(
    workspace: &Workspace,
    client: &Client,
    wanted: &Wanted,
) -> Result<InlineHook, MigrationError> {
    let registration = HookRegistration {
        name: hook_name(workspace.id()),
        uri: wanted.uri.clone(),
        secret: wanted.secret.clone(),
    };
    let hook = match look(workspace, client, Some(wanted)).await? {
        Standing::Foreign(hook) => return Err(foreign(&hook)),
        Standing::Ours(ours) if ours.fits() => ours.hook,
        Standing::Ours(ours) => replace(workspace, client, &ours.hook, &registration).await?,
        Standing::None => create(workspace, client, &registration).await?,
    };
    let now = HookNotes {
        org: client.org().as_str().to_owned(),
        id: Some(hook.id.clone()),
        uri: wanted.uri.clone(),
        secret: secret_mark(&wanted.secret),
    };
    workspace.put_doc(docs::HOOK, &now).await?;
    if hook.is_active() { Ok(hook) } else { switch(workspace, client, &hook, true).await }
}

/// Changes the address and the secret of our hook.
async fn replace(
    workspace: &Workspace,
    client: &Client,
    hook: &InlineHook,
    registration: &HookRegistration,
) -> Result<InlineHook, MigrationError> {
    let change = OrgIntent {
        kind: OperationKind::ChangeHook,
        what: &registration.uri,
        okta_id: Some(&hook.id),
        before: Some(hook.uri()),
    };
    carry_out(workspace, &[change], client.replace_password_hook(&hook.id, registration), |hook| {
        Some(&hook.id)
    })
    .await
}

/// Activates our hook, or deactivates it.
async fn switch(
    workspace: &Workspace,
    client: &Client,
    hook: &InlineHook,
    active: bool,
) -> Result<InlineHook, MigrationError> {
    let kind = if active { OperationKind::ActivateHook } else { OperationKind::DeactivateHook };
    let change = OrgIntent { kind, what: hook.uri(), okta_id: Some(&hook.id), before: None };
    carry_out(workspace, &[change], client.set_hook_active(&hook.id, active), |hook| Some(&hook.id)).await
}

/// Creates it. Whether a create whose answer was lost went through is looked up; it is never sent twice.
async fn create(
    workspace: &Workspace,
    client: &Client,
    registration: &HookRegistration,
) -> Result<InlineHook, MigrationError> {
    let change =
        OrgIntent { kind: OperationKind::RegisterHook, what: &registration.uri, okta_id: None, before: None };
    let error = match carry_out(workspace, &[change], client.create_password_hook(registration), |hook| {
        Some(&hook.id)
    })
    .await
    {
        Ok(hook) => return Ok(hook),
        Err(error) => error,
    };
    match error {
        MigrationError::Okta(
            OktaError::Unreachable { .. } | OktaError::Busy { .. } | OktaError::Refused { .. },
        ) => match look(workspace, client, None).await {
            Ok(Standing::Ours(ours)) => {
                // It went through, whatever its answer was.
                let entry = workspace.intend_for_org(&change).await?;
                workspace.end_for_org(entry, OperationState::Done, Some(&ours.hook.id), None).await?;
                replace(workspace, client, &ours.hook, registration).await
            }
            Ok(Standing::Foreign(hook)) => Err(foreign(&hook)),
            Ok(Standing::None) | Err(_) => Err(error),
        },
        other => Err(other),
    }
}

fn foreign(hook: &InlineHook) -> MigrationError {
    MigrationError::ForeignHook { name: hook.name.clone(), uri: hook.uri().to_owned() }
}

/// Our hook, or why there is none to change.
async fn ours(workspace: &Workspace, client: &Client) -> Result<Option<InlineHook>, MigrationError> {
    match look(workspace, client, None).await? {
        Standing::Ours(ours) => Ok(Some(ours.hook)),
        Standing::Foreign(hook) => Err(foreign(&hook)),
        Standing::None => Ok(None),
    }
}

/// Lets Okta call our hook, or stops it. `None`: there is none any more.
pub async fn set_active(
    workspace: &Workspace,
    client: &Client,
    active: bool,
) -> Result<Option<InlineHook>, MigrationError> {
    match ours(workspace, client).await? {
        Some(hook) if hook.is_active() == active => Ok(Some(hook)),
        Some(hook) => Ok(Some(switch(workspace, client, &hook, active).await?)),
        None => Ok(None),
    }
}

/// Takes our hook out of the org: deactivates and deletes it. Fine when it is gone already. People who have not signed in yet
/// can't any more, until their password is reset: do that first.
pub async fn remove(workspace: &Workspace, client: &Client) -> Result<(), MigrationError> {
    if let Some(hook) = ours(workspace, client).await? {
        if hook.is_active() {
            switch(workspace, client, &hook, false).await?;
        }
        let change = OrgIntent {
            kind: OperationKind::DeleteHook,
            what: hook.uri(),
            okta_id: Some(&hook.id),
            before: None,
        };
        carry_out(workspace, &[change], client.delete_hook(&hook.id), |()| None).await?;
    }
    workspace.remove_doc(docs::HOOK).await?;
    Ok(())
}
