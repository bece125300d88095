//! People as the pages show them: the words and colours of what happens to them, and the list that stays quick with a million.

mod list;
mod words;

pub use list::{Blocks, PeopleList, Selection};
pub use words::route_sentence;
pub(crate) use words::spoken;
pub use words::{
    THERE, arrival_sentence, disposition_tone, disposition_word, last_run_word, outcome_tone, outcome_word,
    policy_line, said, sent_sentence, severity_icon, severity_tone, severity_word, sign_in_words, there_word,
    undo_words, was_sent,
};
