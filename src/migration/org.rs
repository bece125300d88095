//! The first questions of every job: which org this is, asked again where it can't answer just now.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::MigrationError;
use super::import::other_org;
use crate::okta::{Client, OktaError, WellKnown};
use crate::workspace::Workspace;

/// The waits between tries: eight seconds in all. A run of hours is not to end for one bad moment at its beginning, and whoever
/// waits for an answer is to have one.
const WAITS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_millis(4500)];

/// Asks again while Okta is too busy to answer.
pub(super) async fn patiently<T, F: Future<Output = Result<T, OktaError>>>(
    stop: &CancellationToken,
    ask: impl Fn() -> F,
) -> Result<T, OktaError> {
    again(&WAITS, stop, ask).await
}

async fn again<T, F: Future<Output = Result<T, OktaError>>>(
    waits: &[Duration],
    stop: &CancellationToken,
    ask: impl Fn() -> F,
) -> Result<T, OktaError> {
    for wait in waits {
        match ask().await {
            Err(busy @ OktaError::Busy { .. }) => {
                tokio::select! {
                    () = stop.cancelled() => return Err(busy),
                    () = tokio::time::sleep(*wait) => {}
                }
            }
            end => return end,
        }
    }
    ask().await
}

/// Which org this is, after making sure that people were not sent to another one before.
pub(super) async fn same_org(
    workspace: &Workspace,
    client: &Client,
    stop: &CancellationToken,
) -> Result<WellKnown, MigrationError> {
    let org = patiently(stop, || client.well_known()).await?;
    match other_org(workspace, &org.id).await? {
        Some(before) => Err(MigrationError::OtherOrg { before }),
        None => Ok(org),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn asked(busy: u32, stop: &CancellationToken) -> (Result<u32, OktaError>, u32) {
        let times = Cell::new(0);
        let answer = again(&[Duration::ZERO; 4], stop, || {
            times.set(times.get() + 1);
            let end =
                if times.get() > busy { Ok(7) } else { Err(OktaError::Busy { words: "HTTP 500".into() }) };
            std::future::ready(end)
        })
        .await;
        (answer, times.get())
    }

    #[tokio::test]
    async fn a_bad_moment_is_waited_out_and_a_bad_day_is_not() {
        let stop = CancellationToken::new();
        assert!(matches!(asked(0, &stop).await, (Ok(7), 1)));
        assert!(matches!(asked(4, &stop).await, (Ok(7), 5)));
        assert!(matches!(asked(9, &stop).await, (Err(OktaError::Busy { .. }), 5)));
        stop.cancel();
        assert!(matches!(asked(9, &stop).await, (Err(OktaError::Busy { .. }), 1)));
    }
}
