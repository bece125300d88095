//! Changes of the org itself, carried out with the ledger: intended before, ended after.

use super::MigrationError;
use crate::okta::{Answered, OktaError};
use crate::workspace::{OperationState, OrgIntent, Workspace};

/// Whether Okta surely did nothing: it refused, or was not asked. Otherwise the request may have gone through.
fn surely_not_done(error: &OktaError) -> bool {
    match error {
        OktaError::Unreachable { .. }
        | OktaError::Busy { .. }
        | OktaError::NotKnown { .. }
        | OktaError::NotOkta { .. } => false,
        OktaError::Url(_)
        | OktaError::Token { .. }
        | OktaError::NoRight { .. }
        | OktaError::OrgOff { .. }
        | OktaError::Refused { .. }
        | OktaError::Setup(_)
        | OktaError::TokenForm => true,
    }
}

/// Puts these changes on disk, asks Okta for them with one request, and puts down what came of it. `id`: Okta's id of what was made.
pub(super) async fn carry_out<T>(
    workspace: &Workspace,
    changes: &[OrgIntent<'_>],
    request: impl Future<Output = Result<Answered<T>, OktaError>>,
    id: impl Fn(&T) -> Option<&str>,
) -> Result<T, MigrationError> {
    let mut entries = Vec::with_capacity(changes.len());
    for change in changes {
        entries.push(workspace.intend_for_org(change).await?);
    }
    match request.await {
        Ok(answered) => {
            for entry in entries {
                let (made, request) = (id(&answered.value), answered.request.as_deref());
                workspace.end_for_org(entry, OperationState::Done, made, request).await?;
            }
            Ok(answered.value)
        }
        Err(error) => {
            if surely_not_done(&error) {
                for entry in entries {
                    workspace.end_for_org(entry, OperationState::Failed, None, None).await?;
                }
            }
            Err(error.into())
        }
    }
}
