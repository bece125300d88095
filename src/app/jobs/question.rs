//! One question, one answer, and no stale ones.

use poll_promise::{Promise, Sender};
use tokio::task::AbortHandle;

use crate::ui::Problem;

/// What came back: the answer, or why there is none; [`Problem::interrupted`] when the task ended without either.
pub type Answer<T> = Result<T, Problem>;

/// Where a task puts its answer. Dropped without one (the task panicked, the runtime ended) it says so itself: a promise
/// whose sender is gone would panic in the window.
pub(super) struct Answering<T: Send + 'static>(Option<Sender<Answer<T>>>);

impl<T: Send + 'static> Answering<T> {
    pub(super) fn give(mut self, answer: Answer<T>) {
        if let Some(sender) = self.0.take() {
            sender.send(answer);
        }
    }
}

impl<T: Send + 'static> Drop for Answering<T> {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            sender.send(Err(Problem::interrupted()));
        }
    }
}

/// A promise of an answer, and where to put it.
pub(super) fn promised<T: Send + 'static>() -> (Answering<T>, Promise<Answer<T>>) {
    let (sender, promise) = Promise::new();
    (Answering(Some(sender)), promise)
}

/// A question on its way.
pub struct Pending<T: Send + 'static> {
    number: u64,
    promise: Option<Promise<Answer<T>>>,
    task: Option<AbortHandle>,
}

impl<T: Send + 'static> Pending<T> {
    pub(super) fn new(number: u64, promise: Promise<Answer<T>>, task: AbortHandle) -> Self {
        Self { number, promise: Some(promise), task: Some(task) }
    }

    pub(super) fn never(number: u64) -> Self {
        Self { number, promise: None, task: None }
    }
}

enum State<T: Send + 'static> {
    Idle,
    Waiting(Pending<T>),
    Answered(Answer<T>),
}

/// The place of one question in a step's state. Asking again drops the older question and whatever it may still answer.
pub struct Question<T: Send + 'static>(State<T>);

impl<T: Send + 'static> Default for Question<T> {
    fn default() -> Self {
        Self(State::Idle)
    }
}

impl<T: Send + 'static> Question<T> {
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
            State::Answered(answer) => Some(answer),
            State::Waiting(mut pending) => match pending.promise.take().map(Promise::try_take) {
                Some(Ok(answer)) => Some(answer),
                waiting => {
                    pending.promise = waiting.and_then(Result::err);
                    self.0 = State::Waiting(pending);
                    None
                }
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
    pub fn answer(&mut self, answer: Answer<T>) {
        self.forget();
        self.0 = State::Answered(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_its_way(number: u64) -> (Answering<u32>, Pending<u32>) {
        let (answering, promise) = promised();
        (answering, Pending { number, promise: Some(promise), task: None })
    }

    #[test]
    fn the_answer_to_an_older_question_is_never_seen() {
        let mut question = Question::default();
        let (first, pending) = on_its_way(1);
        question.ask(pending);
        let (second, pending) = on_its_way(2);
        question.ask(pending);
        first.give(Ok(1));
        assert!(question.take().is_none());
        second.give(Ok(2));
        assert_eq!(question.take(), Some(Ok(2)));
        assert!(!question.is_waiting());
    }

    #[test]
    fn a_task_that_dies_is_told_as_a_problem() {
        let mut question = Question::default();
        let (answering, pending) = on_its_way(1);
        question.ask(pending);
        drop(answering);
        assert_eq!(question.take(), Some(Err(Problem::interrupted())));
        assert_eq!(question.take(), None);
    }
}
