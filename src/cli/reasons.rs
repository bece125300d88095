//! Why people are not sent, on the command line: each reason once, with how many it stops.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::people;
use crate::workspace::BlockedBy;

/// The most reasons that are named.
const MOST: usize = 20;

/// A line for each reason; empty without one. Begins with a line end.
pub(super) fn words(reasons: &[BlockedBy]) -> String {
    let mut text = String::new();
    for reason in reasons.iter().take(MOST) {
        let example = if reason.always { "" } else { "for example: " };
        let _ = write!(text, "\n  {}: {example}{} ({})", people(reason.people), reason.text, reason.code);
    }
    if reasons.len() > MOST {
        let _ = write!(text, "\n  and {} more reasons", reasons.len() - MOST);
    }
    if !reasons.is_empty() {
        let _ = write!(text, "\ncauseway people --finding CODE lists them.");
    }
    text
}

/// The same as JSON.
pub(super) fn values(reasons: &[BlockedBy]) -> Value {
    let one = |reason: &BlockedBy| {
        json!({
            "code": reason.code,
            "attribute": reason.attribute,
            "people": reason.people,
            "text": reason.text,
        })
    };
    reasons.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(people: u64, text: &str, always: bool) -> BlockedBy {
        BlockedBy { code: "code".into(), attribute: None, people, text: text.into(), always }
    }

    #[test]
    fn each_reason_is_one_line_with_its_count() {
        assert_eq!(words(&[]), "");
        let text =
            words(&[reason(1200, "Last name is missing", true), reason(1, "Same login as row 3", false)]);
        assert_eq!(
            text,
            "\n  1,200 people: Last name is missing (code)\n  1 person: for example: Same login as row 3 (code)\n\
             causeway people --finding CODE lists them."
        );
        let many: Vec<_> = (0..25).map(|n| reason(n, "x", true)).collect();
        assert!(words(&many).contains("and 5 more reasons"));
    }
}
