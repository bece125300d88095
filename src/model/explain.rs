//! What an error tells the person in front of it.

use std::fmt::Display;

/// An error as something the reader can act on: `Display` says what happened and why in one sentence, [`Explain::advice`] what to do next,
/// [`Explain::technical`] what to pass on to someone who helps. None of them holds a secret.
///
/// Every room's error has it, so that the window and the command line show each of them by the same few lines.
pub trait Explain: Display {
    /// What to do next, in one or two sentences.
    fn advice(&self) -> String;

    /// The driver's, the system's or the other side's own words, where there are any.
    fn technical(&self) -> Option<&str> {
        None
    }
}
