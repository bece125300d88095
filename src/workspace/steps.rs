//! A question that may take only so much work: where walking along a list would take long, there is another way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::SqliteConnection;

use super::error::Result;

/// So many of SQLite's steps between two looks at what is left.
const PORTION: i32 = 10_000;

/// While it lives, SQLite gives up a question after some number of steps. Dropped, also halfway, it has no effect any more: the
/// connection goes back to others.
struct Armed(Arc<AtomicBool>);

impl Drop for Armed {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The answer, or `None` if it would take more than about `steps` of SQLite's steps (20 to 300 ns each). A count, not a time: the
/// same file and question end the same way on every machine.
pub(super) async fn within<T>(
    connection: &mut SqliteConnection,
    steps: i32,
    question: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>,
) -> Result<Option<T>> {
    let armed = Armed(Arc::new(AtomicBool::new(true)));
    let gave_up = Arc::new(AtomicBool::new(false));
    let (on, tell) = (Arc::clone(&armed.0), Arc::clone(&gave_up));
    let mut left = steps / PORTION;
    connection.lock_handle().await?.set_progress_handler(PORTION, move || {
        left -= 1;
        let go_on = left > 0 || !on.load(Ordering::Acquire);
        if !go_on {
            tell.store(true, Ordering::Release);
        }
        go_on
    });
    let answer = question(connection).await;
    drop(armed);
    connection.lock_handle().await?.remove_progress_handler();
    match answer {
        Err(_) if gave_up.load(Ordering::Acquire) => Ok(None),
        answer => answer.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection as _;

    const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n";

    async fn long(connection: &mut SqliteConnection) -> Result<i64> {
        Ok(sqlx::query_scalar(LONG).fetch_one(connection).await?)
    }

    #[tokio::test]
    async fn a_question_that_takes_too_much_is_given_up_and_can_be_asked_again() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for _ in 0..3 {
            assert_eq!(within(&mut connection, 100_000, long).await.unwrap(), None);
            assert_eq!(within(&mut connection, 100_000_000, long).await.unwrap(), Some(200_000));
            assert_eq!(long(&mut connection).await.unwrap(), 200_000);
        }
    }

    #[tokio::test]
    async fn another_error_stays_that_error() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let wrong = async |connection: &mut SqliteConnection| -> Result<i64> {
            Ok(sqlx::query_scalar("SELECT 1 FROM nowhere").fetch_one(connection).await?)
        };
        within(&mut connection, 100_000, wrong).await.unwrap_err();
    }

    #[tokio::test]
    async fn whoever_is_let_go_of_halfway_leaves_no_limit_behind() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let never = async |_: &mut SqliteConnection| -> Result<i64> { std::future::pending().await };
        {
            let question = within(&mut connection, 100_000, never);
            tokio::pin!(question);
            for _ in 0..100 {
                assert!(futures_util::poll!(&mut question).is_pending());
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(long(&mut connection).await.unwrap(), 200_000);
    }
}
