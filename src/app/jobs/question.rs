//! One question, one answer, and no stale ones.

use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::task::AbortHandle;

use crate::app::problem::Problem;

/// What came back: the answer, or [`Problem::interrupted`] when the task ended without one.
pub type Answer<T> = Result<T, Problem>;

/// A question on its way.
pub struct Pending<T> {
    number: u64,
    receiver: Option<oneshot::Receiver<T>>,
    task: Option<AbortHandle>,
}

impl<T> Pending<T> {
    pub(super) fn new(number: u64, receiver: oneshot::Receiver<T>, task: AbortHandle) -> Self {
        Self { number, receiver: Some(receiver), task: Some(task) }
    }

    pub(super) fn never(number: u64) -> Self {
        Self { number, receiver: None, task: None }
    }
}

enum State<T> {
    Idle,
    Waiting(Pending<T>),
    Answered(T),
}

/// The place of one question in a step's state. Asking again drops the older question and whatever it may still answer.
pub struct Question<T>(State<T>);

impl<T> Default for Question<T> {
    fn default() -> Self {
        Self(State::Idle)
    }
}

impl<T> Question<T> {
    pub(super) fn asked(pending: Pending<T>) -> Self {
        Self(State::Waiting(pending))
    }

    /// Asks; an older question of this place is stopped, its answer never seen.
    pub fn ask(&mut self, pending: Pending<T>) {
        self.forget();
        self.0 = State::Waiting(pending);
    }

    /// Whether an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        matches!(self.0, State::Waiting(_) | State::Answered(_))
    }

    /// The number of the question awaited.
    pub fn number(&self) -> Option<u64> {
        match &self.0 {
            State::Waiting(pending) => Some(pending.number),
            State::Idle | State::Answered(_) => None,
        }
    }

    /// The answer, once, when it has come.
    pub fn take(&mut self) -> Option<Answer<T>> {
        match std::mem::replace(&mut self.0, State::Idle) {
            State::Idle => None,
            State::Answered(value) => Some(Ok(value)),
            State::Waiting(mut pending) => match pending.receiver.as_mut().map(oneshot::Receiver::try_recv) {
                None | Some(Err(TryRecvError::Empty)) => {
                    self.0 = State::Waiting(pending);
                    None
                }
                Some(Ok(value)) => Some(Ok(value)),
                Some(Err(TryRecvError::Closed)) => Some(Err(Problem::interrupted())),
            },
        }
    }

    /// Stops the question.
    pub fn forget(&mut self) {
        if let State::Waiting(Pending { task: Some(task), .. }) = &self.0 {
            task.abort();
        }
        self.0 = State::Idle;
    }

    /// Puts an answer in by hand; for tests.
    pub fn answer(&mut self, value: T) {
        self.forget();
        self.0 = State::Answered(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_its_way(number: u64) -> (oneshot::Sender<u32>, Pending<u32>) {
        let (sender, receiver) = oneshot::channel();
        (sender, Pending { number, receiver: Some(receiver), task: None })
    }

    #[test]
    fn the_answer_to_an_older_question_is_never_seen() {
        let mut question = Question::default();
        let (first, pending) = on_its_way(1);
        question.ask(pending);
        let (second, pending) = on_its_way(2);
        question.ask(pending);
        assert!(first.send(1).is_err(), "the older question has nobody listening");
        assert!(question.take().is_none());
        second.send(2).unwrap();
        assert_eq!(question.take(), Some(Ok(2)));
        assert!(!question.is_waiting());
    }

    #[test]
    fn a_task_that_dies_is_told_as_a_problem() {
        let mut question = Question::default();
        let (sender, pending) = on_its_way(1);
        question.ask(pending);
        drop(sender);
        assert_eq!(question.take(), Some(Err(Problem::interrupted())));
        assert_eq!(question.take(), None);
    }
}
