//! People as the pages show them: the words and colours of what happens to them, and the list that stays quick with a million.

mod list;
mod words;

pub use list::{Blocks, PeopleList, Selection};
pub(crate) use words::spoken;
pub use words::{
    THERE, disposition_tone, disposition_word, outcome_tone, outcome_word, route_sentence, said,
    severity_icon, severity_tone, severity_word, sign_in_words, undo_words,
};
